import type { Range } from "../../runtime/options.ts";

/** A clause of a query; plain JSON. */
export type Clause = Readonly<Record<string, unknown>>;

/** A value as the index compares it; big numbers travel as text, so that none of their digits is lost. */
export type Comparable = string | number | bigint | boolean | Date;

const encoded = (value: Comparable): string | number | boolean => {
  if (typeof value === "bigint") return String(value);
  return value instanceof Date ? value.toISOString() : value;
};

/** The documents whose field has this value, or holds it; none when it was not asked for. */
export const equal = (path: string, value: Comparable | undefined): readonly Clause[] =>
  value === undefined ? [] : [{ term: { [path]: { value: encoded(value) } } }];

/** Both ends inclusive. */
export function within(path: string, range: Range<Comparable> | undefined): readonly Clause[] {
  const { min, max } = range ?? {};
  if (min === undefined && max === undefined) return [];
  const bounds = {
    ...(min === undefined ? {} : { gte: encoded(min) }),
    ...(max === undefined ? {} : { lte: encoded(max) }),
  };
  return [{ range: { [path]: bounds } }];
}
