import { literal } from "../sql/quote.ts";

/** Queries that answer 1 when a step has been done: DDL is atomic, so a thing is there whole or not at all. */

const asked = (
  from: string,
  conditions: Readonly<Record<string, string>>,
  there: boolean,
): string =>
  `select count(*) ${there ? "> 0" : "= 0"} from information_schema.${from} where ${Object.entries({
    ...conditions,
  })
    .map(([column, value]) => `${column} = ${value}`)
    .join(" and ")}`;

const here = "database()";

export const tableIs = (there: boolean, table: string): string =>
  asked("tables", { table_schema: here, table_name: literal(table) }, there);

export const collationIs = (table: string, collation: string): string =>
  asked(
    "tables",
    { table_schema: here, table_name: literal(table), table_collation: literal(collation) },
    true,
  );

export const columnIs = (there: boolean, table: string, column: string): string =>
  asked(
    "columns",
    { table_schema: here, table_name: literal(table), column_name: literal(column) },
    there,
  );

export const indexIs = (there: boolean, table: string, index: string): string =>
  asked(
    "statistics",
    { table_schema: here, table_name: literal(table), index_name: literal(index) },
    there,
  );

export const constraintIs = (there: boolean, table: string, constraint: string): string =>
  asked(
    "table_constraints",
    { constraint_schema: here, table_name: literal(table), constraint_name: literal(constraint) },
    there,
  );

export const triggerIs = (there: boolean, trigger: string): string =>
  asked("triggers", { trigger_schema: here, trigger_name: literal(trigger) }, there);
