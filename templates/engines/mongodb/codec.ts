import { Binary, Decimal128, Double, Long } from "mongodb";
import type { Document } from "mongodb";
import type { Range } from "../../runtime/options.ts";

/** A field's value in the domain and in a document, both ways. */
export interface Codec<T> {
  encode(value: T): unknown;
  decode(stored: unknown): T;
}

const same = <T>(): Codec<T> => ({
  encode: (value) => value,
  decode: (stored) => stored as T,
});

/** As text: readable in every tool, and the order of version 7 uuids is the order of their time. */
export const uuid = <T extends string = string>(): Codec<T> => same();
/** Strings and enums. */
export const text = <T extends string = string>(): Codec<T> => same();
export const int = <T extends number = number>(): Codec<T> => same();
/** Always a BSON double: 1 stays a double and is not stored as an int. */
export const float = (): Codec<number> => ({
  encode: (value) => new Double(value),
  decode: (stored) => Number(stored),
});
export const boolean = (): Codec<boolean> => same();
/** BSON int64. */
export const int64 = <T extends bigint = bigint>(): Codec<T> => ({
  encode: (value) => Long.fromBigInt(value),
  decode: (stored) =>
    (typeof stored === "number" ? BigInt(stored) : (stored as Long).toBigInt()) as T,
});
/** BSON decimal128: 34 significant digits. */
export const decimal = (): Codec<string> => ({
  encode: (value) => Decimal128.fromString(value),
  decode: (stored) => (stored as Decimal128).toString(),
});
/** BSON date, milliseconds; a copy, so that nobody changes the driver's, and tolerant of the ISO text that other writers leave. */
export const timestamp = (): Codec<Date> => ({
  encode: (value) => value,
  decode: (stored) => new Date(stored as Date | string),
});
/** `YYYY-MM-DD` as text: a day is no point in time. */
export const date = (): Codec<string> => same();
export const json = <T>(): Codec<T> => same<T>();
export const binary = (): Codec<Uint8Array> => ({
  encode: (value) => new Binary(value),
  decode: (stored) => new Uint8Array((stored as Binary).value()),
});
export const vector = (): Codec<Float32Array> => ({
  encode: (value) => Array.from(value),
  decode: (stored) => Float32Array.from(stored as readonly number[]),
});
export const array = <T>(of: Codec<T>): Codec<readonly T[]> => ({
  encode: (values) => values.map((value) => of.encode(value)),
  decode: (stored) => (stored as readonly unknown[]).map((value) => of.decode(value)),
});
/** Null both ways; a missing property reads as null. */
export const nullable = <T>(of: Codec<T>): Codec<T | null> => ({
  encode: (value) => (value === null ? null : of.encode(value)),
  decode: (stored) => (stored === null || stored === undefined ? null : of.decode(stored)),
});

/** `{ $gte, $lte }` of a range, or undefined when neither end is given. */
export function between<T>(of: Codec<T>, range: Range<T> | undefined): Document | undefined {
  if (range?.min === undefined && range?.max === undefined) return undefined;
  return {
    ...(range.min === undefined ? {} : { $gte: of.encode(range.min) }),
    ...(range.max === undefined ? {} : { $lte: of.encode(range.max) }),
  };
}

/** Encodes what is given and leaves out what is not. */
export const optional = <T>(of: Codec<T>, value: T | undefined): unknown =>
  value === undefined ? undefined : of.encode(value);
