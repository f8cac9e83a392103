import { resolve } from "node:path";
import { filesIn } from "../spec/files.ts";
import { capturing } from "../slice/captured-files.ts";
import { type KnownSpec, rememberSpecText } from "../slice/known-spec.ts";
import { knownSpec, withShared } from "./known-spec-of.ts";
import { reconcileSlice } from "./sliced.ts";
import { apply, type ApplyReport } from "../reconcile/apply.ts";
import { toolFolder } from "../reconcile/paths.ts";
import { recover } from "../reconcile/recover.ts";
import { renderDiff } from "../reconcile/render-diff.ts";
import { changesOf, conflictsOf, hasDrift, type WritePlan } from "../reconcile/write-plan.ts";
import type { CommandContext } from "./context.ts";
import { missingLines } from "./environment-file.ts";
import { exitCode, type ExitCode } from "./exit-codes.ts";
import { Failure } from "./failure.ts";
import type { Output } from "./io.ts";
import type { Lock, LockChange } from "../select/lock.ts";
import type { VirtualFile } from "../render/virtual-file.ts";
import type { Plan } from "../select/plan.ts";
import { leftText, movedText, refuseUnmade } from "./moved-entities.ts";
import { readLock, requireLock } from "./lock-file.ts";
import { hashOfSources } from "./input-hash.ts";
import { rememberSchemas } from "../reconcile/known-schema.ts";
import { rememberUnits } from "../reconcile/known-units.ts";
import {
  chooseLocked,
  load,
  lockChanges,
  type Reconciled,
  reconcile,
  reconcileTouched,
} from "./pipeline.ts";
import { type Place, placeOf } from "./place.ts";
import { lackingOptions, tellCompilerOptions } from "./compiler-options.ts";
import { addCommand } from "./install.ts";
import { additionsTo, type PackageAdditions, tellAdditions } from "./package-additions.ts";
import { tellBuild } from "./source-scripts.ts";
import { rememberSpec } from "./spec-of-package.ts";
import {
  conflictText,
  outdatedLockText,
  outdatedText,
  reportConflicts,
  reportFindings,
  reportNotes,
} from "./report.ts";

export interface GenerateOptions {
  readonly dryRun?: boolean;
  readonly diff?: boolean;
  /** Generated files to make again although the user deleted them. */
  readonly restore?: readonly string[];
  /** Renders all anew, also what nothing has touched since the last run. */
  readonly whole?: boolean;
}

/** What a run comes to, before anything of it is told or written. */
interface Run {
  readonly reconciled: Reconciled;
  /** The lock as text. */
  readonly lock: string;
  readonly sources: readonly Uint8Array[];
  /** Nothing was to be said of the spec. */
  readonly silent: boolean;
  readonly decisions: readonly LockChange[];
  /** For a run that need not look at all of the spec. */
  readonly spec: Omit<KnownSpec, "shared"> | undefined;
}

/** The whole path of `generate`. */
export function generate({ io, output }: CommandContext, options: GenerateOptions): ExitCode {
  const place = placeOf(io, output.options);
  const dry = options.dryRun === true || options.diff === true;
  const whole = options.whole === true || options.restore !== undefined;
  const run =
    (dry || whole || output.options.dump !== undefined ? undefined : slicedRun(place)) ??
    wholeRun(place, output, { dry, whole, restore: options.restore });
  return finish(run, place, output, options);
}

/** Undefined unless the last run says what all but a few entities come to. */
function slicedRun(place: Place): Run | undefined {
  const found = readLock(place);
  if (found === undefined || found.unmerged === true) return undefined;
  recover(place.folder);
  const sliced = reconcileSlice(place, found);
  return sliced === undefined
    ? undefined
    : { ...sliced, lock: found.text, silent: true, decisions: [] };
}

function wholeRun(
  place: Place,
  output: Output,
  {
    dry,
    whole,
    restore,
  }: {
    readonly dry: boolean;
    readonly whole: boolean;
    readonly restore: readonly string[] | undefined;
  },
): Run {
  const files = capturing(filesIn(place.folder));
  const loaded = load(place, output, files);
  const { lock, text } = requireLock(place);
  const plan = chooseLocked(loaded, lock, output);
  refuseUndecided(plan, lock, place.lock);
  if (!dry) recover(resolve(place.folder, loaded.model.output.package));
  const reconciled =
    dry || whole
      ? reconcile(place, loaded, plan, output, restore)
      : reconcileTouched(place, loaded, plan, output);
  const decisions = lockChanges(loaded, lock, plan);
  const silent = (loaded.warnings ?? 0) === 0;
  const spec =
    silent && decisions.length === 0
      ? knownSpec(place, text, loaded.model, files, reconciled)
      : undefined;
  return { reconciled, lock: text, sources: loaded.sources, silent, decisions, spec };
}

