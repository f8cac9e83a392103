import { present } from "./codec.ts";
import { parsed } from "./cut-json.ts";
import type { Value, ValueRow } from "./statement.ts";

/**
 * A recorded state as a row again: history keeps the columns by name, so one that came later is null in what was recorded before, unless its
 * migration has filled it.
 *
 * @param content the JSON object of the columns
 * @param columns those of a row, in its order
 * @param children the JSON object of the owned rows by table, and the tables with their columns in the order of a row's columns for them
 */
export const recordedRow = (
  content: Value | undefined,
  columns: readonly string[],
  children?: {
    readonly of: Value | undefined;
    readonly tables: readonly (readonly [table: string, columns: readonly string[]])[];
  },
): ValueRow => {
  const own = valuesOf(objectOf(parsed(present(content))), columns);
  if (children === undefined) return own;
  const rows = objectOf(parsed(present(children.of ?? "{}")));
  return [
    ...own,
    ...children.tables.map(([table, names]) => JSON.stringify(childRows(rows[table], names))),
  ];
};

const childRows = (recorded: unknown, columns: readonly string[]): readonly ValueRow[] =>
  Array.isArray(recorded) ? recorded.map((row: unknown) => valuesOf(objectOf(row), columns)) : [];

const valuesOf = (row: Readonly<Record<string, Value>>, columns: readonly string[]): ValueRow =>
  columns.map((column) => row[column] ?? null);

const objectOf = (values: unknown): Readonly<Record<string, Value>> => {
  if (typeof values !== "object" || values === null)
    throw new TypeError("a JSON object was expected");
  return values as Readonly<Record<string, Value>>;
};
