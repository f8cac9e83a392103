import { literal } from "../sql/quote.ts";
import { regclass } from "./statement.ts";

/**
 * Refuses to go on while something hangs on a column that would go with it in silence: an index, a constraint, extended statistics. Views,
 * policies and triggers of the column refuse by themselves. What another branch built on it is found by nothing else in the database.
 *
 * @param known names of what may go with it
 */
export function refuseHanging(table: string, column: string, known: readonly string[]): string {
  const rest =
    known.length === 0
      ? ""
      : `\n    and coalesce(relname, conname, '') not in (${known.map(literal).join(", ")})`;
  return `do $hanging$
declare
  hanging text;
begin
  select string_agg(distinct pg_describe_object(classid, objid, 0), ', ') into hanging
  from pg_depend join pg_attribute on attrelid = refobjid and attnum = refobjsubid
    left join pg_class on classid = 'pg_class'::regclass and pg_class.oid = objid
    left join pg_constraint on classid = 'pg_constraint'::regclass and pg_constraint.oid = objid
  where refclassid = 'pg_class'::regclass and refobjid = ${regclass(table)} and attname = ${literal(column)} and deptype = 'a'
    and (relkind in ('i', 'I') or contype <> 'n' or classid = 'pg_statistic_ext'::regclass)${rest};
  if hanging is not null then
    raise exception '% would go with column % of %, and this migration does not know of it', hanging, ${literal(column)}, ${literal(table)}
      using errcode = 'dependent_objects_still_exist',
        hint = 'it came from elsewhere, perhaps another branch: drop it if nobody needs it, or write this migration anew on what made it';
  end if;
end
$hanging$;`;
}

/** Whether it is that text to the last letter but what is quoted in it, which nothing there runs. */
export const isHangingText = (text: string): boolean =>
  own.has(withoutQuoted(text.replace(/;?$/, ";")));

const withoutQuoted = (text: string): string =>
  text.replaceAll(/E?'(?:[^'\\]|''|\\.)*'/g, "''").replaceAll(/''(?:, '')+/g, "''");

const own = new Set([[], ["index"]].map((known) => withoutQuoted(refuseHanging("t", "c", known))));
