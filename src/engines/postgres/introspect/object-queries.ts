/** Queries on what is no table, as those of `queries.ts`. Views and functions come in the order in which they were made. */

const here = "(select oid from pg_namespace where nspname = current_schema())";

const own = (catalogue: string, oid: string): string =>
  `not exists (select from pg_depend d where d.classid = '${catalogue}'::regclass and d.objid = ${oid} and d.deptype = 'e')`;

export const viewQuery = `select json_build_object(
  'name', c.relname,
  'materialized', c.relkind = 'm',
  'definition', pg_get_viewdef(c.oid, true),
  'options', to_json(coalesce(c.reloptions, '{}')),
  'grants', (
    select coalesce(json_agg(line order by line), '[]') from (
      select case when g.grantee = 0 then 'public' else pg_get_userbyid(g.grantee) end || ': ' || string_agg(lower(g.privilege_type), ', ' order by g.privilege_type) line
      from aclexplode(c.relacl) g where g.grantee <> c.relowner group by g.grantee
    ) granted
  ),
  'comment', obj_description(c.oid, 'pg_class')
)::text
from pg_class c
where c.relnamespace = ${here} and c.relkind in ('v', 'm') and ${own("pg_class", "c.oid")}
order by c.oid`;

/** A body in the standard's form (PostgreSQL 14) is resolved when it is made; one in a string is not. */
const needsTables = `(
    (to_jsonb(p) ->> 'prosqlbody') is not null
    or exists (
      select from pg_type t where t.oid = any(p.prorettype || p.proargtypes::oid[] || coalesce(p.proallargtypes, '{}'))
        and t.typnamespace = ${here} and t.typtype = 'c'
    )
  )`;

export const functionQuery = `select json_build_object(
  'name', format('%s(%s)', quote_ident(p.proname), oidvectortypes(p.proargtypes)),
  'kind', case p.prokind when 'p' then 'procedure' when 'a' then 'aggregate' else 'function' end,
  'definition', case when p.prokind = 'a' then (
    select format('CREATE AGGREGATE %s(%s) (sfunc = %s, stype = %s%s%s)', quote_ident(p.proname),
      case when p.pronargs = 0 then '*' else oidvectortypes(p.proargtypes) end,
      a.aggtransfn, format_type(a.aggtranstype, null),
      case when a.aggfinalfn <> 0 then ', finalfunc = ' || a.aggfinalfn::text else '' end,
      case when a.agginitval is not null then ', initcond = ' || quote_literal(a.agginitval) else '' end)
    from pg_aggregate a where a.aggfnoid = p.oid
  ) else replace(pg_get_functiondef(p.oid), format(' %I.%I(', current_schema(), p.proname), format(' %I(', p.proname)) end,
  'late', ${needsTables},
  'comment', obj_description(p.oid, 'pg_proc')
)::text
from pg_proc p
where p.pronamespace = ${here} and p.prokind in ('f', 'p', 'a') and ${own("pg_proc", "p.oid")}
order by p.oid`;

export const sequenceQuery = `select json_build_object(
  'name', c.relname,
  'type', format_type(s.seqtypid, null),
  'definition', format('start %s increment %s minvalue %s maxvalue %s cache %s%s',
    s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache, case when s.seqcycle then ' cycle' else '' end),
  'ownedBy', (
    select json_build_object('table', t.relname, 'column', a.attname) from pg_depend d
    join pg_class t on t.oid = d.refobjid join pg_attribute a on a.attrelid = t.oid and a.attnum = d.refobjsubid
    where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'a' and d.refclassid = 'pg_class'::regclass limit 1
  )
)::text
from pg_class c join pg_sequence s on s.seqrelid = c.oid
where c.relnamespace = ${here} and ${own("pg_class", "c.oid")}
  and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'i')
order by c.relname collate "C"`;

export const enumQuery = `select json_build_object(
  'name', t.typname,
  'values', (select json_agg(e.enumlabel order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid),
  'comment', obj_description(t.oid, 'pg_type')
)::text
from pg_type t
where t.typnamespace = ${here} and t.typtype = 'e' and ${own("pg_type", "t.oid")}
order by t.typname collate "C"`;

export const domainQuery = `select json_build_object(
  'name', t.typname,
  'type', format_type(t.typbasetype, t.typtypmod),
  'nullable', not t.typnotnull,
  'default', t.typdefault,
  'checks', (
    select coalesce(json_agg(json_build_object('name', n.conname, 'definition', pg_get_constraintdef(n.oid, true)) order by n.conname), '[]')
    from pg_constraint n where n.contypid = t.oid and n.contype = 'c'
  ),
  'comment', obj_description(t.oid, 'pg_type')
)::text
from pg_type t
where t.typnamespace = ${here} and t.typtype = 'd' and ${own("pg_type", "t.oid")}
order by t.oid`;

export const otherQuery = `select json_build_object('kind', kind, 'name', name, 'definition', coalesce(definition, ''))::text from (
  select 'rule' kind, r.rulename::text name, pg_get_ruledef(r.oid, true) definition
  from pg_rewrite r join pg_class c on c.oid = r.ev_class where c.relnamespace = ${here} and r.rulename <> '_RETURN'
  union all
  select 'statistics', s.stxname::text, pg_get_statisticsobjdef(s.oid) from pg_statistic_ext s where s.stxnamespace = ${here}
  union all
  select 'composite type', t.typname::text, (
    select format('create type %I as (%s)', t.typname, string_agg(format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod)), ', ' order by a.attnum))
    from pg_attribute a where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped
  )
  from pg_type t join pg_class c on c.oid = t.typrelid
  where t.typnamespace = ${here} and c.relkind = 'c' and ${own("pg_type", "t.oid")}
  union all
  select 'range type', t.typname::text, format('create type %I as range (subtype = %s)', t.typname, format_type(g.rngsubtype, null))
  from pg_type t join pg_range g on g.rngtypid = t.oid where t.typnamespace = ${here} and ${own("pg_type", "t.oid")}
  union all
  select 'foreign table', c.relname::text, '' from pg_class c where c.relnamespace = ${here} and c.relkind = 'f'
) other
order by kind, name collate "C"`;
