import { present } from "./codec.ts";
import { parsed } from "./cut-json.ts";
import type { Value, ValueRow } from "./statement.ts";

/**
 * A recorded state as a row again: history keeps the columns by name, so one that came later is null in what was recorded before.
 *
 * @param content the JSON object of the columns
 * @param columns those of a row, in its order
 * @param children the JSON object of the owned rows by table, and the tables in the order of a row's columns for them
 */
export const recordedRow = (
  content: Value | undefined,
  columns: readonly string[],
  children?: { readonly of: Value | undefined; readonly tables: readonly string[] },
): ValueRow => {
  const values = objectOf(content);
  const own = columns.map((column) => values[column] ?? null);
  if (children === undefined) return own;
  const rows = objectOf(children.of ?? "{}");
  return [...own, ...children.tables.map((table) => JSON.stringify(rows[table] ?? []))];
};

const objectOf = (json: Value | undefined): Readonly<Record<string, Value>> => {
  const values = parsed(present(json));
  if (typeof values !== "object" || values === null)
    throw new TypeError("a JSON object was expected");
  return values as Readonly<Record<string, Value>>;
};
