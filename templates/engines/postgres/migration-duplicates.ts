import { ask } from "./ask.ts";
import { textField } from "./errors.ts";
import type { Lane } from "./wire.ts";

const uniqueViolation = "23505";

/**
 * The definition of an index that could not be built, which is there and not valid: its columns and condition as the server writes them. Source:
 * pg_index and pg_get_indexdef of PostgreSQL 18.
 */
const definition = `select i.indrelid::regclass::text, pg_get_expr(i.indpred, i.indrelid), i.indnullsnotdistinct,
  (select string_agg(pg_get_indexdef(i.indexrelid, k, true), ', ' order by k) from generate_series(1, i.indnkeyatts) k),
  (select string_agg(pg_get_indexdef(i.indexrelid, k, true) || ' is not null', ' and ' order by k) from generate_series(1, i.indnkeyatts) k)
from pg_index i where i.indexrelid = to_regclass($1)`;

/**
 * What keeps a unique index from being built: how many values stand in more than one row, and the query that finds them. The values themselves
 * are the users', and are not told. Undefined for another error, and when nobody can say.
 */
export const duplicatesOf = async (lane: Lane, error: unknown): Promise<string | undefined> => {
  const index = textField(error, "constraint");
  if (textField(error, "code") !== uniqueViolation || index === undefined) return undefined;
  try {
    const quoted = `"${index.replaceAll('"', '""')}"`;
    const [found] = await ask(lane, definition, [quoted]);
    const [table, condition, nullsToo, columns, given] = found ?? [];
    if (typeof table !== "string" || typeof columns !== "string") return undefined;
    const conditions = [...(nullsToo === "t" ? [] : [given]), ...(condition ? [condition] : [])];
    const where = conditions.length === 0 ? "" : ` where ${conditions.join(" and ")}`;
    const query = `select ${columns}, count(*) from ${table}${where} group by ${columns} having count(*) > 1`;
    const [bound] = await ask(lane, `select row_security_active($1)`, [table]);
    if (bound?.[0] === "t")
      return `its policies hide rows of ${table} from this login; asked by one that sees every row, this finds what stands twice: ${query}`;
    const [counted] = await ask(
      lane,
      `select count(*), sum(count) from (select count(*) from ${table}${where} group by ${columns} having count(*) > 1) duplicates`,
    );
    const [values, rows] = [Number(counted?.[0]), Number(counted?.[1])];
    if (!(values > 0)) return undefined;
    const stand = values === 1 ? "1 value stands" : `${values} values stand`;
    return `${stand} in more than one row of ${table}, ${rows} rows in all; this finds them: ${query}`;
  } catch {
    // The error that led here is the one to tell.
    return undefined;
  }
};
