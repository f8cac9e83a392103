/**
 * Codecs between TypeScript values and PostgreSQL's text format. A session runs with `TimeZone` UTC, `DateStyle` ISO, `bytea_output`
 * hex: what these read. Each encodes before anything is sent, so a value that cannot be encoded never reaches the wire.
 */
import { uuidText } from "../../runtime/keys.ts";
import { refuse } from "../../runtime/refused-value.ts";
import { isStorable, isStorableJson } from "../../runtime/storable.ts";
import { unknownMember } from "../../runtime/unknown-member.ts";
import { absentValue, otherValue } from "../../runtime/unreadable.ts";
import type { Text } from "./statement.ts";

/** Both directions of a type that is not null. @throws TypeError for what the type cannot hold */
export interface Codec<T> {
  readonly encode: (value: T) => string;
  readonly decode: (text: Text | undefined) => T;
}

/** The same for a nullable column; an absent property is null. */
export interface NullableCodec<T> {
  readonly encode: (value: T | null | undefined) => Text;
  readonly decode: (text: Text | undefined) => T | null;
}

const present = (text: Text | undefined): string => {
  if (typeof text !== "string") return absentValue();
  return text;
};

/** Adds null. */
export const nullable = <T>(codec: Codec<T>): NullableCodec<T> => ({
  encode: (value) => (value === null || value === undefined ? null : codec.encode(value)),
  decode: (text) => (text === null || text === undefined ? null : codec.decode(text)),
});

/** `text`, `varchar`. NUL is refused, which PostgreSQL cannot store, and half a surrogate pair, which UTF-8 cannot. */
export const text: Codec<string> = {
  encode: (value) => {
    if (typeof value !== "string") return refuse("text", value);
    return isStorable(value) ? value : refuse("text without NUL and halves of characters", value);
  },
  decode: present,
};

/** A branded id or other narrowed string: the text itself. */
export const branded = <T>(): Codec<T> => text as unknown as Codec<T>;

/** `uuid` in its usual form; what another form would be, a server tells without naming the field. */
export const uuid: Codec<string> = {
  encode: (value) => uuidText(value) ?? refuse("uuid", value),
  decode: present,
};

/** A branded uuid key. */
export const brandedUuid = <T extends string>(): Codec<T> => uuid as unknown as Codec<T>;

/** A branded number key. */
export const brandedInt = <T extends number>(): Codec<T> => int as unknown as Codec<T>;

/** `integer`: 32 bit. */
export const int: Codec<number> = {
  encode: (value) => ((value | 0) === value ? `${value}` : refuse("int (32 bit)", value)),
  decode: (text) => {
    const number = Number(present(text));
    return Number.isNaN(number) ? otherValue("int (32 bit)") : number;
  },
};

const maxBigint = 2n ** 63n;

/** `bigint`: 64 bit. */
export const bigint: Codec<bigint> = {
  encode: (value) =>
    typeof value === "bigint" && value < maxBigint && value >= -maxBigint
      ? value.toString()
      : refuse("bigint (64 bit)", value),
  decode: (text) => BigInt(present(text)),
};

/** A branded bigint key. */
export const brandedBigint = <T extends bigint>(): Codec<T> => bigint as unknown as Codec<T>;

const decimalForm = /^[+-]?(?:\d{1,131072}(?:\.\d{0,16383})?|\.\d{1,16383})$/;

/** `numeric`, exact: decimal digits as a string. */
export const decimal: Codec<string> = {
  encode: (value) =>
    typeof value === "string" && decimalForm.test(value) ? value : refuse("decimal", value),
  decode: present,
};

const decimalDigits = /^[+-]?0*(\d*)(?:\.(\d*?)0*)?$/;

/** `numeric(precision, scale)`. @throws TypeError for a value with more digits, which the server would round */
export const numeric = (precision: number, scale: number): Codec<string> => {
  const refused = (): never => {
    throw new TypeError(
      `the value does not fit a decimal (${precision} digits, ${scale} after the point)`,
    );
  };
  return {
    encode: (value) => {
      const [, whole = "", fraction = ""] = decimalDigits.exec(decimal.encode(value)) ?? [];
      return whole.length > precision - scale || fraction.length > scale ? refused() : value;
    },
    decode: present,
  };
};

/** `double precision`. Finite, and 0 for -0, as on every engine, though this one would keep NaN, the infinities and -0. */
export const float: Codec<number> = {
  encode: (value) => (Number.isFinite(value) ? `${value}` : refuse("float (finite)", value)),
  decode: (text) => Number(present(text)),
};

/** `boolean`: `t` on the wire, `true` inside json. */
export const boolean: Codec<boolean> = {
  encode: (value) => (typeof value === "boolean" ? (value ? "t" : "f") : refuse("boolean", value)),
  decode: (text) => present(text).startsWith("t"),
};

/**
 * A text of a closed set. The values are no part of what is inferred, which would cost the compiler a list type for each set.
 *
 * @throws TypeError for a value outside it; UnreadableValue for a stored one
 */
export const enumeration = <T extends string>(...values: readonly string[]): Codec<T> => {
  const known: ReadonlyMap<string, T> = new Map(values.map((value) => [value, value as T]));
  const read = (stored: string): T => known.get(stored) ?? unknownMember(values, stored);
  return {
    encode: (value) => known.get(value) ?? refuse(`enum (${values.join(", ")})`, value),
    decode: (text) => read(present(text)),
  };
};

/** What the history says of a row. */
export const changeKind = enumeration<"insert" | "update" | "delete">("insert", "update", "delete");

/** `jsonb`. @throws TypeError for a value without JSON form, and for NUL and halves of characters within it */
export const json = <T>(): Codec<T> => ({
  encode: (value) => {
    const encoded: string | undefined = JSON.stringify(value);
    if (encoded === undefined) return refuse("json", value);
    return isStorableJson(encoded)
      ? encoded
      : refuse("json without NUL and halves of characters", value);
  },
  decode: (text) => JSON.parse(present(text)) as T,
});

/** `bytea`. */
export const binary: Codec<Uint8Array> = {
  encode: (value) =>
    value instanceof Uint8Array
      ? `\\x${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("hex")}`
      : refuse("binary", value),
  decode: (text) => new Uint8Array(Buffer.from(present(text).slice(2), "hex")),
};

/** `vector` of pgvector: `[1,2.5]`; -0 becomes 0. @throws TypeError for another number of dimensions too */
export const vector = (dimensions: number): Codec<Float32Array> => ({
  encode: (value) =>
    value instanceof Float32Array && value.length === dimensions && value.every(Number.isFinite)
      ? `[${value.join(",")}]`
      : refuse(`vector (${dimensions} finite numbers)`, value),
  decode: (text) => {
    const body = present(text).slice(1, -1);
    return body === "" ? new Float32Array() : Float32Array.from(body.split(","), Number);
  },
});

export { date, timestamp } from "./codec-time.ts";
export { array } from "./codec-array.ts";
export { named } from "../../runtime/guarded.ts";
