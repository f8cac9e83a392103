import { createHash } from "node:crypto";
import type { DescribedObjects } from "../../runtime/migration.ts";
import { indexText } from "./described-text.ts";
import { expressionText } from "./expression-text.ts";
import type { TextRow } from "./statement.ts";

/** Of one kind of object: its name, and what the server prints of it. @param here the schema's oid */
const kinds = (here: string): readonly string[] => [
  `select 'expression', 'column ' || relname || '.' || attname, pg_get_expr(adbin, adrelid)
  from pg_class join pg_attribute on attrelid = pg_class.oid join pg_attrdef on adrelid = attrelid and adnum = attnum
  where relnamespace = ${here} and relkind in ('r', 'p') and not attisdropped`,

  `select 'expression', 'constraint ' || relname || '.' || conname, pg_get_expr(conbin, conrelid)
  from pg_class join pg_constraint on conrelid = pg_class.oid where relnamespace = ${here} and contype = 'c'`,

  `select 'index', 'index ' || own.relname, pg_get_indexdef(indexrelid)
  from pg_class as own join pg_index on indexrelid = own.oid
  where own.relnamespace = ${here} and (indexprs is not null or indpred is not null)`,

  `select 'expression', 'policy ' || relname || '.' || polname, concat(pg_get_expr(polqual, polrelid),
    ' with check ' || pg_get_expr(polwithcheck, polrelid))
  from pg_class join pg_policy on polrelid = pg_class.oid where relnamespace = ${here}`,

  `select 'expression', 'type ' || typname, string_agg(pg_get_constraintdef(pg_constraint.oid), ' ' order by conname)
  from pg_type join pg_constraint on contypid = pg_type.oid
  where typnamespace = ${here} and typtype = 'd' and contype = 'c' group by typname`,

  `select 'digest', 'function ' || proname || '(' || oidvectortypes(proargtypes) || ')', pg_get_functiondef(oid)
  from pg_proc where pronamespace = ${here} and prokind in ('f', 'p')`,
];

/** Only of a schema that is there: temporary tables are made without the triggers. */
const triggers = `select 'words', 'trigger ' || relname || '.' || tgname, case when tgtype & 2 <> 0 then 'before ' when tgtype & 64 <> 0 then 'instead of ' else 'after ' end
    || concat_ws(' or ', case when tgtype & 4 <> 0 then 'insert' end, case when tgtype & 16 <> 0 then 'update' end,
      case when tgtype & 8 <> 0 then 'delete' end, case when tgtype & 32 <> 0 then 'truncate' end) || ', ' || proname
  from pg_class join pg_trigger on tgrelid = pg_class.oid join pg_proc on pg_proc.oid = tgfoid
  where relnamespace = current_schema()::regnamespace and not tgisinternal`;

const catalogues = {
  current: [...kinds("current_schema()::regnamespace"), triggers].join("\nunion all\n"),
  temporary: kinds("pg_my_temp_schema()").join("\nunion all\n"),
} as const;

/**
 * The expressions of defaults, checks, indexes and policies and the texts of functions, by their objects. Rejects with what `query`
 * rejects with.
 */
export async function printedTexts(
  query: (text: string) => Promise<readonly TextRow[]>,
  schema: keyof typeof catalogues,
): Promise<DescribedObjects> {
  const rows = await query(catalogues[schema]);
  return new Map(
    rows.map(([kind, object, printed]) => [object ?? "", told(kind ?? "", printed ?? "")]),
  );
}

function told(kind: string, printed: string): string {
  switch (kind) {
    case "expression":
      return expressionText(printed);
    case "index":
      return indexText(printed.slice(printed.indexOf(" USING ")), expressionText);
    case "digest":
      return digestOf(printed);
    default:
      return printed;
  }
}

const header = /^(CREATE OR REPLACE \w+ )(?:"(?:[^"]|"")*"|[^".(]+)\./;

/** A function is told by its digest, wherever it lies and whatever ended its lines on the way to the server. */
function digestOf(definition: string): string {
  const text = definition.replace(header, "$1").replaceAll("\r\n", "\n");
  return `text with the digest ${createHash("sha256").update(text).digest("hex").slice(0, 8)}`;
}
