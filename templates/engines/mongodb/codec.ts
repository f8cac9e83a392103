/**
 * Codecs between TypeScript values and BSON. Each refuses what its type cannot hold before anything is sent: an object where a text is
 * declared would otherwise be read as an operator of the query.
 */
import { Binary, Decimal128, Double, Long } from "mongodb";
import { isDay } from "../../runtime/day.ts";
import { programmingError } from "../../runtime/errors.ts";
import { named as namedWith, namedEncoder } from "../../runtime/guarded.ts";
import { uuidText } from "../../runtime/keys.ts";
import { refuse } from "../../runtime/refused-value.ts";
import { decimalText, plainDecimal } from "./codec-decimal.ts";

/** A field's value in the domain and in a document, both ways. `encode` throws a TypeError for what the type cannot hold. */
export interface Codec<T> {
  encode(value: T): unknown;
  decode(stored: unknown): T;
}

/** @throws TypeError where there is nothing */
function present(stored: unknown): unknown {
  if (stored !== undefined && stored !== null) return stored;
  throw new TypeError("nothing is there, and the spec calls it required");
}

const checked = <T>(what: string, holds: (value: T) => boolean): Codec<T> => ({
  encode: (value) => (holds(value) ? value : refuse(what, value)),
  decode: (stored) => present(stored) as T,
});

const wholeText = (value: string): boolean => typeof value === "string" && value.isWellFormed();

/** As text: readable in every tool, and the order of version 7 uuids is the order of their time. */
export const uuid = <T extends string = string>(): Codec<T> => ({
  encode: (value) => uuidText(value) ?? refuse("uuid", value),
  decode: (stored) => present(stored) as T,
});
/** Half a surrogate pair is refused, which UTF-8 cannot hold. */
export const text = <T extends string = string>(): Codec<T> => checked<T>("text", wholeText);
/** A text of a closed set. */
export const enumeration = <T extends string>(...values: readonly T[]): Codec<T> =>
  checked<T>(`enum (${values.join(", ")})`, (value) => values.includes(value));
/** BSON int32. */
export const int = <T extends number = number>(): Codec<T> => ({
  encode: (value) => ((value | 0) === value ? value : refuse("int (32 bit)", value)),
  decode: (stored) => numberOf(stored) as T,
});
/**
 * Always a BSON double: 1 stays a double and is not stored as an int. Finite, as on every engine: after NaN, which no comparison meets, a
 * keyset page would find nothing more. -0 is kept as 0, as on every engine.
 */
export const float = (): Codec<number> => ({
  encode: (value) =>
    Number.isFinite(value) ? new Double(value + 0) : refuse("float (finite)", value),
  decode: numberOf,
});
export const boolean = (): Codec<boolean> =>
  checked("boolean", (value) => typeof value === "boolean");
/** BSON int64. */
export const int64 = <T extends bigint = bigint>(): Codec<T> => ({
  encode: (value) =>
    typeof value === "bigint" && BigInt.asIntN(64, value) === value
      ? Long.fromBigInt(value)
      : refuse("bigint (64 bit)", value),
  decode: (stored) => whole(stored) as T,
});
/** A whole number of any size, as a sum gives it. */
export const integer = (): Codec<bigint> => ({
  encode: (value) => Long.fromBigInt(value),
  decode: whole,
});
/** BSON decimal128, exact to 34 digits; `scale` digits after the point where the field declares them. */
export const decimal = (precision?: number, scale?: number): Codec<string> => ({
  encode: (value) => Decimal128.fromString(decimalText(value, precision, scale)),
  decode: (stored) => plainDecimal(String(present(stored))),
});
/** BSON date, milliseconds; a copy, so that nobody changes the driver's, and tolerant of the ISO text that other writers leave. */
export const timestamp = (): Codec<Date> => ({
  encode: (value) =>
    value instanceof Date && !Number.isNaN(value.getTime())
      ? value
      : refuse("timestamp (a valid Date)", value),
  decode: (stored) => {
    const date =
      stored instanceof Date || typeof stored === "string" ? new Date(stored) : undefined;
    return date === undefined || Number.isNaN(date.getTime()) ? refuse("timestamp", stored) : date;
  },
});
/** `YYYY-MM-DD` as text: a day is no point in time. */
export const date = (): Codec<string> =>
  checked("date (YYYY-MM-DD)", (value) => isDay(value) && value.length === 10);
