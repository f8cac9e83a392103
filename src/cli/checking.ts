import { renderDiff } from "../reconcile/render-diff.ts";
import { runtimeDeviations } from "../reconcile/runtime-state.ts";
import { changesOf, conflictsOf, hasDrift, type Note } from "../reconcile/write-plan.ts";
import { cleanLine } from "./clean-report.ts";
import type { CommandContext } from "./context.ts";
import { exitCode, type ExitCode } from "./exit-codes.ts";
import { requireLock } from "./lock-file.ts";
import { chooseLocked, load, lockChanges, reconcile } from "./pipeline.ts";
import { placeOf } from "./place.ts";
import {
  conflictText,
  outdatedLockText,
  outdatedText,
  reportNotes,
  runtimeText,
} from "./report.ts";

export interface CheckOptions {
  /** Also name each file of the runtime that was edited or comes from another version. */
  readonly runtime?: boolean;
  /** Generated files that are not as they were generated are a finding, too: deleted, moved, changed by hand. */
  readonly strict?: boolean;
}

/** The whole path of `check`. */
export function check({ io, output }: CommandContext, options: CheckOptions): ExitCode {
  const place = placeOf(io, output.options);
  const loaded = load(place, output);
  const { lock } = requireLock(place);
  const plan = chooseLocked(loaded, lock, output);
  const { writePlan, outdated, files, state } = reconcile(place, loaded, plan, output);
  const decisions = lockChanges(loaded, lock, plan);
  const runtime = options.runtime === true ? runtimeDeviations(files, state) : [];
  const { actions, findings, notes } = writePlan;
  const conflicts = conflictsOf(actions);
  const diff = renderDiff(writePlan);
  const drift = hasDrift(writePlan);
  const deviations = deviationsOf(notes);
  const same = !drift && decisions.length + outdated.length + runtime.length === 0;
  const clean = same && (options.strict !== true || deviations.length === 0);
  output.document({
    clean,
    changes: changesOf(actions).map(({ kind, path }) => ({ kind, path })),
    conflicts,
    findings,
    notes,
    decisions,
    outdated,
    ...(options.runtime === true ? { runtime } : {}),
    diff,
  });
  reportNotes(notes, output);
  for (const { message, mend } of findings) output.problem(`${message}; ${mend}`);
  if (diff !== "") output.line(diff.trimEnd());
  for (const conflict of conflicts) output.problem(conflictText(conflict));
  for (const each of outdated) output.problem(outdatedText(each));
  for (const each of runtime) output.problem(runtimeText(each));
  if (clean) {
    output.line(deviations.length === 0 ? cleanLine : `clean, but ${deviations.join("; ")}`);
    return exitCode.ok;
  }
  if (same) output.problem(strictText(deviations));
  if (decisions.length > 0) output.problem(outdatedLockText(decisions, place.lock));
  if (findings.length > 0) output.problem("Until that is mended, generate writes nothing.");
  else if (drift) output.problem("Bring the tree up to date with: async-db-starter generate");
  return exitCode.finding;
}

/** What `--strict` refuses, and what is left to do about it. */
const strictText = (deviations: readonly string[]): string =>
  `--strict: ${deviations.join("; ")}. Have it as it is generated: move back what was moved, delete what was changed, then async-db-starter generate --restore PATH; what is yours goes into files of yours`;

/** Generated files that are not as they were generated, as the user left them. */
function deviationsOf(notes: readonly Note[]): readonly string[] {
  const told = (kind: Note["kind"], one: string, many: string): readonly string[] => {
    const count = notes.filter((note) => note.kind === kind).length;
    if (count === 0) return [];
    return [count === 1 ? `1 generated file ${one}` : `${count} generated files ${many}`];
  };
  return [
    ...told("deleted", "is missing that you deleted", "are missing that you deleted"),
    ...told("hand-changed", "is changed by hand", "are changed by hand"),
    ...told("moved", "lies where you moved it", "lie where you moved them"),
  ];
}
