import { createHash } from "node:crypto";
import type { PartitionNote } from "../../runtime/migration.ts";
import {
  type PartitionPeriod,
  type PartitionUnit,
  periodsFrom,
} from "../../runtime/partition-periods.ts";
import { ask, askScript } from "./ask.ts";
import type { Text } from "./statement.ts";
import type { Lane } from "./wire.ts";

/** A table whose partitions are made as time goes on. */
export interface PartitionedTable {
  readonly table: string;
  readonly every: PartitionUnit;
}

/** Periods ahead when nobody says how many. */
const usual: Readonly<Record<PartitionUnit, number>> = { day: 14, month: 3, year: 1 };

/** Runs work in a transaction that waits for locks no longer than it may. */
export type PartitionAttempt = <T>(work: (lane: Lane) => Promise<T>) => Promise<T>;

/**
 * Makes the partitions that are missing from the period of `now` on, those of a period in a transaction of their own. Of a period that
 * partitions of another length reach into, what they leave uncovered gets one.
 *
 * A period of which rows lie in the default partition already stays there: to take them out would fire the triggers of whoever refers to
 * them, and write their history again.
 */
export async function makePartitions(
  { table, every }: PartitionedTable,
  { now, ahead = usual[every] }: { readonly now: Date; readonly ahead?: number },
  attempt: PartitionAttempt,
): Promise<readonly PartitionNote[]> {
  const notes: PartitionNote[] = [];
  for (const period of periodsFrom(now, every, ahead)) {
    const made = await unraced(() => attempt((lane) => cover(lane, table, period)));
    for (const each of made) notes.push({ table, period: period.label, ...each });
  }
  return notes;
}

const rowsInTheWay = "23514";

/** Once more where a row of the period was written into the default partition after it had been looked at. */
async function unraced<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Error) || Reflect.get(error, "code") !== rowsInTheWay) throw error;
    return work();
  }
}

type Made = Pick<PartitionNote, "partition" | "state">;

/** Nothing where partitions hold the period already, or the table has none at all as yet. */
async function cover(
  lane: Lane,
  table: string,
  { label, from, to }: PartitionPeriod,
): Promise<readonly Made[]> {
  // Bounds are shown in the session's time zone.
  await askScript(lane, "set local timezone = 'UTC'");
  const spans = await ask(lane, uncovered, [quoted(table), from.toISOString(), to.toISOString()]);
  const made: Made[] = [];
  for (const [fallback, column, secured, ...bounds] of spans) {
    if (
      typeof fallback === "string" &&
      typeof column === "string" &&
      (await holdsRows(lane, fallback, column, bounds))
    )
      made.push({ partition: fallback, state: "left" });
    else
      made.push({
        partition: await attach(lane, { table, label, bounds, secured: secured === "t" }),
        state: "made",
      });
  }
  return made;
}

/**
 * Each span of the period that no partition but the default one holds, with the name of that one, and the column that tells partitions apart
 * as the database calls it: a migration that renames it may be still to come. No row where the table is none by range.
 */
const uncovered = `with bound as (
  select regexp_match(pg_get_expr(relpartbound, pg_class.oid), 'FROM \\((.*)\\) TO \\((.*)\\)') as ends
  from pg_inherits join pg_class on pg_class.oid = inhrelid
  where inhparent = to_regclass($1)
), held as (
  select range_agg(tstzrange(
    case ends[1] when 'MINVALUE' then '-infinity' else trim(ends[1], '''') end::timestamptz,
    case ends[2] when 'MAXVALUE' then 'infinity' else trim(ends[2], '''') end::timestamptz)) as spans
  from bound where ends is not null
)
select fallback.relname, attname, parent.relrowsecurity, lower(span), upper(span)
from pg_partitioned_table join pg_class parent on parent.oid = partrelid
  join pg_attribute on attrelid = partrelid and attnum = partattrs[0]
  left join pg_class fallback on fallback.oid = partdefid
  cross join held
  cross join unnest(tstzmultirange(tstzrange($2::timestamptz, $3::timestamptz)) - coalesce(spans, '{}')) as span
where partrelid = to_regclass($1) and partstrat = 'r'
order by lower(span)`;

/** Made apart and attached: readers and writers of other partitions go on meanwhile. */
async function attach(
  lane: Lane,
  span: {
    readonly table: string;
    readonly label: string;
    readonly bounds: readonly Text[];
    readonly secured: boolean;
  },
): Promise<string> {
  const { table, label, bounds, secured } = span;
  const partition = await freeName(lane, table, label);
  const [parent, part] = [quoted(table), quoted(partition)];
  await askScript(
    lane,
    `create table ${part} (like ${parent} including all
  excluding identity excluding indexes excluding comments excluding statistics);
alter table ${parent} attach partition ${part} for values from ('${bounds[0]}') to ('${bounds[1]}');
${secured ? `alter table ${part} enable row level security;\n` : ""}comment on table ${part} is 'Rows of ${label}.'`,
  );
  return partition;
}

/** Asked before anything is locked. */
async function holdsRows(
  lane: Lane,
  fallback: string,
  column: string,
  [from, to]: readonly Text[],
): Promise<boolean> {
  const field = quoted(column);
  const [row] = await ask(
    lane,
    `select exists (select from ${quoted(fallback)} where ${field} >= '${from}' and ${field} < '${to}')`,
  );
  return row?.[0] === "t";
}

const longestName = 63;

/** A table that was renamed leaves its partitions their names, which the next table of its name would give. */
async function freeName(lane: Lane, table: string, label: string): Promise<string> {
  for (let taken = 0; ; taken += 1) {
    const name = partitionName(table, label, taken);
    const [found] = await ask(lane, takenName, [name]);
    if (found?.[0] !== "t") return name;
  }
}

/** Of tables and indexes as of types, one of which each table makes. */
const takenName = `select exists (select from pg_class where relnamespace = quote_ident(current_schema())::regnamespace and relname = $1)
  or exists (select from pg_type where typnamespace = quote_ident(current_schema())::regnamespace and typname = $1)`;

/** `orders_2026_11`; of a long name the beginning, told apart by a digest, and so is one whose name is taken. */
function partitionName(table: string, label: string, taken: number): string {
  const suffix = `_${label.replaceAll("-", "_")}`;
  const bytes = Buffer.from(table);
  if (taken === 0 && bytes.length + suffix.length <= longestName) return table + suffix;
  const told = taken === 0 ? table : `${table} ${taken}`;
  const digest = `_${createHash("sha256").update(told).digest("hex").slice(0, 8)}`;
  const kept = bytes.subarray(0, longestName - suffix.length - digest.length).toString();
  return `${kept.replace(/\uFFFD+$/, "")}${digest}${suffix}`;
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
