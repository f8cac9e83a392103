import { readUserFile } from "../reconcile/single-file.ts";
import type { VirtualFile } from "../render/virtual-file.ts";
import type { Output } from "./io.ts";

type Options = Readonly<Record<string, unknown>>;

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

/** What a tsconfig.json that was there before does not say and has to; undefined when it lacks nothing. */
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
  const lacking = Object.entries(compilerOptions).filter(
    ([name]) => needed.includes(name) && !own.includes(JSON.stringify(name)),
  );
  return lacking.length === 0 ? undefined : Object.fromEntries(lacking);
}