function finish(
  { reconciled, lock, sources, silent, decisions, spec }: Run,
  place: Place,
  output: Output,
  options: GenerateOptions,
): ExitCode {
  const { writePlan, outdated, root } = reconciled;
  refuseUnmade(reconciled.unmade);
  for (const each of reconciled.moved) output.problem(`note: ${movedText(each)}`);
  for (const each of reconciled.left) output.problem(`note: ${leftText(each)}`);
  for (const each of reconciled.reused) output.problem(`note: ${each}`);
  reportNotes(writePlan.notes, output);
  for (const each of outdated) output.problem(outdatedText(each));
  const otherwise = decisions.filter(({ kind }) => kind !== "requirements" && kind !== "removed");
  if (otherwise.length > 0 && !output.options.quiet)
    output.problem(
      `${outdatedLockText(otherwise, place.lock)}; what is generated follows the lock`,
    );
  if (writePlan.findings.length > 0) return reportFindings(writePlan.findings, output);
  if (options.dryRun === true || options.diff === true) return preview(writePlan, options, output);
  const conflicts = conflictsOf(writePlan.actions);
  // What has to be told again each time must not be taken for an unchanged tree.
  const said = conflicts.length + writePlan.notes.length + otherwise.length;
  const inputs =
    said + outdated.length === 0 ? { inputHash: hashOfSources(sources, lock, place) } : {};
  const clean = silent && decisions.length === 0;
  const report = apply(writePlan, root, { ...inputs, clean });
  if (report.outcome === "refused") return reportFindings(report.findings, output);
  const { inputs: made, files, untouched } = reconciled;
  rememberUnits(made, root, { files, plan: writePlan, untouched });
  rememberSchemas(reconciled.sound, root);
  const quiet =
    said + reconciled.moved.length + reconciled.left.length + reconciled.reused.length === 0;
  rememberSpecText(quiet ? withShared(spec, reconciled) : undefined, root);
  rememberSpec(root, place);
  // Only the run that finds the user's own package.json says all that it lacks; later `doctor` does.
  const found = writePlan.notes.some(
    ({ kind, path }) => kind === "already-there" && path === "package.json",
  );
  if (!found && report.created.length > 0 && !output.options.quiet)
    tellNewNeeds(root, files, output);
  reportApplied(report, writePlan, output, found ? additionsTo(root, files) : undefined);
  const lacking = found ? lackingOptions(root, files) : undefined;
  if (lacking !== undefined) tellCompilerOptions(lacking, output);
  if (report.created.length + report.rewritten.length > 0)
    tellBuild(root, reconciled.ir.output, found || report.created.includes("package.json"), output);
  return conflicts.length === 0 ? exitCode.ok : reportConflicts(conflicts, output);
}

/** What a store that came with this change asks of files that are the user's own: a package, a DSN. */
function tellNewNeeds(root: string, files: readonly VirtualFile[], output: Output): void {
  const lacking = Object.entries(additionsTo(root, files)?.dependencies ?? {});
  const packages = lacking.map(([name, range]) => `${name}@${range}`);
  if (packages.length > 0)
    output.problem(`note: package.json lacks packages: ${addCommand(root, packages)}`);
  for (const { variable, line } of missingLines(root, files))
    output.problem(`note: .env has no ${variable}; as .env.example has it: ${line}`);
}

function reportApplied(
  { created, rewritten, removed }: Extract<ApplyReport, { outcome: "applied" }>,
  { actions, notes, records }: WritePlan,
  output: Output,
  additions: PackageAdditions | undefined,
): void {
  const merged = notes.flatMap(({ kind, path }) => (kind === "merged" ? [path] : []));
  output.document({
    created,
    rewritten,
    removed,
    merged,
    conflicts: conflictsOf(actions),
    notes,
    ...(additions !== undefined && { packageJsonLacks: additions }),
  });
  const counts = [
    created.length > 0 ? `${created.length} created` : "",
    rewritten.length > 0 ? `${rewritten.length} rewritten` : "",
    removed.length > 0 ? `${removed.length} removed` : "",
  ].filter((part) => part !== "");
  const quiet =
    records.length === 0
      ? "nothing changed; no file written"
      : `no generated file changed; ${records.length === 1 ? "1 record" : `${records.length} records`} of ${toolFolder} written`;
  output.line(counts.length === 0 ? quiet : counts.join(", "));
  if (additions !== undefined) tellAdditions(additions, output);
}

function preview(writePlan: WritePlan, options: GenerateOptions, output: Output): ExitCode {
  const changes = changesOf(writePlan.actions).map(({ kind, path }) => ({ kind, path }));
  const conflicts = conflictsOf(writePlan.actions);
  const diff = options.diff === true ? renderDiff(writePlan) : undefined;
  const { notes } = writePlan;
  output.document({ changes, conflicts, notes, ...(diff === undefined ? {} : { diff }) });
  if (!hasDrift(writePlan)) output.line("nothing would be written");
  else if (diff !== undefined) output.line(diff.trimEnd());
  else for (const { kind, path } of changes) output.line(`${kind} ${path}`);
  if (diff === undefined && changes.length === 0)
    for (const { path } of writePlan.records) output.line(`record ${path}`);
  for (const conflict of conflicts) output.problem(conflictText(conflict));
  return hasDrift(writePlan) ? exitCode.finding : exitCode.ok;
}

/** A workload that the lock does not know is a decision that nobody has seen yet. @throws Failure 1 */
function refuseUndecided(plan: Plan, lock: Lock, file: string): void {
  const names = plan.decisions.map(({ workload }) => workload);
  const undecided = names.filter((name) => lock.decisions[name] === undefined);
  if (undecided.length === 0) return;
  throw new Failure(exitCode.finding, `${file} holds no decision for ${undecided.join(", ")}`, {
    hint: "run: async-db-starter plan",
  });
}
