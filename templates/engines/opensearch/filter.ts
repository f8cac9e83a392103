import { boundUnits, type UnitsAround } from "../../runtime/decimal-units.ts";
import { programmingError } from "../../runtime/errors.ts";
import { uuidFilter } from "../../runtime/keys.ts";
import type { Range } from "../../runtime/options.ts";

/** A clause of a query; plain JSON. */
export type Clause = Readonly<Record<string, unknown>>;

/** A value as the index compares it; big numbers travel as text, so that none of their digits is lost. */
export type Comparable = string | number | bigint | boolean | Date;

const encoded = (value: Comparable): string | number | boolean => {
  if (typeof value === "bigint") return String(value);
  return value instanceof Date ? value.toISOString() : value;
};

/** Characters of a text that is found by itself; the index holds no longer one so. */
const longest = 8_191;

/**
 * The documents whose field has this value, or holds it; none when it was not asked for.
 *
 * @throws DataError programming for a text that the index cannot compare
 */
export function equal(path: string, value: Comparable | undefined): readonly Clause[] {
  if (value === undefined) return [];
  if (typeof value === "string" && value.length > longest)
    throw programmingError(`${path}: texts of up to ${longest} characters can be filtered by`, {
      hint: "search for its words, or ask the authority",
    });
  return [{ term: { [path]: { value: encoded(value) } } }];
}

/** The same for a UUID in either case, which is kept in lower case. @throws DataError programming for what is none */
export const equalUuid = (path: string, value: string | undefined): readonly Clause[] =>
  equal(path, value === undefined ? undefined : uuidFilter(path, value));

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

/**
 * The documents with this decimal; one of finer digits than `scale` is none of theirs. The server would round what it is asked for.
 *
 * @param scale digits after the point that the values have
 * @throws DataError programming for what is no decimal number
 */
export function equalDecimal(
  path: string,
  value: string | undefined,
  scale: number,
): readonly Clause[] {
  if (value === undefined) return [];
  const { floor, ceil } = unitsOf(path, value, scale);
  return floor === ceil ? equal(path, inUnits(floor, scale)) : [{ match_none: {} }];
}

/** Both ends inclusive, and compared exactly. @throws DataError programming for a bound that is no decimal number */
export function withinDecimal(
  path: string,
  range: Range<string> | undefined,
  scale: number,
): readonly Clause[] {
  const { min, max } = range ?? {};
  return within(path, {
    ...(min === undefined ? {} : { min: inUnits(unitsOf(path, min, scale).ceil, scale) }),
    ...(max === undefined ? {} : { max: inUnits(unitsOf(path, max, scale).floor, scale) }),
  });
}

function unitsOf(path: string, value: string, scale: number): UnitsAround {
  const units = boundUnits(value, scale);
  if (units !== undefined) return units;
  throw programmingError(`${path}: the value to filter by must be a decimal number`);
}

/** A text that the server reads as the nearest double. */
const inUnits = (units: bigint, scale: number): string => `${units}e-${scale}`;
