import { readUserFile } from "../reconcile/single-file.ts";
import type { VirtualFile } from "../render/virtual-file.ts";
import type { Output } from "./io.ts";

export type Options = Readonly<Record<string, unknown>>;

/** Without these the generated code does not compile; what else a fresh project sets is strictness, which is the user's choice. */
const needed = [
  "target",
  "lib",
  "module",
  "types",
  "allowImportingTsExtensions",
  "skipLibCheck",
  "noEmit",
  "rootDir",
  "outDir",
];

/** What a tsconfig.json that was there before does not say and has to, or says otherwise; undefined when it lacks nothing. */
export function lackingOptions(root: string, files: readonly VirtualFile[]): Options | undefined {
  const own = readUserFile(root, "tsconfig.json");
  const fresh = files.find(({ path }) => path === "tsconfig.json")?.content;
  return own === undefined || typeof fresh !== "string" ? undefined : missingOptions(own, fresh);
}

/** Prints what the user has to merge by hand. */
export function tellCompilerOptions(lacking: Options, output: Output): void {
  output.line(
    "\nYour tsconfig.json is left alone; to compile the generated code it needs these compilerOptions, unless it inherits them:",
  );
  output.line(JSON.stringify(lacking, null, 2));
}

/**
 * Pure.
 *
 * @param own the text that is there: it may have comments, and may extend another file
 * @param fresh the text that would be generated
 */
export function missingOptions(own: string, fresh: string): Options | undefined {
  const { compilerOptions } = JSON.parse(fresh) as { readonly compilerOptions: Options };
  const said = saidIn(own);
  const lacking = Object.fromEntries(
    Object.entries(compilerOptions).flatMap(([name, wanted]) => {
      if (!needed.includes(name)) return [];
      // What cannot be read says what it mentions.
      if (said === undefined) return own.includes(JSON.stringify(name)) ? [] : [[name, wanted]];
      const value = said[name] === undefined ? wanted : mended(name, wanted, said);
      return value === undefined ? [] : [[name, value]];
    }),
  );
  return Object.keys(lacking).length === 0 ? undefined : withResolution(lacking, said ?? {});
}

/** Another form of modules asks for another way to find them, where one is said. */
export const withResolution = (lacking: Options, said: Options): Options =>
  lacking["module"] === undefined || said["moduleResolution"] === undefined
    ? lacking
    : {
        ...lacking,
        moduleResolution: lacking["module"] === "preserve" ? "bundler" : "nodenext",
      };

/** The options that a text says itself; undefined when it cannot be read. */
function saidIn(text: string): Options | undefined {
  try {
    const file = JSON.parse(plainJson(text)) as { readonly compilerOptions?: Options } | null;
    return file?.compilerOptions ?? {};
  } catch {
    return undefined;
  }
}

/** Without the comments and the last commas that the compiler takes. */
const plainJson = (text: string): string =>
  text
    .replace(/("(?:\\.|[^"\\])*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, "$1")
    .replace(/("(?:\\.|[^"\\])*")|,(?=\s*[}\]])/g, "$1");

/** The value that an option has to have instead of its own; undefined where its own will do. */
export function mended(name: string, wanted: unknown, said: Options): unknown {
  const own = said[name];
  switch (name) {
    case "target":
      return yearOf(own) >= oldestTarget ? undefined : wanted;
    case "lib":
      return mendedLibraries(textsOf(own), textsOf(wanted));
    case "module":
      return modulesFit(own, said["moduleResolution"]) ? undefined : wanted;
    case "types":
      return textsOf(own).includes("node") ? undefined : [...textsOf(own), ...textsOf(wanted)];
    case "allowImportingTsExtensions":
    case "noEmit":
      return own === true || isRewritten(said) ? undefined : wanted;
    default:
      return own === undefined ? wanted : undefined;
  }
}

/** The compiler itself turns `.ts` in imports into `.js`, since 5.7. */
const isRewritten = (said: Options): boolean =>
  said["rewriteRelativeImportExtensions"] === true || said["emitDeclarationOnly"] === true;

/** Measured: the generated code compiles for it with the libraries that are named. */
const oldestTarget = 2020;
/** Of the language, whose parts the generated code uses at run time: Node has them. */
const oldestLibrary = 2024;

/** `ES2023` → 2023; one that moves with the compiler is the newest. */
const yearOf = (target: unknown): number => {
  const text = String(target).toLowerCase();
  return text === "esnext" ? Infinity : Number(/^es(\d{4})/.exec(text)?.[1] ?? 0);
};

const textsOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.map((each) => String(each).toLowerCase()) : [];

function mendedLibraries(own: readonly string[], wanted: readonly string[]): unknown {
  if (own.includes("esnext")) return undefined;
  const lacking = wanted.filter((name) =>
    name.startsWith("esnext.")
      ? !own.includes(name)
      : !own.some((each) => /^es\d{4}$/.test(each) && yearOf(each) >= oldestLibrary),
  );
  const kept = own.filter((each) => !/^es\d{4}$|^es[56]$/.test(each) || lacking.every(isPart));
  return lacking.length === 0 ? undefined : [...new Set([...lacking, ...kept])];
}

const isPart = (library: string): boolean => library.startsWith("esnext.");

/** ES modules with `import.meta` and a top-level `await`, resolved by `exports` of packages. */
function modulesFit(module: unknown, resolution: unknown): boolean {
  const form = String(module).toLowerCase();
  const by = resolution === undefined ? undefined : String(resolution).toLowerCase();
  if (/^node(16|18|20|next)$/.test(form)) return by === undefined || /^node(16|next)$/.test(by);
  if (form === "preserve") return by === undefined || by === "bundler";
  return (form === "es2022" || form === "esnext") && by === "bundler";
}
