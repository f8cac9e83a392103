import type { Prepared } from "./statement.ts";

/** FNV-1a, 32 bit, twice with different seeds: names need to differ, not to resist. */
const digest = (text: string): string => {
  let low = 0x811c9dc5;
  let high = 0x1b873593;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    low = Math.imul(low ^ unit, 0x01000193);
    high = Math.imul(high ^ unit, 0x85ebca6b) + at;
  }
  return (low >>> 0).toString(36) + (high >>> 0).toString(36);
};

/**
 * A prepared statement whose name tells what it is in `pg_prepared_statements` and is unique for its text: two versions of a program may
 * share a connection through PgBouncer. At most 63 bytes, where PostgreSQL cuts names.
 */
export const prepared = (name: string, text: string): Prepared => ({
  name: `${name.slice(0, 40)}:${digest(text)}`,
  text,
});
