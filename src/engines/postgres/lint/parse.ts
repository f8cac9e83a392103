import { Buffer } from "node:buffer";
import type { LintSource } from "../../../migrate/step.ts";
import type { Node } from "libpg-query";
import { type SqlText, sqlText, tokensBetween } from "./sql-text.ts";

/** What the record says of the step that a statement belongs to. */
export type StepFacts = LintSource["steps"][number];

/** One statement of a migration. */
export interface Statement {
  readonly node: Node;
  readonly source: SqlText;
  /** Bytes of its first and behind its last token. */
  readonly from: number;
  readonly to: number;
  readonly line: number;
  readonly step: StepFacts;
  /** Statements with the same number share a transaction; undefined: it runs outside of one. */
  readonly transaction: number | undefined;
}

/** Where the text stops being SQL. */
export interface SyntaxFault {
  readonly message: string;
  readonly line: number;
  readonly column: number;
}

export type Parsed =
  | { readonly statements: readonly Statement[]; readonly source: SqlText }
  | { readonly fault: SyntaxFault };

/**
 * Reads a migration with PostgreSQL's own parser (libpg_query, compiled to WebAssembly). It is loaded at the first call, since only this
 * command needs it.
 */
export async function parseSql(text: string, steps: readonly StepFacts[]): Promise<Parsed> {
  const { hasSqlDetails, loadModule, parseSync, scanSync } = await import("libpg-query");
  await loadModule();
  if (text.trim() === "") return { statements: [], source: sqlText("", []) };
  try {
    const source = sqlText(text, scanSync(text).tokens);
    const raw = parseSync(text).stmts ?? [];
    return { source, statements: statementsOf(text, source, raw, steps) };
  } catch (error) {
    if (!hasSqlDetails(error)) throw error;
    const { message, cursorPosition } = error.sqlDetails ?? { message: "", cursorPosition: 0 };
    const before = [...text].slice(0, cursorPosition).join("").split("\n");
    const column = [...(before.at(-1) ?? "")].length + 1;
    return { fault: { message, line: before.length, column } };
  }
}

interface Raw {
  readonly stmt?: Node;
  readonly stmt_location?: number;
  readonly stmt_len?: number;
}

function statementsOf(
  text: string,
  source: SqlText,
  raw: readonly Raw[],
  steps: readonly StepFacts[],
): readonly Statement[] {
  const placed = stepsOfText(text, steps);
  const end = Buffer.byteLength(text);
  return raw.flatMap(({ stmt, stmt_location: start = 0, stmt_len: length }) => {
    if (stmt === undefined) return [];
    const tokens = tokensBetween(source, start, length === undefined ? end : start + length);
    const from = tokens[0]?.start ?? start;
    const at = placed.findLast((one) => one.from <= from) ?? whole;
    const last = tokens.findLast(({ word }) => word !== ";")?.end ?? end;
    const { step, transaction } = at;
    return [{ node: stmt, source, from, to: last, line: source.lineAt(from), step, transaction }];
  });
}

interface PlacedStep {
  readonly from: number;
  readonly step: StepFacts;
  readonly transaction: number | undefined;
}

/** A text without markers is one transactional step. */
const whole: PlacedStep = { from: 0, step: { name: "", transactional: true }, transaction: 0 };

/** Where each step begins; consecutive transactional ones share a transaction, as the runtime runs them. */
function stepsOfText(text: string, steps: readonly StepFacts[]): readonly PlacedStep[] {
  let transaction = 0;
  const lone = steps.length === 1 ? steps[0] : undefined;
  const placed = [
    lone?.transactional === false ? { ...whole, step: lone, transaction: undefined } : whole,
  ];
  for (const { index, 1: name = "" } of text.matchAll(/^-- step: *(\S+)[ \t]*\r?$/gm)) {
    const step = steps.find((one) => one.name === name) ?? { name, transactional: true };
    if (!step.transactional) transaction += 1;
    const from = Buffer.byteLength(text.slice(0, index));
    placed.push({ from, step, transaction: step.transactional ? transaction : undefined });
  }
  return placed;
}
