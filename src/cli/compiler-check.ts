import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { readUserFile } from "../reconcile/single-file.ts";
import { compilerOptions, oldestCompiler } from "../render/shared/project.ts";
import type { Model } from "../spec/model.ts";
import { mended, type Options, withResolution } from "./compiler-options.ts";
import { addCommand } from "./install.ts";
import { isOutdated } from "./package-additions.ts";

interface Problem {
  readonly detail: string;
  readonly mend: string;
}

/** Why the project's own compiler does not take the generated code; undefined where it does, or where there is none. */
export function compilerProblem(root: string, output: Model["output"]): Problem | undefined {
  const compiler = installed(root);
  if (compiler === undefined) return undefined;
  const { version } = compiler;
  const file = readUserFile(root, "tsconfig.json");
  // Under a name that moves with the compiler, an older one has what is needed, too.
  if (isOutdated(version) && file?.toLowerCase().includes('"esnext"') !== true)
    return {
      detail: `typescript ${version} does not know all libraries that the generated code uses`,
      mend: addCommand(root, [`typescript@>=${oldestCompiler}`], true),
    };
  const said = file === undefined ? undefined : shownConfig(root, compiler.folder);
  if (said === undefined) return undefined;
  const wanted = compilerOptions(output.importExtension);
  const lacking = refused(effective(said, Number.parseInt(version, 10)), wanted);
  const names = Object.keys(lacking);
  if (names.length === 0) return undefined;
  return {
    detail: `tsconfig.json does not compile the generated code by its ${names.join(", ")}`,
    mend: `set in its compilerOptions: ${JSON.stringify(lacking)}`,
  };
}

function installed(
  root: string,
): { readonly version: string; readonly folder: string } | undefined {
  try {
    const require = createRequire(join(root, "package.json"));
    const { version } = require("typescript/package.json") as { readonly version: string };
    return { version, folder: dirname(require.resolve("typescript/package.json")) };
  } catch {
    return undefined;
  }
}

/** What the compiler makes of the file and of those that it extends. */
function shownConfig(root: string, folder: string): Options | undefined {
  const args = [join(folder, "bin/tsc"), "--showConfig", "-p", "tsconfig.json"];
  const { stdout } = spawnSync(process.execPath, args, {
    cwd: root,
    encoding: "utf8",
    timeout: 30_000,
  });
  try {
    return (JSON.parse(stdout) as { readonly compilerOptions?: Options }).compilerOptions ?? {};
  } catch {
    // A file that it cannot read is its own to tell.
    return undefined;
  }
}

/** With what the compiler takes for unsaid. Source: TypeScript handbook, "TSConfig Reference", and the release notes of 6.0. */
function effective(said: Options, major: number): Options {
  const text = (name: string): string => String(said[name] ?? "").toLowerCase();
  const module = text("module") || (major >= 6 ? "esnext" : "commonjs");
  const isNode = module.startsWith("node");
  const target = text("target") || (major >= 6 || isNode ? "esnext" : "es5");
  const resolution =
    text("moduleResolution") || (major >= 6 && module === "esnext" ? "bundler" : undefined);
  const lib = said["lib"] ?? (target === "esnext" ? ["esnext"] : []);
  return { ...said, module, target, lib, moduleResolution: resolution };
}

/** Only what keeps it from compiling: where the output goes is the project's own. */
function refused(said: Options, wanted: Options): Options {
  const imports = wanted["allowImportingTsExtensions"] === true;
  const names = [
    "target",
    "lib",
    "module",
    ...(imports ? ["allowImportingTsExtensions", "noEmit"] : []),
  ];
  const lacking = names.flatMap((name) => {
    const value = mended(name, wanted[name], said);
    return value === undefined ? [] : [[name, value] as const];
  });
  return withResolution(Object.fromEntries(lacking), said);
}
