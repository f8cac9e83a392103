import { ask } from "../../../../templates/engines/postgres/ask.ts";
import type { Connection } from "../../../../templates/engines/postgres/wire.ts";
import type { CatalogueTable } from "../introspect/catalogue.ts";
import { identifier, identifiers } from "../sql/quote.ts";
import type { Row } from "../../families/sql/rehearse/row.ts";

/**
 * One statement under a savepoint of the open transaction.
 *
 * @param rows all with the same columns
 * @returns what the database said, or undefined when the rows are in
 */
export async function insertRows(
  connection: Connection,
  table: CatalogueTable,
  rows: readonly Row[],
): Promise<string | undefined> {
  await ask(connection, "savepoint made");
  try {
    const names = [...(rows[0]?.keys() ?? [])];
    const values = rows.flatMap((row) => names.map((name) => row.get(name) ?? null));
    if (names.length > 0) await ask(connection, insertText(table, names, rows.length), values);
    else
      for (const _ of rows)
        await ask(connection, `insert into ${identifier(table.name)} default values`);
    await ask(connection, "release savepoint made");
    return undefined;
  } catch (error) {
    await ask(connection, "rollback to savepoint made");
    await ask(connection, "release savepoint made");
    return error instanceof Error ? error.message : String(error);
  }
}

/** Every value comes as text and is read as its column's type. */
function insertText(table: CatalogueTable, names: readonly string[], rows: number): string {
  const types = new Map(table.columns.map(({ name, type }) => [name, type]));
  const lines = Array.from({ length: rows }, (_, at) => {
    const values = names.map(
      (name, place) => `$${at * names.length + place + 1}::text::${types.get(name) ?? "text"}`,
    );
    return `(${values.join(", ")})`;
  });
  return `insert into ${identifier(table.name)} (${identifiers(names)}) values ${lines.join(", ")}`;
}