/** Objects that the driver takes for values of its own are refused: they would be stored, or read, as something else. */
export const json = <T>(): Codec<T> => ({
  encode: (value) =>
    isPlainJson(value) ? value : refuse("json (without _bsontype, and $ref beside $id)", value),
  // Null is a value of JSON.
  decode: (stored) => (stored === undefined ? present(stored) : stored) as T,
});
export const binary = (): Codec<Uint8Array> => ({
  encode: (value) => (value instanceof Uint8Array ? new Binary(value) : refuse("binary", value)),
  decode: (stored) => new Uint8Array((present(stored) as Binary).value()),
});
/** Doubles, one per dimension. */
export const vector = (): Codec<Float32Array> => ({
  encode: (value) =>
    value instanceof Float32Array && value.every(Number.isFinite)
      ? Array.from(value, (one) => new Double(one))
      : refuse("vector (finite numbers)", value),
  decode: (stored) => Float32Array.from(present(stored) as readonly unknown[], Number),
});
export const array = <T>(of: Codec<T>): Codec<readonly T[]> => ({
  encode: (values) =>
    Array.isArray(values) ? values.map((value: T) => of.encode(value)) : refuse("array", values),
  decode: (stored) => (present(stored) as readonly unknown[]).map((value) => of.decode(value)),
});
/** Null both ways; a missing property reads as null. */
export const nullable = <T>(of: Codec<T>): Codec<T | null> => ({
  encode: (value) => (value === null ? null : of.encode(value)),
  decode: (stored) => (stored === null || stored === undefined ? null : of.decode(stored)),
});

/** Null, too, reads as the default: code from before the field was declared, or was required, leaves it so. */
export const defaulted = <T>(of: Codec<T>, value: T): Codec<T> => ({
  encode: (given) => of.encode(given),
  decode: (stored) => of.decode(stored ?? of.encode(value)),
});

function isPlainJson(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return value !== undefined;
  if ("_bsontype" in value || ("$ref" in value && "$id" in value)) return false;
  return Object.values(value).every((one) => one === undefined || isPlainJson(one));
}

/** @throws TypeError for what is no number, which `Number` would make NaN, or 0 of a blank text */
function numberOf(stored: unknown): number {
  const value = present(stored);
  if (typeof value === "number") return value;
  const text = String(value);
  const number = text.trim() === "" ? Number.NaN : Number(text);
  if (Number.isNaN(number)) throw new TypeError("it is no number");
  return number;
}

function whole(stored: unknown): bigint {
  if (typeof stored === "number") return BigInt(stored);
  return stored instanceof Long ? stored.toBigInt() : BigInt(plainDecimal(String(present(stored))));
}

/** The same codecs, but what one of them refuses, to be sent or as it was stored, is told with its property. */
export const named = <C extends object>(of: string, codecs: C): C =>
  namedWith(of, codecs, (path, codec) => namedCodec(path, codec as Codec<unknown>));

const namedCodec = (path: string, codec: Codec<unknown>): Codec<unknown> => ({
  ...namedEncoder(path, codec),
  decode: (stored) => {
    try {
      return codec.decode(stored);
    } catch (error) {
      // Only our own words: the driver's may quote the value.
      const why = error instanceof TypeError ? `: ${error.message}` : "";
      throw programmingError(`${path}: what is stored cannot be read${why}`, {
        hint: "another writer left it so: mend the document",
      });
    }
  },
});
