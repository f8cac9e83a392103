import type { Finding, Note } from "../reconcile/write-plan.ts";
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
  for (const { message } of notes) output.problem(`note: ${message}`);
}

/** Which tables or collections the migrations do not make as the spec says, and what makes the migration. */
export function outdatedText({ store, parts }: OutdatedSchema): string {
  const some = parts.slice(0, 5).join(", ");
  const more = parts.length > 5 ? ` and ${parts.length - 5} more` : "";
  return `store ${store}: the migrations do not make what the spec says of ${some}${more}; run: async-db-starter migrate diff NAME`;
}
