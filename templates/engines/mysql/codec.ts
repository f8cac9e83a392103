/**
 * Codecs between TypeScript values and what travels to MySQL and MariaDB. Exact both ways: a bigint goes as a 64-bit integer and comes as
 * text, decimals, dates and JSON are text, bytes are bytes. Each encodes before anything is sent, so a value that cannot be encoded never
 * reaches the wire; each also decodes the text that a JSON column of child rows holds.
 */
import { uuidText } from "../../runtime/keys.ts";
import { refuse } from "../../runtime/refused-value.ts";
import { isStorable, isStorableJson } from "../../runtime/storable.ts";
import { unknownMember } from "../../runtime/unknown-member.ts";
import { absentValue, otherValue } from "../../runtime/unreadable.ts";
import { parsed } from "./cut-json.ts";
import type { Value, ValueRow } from "./statement.ts";

/** Both directions of a type that is not null. @throws TypeError for what the type cannot hold */
export interface Codec<T> {
  readonly encode: (value: T) => Exclude<Value, null>;
  readonly decode: (value: Value | undefined) => T;
}

/** The same for a nullable column; an absent property is null. */
export interface NullableCodec<T> {
  readonly encode: (value: T | null | undefined) => Value;
  readonly decode: (value: Value | undefined) => T | null;
}

/** The text of a column that is not null. */
export const present = (value: Value | undefined): string => {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "bigint") return `${value}`;
  return absentValue();
};

/** A number, or the text of one: `Number` takes a blank text for 0. */
const numberOf = (value: Value | undefined, type: string): number => {
  if (typeof value === "number") return value;
  const text = present(value);
  const number = text.trim() === "" ? Number.NaN : Number(text);
  return Number.isNaN(number) ? otherValue(type) : number;
};

/** Adds null. */
export const nullable = <T>(codec: Codec<T>): NullableCodec<T> => ({
  encode: (value) => (value === null || value === undefined ? null : codec.encode(value)),
  decode: (value) => (value === null || value === undefined ? null : codec.decode(value)),
});

/** `varchar`, `text`. NUL is refused, as every engine of this project does, and half a surrogate pair, which UTF-8 cannot hold. */
export const text: Codec<string> = {
  encode: (value) => {
    if (typeof value !== "string") return refuse("text", value);
    return isStorable(value) ? value : refuse("text without NUL and halves of characters", value);
  },
  decode: present,
};

/** A branded id or other narrowed string: the text itself. */
export const branded = <T>(): Codec<T> => text as unknown as Codec<T>;

/**
 * `char(36)`, in lower case. Text and not BINARY(16): one form for both engines (`uuid_to_bin` is MySQL's alone, the type `uuid`
 * MariaDB's), the same in keys, JSON, history and any other client; it costs 20 bytes per key and index entry.
 */
export const uuid: Codec<string> = {
  encode: (value) => uuidText(value) ?? refuse("uuid", value),
  decode: present,
};

/** A branded uuid key. */
export const brandedUuid = <T extends string>(): Codec<T> => uuid as unknown as Codec<T>;

/** `int`: 32 bit. @throws TypeError for what it cannot hold; UnreadableValue for a stored value that is no number */
export const int: Codec<number> = {
  encode: (value) => ((value | 0) === value ? value : refuse("int (32 bit)", value)),
  decode: (value) => numberOf(value, "int (32 bit)"),
};

/** A branded number key. */
export const brandedInt = <T extends number>(): Codec<T> => int as unknown as Codec<T>;

const maxBigint = 2n ** 63n;
const wholeForm = /^-?\d+$/;

/** `bigint`: 64 bit. */
export const bigint: Codec<bigint> = {
  encode: (value) =>
    typeof value === "bigint" && value < maxBigint && value >= -maxBigint
      ? value
      : refuse("bigint (64 bit)", value),
  decode: (value) => {
    const text = present(value);
    return wholeForm.test(text) ? BigInt(text) : otherValue("bigint (64 bit)");
  },
};

/** A branded bigint key. */
export const brandedBigint = <T extends bigint>(): Codec<T> => bigint as unknown as Codec<T>;

const decimalForm = /^[+-]?(?:\d{1,65}(?:\.\d{0,30})?|\.\d{1,30})$/;

/** `decimal`, exact: digits as a string, at most 65 of them and 30 after the point. */
export const decimal: Codec<string> = {
  encode: (value) =>
    typeof value === "string" && decimalForm.test(value) ? value : refuse("decimal", value),
  decode: present,
};

const decimalDigits = /^[+-]?0*(\d*)(?:\.(\d*?)0*)?$/;

/**
 * `decimal(precision, scale)`; equal numbers are sent as equal texts, so that one key is not taken for two.
 *
 * @throws TypeError for a value with more digits, which the server would round
 */
