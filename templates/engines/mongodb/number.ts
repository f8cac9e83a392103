import { Decimal128, Double, Long } from "mongodb";
import { decimalText, subtracted } from "./codec-decimal.ts";

/** How a number is added to: what is sent, and what may be there before, so that the sum keeps its limits. */
export interface NumberKind<N> {
  /** @throws TypeError for what the type cannot hold */
  readonly encode: (by: N) => unknown;
  readonly zero: unknown;
  readonly before: (by: N) => { readonly $gte?: unknown; readonly $lte?: unknown };
  /** Negative, 0 or positive. */
  readonly sign: (by: N) => number;
  /** Whether `by` alone keeps the limits. */
  readonly alone: (by: N) => boolean;
}

export interface Limits<N> {
  readonly min?: N;
  readonly max?: N;
}

/** A sum beyond 32 bits would become an int64 of its own accord, which is another type. */
export const int32 = ({
  min = -2_147_483_648,
  max = 2_147_483_647,
}: Limits<number>): NumberKind<number> => ({
  encode: (by) => {
    if ((by | 0) === by) return by;
    throw new TypeError("int (32 bit) cannot hold this value");
  },
  zero: 0,
  before: (by) => ({ $gte: min - by, $lte: max - by }),
  sign: Math.sign,
  alone: (by) => by >= min && by <= max,
});

const least = -(2n ** 63n);
const most = 2n ** 63n - 1n;

export const long = ({ min = least, max = most }: Limits<bigint>): NumberKind<bigint> => ({
  encode: (by) => {
    if (typeof by === "bigint" && BigInt.asIntN(64, by) === by) return Long.fromBigInt(by);
    throw new TypeError("bigint (64 bit) cannot hold this value");
  },
  zero: Long.ZERO,
  before: (by) => {
    const [low, high] = [min - by, max - by];
    // A limit that no int64 keeps would come round to the other end of its range.
    if (low > most || high < least) return { $gte: Long.MAX_VALUE, $lte: Long.MIN_VALUE };
    return {
      ...(low > least ? { $gte: Long.fromBigInt(low) } : {}),
      ...(high < most ? { $lte: Long.fromBigInt(high) } : {}),
    };
  },
  sign: (by) => (by > 0n ? 1 : by < 0n ? -1 : 0),
  alone: (by) => by >= min && by <= max,
});

export const double = ({ min, max }: Limits<number>): NumberKind<number> => ({
  encode: (by) => {
    if (Number.isFinite(by)) return new Double(by);
    throw new TypeError("only a finite number can be added");
  },
  zero: new Double(0),
  before: (by) => ({
    ...(min === undefined ? {} : { $gte: min - by }),
    ...(max === undefined ? {} : { $lte: max - by }),
  }),
  sign: Math.sign,
  alone: (by) => (min === undefined || by >= min) && (max === undefined || by <= max),
});

export const decimal128 = (
  { min, max }: Limits<string>,
  precision: number,
  scale: number,
): NumberKind<string> => {
  const whole = "9".repeat(precision - scale) || "0";
  const largest = scale === 0 ? whole : `${whole}.${"9".repeat(scale)}`;
  const [low, high] = [min ?? `-${largest}`, max ?? largest];
  const text = (by: string): string => decimalText(by, precision, scale);
  const stored = (value: string): Decimal128 => Decimal128.fromString(value);
  // Of 35 digits only where it is beyond every value of this type.
  const bound = (value: string): Decimal128 => Decimal128.fromStringWithRounding(value);
  const negative = (value: string): boolean => value.startsWith("-") && /[1-9]/.test(value);
  return {
    encode: (by) => stored(text(by)),
    zero: stored(decimalText("0", precision, scale)),
    before: (by) => ({
      $gte: bound(subtracted(low, text(by))),
      $lte: bound(subtracted(high, text(by))),
    }),
    sign: (by) => (negative(by) ? -1 : /[1-9]/.test(by) ? 1 : 0),
    alone: (by) => !negative(subtracted(text(by), low)) && !negative(subtracted(high, text(by))),
  };
};
