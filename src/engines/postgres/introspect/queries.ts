/**
 * Queries on `pg_catalog`, each row one JSON document in a text column; PostgreSQL 13 and newer. All look at the session's current schema
 * and leave out what belongs to an extension. Source: manual, part "Internals", chapter "System Catalogs".
 */

const here = "(select oid from pg_namespace where nspname = current_schema())";

const own = (catalogue: string, oid: string): string =>
  `not exists (select from pg_depend d where d.classid = '${catalogue}'::regclass and d.objid = ${oid} and d.deptype = 'e')`;

const grants = (relation: string): string => `(
    select coalesce(json_agg(line order by line), '[]') from (
      select case when g.grantee = 0 then 'public' else pg_get_userbyid(g.grantee) end || ': ' || string_agg(lower(g.privilege_type), ', ' order by g.privilege_type) line
      from aclexplode(${relation}.relacl) g where g.grantee <> ${relation}.relowner group by g.grantee
    ) granted
  )`;

export const extensionQuery =
  "select to_json(extname)::text from pg_extension where extname <> 'plpgsql' order by extname collate \"C\"";

export const tableQuery = `select json_build_object(
  'name', c.relname,
  'rowSecurity', case when not c.relrowsecurity then 'off' when c.relforcerowsecurity then 'forced' else 'on' end,
  'unlogged', c.relpersistence = 'u',
  'options', to_json(coalesce(c.reloptions, '{}')),
  'partitionKey', case when c.relkind = 'p' then pg_get_partkeydef(c.oid) end,
  'partitionOf', case when c.relispartition then (
    select json_build_object('table', p.relname, 'bound', pg_get_expr(c.relpartbound, c.oid))
    from pg_inherits i join pg_class p on p.oid = i.inhparent where i.inhrelid = c.oid
  ) end,
  'inherits', case when c.relispartition then '[]'::json else (
    select coalesce(json_agg(p.relname order by i.inhseqno), '[]')
    from pg_inherits i join pg_class p on p.oid = i.inhparent where i.inhrelid = c.oid
  ) end,
  'grants', ${grants("c")},
  'comment', obj_description(c.oid, 'pg_class')
)::text
from pg_class c
where c.relnamespace = ${here} and c.relkind in ('r', 'p') and ${own("pg_class", "c.oid")}
order by c.relname collate "C"`;

export const columnQuery = `select json_build_object(
  'table', c.relname,
  'name', a.attname,
  'type', format_type(a.atttypid, a.atttypmod),
  'nullable', not a.attnotnull,
  'default', case when a.attgenerated = '' then pg_get_expr(d.adbin, d.adrelid, true) end,
  'generated', case when a.attgenerated <> '' then
    json_build_object('expression', pg_get_expr(d.adbin, d.adrelid, true), 'stored', a.attgenerated = 's') end,
  'identity', case a.attidentity when 'a' then 'always' when 'd' then 'by default' end,
  'sequence', (
    select s.relname from pg_depend p join pg_class s on s.oid = p.objid and s.relkind = 'S'
    where p.classid = 'pg_class'::regclass and p.refclassid = 'pg_class'::regclass
      and p.refobjid = c.oid and p.refobjsubid = a.attnum and p.deptype in ('a', 'i') limit 1
  ),
  'collation', (
    select l.collname from pg_collation l join pg_type t on t.oid = a.atttypid
    where l.oid = a.attcollation and a.attcollation <> t.typcollation
  ),
  'comment', col_description(c.oid, a.attnum),
  'inherited', not a.attislocal
)::text
from pg_attribute a
join pg_class c on c.oid = a.attrelid
left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
where c.relnamespace = ${here} and c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped
  and ${own("pg_class", "c.oid")}
order by c.relname collate "C", a.attnum`;

const action = (column: string): string =>
  `case ${column} when 'a' then 'no action' when 'r' then 'restrict' when 'c' then 'cascade' when 'n' then 'set null' when 'd' then 'set default' end`;

const names = (relation: string, keys: string): string => `(
    select coalesce(json_agg(a.attname order by k.place), '[]') from unnest(${keys}) with ordinality k(number, place)
    join pg_attribute a on a.attrelid = ${relation} and a.attnum = k.number
  )`;