export const numeric = (precision: number, scale: number): Codec<string> => {
  const refused = (): never => {
    throw new TypeError(
      `the value does not fit a decimal (${precision} digits, ${scale} after the point)`,
    );
  };
  return {
    encode: (value) => {
      const text = String(decimal.encode(value));
      const [, whole = "", fraction = ""] = decimalDigits.exec(text) ?? [];
      if (whole.length > precision - scale || fraction.length > scale) return refused();
      const digits = `${whole === "" ? "0" : whole}${fraction === "" ? "" : `.${fraction}`}`;
      return text.startsWith("-") && digits !== "0" ? `-${digits}` : digits;
    },
    decode: present,
  };
};

/** `double`. @throws TypeError for what is no finite number: the engine has neither NaN nor infinities. -0 is kept as 0, as on every engine: not every way to the server keeps its sign */
export const float: Codec<number> = {
  encode: (value) => (Number.isFinite(value) ? value + 0 : refuse("float (finite)", value)),
  decode: (value) => numberOf(value, "float"),
};

/** `tinyint(1)`. */
export const boolean: Codec<boolean> = {
  encode: (value) => (typeof value === "boolean" ? Number(value) : refuse("boolean", value)),
  decode: (value) => {
    const found = present(value);
    if (found === "1" || found === "true") return true;
    return found === "false" || wholeForm.test(found) ? false : otherValue("boolean");
  },
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
    decode: (value) => read(present(value)),
  };
};

/** What the history says of a row. */
export const changeKind = enumeration<"insert" | "update" | "delete">("insert", "update", "delete");

/** `json`. @throws TypeError for a value without JSON form, and for NUL and halves of characters within it */
export const json = <T>(): Codec<T> => ({
  encode: (value) => {
    const encoded: string | undefined = JSON.stringify(value);
    if (encoded === undefined) return refuse("json", value);
    return isStorableJson(encoded)
      ? encoded
      : refuse("json without NUL and halves of characters", value);
  },
  decode: (value) => parsed(present(value)) as T,
});

/** `varbinary`, `blob`; within JSON as hexadecimal text (`hex(c)` there, `unhex(…)` back). */
export const binary: Codec<Uint8Array> = {
  encode: (value) => (value instanceof Uint8Array ? value : refuse("binary", value)),
  decode: (value) =>
    value instanceof Uint8Array
      ? new Uint8Array(value)
      : new Uint8Array(Buffer.from(present(value), "hex")),
};

/**
 * A vector as the engines keep one: 32-bit floats, little-endian, in `vector(n)` or `varbinary(4n)`; -0 becomes 0.
 *
 * @throws TypeError for another number of dimensions too
 */
export const vector = (dimensions: number): Codec<Float32Array> => ({
  encode: (value) => {
    const fits = value instanceof Float32Array && value.length === dimensions;
    if (!fits || !value.every(Number.isFinite))
      return refuse(`vector (${dimensions} finite numbers)`, value);
    const bytes = Buffer.alloc(value.length * 4);
    value.forEach((each, at) => bytes.writeFloatLE(each === 0 ? 0 : each, at * 4));
    return bytes;
  },
  decode: (value) => {
    const bytes = Buffer.from(binary.decode(value));
    return Float32Array.from({ length: bytes.length / 4 }, (_, at) => bytes.readFloatLE(at * 4));
  },
});

/** A value as a member of JSON: 64-bit integers and decimals as text, bytes as hexadecimal text. */
const inJson = (value: Value): string | number | null => {
  if (typeof value === "bigint") return `${value}`;
  if (value instanceof Uint8Array) return Buffer.from(value).toString("hex");
  return value;
};

/** Either kind of codec, as an array's element. */
export interface ElementCodec<T> {
  readonly encode: (value: T) => Value;
  readonly decode: (value: Value | undefined) => T;
}

/** A one-dimensional array of any codec in a `json` column, and any list of values for `json_table`; `array(nullable(int))` where elements may be null. */
export const array = <T>(element: ElementCodec<T>): Codec<readonly T[]> => ({
  encode: (values) =>
    Array.isArray(values)
      ? JSON.stringify(values.map((value: T) => inJson(element.encode(value))))
      : refuse("array", values),
  decode: (value) => {
    const values = parsed(present(value));
    if (!Array.isArray(values)) throw new TypeError("an array was expected");
    return values.map((each: Value) => element.decode(each));
  },
});

/** Rows of encoded values as the JSON text that `json_table($1, '$[*]' columns (place for ordinality, id char(36) path '$[0]', …))` reads. */
export const rowsOf = (rows: readonly ValueRow[]): string =>
  JSON.stringify(rows.map((row) => row.map(inJson)));

/**
 * The values of a batch: its rows, the lists of their children, and the keys of the rows once more, for the statements that ask for nothing
 * else of them.
 *
 * @param key columns of a row that are its key
 */
export const batchOf = (
  key: readonly number[],
  rows: readonly ValueRow[],
  ...children: readonly string[]
): readonly Value[] => [
  rowsOf(rows),
  ...children,
  rowsOf(rows.map((row) => key.map((column) => row[column] ?? null))),
];

export { date, timestamp } from "./codec-time.ts";
export { named } from "../../runtime/guarded.ts";
