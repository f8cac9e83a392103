import { readUserFile } from "../reconcile/single-file.ts";
import type { Model } from "../spec/model.ts";
import type { Output } from "./io.ts";

/** Why scripts of a package do not run what is generated, and what makes them. */
export interface ScriptProblem {
  readonly detail: string;
  readonly mend: string;
}

/**
 * A package.json from before `output.importExtension` was set runs the sources; only a build has what such imports name.
 *
 * @param manifest the text of package.json
 */
export function scriptProblem(
  manifest: string,
  { importExtension, dir }: Model["output"],
): ScriptProblem | undefined {
  if (importExtension === ".ts") return undefined;
  const names = sourceScripts(manifest);
  if (names.length === 0) return undefined;
  const ending = importExtension === "" ? "in nothing" : `in ${importExtension}`;
  return {
    detail: `${names.join(", ")} of package.json run TypeScript as it is, and with output.importExtension the imports end ${ending}: they are there only after a build`,
    mend: `let them run "tsc" first and then what it made, such as dist/${dir}/cli.js; tsconfig.json needs "outDir": "dist" and no "noEmit"; or take importExtension out`,
  };
}

/**
 * Notes what such imports ask of the package: to the one who gets the scripts, and as long as there are scripts that cannot work.
 *
 * @param met the scripts came with this run, or are to be merged now
 */
export function tellBuild(
  root: string,
  layer: Model["output"],
  met: boolean,
  output: Output,
): void {
  if (layer.importExtension === ".ts" || output.options.quiet) return;
  const problem = scriptProblem(readUserFile(root, "package.json") ?? "", layer);
  if (problem !== undefined) output.problem(`note: ${problem.detail}; ${problem.mend}`);
  else if (met) output.problem(`note: ${buildNote(layer)}`);
}

const buildNote = ({ importExtension }: Model["output"]): string =>
  `output.importExtension: imports end ${importExtension === "" ? "in nothing" : `in ${importExtension}`}, so the code runs only after a build; the scripts db, start and test run the script build first: tsc, with "rootDir": ".", "outDir": "dist" and no "noEmit" in tsconfig.json`;

/**
 * The scripts of a package that run TypeScript as it is, which finds no import that ends otherwise than in `.ts`.
 *
 * @param manifest the text of package.json
 * @returns their names; none when it cannot be read
 */
function sourceScripts(manifest: string): readonly string[] {
  try {
    const { scripts } = JSON.parse(manifest) as { readonly scripts?: unknown };
    if (typeof scripts !== "object" || scripts === null) return [];
    return Object.entries(scripts).flatMap(([name, script]) =>
      /\bnode\b[^&|;]*\.ts\b/.test(String(script)) ? [name] : [],
    );
  } catch {
    return [];
  }
}
