import type { Dialect } from "../dialect.ts";

/**
 * Queries on `information_schema` for the current database: MySQL 8.0.16 and MariaDB 10.6 and newer. Source: the manuals of both, chapter
 * "INFORMATION_SCHEMA Tables".
 */

export const tableQuery = `select table_name, table_type, engine, table_collation, table_comment, coalesce(create_options, '') like '%partitioned%'
from information_schema.tables where table_schema = database() and table_type not in ('VIEW', 'SYSTEM VIEW') order by table_name`;

export const columnQuery = `select table_name, column_name, column_type, is_nullable, column_default, extra, character_set_name,
  collation_name, generation_expression, column_comment
from information_schema.columns where table_schema = database() order by table_name, ordinal_position`;

const indexExtras: Readonly<Record<Dialect["name"], string>> = {
  mysql: "expression, is_visible = 'YES'",
  mariadb: "null, ignored = 'NO'",
};

export const indexQuery = ({ name }: Dialect): string =>
  `select table_name, index_name, column_name, non_unique = 0, index_type, collation, sub_part, index_comment, ${indexExtras[name]}
from information_schema.statistics where table_schema = database() order by table_name, index_name, seq_in_index`;

export const referenceQuery = `select k.table_name, k.constraint_name, k.column_name, k.referenced_table_name,
  k.referenced_column_name, r.delete_rule, r.update_rule, k.referenced_table_schema = database()
from information_schema.key_column_usage k join information_schema.referential_constraints r
  on r.constraint_schema = k.constraint_schema and r.constraint_name = k.constraint_name and r.table_name = k.table_name
where k.table_schema = database() and k.referenced_table_name is not null
order by k.table_name, k.constraint_name, k.ordinal_position`;

const checkQueries: Readonly<Record<Dialect["name"], string>> = {
  mysql: `select t.table_name, c.constraint_name, c.check_clause, 'Table', t.enforced = 'YES'
from information_schema.check_constraints c
join information_schema.table_constraints t using (constraint_schema, constraint_name)
where c.constraint_schema = database() and t.constraint_type = 'CHECK' order by t.table_name, c.constraint_name`,
  mariadb: `select table_name, constraint_name, check_clause, level, 1
from information_schema.check_constraints where constraint_schema = database() order by table_name, constraint_name`,
};

export const checkQuery = ({ name }: Dialect): string => checkQueries[name];

export const triggerQuery = `select event_object_table, trigger_name, action_timing, event_manipulation, action_statement
from information_schema.triggers where trigger_schema = database()
order by event_object_table, event_manipulation, action_timing, action_order`;

export const objectQuery = `select 'view', table_name from information_schema.views where table_schema = database()
union all select lower(routine_type), routine_name from information_schema.routines where routine_schema = database()
  and routine_type in ('PROCEDURE', 'FUNCTION')
union all select 'event', event_name from information_schema.events where event_schema = database()
union all select 'sequence', table_name from information_schema.tables where table_schema = database() and table_type = 'SEQUENCE'
order by 1, 2`;
