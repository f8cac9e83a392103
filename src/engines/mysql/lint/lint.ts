import type { LintFinding, LintSource } from "../../../migrate/step.ts";
import { type Judged, judgedBy, printed } from "../../families/sql/lint-rule.ts";
import type { Dialect } from "../dialect.ts";
import { type Catalogue, emptyCatalogue, follow } from "./catalogue.ts";
import { readFile, type Statement } from "./file.ts";
import { rules } from "./rules.ts";

/** Judges one direction of a migration by what it does to those who use the database meanwhile; findings by line. */
export const lintOf =
  (dialect: Dialect) =>
  (source: LintSource): Promise<readonly LintFinding[]> =>
    Promise.resolve(printed(judge(source, dialect)));

/** {@link lintOf} before it is printed. */
export function judge(source: LintSource, dialect: Dialect): readonly Judged[] {
  const catalogue = knownFrom(source.history ?? []);
  const statements = readFile(source.text, source.steps);
  const direction = source.direction ?? "up";
  const isFresh = (table: string): boolean =>
    source.fresh.includes(table) || catalogue.tables.get(table)?.fresh === true;
  const found = statements.flatMap((statement, index): readonly Judged[] => {
    if (statement.broken !== undefined) return [syntaxError(statement, statement.broken)];
    const before = statements.slice(0, index).filter(({ step }) => step === statement.step);
    const facts = (table: string) => catalogue.tables.get(table);
    const scene = { catalogue, phase: source.phase, dialect, isFresh, facts, before };
    const judged = judgedBy(rules, statement, scene, direction, () => statement.line);
    follow(catalogue, statement, true);
    return judged;
  });
  return found.toSorted((a, b) => a.line - b.line);
}

function knownFrom(history: readonly string[]): Catalogue {
  const catalogue = emptyCatalogue();
  for (const text of history)
    for (const statement of readFile(text, [])) follow(catalogue, statement, false);
  return catalogue;
}

const syntaxError = ({ line }: Statement, sign: string): Judged => ({
  rule: "syntax-error",
  line,
  message: `${sign} does not end in this statement`,
  recipe: [],
  severity: "error",
});
