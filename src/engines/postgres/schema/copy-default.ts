import { isVolatile } from "../sql/volatility.ts";
import { conversion } from "./convert.ts";
import type { ColumnShape } from "./shape.ts";

/**
 * The defaults of two columns that hold one value, while code of before and after both write: each code names one of them at most, so the one
 * that is not as its default is the one that was written, be it with null.
 */
export interface CopyDefaults {
  /** Of the column of before, in its type; `null` for none. */
  readonly from: string;
  /** What the second column has meanwhile: the same value in its own type. */
  readonly to: string;
  /** Null in the column of before was left out by code of after: no code of before writes it. */
  readonly nullIsAbsent: boolean;
}

/**
 * Undefined where both have none: then a value is never null. Also for a default that is another for each row, or that only the user can
 * convert: it cannot be told from a value, and null written by code of after becomes it until the contract.
 */
export function copyDefaults(from: ColumnShape, to: ColumnShape): CopyDefaults | undefined {
  const [former, later] = [defaultOf(from), defaultOf(to)];
  if (former !== undefined) {
    const second = isSteady(former) ? conversion(from.type, to.type, former) : undefined;
    return second === undefined ? undefined : { from: former, to: second, nullIsAbsent: false };
  }
  if (later === undefined || from.nullable || !isSteady(later)) return undefined;
  return { from: `null::${from.type}`, to: later, nullIsAbsent: true };
}

const defaultOf = ({ value, type }: ColumnShape): string | undefined =>
  value?.kind === "default" ? `(${value.expression})::${type}` : undefined;

/** Whether all calls in it give one value within a transaction. */
const isSteady = (expression: string): boolean =>
  [...expression.replaceAll(/'(?:[^']|'')*'/g, "''").matchAll(/([\w.]+|")\s*\(/g)].every(
    ([, name = ""]) => !isVolatile(name.toLowerCase()),
  );
