import type { LintFinding, LintSource } from "../../../migrate/step.ts";
import { type Judged, judgedBy, printed } from "../../families/sql/lint-rule.ts";
import { type Catalogue, emptyCatalogue, follow } from "./catalogue.ts";
import { locksWriters } from "./locks.ts";
import { parseSql, type Statement, type SyntaxFault } from "./parse.ts";
import type { Scene } from "./rule.ts";
import { rules } from "./rules.ts";

export type { Judged } from "../../families/sql/lint-rule.ts";

/**
 * Judges one direction of a migration by what it does to those who use the database meanwhile.
 *
 * @returns findings by line; what is no SQL at all is the only finding then
 */
export async function lint(source: LintSource): Promise<readonly LintFinding[]> {
  return printed(await judge(source));
}

/** {@link lint} before it is printed. */
export async function judge(source: LintSource): Promise<readonly Judged[]> {
  const catalogue = await knownFrom(source.history ?? []);
  const parsed = await parseSql(source.text, source.steps);
  if ("fault" in parsed) return [syntaxError(parsed.fault)];
  const groups = Map.groupBy(parsed.statements, ({ transaction, step }) => transaction ?? step);
  const findings = [...groups.values()].flatMap((together) =>
    judgeTogether(together, parsed.statements, catalogue, source),
  );
  return findings.toSorted((a, b) => a.line - b.line);
}

/** The statements of one transaction, or of one step outside of one; transactions come in the order of the text. */
function judgeTogether(
  together: readonly Statement[],
  all: readonly Statement[],
  catalogue: Catalogue,
  source: LintSource,
): readonly Judged[] {
  const isFresh = (table: string): boolean =>
    source.fresh.includes(table) || catalogue.tables.get(table)?.fresh === true;
  const locked = new Map<string, number>();
  return together.flatMap((statement, index) => {
    const found = judgeStatement(statement, source.direction ?? "up", {
      catalogue,
      phase: source.phase,
      isFresh,
      facts: (table) => catalogue.tables.get(table),
      together,
      all,
      before: () => together.slice(0, index),
      locked,
    });
    follow(catalogue, statement, true);
    if (statement.transaction === undefined) return found;
    for (const table of locksWriters(statement))
      if (!isFresh(table) && !locked.has(table)) locked.set(table, statement.line);
    return found;
  });
}

/** What earlier migrations made; one that is no SQL is told when it is judged itself. */
async function knownFrom(history: readonly string[]): Promise<Catalogue> {
  const catalogue = emptyCatalogue();
  for (const text of history) {
    const parsed = await parseSql(text, []);
    if ("fault" in parsed) continue;
    for (const statement of parsed.statements) follow(catalogue, statement, false);
  }
  return catalogue;
}

const syntaxError = ({ message, line, column }: SyntaxFault): Judged => ({
  rule: "syntax-error",
  line,
  message: `column ${column}: ${message}`,
  recipe: [],
  severity: "error",
});

const judgeStatement = (
  statement: Statement,
  direction: "up" | "down",
  scene: Scene,
): readonly Judged[] =>
  judgedBy(rules, statement, scene, direction, (at) =>
    at === undefined ? statement.line : statement.source.lineAt(at),
  );
