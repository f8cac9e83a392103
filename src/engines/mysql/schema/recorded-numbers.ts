import { isInteger, parsed, rangeOf } from "./parsed-type.ts";
import { fits, widest } from "./types.ts";

/**
 * The condition of numbers in what was recorded that a narrower type would refuse or round; undefined where every one fits, or where the
 * types are no numbers. It casts to no type that a number may not fit, which a statement that writes fails at.
 *
 * @param held JSON of the value
 */
export function unfitNumber(from: string, to: string, held: string): string | undefined {
  const [a, b] = [parsed(from), parsed(to)];
  const range = rangeOf(b);
  if (fits(from, to) !== "perhaps" || rangeOf(a) === undefined || range === undefined)
    return undefined;
  // A whole number may have been recorded with a fraction of zeros.
  const digits = isInteger(a) || a.name === "year" ? "38,9" : `65,${a.scale}`;
  const value = `case when cast(json_type(${held}) as binary) <> 'NULL' then cast(json_unquote(${held}) as decimal(${digits})) end`;
  const outside = `${value} not between ${b.unsigned ? "0" : widest(range.min, b)} and ${widest(range.max, b)}`;
  return a.scale > b.scale
    ? `(${outside} or ${value} <> round(${value}, ${b.scale}))`
    : `(${outside})`;
}
