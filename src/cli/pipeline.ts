import { basename, dirname, join, resolve } from "node:path";
import { engines } from "../engines/registry.gen.ts";
import { lower } from "../ir/lower.ts";
import type { Ir } from "../ir/types.ts";
import { decide } from "../reconcile/decide.ts";
import { recover } from "../reconcile/recover.ts";
import { scan } from "../reconcile/scan.ts";
import { readUserFile } from "../reconcile/single-file.ts";
import { inputHash } from "../reconcile/shortcut.ts";
import type { WritePlan } from "../reconcile/write-plan.ts";
import { render } from "../render/render.ts";
import type { VirtualFile } from "../render/virtual-file.ts";
import { parseLock, type Lock } from "../select/lock.ts";
import { planModel } from "../select/plan-model.ts";
import type { Plan } from "../select/plan.ts";
import { formatIssues } from "../spec/issues.ts";
import { loadSpec } from "../spec/load.ts";
import type { Model } from "../spec/model.ts";
import { exitCode } from "./exit-codes.ts";
import { Failure } from "./failure.ts";
import type { Io, Output } from "./io.ts";
import { packageVersion } from "./package-files.ts";

/** Where one run of the pipeline works. */
export interface Place {
  /** Absolute folder of the spec. */
  readonly folder: string;
  /** Name of the spec file in it. */
  readonly spec: string;
  /** Name of the lock file in it: `workloads.lock.json`. */
  readonly lock: string;
}

/** @param spec the `--spec` option, relative to `--cwd` */
export function placeOf(io: Io, options: { readonly cwd: string; readonly spec: string }): Place {
  const path = resolve(io.cwd, options.cwd, options.spec);
  const spec = basename(path);
  return { folder: dirname(path), spec, lock: `${spec.replace(/\.(ya?ml|json)$/i, "")}.lock.json` };
}

/** The spec as a Model; every problem is printed. @throws Failure 2 */
export function loadModel(place: Place, output: Output): { model: Model; sources: readonly Uint8Array[] } {
  const result = loadSpec(join(place.folder, place.spec), { shownAs: place.spec });
  const warnings = result.issues.filter((issue) => issue.severity === "warning");
  if (result.model === undefined) {
    throw new Failure(exitCode.input, formatIssues(result.issues), { details: result.issues });
  }
  if (warnings.length > 0) output.problem(formatIssues(warnings));
  dump(output, "model", result.model);
  return { model: result.model, sources: result.sources };
}

/** The lock beside the spec, or undefined. @throws Failure 2 for one that cannot be read */
export function readLock(place: Place): { lock: Lock; text: string } | undefined {
  const text = readUserFile(place.folder, place.lock);
  if (text === undefined) return undefined;
  const parsed = parseLock(text);
  if ("problem" in parsed) {
    throw new Failure(exitCode.input, `${place.lock}: ${parsed.problem}`, {
      hint: "restore it from version control, or delete it and run `async-db-starter plan`",
    });
  }
  return { lock: parsed.lock, text };
}

/** Decides for the Model. @throws Failure 2 when a workload cannot be served */
export function decideStores(model: Model, lock: Lock | undefined, place: Place, output: Output): Plan {
  const result = planModel(model, engines, lock);
  if ("problems" in result) {
    const lines = result.problems.map(({ text }) => `${place.spec}: ${text}`);
    throw new Failure(
      exitCode.input,
      [...lines, `${lines.length} ${lines.length === 1 ? "problem" : "problems"}; nothing was written.`].join("\n"),
      { details: result.problems },
    );
  }
  dump(output, "plan", result.plan);
  return result.plan;
}

/** What `generate` and `check` share: the files of the plan against the tree. */
export function reconcile(
  place: Place,
  model: Model,
  plan: Plan,
  output: Output,
): { ir: Ir; files: readonly VirtualFile[]; writePlan: WritePlan; root: string } {
  const root = resolve(place.folder, model.output.package);
  const ir = lower(model, plan);
  dump(output, "ir", ir);
  const files = render({ ir, plan, model, engines, spec: place.spec, version: packageVersion() });
  dump(output, "files", files);
  recover(root);
  const state = scan(root, "all", files.map(({ path }) => path));
  const writePlan = decide(files, state, new Map());
  dump(output, "write-plan", writePlan.actions.map(({ kind, path }) => ({ kind, path })));
  return { ir, files, writePlan, root };
}

/** One hash of everything the output depends on. */
export function hashOfInputs(sources: readonly Uint8Array[], lock: string): string {
  return inputHash([...sources, lock, packageVersion()]);
}

function dump(output: Output, stage: string, value: unknown): void {
  if (output.options.dump !== stage) return;
  throw new Dumped(value);
}

/** Ends the run after the stage that `--dump` names. */
export class Dumped extends Error {
  readonly value: unknown;
  constructor(value: unknown) {
    super("dumped");
    this.value = value;
  }
}
