import type { LentConnection } from "../../../../templates/engines/mysql/lend.ts";
import type { Row } from "../../families/sql/rehearse/row.ts";
import type { LiveColumn, LiveTable } from "../live/tables.ts";
import { identifier, identifiers, literal } from "../sql/quote.ts";

/** One statement, which fails whole. The values are generated, so they stand in its text. */
export const insertRows =
  (connection: LentConnection, table: LiveTable) =>
  async (rows: readonly Row[]): Promise<string | undefined> => {
    const names = [...(rows[0]?.keys() ?? [])];
    const columns = new Map(table.columns.map((column) => [column.name, column]));
    const lines = rows.map(
      (row) =>
        `(${names.map((name) => valueText(columns.get(name), row.get(name) ?? null)).join(", ")})`,
    );
    try {
      await connection.command(
        `insert into ${identifier(table.name)} (${identifiers(names)}) values ${lines.join(", ")}`,
      );
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  };

/** The makers of values write as PostgreSQL reads. */
function valueText(column: LiveColumn | undefined, value: string | null): string {
  if (value === null) return "null";
  const { type = "", full = "", length = 0 } = column ?? {};
  if (type === "bit") return `b'${value}'`;
  if (full.startsWith("tinyint(1)")) return value === "t" || value === "1" ? "1" : "0";
  if (value.startsWith("\\x")) {
    const digits = value.slice(2);
    return `x'${type === "binary" ? digits.padStart(2 * length, "0").slice(-2 * length) : digits}'`;
  }
  if (type === "json" || value.startsWith('{"row":')) return literal(jsonOf(value));
  return literal(value.replace(/^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?)\+00$/, "$1"));
}

/** An array holds the same for a check on its length, and an object reads it as one more key. */
const jsonOf = (value: string): string => `[${value}]`;
