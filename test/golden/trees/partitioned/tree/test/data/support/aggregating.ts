// Runtime of async-db-starter 0.1.0, sha256 70909e1a634b1c9f; a fix comes with a newer version of the generator.
import assert from "node:assert/strict";
import { compare, type Nulls, valueOf } from "./comparing.ts";
import { type Filtered, filtersFrom, isFiltered, rowsThatFit } from "./reading.ts";
import { type Call, rowsOf } from "./subject.ts";

export type Unit = "hour" | "day" | "week" | "month" | "year";

/** How the rows of an aggregate come about: property of the answer, property of the row, calendar unit. */
export interface Aggregate extends Filtered {
  readonly nulls?: Nulls;
  readonly groups: readonly (readonly [as: string, property: string, unit?: Unit])[];
  readonly measures: readonly (readonly [
    as: string,
    kind: "count" | "sum" | "avg" | "min" | "max",
    property?: string,
  ])[];
}

/** For filters from every row: the groups and measures of the rows that fit, in the order of the groups. */
export async function checkAggregate(
  rows: readonly object[],
  wanted: Aggregate,
  aggregate: Call,
): Promise<void> {
  for (const filter of rows.flatMap((row) => filtersFrom(row, wanted))) {
    const actual = rowsOf(isFiltered(wanted) ? await aggregate(filter) : await aggregate());
    const expected = grouped(rowsThatFit(rows, filter), wanted).map((one) => answerOf(one, wanted));
    assert.deepEqual(actual.map(comparable), expected.map(comparable));
  }
}

function grouped(rows: readonly object[], wanted: Aggregate): readonly (readonly object[])[] {
  const { groups } = wanted;
  if (groups.length === 0) return [rows];
  const found = new Map<string, object[]>();
  for (const row of rows) {
    const name = JSON.stringify(groups.map((group) => String(groupValue(row, group))));
    found.set(name, [...(found.get(name) ?? []), row]);
  }
  return [...found.values()].toSorted((a, b) => compareGroups(a[0] ?? {}, b[0] ?? {}, wanted));
}

function compareGroups(a: object, b: object, { groups, nulls }: Aggregate): number {
  for (const group of groups) {
    const difference = compare(groupValue(a, group), groupValue(b, group), nulls);
    if (difference !== 0) return difference;
  }
  return 0;
}

function groupValue(row: object, [, property, unit]: Aggregate["groups"][number]): unknown {
  const value = valueOf(row, property);
  return unit === undefined || value === null ? value : startOf(unit, value);
}

/** The start of a calendar unit in UTC: the day as YYYY-MM-DD, but the hour as a moment. */
function startOf(unit: Unit, value: unknown): Date | string {
  const start = new Date(value instanceof Date ? value : `${String(value)}T00:00:00.000Z`);
  start.setUTCMinutes(0, 0, 0);
  if (unit === "hour") return start;
  if (unit === "week") start.setUTCDate(start.getUTCDate() - ((start.getUTCDay() + 6) % 7));
  if (unit === "month" || unit === "year") start.setUTCDate(1);
  if (unit === "year") start.setUTCMonth(0);
  return start.toISOString().slice(0, 10);
}

function answerOf(rows: readonly object[], { groups, measures }: Aggregate): object {
  const sample = rows[0];
  return Object.fromEntries([
    ...groups.map((group) => [group[0], sample && groupValue(sample, group)] as const),
    ...measures.map(([as, kind, property = ""]) => [as, measured(rows, kind, property)] as const),
  ]);
}

function measured(
  rows: readonly object[],
  kind: Aggregate["measures"][number][1],
  property: string,
): unknown {
  if (kind === "count") return rows.length;
  const values = rows.map((row) => valueOf(row, property)).filter((value) => value !== null);
  if (values.length === 0) return null;
  if (kind === "min" || kind === "max") {
    const ordered = values.toSorted(compare);
    return kind === "min" ? ordered[0] : ordered.at(-1);
  }
  const sum = values.reduce((total: number, value) => total + Number(value), 0);
  return kind === "sum" ? sum : sum / values.length;
}

/** Numbers to nine digits, whether they come as number, bigint or decimal text: sums and averages are exact there, and not here. */
const comparable = (row: object): unknown =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      isAmount(value) ? Number(value).toPrecision(9) : value,
    ]),
  );

const isAmount = (value: unknown): boolean =>
  typeof value === "number" ||
  typeof value === "bigint" ||
  (typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value));
