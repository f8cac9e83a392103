import type { Output } from "../spec/model.ts";
import { importStatement } from "./layout.ts";

type Extension = Output["importExtension"];

/**
 * A runtime file for the output tree: where an engine's files lie beside the runtime's here, they lie inside it there, so the one
 * form `../../runtime/` becomes `../`.
 */
export function copied(text: string, from: string, extension: Extension): string {
  const nearer = from.startsWith("engines/")
    ? relaid(text, (module) =>
        module
          .replace(/^\.\.\/\.\.\/runtime\//, "../")
          .replace(/^\.\.\/\.\.\/shared\/ports\//, "../../ports/"),
      )
    : from.startsWith("shared/ports/")
      ? relaid(text, (module) => module.replace(/^\.\.\/\.\.\/runtime\//, "../runtime/"))
      : text;
  return withExtension(nearer, from, extension);
}

/** The extension that the user's toolchain wants on relative imports. */
export function withExtension(text: string, path: string, extension: Extension): string {
  if (extension === ".ts" || !path.endsWith(".ts")) return text;
  return relaid(text, (module) =>
    module.startsWith(".") ? module.replace(/\.ts$/, extension) : module,
  );
}

const statement = /^(import|export)( type)? \{([^{}]*)\} from "([^"\n]+)";$/gm;

/** `import "./x.ts";`, `export * from "./x.ts";`: no list to lay out. */
const sideEffect = /^((?:import|export)(?: \* as \w+| \*)?(?: from)? )"([^"\n]+)";$/gm;

/** `await import("./x.ts")` */
const dynamic = /\bimport\("([^"\n]+)"\)/g;

/** Maps the modules of import and export statements and lays out again those that changed, since a shorter one may fit on a line. */
function relaid(text: string, map: (module: string) => string): string {
  const bare = text
    .replaceAll(sideEffect, (_, head: string, module: string) => `${head}"${map(module)}";`)
    .replaceAll(dynamic, (_, module: string) => `import("${map(module)}")`);
  return bare.replaceAll(
    statement,
    (whole, keyword: string, type: string | undefined, names: string, module: string) => {
      const mapped = map(module);
      if (mapped === module) return whole;
      const list = names
        .split(",")
        .map((name) => name.trim())
        .filter((name) => name !== "");
      return importStatement(`${keyword}${type ?? ""} `, list, mapped);
    },
  );
}