export const constraintQuery = `select json_build_object(
  'table', c.relname,
  'name', n.conname,
  'kind', case n.contype when 'p' then 'primary key' when 'u' then 'unique' when 'f' then 'foreign key' when 'c' then 'check' else 'exclude' end,
  'definition', pg_get_constraintdef(n.oid, true),
  'columns', ${names("n.conrelid", "n.conkey")},
  'condition', case when n.contype = 'c' then pg_get_expr(n.conbin, n.conrelid, true) end,
  'target', case when n.contype = 'f' then json_build_object(
    'table', t.relname, 'columns', ${names("n.confrelid", "n.confkey")},
    'onDelete', ${action("n.confdeltype")}, 'onUpdate', ${action("n.confupdtype")}) end,
  'deferrable', n.condeferrable,
  'standing', case when n.convalidated then 'validated' when to_jsonb(n) ->> 'conenforced' = 'false' then 'not enforced' else 'never validated' end,
  'comment', obj_description(n.oid, 'pg_constraint')
)::text
from pg_constraint n
join pg_class c on c.oid = n.conrelid
left join pg_class t on t.oid = n.confrelid
where c.relnamespace = ${here} and n.contype in ('p', 'u', 'f', 'c', 'x') and n.conislocal and n.conparentid = 0
  and ${own("pg_class", "c.oid")}
order by c.relname collate "C", n.conname collate "C"`;

export const indexQuery = `select json_build_object(
  'table', t.relname,
  'name', c.relname,
  'definition', pg_get_indexdef(i.indexrelid, 0, true),
  'unique', i.indisunique,
  'method', m.amname,
  'keys', (
    select json_agg(json_build_object(
      'column', a.attname,
      'text', pg_get_indexdef(i.indexrelid, k.place::int, true),
      'descending', k.options & 1 = 1,
      'nullsMoved', (k.options & 1 = 1) <> (k.options & 2 = 2),
      'operatorClass', case when not o.opcdefault then o.opcname end
    ) order by k.place)
    from unnest(i.indoption::int2[], i.indclass::oid[]) with ordinality k(options, class, place)
    join pg_opclass o on o.oid = k.class
    left join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[k.place - 1] and i.indkey[k.place - 1] <> 0
  ),
  'include', (
    select coalesce(json_agg(a.attname order by k.place), '[]') from unnest(i.indkey::int2[]) with ordinality k(number, place)
    join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.number where k.place > i.indnkeyatts
  ),
  'where', pg_get_expr(i.indpred, i.indrelid, true),
  'nullsNotDistinct', coalesce((to_jsonb(i) ->> 'indnullsnotdistinct')::boolean, false),
  'valid', i.indisvalid,
  'comment', obj_description(i.indexrelid, 'pg_class')
)::text
from pg_index i
join pg_class c on c.oid = i.indexrelid
join pg_class t on t.oid = i.indrelid
join pg_am m on m.oid = c.relam
where t.relnamespace = ${here} and t.relkind in ('r', 'p', 'm')
  and not exists (select from pg_constraint n where n.conindid = i.indexrelid and n.contype in ('p', 'u', 'x'))
  and not exists (select from pg_inherits h where h.inhrelid = i.indexrelid)
  and ${own("pg_class", "t.oid")}
order by t.relname collate "C", c.relname collate "C"`;

export const policyQuery = `select json_build_object(
  'table', c.relname,
  'name', p.polname,
  'command', case p.polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete' else 'all' end,
  'permissive', p.polpermissive,
  'roles', (
    select json_agg(name order by name) from (
      select case when r = 0 then 'public' else pg_get_userbyid(r) end name from unnest(p.polroles) r
    ) named
  ),
  'using', pg_get_expr(p.polqual, p.polrelid, true),
  'check', pg_get_expr(p.polwithcheck, p.polrelid, true),
  'comment', obj_description(p.oid, 'pg_policy')
)::text
from pg_policy p join pg_class c on c.oid = p.polrelid
where c.relnamespace = ${here}
order by c.relname collate "C", p.polname collate "C"`;

export const triggerQuery = `select json_build_object(
  'table', c.relname,
  'name', t.tgname,
  'definition', pg_get_triggerdef(t.oid, true),
  'enabled', t.tgenabled <> 'D',
  'comment', obj_description(t.oid, 'pg_trigger')
)::text
from pg_trigger t join pg_class c on c.oid = t.tgrelid
where c.relnamespace = ${here} and not t.tgisinternal
  and coalesce((to_jsonb(t) ->> 'tgparentid')::oid, 0) = 0
order by c.relname collate "C", t.tgname collate "C"`;
