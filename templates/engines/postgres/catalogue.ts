import type { Objects } from "../../runtime/migration.ts";
import { ask } from "./ask.ts";
import type { Lane } from "./wire.ts";

/**
 * One select per kind of object: its name as people write it, and its definition. `relation` are the tables and views of the current
 * schema without the ledger, without what extensions own and without partitions, which come and go with time. Owners and grants are no
 * part of it: they differ between environments.
 */
const kinds: readonly string[] = [
  `select 'table ' || relname, concat_ws(' ', relkind, relpersistence, reloptions::text, relrowsecurity, relforcerowsecurity,
    relreplident, pg_get_partkeydef(oid), obj_description(oid, 'pg_class'))
  from relation where relkind in ('r', 'p', 'f')`,

  `select 'column ' || relname || '.' || attname, concat_ws(' ', format_type(atttypid, atttypmod), attnotnull, attidentity,
    attgenerated, attcollation::regcollation, pg_get_expr(adbin, adrelid), col_description(relation.oid, attnum))
  from relation join pg_attribute on attrelid = relation.oid
    left join pg_attrdef on adrelid = attrelid and adnum = attnum
  where relkind in ('r', 'p', 'f') and attnum > 0 and not attisdropped`,

  // From PostgreSQL 18 on NOT NULL is a constraint with a name too; the column says it already. A reference to a partitioned table is one
  // more to each of its partitions.
  `select 'constraint ' || relname || '.' || conname, concat_ws(' ', pg_get_constraintdef(pg_constraint.oid), convalidated,
    obj_description(pg_constraint.oid, 'pg_constraint'))
  from relation join pg_constraint on conrelid = relation.oid where contype <> 'n' and conparentid = 0`,

  `select 'index ' || pg_class.relname, concat_ws(' ', pg_get_indexdef(indexrelid), indisvalid, indisready,
    obj_description(indexrelid, 'pg_class'))
  from relation join pg_index on indrelid = relation.oid join pg_class on pg_class.oid = indexrelid`,

  `select 'trigger ' || relname || '.' || tgname, concat_ws(' ', pg_get_triggerdef(pg_trigger.oid), tgenabled,
    obj_description(pg_trigger.oid, 'pg_trigger'))
  from relation join pg_trigger on tgrelid = relation.oid where not tgisinternal`,

  `select 'policy ' || relname || '.' || polname, concat_ws(' ', polcmd, polpermissive,
    array(select coalesce(rolname, 'public') from unnest(polroles) as member left join pg_roles on pg_roles.oid = member order by 1),
    pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid), obj_description(pg_policy.oid, 'pg_policy'))
  from relation join pg_policy on polrelid = relation.oid`,

  `select 'view ' || relname, concat_ws(' ', relkind, reloptions::text, pg_get_viewdef(oid), obj_description(oid, 'pg_class'))
  from relation where relkind in ('v', 'm')`,

  `select 'sequence ' || relname, concat_ws(' ', format_type(seqtypid, null), seqstart, seqincrement, seqmax, seqmin, seqcache,
    seqcycle, obj_description(oid, 'pg_class'))
  from relation join pg_sequence on seqrelid = oid`,

  `select 'function ' || proname || '(' || pg_get_function_identity_arguments(oid) || ')', concat_ws(' ', prokind,
    case when prokind <> 'a' then pg_get_functiondef(oid) end, obj_description(oid, 'pg_proc'))
  from pg_proc where pronamespace = current_schema()::regnamespace
    and not exists (select from extended where classid = 'pg_proc'::regclass and objid = oid)`,

  `select 'type ' || typname, concat_ws(' ', typtype, format_type(nullif(typbasetype, 0), typtypmod), typnotnull, typdefault,
    array(select pg_get_constraintdef(oid) from pg_constraint where contypid = pg_type.oid and contype <> 'n' order by conname),
    array(select enumlabel from pg_enum where enumtypid = pg_type.oid order by enumsortorder), obj_description(oid, 'pg_type'))
  from pg_type where typtype in ('d', 'e') and typnamespace = current_schema()::regnamespace
    and not exists (select from extended where classid = 'pg_type'::regclass and objid = oid)`,
];

/** Validated constraints as they were before that. */
const unproven = `select 'constraint ' || relname || '.' || conname, concat_ws(' ', pg_get_constraintdef(pg_constraint.oid) || standing, false,
    obj_description(pg_constraint.oid, 'pg_constraint'))
  from relation join pg_constraint on conrelid = relation.oid cross join (values (' NOT VALID'), (' NOT ENFORCED')) as before (standing)
  where contype in ('c', 'f') and convalidated and conparentid = 0`;

const digests = (found: string): string => `with extended as (
  select classid, objid from pg_depend where deptype = 'e'
), relation as (
  select * from pg_class where relnamespace = current_schema()::regnamespace and not relispartition
    and relname <> 'schema_migration' and not starts_with(relname, 'schema_migration_of_')
    and not exists (select from extended where classid = 'pg_class'::regclass and objid = oid)
)
select object, left(encode(sha256(convert_to(definition, 'UTF8')), 'hex'), 16)
from (${found}) as found (object, definition)`;

const catalogue = digests(kinds.join("\nunion all\n"));
const catalogueUnproven = digests(unproven);

/** A digest of each object of the current schema, as the transaction of the lane sees it. Rejects with the driver's error. */
export const readCatalogue = async (lane: Lane): Promise<Objects> =>
  Object.fromEntries(await pairs(lane, catalogue));

/** Digests of validated constraints, each as it was if it was not validated, or not enforced, before. Rejects with the driver's error. */
export const readUnproven = (lane: Lane): Promise<readonly (readonly [string, string])[]> =>
  pairs(lane, catalogueUnproven);

async function pairs(lane: Lane, text: string): Promise<readonly (readonly [string, string])[]> {
  const rows = await ask(lane, text);
  return rows.map(([object, digest]) => [object ?? "", digest ?? ""] as const);
}
