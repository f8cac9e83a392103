import type { Finding, Note } from "../reconcile/write-plan.ts";
import { exitCode, type ExitCode } from "./exit-codes.ts";
import type { Output } from "./io.ts";

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
  for (const { message } of notes) output.problem(`note: ${message}`);
}
