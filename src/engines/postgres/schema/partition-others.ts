import { literal } from "../sql/quote.ts";
import { regclass } from "./statement.ts";

/**
 * Refuses to go on while something hangs on a table, or on one of its partitions, that this migration does not know of: a view, a rule, a
 * publication, a trigger, a policy, a function, a reference, an index, a constraint, statistics; and where it has partitions that the
 * migration does not know of.
 *
 * @param kind of the table as the migration knows it
 * @param known names of what it drops, or makes anew
 */
export function refuseOthers(
  table: string,
  kind: "plain" | "partitioned",
  known: readonly string[],
): string {
  const names = [...new Set([table, ...known])].map(literal).join(", ");
  const expected = literal(kind === "plain" ? "r" : "p");
  return `do $others$
declare
  target constant regclass := ${regclass(table)};
  kind "char";
  hanging text;
begin
  select relkind into kind from pg_class where oid = target;
  if kind <> ${expected} or kind = 'r' and exists (select from pg_inherits where target in (inhrelid, inhparent)) then
    raise exception '% has or is a partition or an heir that this migration does not know of', target
      using errcode = 'object_not_in_prerequisite_state',
        hint = 'migrate baseline takes a table that was partitioned by others for a plain one: leave partition: as it was there, and write the change as a migration by hand';
  end if;
  select string_agg(distinct pg_describe_object(d.classid, d.objid, 0), ', ') into hanging
  from (select target::oid as id union all select inhrelid from pg_inherits where inhparent = target) as own
    join pg_class relation on relation.oid = own.id
    join pg_depend d on d.refclassid = 'pg_class'::regclass and d.refobjid = relation.oid
      or d.refclassid = 'pg_type'::regclass and d.refobjid in (select oid from pg_type where typrelid = relation.oid or typelem = relation.reltype)
    left join pg_class c on d.classid = 'pg_class'::regclass and c.oid = d.objid
    left join pg_constraint con on d.classid = 'pg_constraint'::regclass and con.oid = d.objid
    left join pg_trigger t on d.classid = 'pg_trigger'::regclass and t.oid = d.objid
    left join pg_policy p on d.classid = 'pg_policy'::regclass and p.oid = d.objid
  where d.deptype in ('n', 'a')
    and (d.classid in ('pg_rewrite'::regclass, 'pg_publication_rel'::regclass, 'pg_proc'::regclass, 'pg_statistic_ext'::regclass)
      or c.relkind in ('i', 'I') or c.relkind in ('r', 'p') and d.refclassid = 'pg_type'::regclass
      or con.contype <> 'n' and (con.conrelid <> relation.oid or own.id = target)
      or not t.tgisinternal or p.oid is not null)
    and (own.id = target or coalesce(con.conparentid, t.tgparentid, 0) = 0 and not coalesce(c.relispartition, false))
    and coalesce(c.relname, con.conname, t.tgname, p.polname, '') not in (${names});
  if hanging is not null then
    raise exception '% would stay behind when another table takes the place of %, and this migration does not know of it', hanging, target
      using errcode = 'dependent_objects_still_exist',
        hint = 'it came from elsewhere: drop it and make it anew on the new table afterwards, or write this migration anew on what made it';
  end if;
end
$others$;`;
}

/**
 * Moves each privilege that was given on a table, or on its columns, to the one that takes its place: to those who own neither, nothing is
 * left on the old one.
 */
export const moveGrants = (from: string, to: string): string => `do $grants$
declare
  source constant regclass := ${regclass(from)};
  target constant regclass := ${regclass(to)};
  given record;
begin
  for given in
    select privilege_type || coalesce('(' || quote_ident(column_name) || ')', '') as privilege,
      case grantee when 0 then 'public' else quote_ident(pg_get_userbyid(grantee)) end as role,
      case when is_grantable then ' with grant option' else '' end as option
    from (
      select null::name as column_name, relowner, (aclexplode(relacl)).* from pg_class where oid = source
      union all
      select attname, relowner, (aclexplode(attacl)).* from pg_attribute join pg_class on pg_class.oid = attrelid where attrelid = source
    ) as rights
    where grantee <> relowner
  loop
    execute format('grant %s on %s to %s%s', given.privilege, target, given.role, given.option);
    execute format('revoke all on %s from %s cascade', source, given.role);
  end loop;
end
$grants$;`;

/** Whether it is one of these to the last letter but the names in it. */
export const isOthersText = (text: string): boolean =>
  own.has(withoutQuoted(text.replace(/;?$/, ";")));

/** Names alone: the rest is a format that is run. */
const withoutQuoted = (text: string): string =>
  text
    .replaceAll(/not in \((?:, |E?'(?:[^'\\]|''|\\.)*')+\)/g, "not in ('')")
    .replaceAll(/E?'(?:[^'\\]|''|\\.)*'::regclass/g, "''::regclass");

const own = new Set(
  [refuseOthers("t", "plain", []), refuseOthers("t", "partitioned", []), moveGrants("t", "s")].map(
    withoutQuoted,
  ),
);
