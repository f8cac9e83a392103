import { literal } from "../sql/quote.ts";
import { parsed } from "./parsed-type.ts";
import type { ConstraintShape, IndexShape } from "./shape.ts";

/**
 * Queries that answer 1 when a step has been done: DDL is atomic, so a thing is there whole or not at all. Its name alone may be another
 * thing's that was there before, for which the step failed.
 */

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

/** A view, not a table under its name. */
export const viewIs = (view: string): string =>
  asked(
    "tables",
    { table_schema: here, table_name: literal(view), table_type: literal("VIEW") },
    true,
  );

export const collationIs = (table: string, collation: string): string =>
  asked(
    "tables",
    { table_schema: here, table_name: literal(table), table_collation: literal(collation) },
    true,
  );

export const noColumn = (table: string, column: string): string =>
  asked(
    "columns",
    { table_schema: here, table_name: literal(table), column_name: literal(column) },
    false,
  );

/** A column whose name is written so; the catalogue compares names without case. */
export const columnWritten = (table: string, column: string): string =>
  asked(
    "columns",
    {
      table_schema: here,
      table_name: literal(table),
      "cast(column_name as binary)": `cast(${literal(column)} as binary)`,
    },
    true,
  );

/** A column that a step adds. */
export const columnOfType = (
  table: string,
  { name, type }: { readonly name: string; readonly type: string },
): string =>
  asked(
    "columns",
    {
      table_schema: here,
      table_name: literal(table),
      column_name: literal(name),
      ...typeConditions(type),
    },
    true,
  );

const ofLength: ReadonlySet<string> = new Set(["char", "varchar", "binary", "varbinary"]);
const plain: ReadonlySet<string> = new Set(["int", "bigint", "double", "date", "longtext"]);

/** What the server says of a type by itself; a type that it may call otherwise (`json`, `boolean`) is not compared. */
function typeConditions(type: string): Readonly<Record<string, string>> {
  const { name, length, scale } = parsed(type);
  const common = { data_type: literal(name) };
  if (plain.has(name)) return common;
  if (length === 0) return {};
  if (ofLength.has(name)) return { ...common, character_maximum_length: `${length}` };
  if (name === "datetime") return { ...common, datetime_precision: `${length}` };
  return name === "decimal"
    ? { ...common, numeric_precision: `${length}`, numeric_scale: `${scale}` }
    : {};
}

export const noIndex = (table: string, index: string): string =>
  asked(
    "statistics",
    { table_schema: here, table_name: literal(table), index_name: literal(index) },
    false,
  );

/** Whether an index is over an expression. */
export const isComputed = ({ body }: Pick<IndexShape, "body">): boolean => /\(\(|, \(/.test(body);

/** An index that a step adds, over its columns; the server has no name for an expression. */
export function indexIs(table: string, index: IndexShape): string {
  const { name, kind, columns } = index;
  const own = asked(
    "statistics",
    {
      table_schema: here,
      table_name: literal(table),
      index_name: literal(name),
      non_unique: kind === "unique" ? "0" : "1",
    },
    true,
  );
  if (isComputed(index)) return own;
  const places = columns.map(
    (column, at) => `(seq_in_index = ${at + 1} and column_name = ${literal(column)})`,
  );
  return own.replace(
    "count(*) > 0",
    `count(*) = ${columns.length} and sum(${places.join(" or ")}) = ${columns.length}`,
  );
}

export const noConstraint = (table: string, constraint: string): string =>
  asked(
    "table_constraints",
    { constraint_schema: here, table_name: literal(table), constraint_name: literal(constraint) },
    false,
  );

const constraintTypes: Readonly<Record<ConstraintShape["kind"], string>> = {
  primary: "PRIMARY KEY",
  check: "CHECK",
  foreign: "FOREIGN KEY",
};

export const constraintIs = (
  table: string,
  { name, kind }: Pick<ConstraintShape, "name" | "kind">,
): string =>
  asked(
    "table_constraints",
    {
      constraint_schema: here,
      table_name: literal(table),
      constraint_name: literal(name),
      constraint_type: literal(constraintTypes[kind]),
    },
    true,
  );

export const noTrigger = (trigger: string): string =>
  asked("triggers", { trigger_schema: here, trigger_name: literal(trigger) }, false);

export const triggerIs = (table: string, trigger: string): string =>
  asked(
    "triggers",
    { trigger_schema: here, event_object_table: literal(table), trigger_name: literal(trigger) },
    true,
  );
