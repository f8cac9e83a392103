import type { RuntimeDeviation } from "../reconcile/runtime-state.ts";
import { type LockChange, needsAcceptance } from "../select/lock.ts";
import type { FileConflict, Finding, Note } from "../reconcile/write-plan.ts";
import { exitCode, type ExitCode } from "./exit-codes.ts";
import type { Output } from "./io.ts";
import type { OutdatedSchema } from "./schema-stage.ts";

/** Why nothing was written, one line each with its mend; exit status 1. */
export function reportFindings(findings: readonly Finding[], output: Output): ExitCode {
  output.document({ findings });
  for (const { message, mend } of findings) output.problem(`${message}; ${mend}`);
  output.problem(
    `${findings.length} ${findings.length === 1 ? "finding" : "findings"}; nothing was written.`,
  );
  return exitCode.finding;
}

/** What the user should know that stops nothing. */
export function reportNotes(notes: readonly Note[], output: Output): void {
  if (output.options.quiet) return;
  for (const { kind, message } of notes)
    output.problem(kind === "merged" ? message : `note: ${message}`);
}

/** Where the user has to decide between a change of theirs and ours. */
export function conflictText({ path, from, to }: FileConflict): string {
  return `conflict: ${path}:${from}-${to}: your change and the generated one touch`;
}

/** What a run left to its user, who has to be done with it before the next one; exit status 1. */
export function reportConflicts(conflicts: readonly FileConflict[], output: Output): ExitCode {
  for (const conflict of conflicts) output.problem(conflictText(conflict));
  const files = new Set(conflicts.map(({ path }) => path)).size;
  output.problem(
    `${counted(conflicts.length, "conflict")} in ${counted(files, "file")}; everything else is written. Edit until the markers are gone, then run generate again.`,
  );
  return exitCode.finding;
}

const counted = (count: number, what: string): string =>
  `${count} ${what}${count === 1 ? "" : "s"}`;

export function runtimeText({ path, state }: RuntimeDeviation): string {
  return `${path}: ${state}`;
}

/** What `plan` would decide otherwise than the lock does. */
export function outdatedLockText(changes: readonly LockChange[], lock: string): string {
  const accept = changes.some(needsAcceptance) ? " --accept" : "";
  return [
    ...changes.map(({ text }) => `${lock}: ${text}`),
    `Bring the lock up to date with: async-db-starter plan${accept}`,
  ].join("\n");
}

/** Which tables or collections the migrations do not make as the spec says, and what makes the migration. */
export function outdatedText({ store, parts }: OutdatedSchema): string {
  const some = parts.slice(0, 5).join(", ");
  const more = parts.length > 5 ? ` and ${parts.length - 5} more` : "";
  return `store ${store}: the migrations do not make what the spec says of ${some}${more}; run: async-db-starter migrate diff NAME`;
}
