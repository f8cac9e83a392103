import { referenceText, type DescribedReference } from "../../runtime/described-reference.ts";
import type { DescribedObjects } from "../../runtime/migration.ts";
import { enumValue, indexText, typeText } from "./described-text.ts";
import type { TextRow } from "./statement.ts";

const here = "current_schema()::regnamespace";

/** As a JSON list. */
const columnNames = (relation: string, keys: string): string =>
  `(select coalesce(json_agg(attname order by place), '[]') from unnest(${keys}) with ordinality as key (number, place)
    join pg_attribute on attrelid = ${relation} and attnum = number)`;

const listed = (columns: string): string =>
  `(select string_agg(name, ', ') from json_array_elements_text(${columns}) as name)`;

/** Of one kind of object: its name, what is said of it, and the part of it that is put into words here. */
const kinds: readonly string[] = [
  `select 'table', 'table ' || relname, case when not relrowsecurity then 'without row-level security'
    when relforcerowsecurity then 'with row-level security, forced' else 'with row-level security' end, ''
  from pg_class where relnamespace = ${here} and relkind in ('r', 'p')`,

  `select 'column', 'column ' || relname || '.' || attname, case when attnotnull then ' not null' else '' end
    || case when attidentity = 'a' then ', identity always' when attidentity = 'd' then ', identity by default'
      when attgenerated <> '' then ', generated' when atthasdef then ', with a default' else '' end, format_type(atttypid, atttypmod)
  from pg_class join pg_attribute on attrelid = pg_class.oid
  where relnamespace = ${here} and relkind in ('r', 'p') and attnum > 0 and not attisdropped`,

  `select 'constraint', 'constraint ' || relname || '.' || conname, case contype
      when 'p' then 'primary key (' || ${listed(columnNames("conrelid", "conkey"))} || ')'
      when 'u' then 'unique (' || ${listed(columnNames("conrelid", "conkey"))} || ')'
      when 'c' then 'check' when 'x' then 'exclude' else '' end || case when convalidated then ''
      when to_jsonb(pg_constraint) ->> 'conenforced' = 'false' then ', not enforced' else ', never validated' end,
    case when contype = 'f' then json_build_object('columns', ${columnNames("conrelid", "conkey")},
      'target', (select target.relname from pg_class as target where target.oid = confrelid),
      'targetColumns', ${columnNames("confrelid", "confkey")},
      'onDelete', case confdeltype when 'c' then 'cascade' when 'n' then 'set null' || coalesce(substring(pg_get_constraintdef(pg_constraint.oid) from 'ON DELETE SET NULL( \\([^)]*\\))'), '') when 'd' then 'set default' else '' end)::text else '' end
  from pg_class join pg_constraint on conrelid = pg_class.oid where relnamespace = ${here} and contype in ('p', 'u', 'f', 'c', 'x')
    and conparentid = 0`,

  `select 'index', 'index ' || own.relname, case when indisunique then 'unique ' else '' end, pg_get_indexdef(indexrelid)
  from pg_class as own join pg_index on indexrelid = own.oid where own.relnamespace = ${here} and indisvalid and indisready`,

  `select 'invalid', 'index ' || own.relname, 'not valid: a build of it broke off', ''
  from pg_class as own join pg_index on indexrelid = own.oid where own.relnamespace = ${here} and not (indisvalid and indisready)`,

  `select 'policy', 'policy ' || relname || '.' || polname, 'for ' || case polcmd when 'r' then 'select' when 'a' then 'insert'
      when 'w' then 'update' when 'd' then 'delete' else 'all' end || case when polqual is null then '' else ' using …' end
    || case when polwithcheck is null then '' else ' with check …' end, ''
  from pg_class join pg_policy on polrelid = pg_class.oid where relnamespace = ${here}`,

  `select 'trigger', 'trigger ' || relname || '.' || tgname, case tgenabled when 'D' then 'disabled' when 'R' then 'on replicas only' else 'enabled' end, ''
  from pg_class join pg_trigger on tgrelid = pg_class.oid where relnamespace = ${here} and not tgisinternal`,

  `select 'type', 'type ' || typname, '', format_type(typbasetype, typtypmod)
  from pg_type where typnamespace = ${here} and typtype = 'd'`,

  `select 'value', format_type(enumtypid, null), 'there', enumlabel from pg_enum
  where exists (select from pg_attribute join pg_class on attrelid = pg_class.oid where relnamespace = ${here} and atttypid = enumtypid)`,

  `select 'function', 'function ' || proname || '(' || oidvectortypes(proargtypes) || ')', 'function', ''
  from pg_proc where pronamespace = ${here}`,

  `select 'extension', 'extension ' || extname, 'installed', '' from pg_extension`,
];

const catalogue = kinds.join("\nunion all\n");

/** The objects of the current schema, in the words of `wantedObjects`. Rejects with what `query` rejects with. */
export async function foundObjects(
  query: (text: string) => Promise<readonly TextRow[]>,
): Promise<DescribedObjects> {
  const rows = await query(catalogue);
  return new Map(
    rows.map(([kind, object, said, text]) => [
      kind === "value" ? enumValue(typeText(object ?? ""), text ?? "") : (object ?? ""),
      words(kind ?? "", said ?? "", text ?? ""),
    ]),
  );
}

function words(kind: string, said: string, text: string): string {
  switch (kind) {
    case "column":
    case "type":
      return typeText(text) + said;
    case "constraint":
      return (text === "" ? "" : referenceText(JSON.parse(text) as DescribedReference)) + said;
    case "index":
      return said + indexText(text.slice(text.indexOf(" USING ")));
    default:
      return said;
  }
}
