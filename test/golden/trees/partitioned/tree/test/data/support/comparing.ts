// Runtime of async-db-starter 0.1.0, sha256 072078f63c1f76c5; a fix comes with a newer version of the generator.
import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";

/** What the store should answer, computed here from rows that are known to be in it. */

/** Property and direction, in order of weight. */
export type Order = readonly (readonly [property: string, direction: "asc" | "desc"])[];

/** `-placedAt`: the property, and before it a minus where it descends. */
export const orderOf = (terms: readonly string[]): Order =>
  terms.map((term) => (term.startsWith("-") ? [term.slice(1), "desc"] : [term, "asc"]));

/** One property of a row, a filter or a patch. */
export const valueOf = (row: object, property: string): unknown => Reflect.get(row, property);

/** Whether a row fits a filter: equal values, ranges with both ends included, an element of an array. */
export function fits(row: object, filter: object): boolean {
  return Object.entries(filter).every(([property, wanted]) => {
    const value = valueOf(row, property);
    if (wanted === undefined) return true;
    if (isRange(wanted)) return liesIn(value, wanted);
    return Array.isArray(value) ? value.includes(wanted) : isDeepStrictEqual(value, wanted);
  });
}

interface Ends {
  readonly min?: unknown;
  readonly max?: unknown;
}

const isRange = (wanted: unknown): wanted is Ends =>
  typeof wanted === "object" && wanted !== null && ("min" in wanted || "max" in wanted);

function liesIn(value: unknown, { min, max }: Ends): boolean {
  if (value === null) return false;
  return (
    (min === undefined || compare(value, min) >= 0) &&
    (max === undefined || compare(value, max) <= 0)
  );
}

/** Where null comes in an ascending order: stores differ. */
export type Nulls = "first" | "last";

/** The rows in an order. */
export function inOrder<Row extends object>(
  rows: readonly Row[],
  order: Order,
  nulls?: Nulls,
): readonly Row[] {
  return rows.toSorted((a, b) => {
    for (const [property, direction] of order) {
      const difference = compare(valueOf(a, property), valueOf(b, property), nulls);
      if (difference !== 0) return direction === "asc" ? difference : -difference;
    }
    return 0;
  });
}

/** Below, at or above zero as the first comes before, with, or after the second. */
export function compare(a: unknown, b: unknown, nulls: Nulls = "last"): number {
  if (a === null || b === null) {
    const difference = Number(a === null) - Number(b === null);
    return nulls === "last" ? difference : -difference;
  }
  if (typeof a === "string" && typeof b === "string") return compareTexts(a, b);
  if (a instanceof Date && b instanceof Date) return a.getTime() - b.getTime();
  if (typeof a === "bigint" && typeof b === "bigint") return a < b ? -1 : a > b ? 1 : 0;
  return Number(a) - Number(b);
}

/** Texts of decimals by their amount, others by their letters. */
function compareTexts(a: string, b: string): number {
  const amounts = [a, b].map((text) => (/^-?\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN));
  const [left = Number.NaN, right = Number.NaN] = amounts;
  if (!Number.isNaN(left) && !Number.isNaN(right)) return left - right;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The call is refused with a `DataError` of this kind. */
export async function refused(kind: string, call: () => Promise<unknown>): Promise<void> {
  await assert.rejects(call, (error) => {
    assert.ok(error instanceof Error && "kind" in error, `not a DataError: ${String(error)}`);
    assert.equal(error.kind, kind, error.message);
    return true;
  });
}
