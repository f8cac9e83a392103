import { createHash } from "node:crypto";
import type { Objects } from "../../runtime/migration.ts";
import type { LentConnection } from "./lend.ts";
import type { Dialect } from "./session-settings.ts";

const own = (column: string): string =>
  `${column} = database() and table_name not like 'schema\\_migration%'`;

/** What only one of the two tells of an index. */
const indexExtras: Readonly<Record<Dialect, string>> = {
  mysql: "expression, is_visible",
  mariadb: "ignored",
};

/** Both name a check, but only MariaDB says in the same place of which table it is. */
const checks: Readonly<Record<Dialect, string>> = {
  mysql: `select concat('constraint ', t.table_name, '.', t.constraint_name), c.check_clause, t.enforced
  from information_schema.table_constraints t
  join information_schema.check_constraints c using (constraint_schema, constraint_name)
  where t.constraint_schema = database() and t.constraint_type = 'CHECK'`,
  mariadb: `select concat('constraint ', table_name, '.', constraint_name), check_clause, level
  from information_schema.check_constraints where constraint_schema = database()`,
};

/**
 * One select per kind of object: its name as people write it, and what it is. Several rows of one name are its parts, in order. Users and
 * grants are no part of it: they differ between environments.
 */
const kinds = (dialect: Dialect): readonly string[] => [
  `select concat(if(table_type = 'VIEW', 'view ', 'table '), table_name), table_type, engine, table_collation, table_comment
  from information_schema.tables where ${own("table_schema")}`,

  `select concat('column ', table_name, '.', column_name), column_type, is_nullable, column_default, extra, collation_name,
    column_comment, generation_expression
  from information_schema.columns where ${own("table_schema")}`,

  `select concat('index ', table_name, '.', index_name), seq_in_index, column_name, non_unique, index_type, collation, sub_part,
    ${indexExtras[dialect]}
  from information_schema.statistics where ${own("table_schema")} order by table_name, index_name, seq_in_index`,

  checks[dialect],

  `select concat('constraint ', k.table_name, '.', k.constraint_name), k.column_name, k.referenced_table_name,
    k.referenced_column_name, r.update_rule, r.delete_rule
  from information_schema.key_column_usage k
  join information_schema.referential_constraints r
    on r.constraint_schema = k.constraint_schema and r.constraint_name = k.constraint_name and r.table_name = k.table_name
  where k.table_schema = database() order by k.table_name, k.constraint_name, k.ordinal_position`,

  `select concat('trigger ', event_object_table, '.', trigger_name), action_timing, event_manipulation, action_statement
  from information_schema.triggers where trigger_schema = database()`,

  `select concat('view ', table_name, ' definition'), replace(view_definition, concat('\`', database(), '\`.'), '')
  from information_schema.views where table_schema = database()`,

  `select concat(lower(routine_type), ' ', routine_name), routine_definition, dtd_identifier, is_deterministic, sql_data_access
  from information_schema.routines where routine_schema = database()`,
];

/** What each object of the current database is, by its name. Rejects with the driver's error. */
export const readDefinitions = async (
  connection: LentConnection,
  dialect: Dialect,
): Promise<ReadonlyMap<string, readonly unknown[]>> => {
  const parts = new Map<string, unknown[]>();
  for (const text of kinds(dialect)) {
    const { rows } = await connection.command(text);
    for (const [object, ...definition] of rows) {
      const name = String(object);
      parts.set(name, [...(parts.get(name) ?? []), definition]);
    }
  }
  return parts;
};

/** A digest of each object of the current database. Rejects with the driver's error. */
export const readCatalogue = async (
  connection: LentConnection,
  dialect: Dialect,
): Promise<Objects> => {
  const parts = await readDefinitions(connection, dialect);
  return Object.fromEntries([...parts].map(([name, definition]) => [name, digest(definition)]));
};

const digest = (definition: readonly unknown[]): string =>
  createHash("sha256").update(JSON.stringify(definition)).digest("hex").slice(0, 16);
