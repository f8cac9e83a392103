import { readUserFile } from "../reconcile/single-file.ts";
import { extensionless } from "../render/shared/scripts.ts";
import type { Model } from "../spec/model.ts";
import type { Output } from "./io.ts";

/** Why scripts of a package do not run what is generated, and what makes them. */
export interface ScriptProblem {
  readonly detail: string;
  readonly mend: string;
}

/**
 * Scripts that were made before `output.importExtension` was set, or by hand: they find no module that is imported so.
 *
 * @param manifest the text of package.json
 */
export function scriptProblem(
  manifest: string,
  { importExtension, dir }: Model["output"],
): ScriptProblem | undefined {
  if (importExtension === ".ts") return undefined;
  const loader = `--import ./${dir}/${extensionless}`;
  const names = sourceScripts(manifest, importExtension === "" ? loader : undefined);
  if (names.length === 0) return undefined;
  const run = `${names.join(", ")} of package.json run TypeScript as it is, and with output.importExtension the imports end`;
  const out = "or take importExtension out";
  return importExtension === ""
    ? {
        detail: `${run} in nothing: Node finds them only with ${loader}`,
        mend: `let them run node ${loader} …; ${out}`,
      }
    : {
        detail: `${run} in ${importExtension}: they are there only after a build`,
        mend: `let them run "tsc" first and then what it made, such as dist/${dir}/cli.js; tsconfig.json needs "outDir": "dist" and no "noEmit"; ${out}`,
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

const buildNote = ({ importExtension, dir }: Model["output"]): string =>
  importExtension === ""
    ? `output.importExtension: imports end in nothing, for a bundler of yours; the scripts db, start and test run the sources with --import ./${dir}/${extensionless}, by which Node finds them`
    : `output.importExtension: imports end in ${importExtension}, so the code runs only after a build; the scripts db, start and test run the script build first: tsc, with "rootDir": ".", "outDir": "dist" and no "noEmit" in tsconfig.json`;

/**
 * The scripts of a package that run TypeScript as it is, which finds no import that ends otherwise than in `.ts`.
 *
 * @param manifest the text of package.json
 * @param but what makes Node find them all the same
 * @returns their names; none when it cannot be read
 */
function sourceScripts(manifest: string, but: string | undefined): readonly string[] {
  try {
    const { scripts } = JSON.parse(manifest) as { readonly scripts?: unknown };
    if (typeof scripts !== "object" || scripts === null) return [];
    return Object.entries(scripts).flatMap(([name, script]) =>
      String(script)
        .split(/[&|;]+/)
        .some((part) => /\bnode\b.*\.ts\b/.test(part) && (but === undefined || !part.includes(but)))
        ? [name]
        : [],
    );
  } catch {
    return [];
  }
}
