import { isWidening } from "./convert.ts";

/** Which values of one type are values of another: what a conversion refuses is found before it is tried. */

const whole: Readonly<Record<string, readonly [min: string, max: string]>> = {
  smallint: ["-32768", "32767"],
  integer: ["-2147483648", "2147483647"],
  bigint: ["-9223372036854775808", "9223372036854775807"],
};

const digitsOf: Readonly<Record<string, number>> = { smallint: 5, integer: 10, bigint: 19 };

const isNumber = (type: string): boolean =>
  /^(?:smallint|integer|bigint|numeric|double|real)/.test(type);
const isText = (type: string): boolean => /^(?:text|character varying|varchar)/.test(type);

/**
 * A condition over a value that holds when its conversion to another type does not fail; undefined where it never does, or where only the
 * conversion itself can tell. Text is asked by `pg_input_is_valid`, which is there from PostgreSQL 16 on.
 */
export function fits(from: string, to: string, value: string): string | undefined {
  if (from === to || isWidening(from, to)) return undefined;
  if (from.endsWith("[]") || to.endsWith("[]")) return undefined;
  if (isNumber(from) && isNumber(to)) return numberFits(from, to, value);
  if (isText(from) && (isText(to) ? to !== "text" : known.test(to)))
    return `pg_input_is_valid(${value}, '${to}')`;
  if (/^jsonb?$/.test(from) && to !== "text" && known.test(to))
    return `pg_input_is_valid(${value} #>> '{}', '${to}')`;
  return undefined;
}

const known =
  /^(?:smallint|integer|bigint|numeric|double|real|boolean|date|timestamp|uuid|character varying|varchar)/;

function numberFits(from: string, to: string, value: string): string | undefined {
  const before = wholeDigits(from);
  const range = whole[to];
  if (range !== undefined) {
    const [min, max] = range;
    const integer = whole[from] !== undefined;
    // One digit less than the type's longest value has: every number of so many digits fits, rounded up, too.
    if (before !== undefined && before < (digitsOf[to] ?? 0) + (integer ? 1 : 0)) return undefined;
    return `${integer ? value : `round(${value}::numeric)`} between ${min} and ${max}`;
  }
  const after = wholeDigits(to);
  if (after === undefined) return undefined;
  const scale = scaleOf(to);
  const rounds = scaleOf(from) > scale;
  if (before !== undefined && before + (rounds ? 1 : 0) <= after) return undefined;
  return `abs(round(${value}::numeric, ${scale})) < 1e${after}`;
}

const limited = /^numeric\((\d+)(?:,\s*(-?\d+))?\)$/;

const scaleOf = (type: string): number => Number(limited.exec(type)?.[2] ?? 0);

/** Digits before the point that a value may have; undefined without a limit. */
function wholeDigits(type: string): number | undefined {
  const found = limited.exec(type);
  return found === null ? digitsOf[type] : Number(found[1]) - Number(found[2] ?? 0);
}
