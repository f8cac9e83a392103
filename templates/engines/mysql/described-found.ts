import { referenceText } from "../../runtime/described-reference.ts";
import type { DescribedObjects } from "../../runtime/migration.ts";
import { indexText, typeText } from "./described-text.ts";
import type { Dialect } from "./session-settings.ts";

type Row = readonly unknown[];
type Query = (text: string) => Promise<readonly Row[]>;

const tableQuery =
  "select table_name from information_schema.tables where table_schema = database() and table_type <> 'VIEW'";

const columnQuery = `select table_name, column_name, column_type, is_nullable, column_default, extra, generation_expression
from information_schema.columns where table_schema = database()`;

const indexQuery: Readonly<Record<Dialect, string>> = {
  mysql: `select table_name, index_name, column_name, non_unique, index_type, collation, sub_part, is_visible = 'NO'
from information_schema.statistics where table_schema = database() order by table_name, index_name, seq_in_index`,
  mariadb: `select table_name, index_name, column_name, non_unique, index_type, collation, sub_part, ignored = 'YES'
from information_schema.statistics where table_schema = database() order by table_name, index_name, seq_in_index`,
};

const checkQuery: Readonly<Record<Dialect, string>> = {
  mysql: `select table_name, constraint_name, enforced = 'NO' from information_schema.table_constraints
where constraint_schema = database() and constraint_type = 'CHECK'`,
  mariadb:
    "select table_name, constraint_name, 0 from information_schema.check_constraints where constraint_schema = database()",
};

const referenceQuery = `select k.table_name, k.constraint_name, k.column_name, k.referenced_table_name, k.referenced_column_name, r.delete_rule
from information_schema.key_column_usage k join information_schema.referential_constraints r
  on r.constraint_schema = k.constraint_schema and r.constraint_name = k.constraint_name and r.table_name = k.table_name
where k.table_schema = database() order by k.table_name, k.constraint_name, k.ordinal_position`;

const triggerQuery =
  "select event_object_table, trigger_name from information_schema.triggers where trigger_schema = database()";

/** The objects of the current database, in the words of `wantedObjects`. Rejects with what `query` rejects with. */
export async function foundObjects(query: Query, dialect: Dialect): Promise<DescribedObjects> {
  const ask = async (text: string): Promise<readonly (readonly Cell[])[]> =>
    (await query(text)).map((row) => row.map(cell));
  const objects = new Map<string, string>();
  for (const [table] of await ask(tableQuery)) objects.set(`table ${table}`, "table");
  for (const [table, column, ...said] of await ask(columnQuery))
    objects.set(`column ${table}.${column}`, columnText(said, dialect));
  for (const parts of grouped(await ask(indexQuery[dialect])))
    objects.set(`index ${nameOf(parts)}`, foundIndex(parts, dialect));
  for (const [table, name, off] of await ask(checkQuery[dialect]))
    objects.set(`constraint ${table}.${name}`, off === "1" ? "check, not enforced" : "check");
  for (const parts of grouped(await ask(referenceQuery)))
    objects.set(`constraint ${nameOf(parts)}`, foundReference(parts));
  for (const [table, name] of await ask(triggerQuery))
    objects.set(`trigger ${table}.${name}`, "trigger");
  return objects;
}

type Cell = string | undefined;

/** Some columns of `information_schema` are bytes. */
const cell = (value: unknown): Cell =>
  value === null || value === undefined
    ? undefined
    : value instanceof Uint8Array
      ? Buffer.from(value).toString()
      : String(value);

/** Rows of one object, which its first two cells name. */
const grouped = (rows: readonly (readonly Cell[])[]): readonly (readonly (readonly Cell[])[])[] => [
  ...Map.groupBy(rows, ([table, name]) => JSON.stringify([table, name])).values(),
];

const nameOf = ([first]: readonly (readonly Cell[])[]): string => `${first?.[0]}.${first?.[1]}`;

function columnText(
  [type = "", nullable, value, extra = "", expression = ""]: readonly Cell[],
  dialect: Dialect,
): string {
  // MariaDB writes the word where there is no default.
  const isGiven = value !== undefined && !(dialect === "mariadb" && value.toUpperCase() === "NULL");
  const words = /auto_increment/i.test(extra)
    ? ", auto_increment"
    : expression !== ""
      ? ", generated"
      : isGiven
        ? ", with a default"
        : "";
  return `${typeText(type, dialect)}${nullable === "NO" ? " not null" : ""}${words}`;
}

/** Of MariaDB the direction is not told: the data layer's own ascend (MA-08), and one from before stays as it is. */
function foundIndex(parts: readonly (readonly Cell[])[], dialect: Dialect): string {
  const [, , , repeats, type, , , hidden] = parts[0] ?? [];
  const kind = type === "FULLTEXT" ? "fulltext" : repeats === "0" ? "unique" : "plain";
  const listed = parts.map(([, , column, , , direction, prefix]) => ({
    column,
    prefix,
    descending: direction === "D" && dialect === "mysql",
  }));
  return `${indexText(kind, listed)}${hidden === "1" ? ", not used" : ""}`;
}

function foundReference(parts: readonly (readonly Cell[])[]): string {
  const [, , , target = "", , onDelete = ""] = parts[0] ?? [];
  return referenceText({
    columns: parts.map(([, , column = ""]) => column),
    target,
    targetColumns: parts.map(([, , , , column = ""]) => column),
    onDelete,
  });
}
