import type { StoredMigration } from "./folder.ts";
import type { LintFinding } from "./step.ts";

/**
 * What the record of a migration says of its steps that no single statement shows: the code of before runs on, and fails later, on what
 * code of after writes. The same for every engine.
 */
export const lintRecord = ({
  steps,
  up,
}: Pick<StoredMigration, "steps" | "up">): readonly LintFinding[] =>
  steps
    .filter(({ risks = [] }) => risks.includes("null-breaks-old-code"))
    .map(({ name, title }) => ({
      rule: "null-breaks-old-code",
      line: lineOf(name, up),
      message: `${title}: code of before was made for a value there, and fails on the first empty one that new code writes`,
      recipe: [
        "1. apply this, and deploy code that reads an empty value and writes none yet",
        "2. when no code of before runs any more (deploy-check --running), deploy what writes it",
      ].join("\n"),
      severity: "warning",
    }));

/** Where the statements of a step begin: behind the remarks of its head, or at the first command that names it. */
function lineOf(name: string, text: string): number {
  const lines = text.split(/\r?\n/);
  const head = lines.findIndex((line) => line === `-- step: ${name}` || line.includes(`"${name}"`));
  const from = Math.max(0, head);
  const statement = lines.findIndex((line, at) => at >= from && !/^\s*(?:--|$)/.test(line));
  return (statement < 0 ? from : statement) + 1;
}
