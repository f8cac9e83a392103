import { DataError, type ErrorDetails, programmingError } from "../../runtime/errors.ts";

/** A value and its text, exactly; the text is what a hash field holds. */
export interface ValueCodec<T> {
  /** What forbids the value, as the end of a sentence; undefined when nothing does. Redis itself checks nothing. */
  readonly problem?: (value: T) => string | undefined;
  /** The text of null, where that is one of the type's values: in JSON. */
  readonly ofNull?: string;
  readonly encode: (value: T) => string;
  readonly decode: (text: string) => T;
}

/** A field of a record: null is an absent text. */
export interface Codec<T> {
  /** @throws DataError constraint */
  encode(value: T): string | null;
  /** @throws DataError programming for a text that is missing, or is none of the type's */
  decode(text: string | null | undefined): T;
}

/** A field that has a value always. */
export function present<T>(name: string, of: ValueCodec<T>): Codec<T> {
  return {
    encode: (value) => checked(name, of, value),
    decode: (text) => {
      if (text === null || text === undefined) throw missing(name);
      return read(name, of, text);
    },
  };
}

/** As {@link present}; a record from before the field existed has its default. */
export function defaulted<T>(name: string, of: ValueCodec<T>, value: T): Codec<T> {
  return {
    encode: (given) => checked(name, of, given),
    decode: (text) => (text === null || text === undefined ? value : read(name, of, text)),
  };
}

/** A field that may be null. */
export function nullable<T>(name: string, of: ValueCodec<T>): Codec<T | null> {
  return {
    encode: (value) => (value === null ? null : checked(name, of, value)),
    decode: (text) => (text === null || text === undefined ? null : read(name, of, text)),
  };
}

/** One value of a structure, by itself. @throws DataError constraint, when it is none of the type's */
export const encoded = <T>(name: string, of: ValueCodec<T>, value: T): string =>
  value === null && of.ofNull !== undefined ? of.ofNull : checked(name, of, value);

/** Encodes what is given; undefined stays. */
export const optional = <T>(of: Codec<T>, value: T | undefined): string | null | undefined =>
  value === undefined ? undefined : of.encode(value);

function checked<T>(name: string, of: ValueCodec<T>, value: T): string {
  const problem = value === null || value === undefined ? "has no value" : of.problem?.(value);
  if (problem === undefined) return of.encode(value);
  throw new DataError({ kind: "constraint", message: `${name} ${problem}`, constraint: name });
}

/** Redis knows no types: what was stored before a field's type changed comes back as it is. */
function read<T>(name: string, of: ValueCodec<T>, text: string): T {
  try {
    return of.decode(text);
  } catch {
    // The cause would show the value.
    throw programmingError(`the stored ${name} of a record is not of its type`, {
      hint: "records from before a change of type are not converted: give the changed field a new name, with a default",
    });
  }
}

function missing(name: string): DataError {
  return programmingError(`a stored record has no ${name}`, {
    hint: "give the field a default, so that records from before it was added can be read",
  });
}

/** A key's brand narrows it; `min` to `max` characters. */
export const text = <T extends string = string>(max = Infinity, min = 0): ValueCodec<T> => ({
  problem: (value) => {
    if (!value.isWellFormed()) return "is no well-formed Unicode text";
    const length = value.length > max || min > 0 ? [...value].length : value.length;
    return misfit(length, "characters", max, min);
  },
  encode: (value) => value,
  decode: (stored) => stored as T,
});

const misfit = (length: number, what: string, max: number, min: number): string | undefined =>
  length > max
    ? `has more than ${max} ${what}`
    : length < min
      ? `has less than ${min} ${what}`
      : undefined;

export const oneOf = <T extends string>(...values: readonly T[]): ValueCodec<T> => ({
  problem: (value) => (values.includes(value) ? undefined : `is none of ${values.join(", ")}`),
  encode: (value) => value,
  decode: (stored) => {
    const known = values.find((value) => value === stored);
    if (known === undefined) throw new RangeError("none of the values");
    return known;
  },
});

const uuidForm = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export const uuid = <T extends string = string>(): ValueCodec<T> => ({
  problem: (value) => (uuidForm.test(value) ? undefined : "is no UUID"),
  encode: (value) => value.toLowerCase(),
  decode: (stored) => inForm(uuidForm, stored) as T,
});

const wholeForm = /^-?\d+$/;
const floatForm = /^(?:-?(?:\d+(?:\.\d+)?(?:e[-+]?\d+)?|Infinity)|NaN)$/i;

/** The text itself. @throws RangeError when it was written as another type */
function inForm(form: RegExp, stored: string): string {
  if (form.test(stored)) return stored;
  throw new RangeError("another type's text");
}

/** @throws RangeError for what is no whole number, or none that a number holds exactly */
function wholeNumber(stored: string): number {
  const value = Number(inForm(wholeForm, stored));
  if (Number.isSafeInteger(value)) return value;
  throw new RangeError("too long a number");
}

/** What is said of a number that would no more be one of its type. */
export const outOfRange: ErrorDetails = {
  kind: "constraint",
  message: "the value would leave the range of its type",
};

export const bounds32 = [-2_147_483_648, 2_147_483_647] as const;

/** 32 bits. */
export const int = <T extends number = number>(
  min: number = bounds32[0],
  max: number = bounds32[1],
): ValueCodec<T> => ({
  problem: (value) =>
    Number.isInteger(value) && value >= min && value <= max
      ? undefined
      : `is no whole number from ${min} to ${max}`,
  encode: String,
  decode: (stored) => wholeNumber(stored) as T,
});

/** 64 bits. */
export const int64 = <T extends bigint = bigint>(
  min = -9_223_372_036_854_775_808n,
  max = 9_223_372_036_854_775_807n,
): ValueCodec<T> => ({
  problem: (value) =>
    value >= min && value <= max ? undefined : `is no whole number from ${min} to ${max}`,
  encode: String,
  decode: (stored) => BigInt(inForm(wholeForm, stored)) as T,
});

/** -0 is kept as 0, as on every engine. */
export const float = (min = -Infinity, max = Infinity): ValueCodec<number> => ({
  problem: (value) =>
    !Number.isFinite(value)
      ? "is no finite number"
      : value < min || value > max
        ? `is not from ${min} to ${max}`
        : undefined,
  encode: String,
  decode: (stored) => Number(inForm(floatForm, stored)),
});

/** Kept with all of its `scale` digits, as SQL keeps it. */
export const decimal = (
  precision: number,
  scale: number,
  min?: string,
  max?: string,
): ValueCodec<string> => {
  const least = min === undefined ? undefined : scaled(min, scale);
  const most = max === undefined ? undefined : scaled(max, scale);
  return {
    problem: (value) => {
      const digits = scaled(value, scale);
      if (digits === undefined)
        return `is no decimal number with at most ${scale} digits after the point`;
      if (String(digits).replace("-", "").length > precision)
        return `has more than ${precision} digits`;
      if (least !== undefined && digits < least) return `is less than ${min}`;
      return most !== undefined && digits > most ? `is more than ${max}` : undefined;
    },
    encode: (value) => pointed(scaled(value, scale) ?? 0n, scale),
    decode: (stored) => {
      const digits = scaled(stored, scale);
      if (digits === undefined) throw new RangeError("no such decimal number");
      return pointed(digits, scale);
    },
  };
};

/** `-12.5` with two digits → -1250n; undefined for what is no such number. */
function scaled(value: string, scale: number): bigint | undefined {
  const [, sign, whole = "", part = ""] = /^([-+]?)(\d+)(?:\.(\d+))?$/.exec(value) ?? [];
  const kept = part.replace(/0+$/, "");
  if (whole === "" || kept.length > scale) return undefined;
  const digits = BigInt(whole + kept.padEnd(scale, "0"));
  return sign === "-" ? -digits : digits;
}

function pointed(digits: bigint, scale: number): string {
  const plain = String(digits < 0n ? -digits : digits).padStart(scale + 1, "0");
  const at = plain.length - scale;
  return `${digits < 0n ? "-" : ""}${plain.slice(0, at)}${scale === 0 ? "" : `.${plain.slice(at)}`}`;
}

export const boolean = (): ValueCodec<boolean> => ({
  encode: String,
  decode: (stored) => inForm(/^(?:true|false)$/, stored) === "true",
});

/** Milliseconds since 1970; bounds as ISO texts. */
export const timestamp = (min?: string, max?: string): ValueCodec<Date> => ({
  problem: (value) => {
    if (Number.isNaN(value.getTime())) return "is no point in time";
    if (min !== undefined && value < new Date(min)) return `is before ${min}`;
    return max !== undefined && value > new Date(max) ? `is after ${max}` : undefined;
  },
  encode: (value) => String(value.getTime()),
  decode: (stored) => new Date(wholeNumber(stored)),
});

const dayForm = /^\d{4}-\d{2}-\d{2}$/;

/** `YYYY-MM-DD` */
export const date = (min?: string, max?: string): ValueCodec<string> => ({
  problem: (value) => {
    const time = dayForm.test(value) ? new Date(`${value}T00:00:00Z`) : undefined;
    const real =
      time !== undefined && !Number.isNaN(time.getTime()) && time.toISOString().startsWith(value);
    if (!real) return "is no day of the form YYYY-MM-DD";
    if (min !== undefined && value < min) return `is before ${min}`;
    return max !== undefined && value > max ? `is after ${max}` : undefined;
  },
  encode: (value) => value,
  decode: (stored) => inForm(dayForm, stored),
});

export const json = <T>(): ValueCodec<T> => ({
  problem: (value) => (isJson(value) ? undefined : "is nothing that JSON holds"),
  ofNull: "null",
  encode: (value) => JSON.stringify(value),
  decode: (stored) => JSON.parse(stored) as T,
});

function isJson(value: unknown): boolean {
  try {
    return JSON.stringify(value) !== undefined;
  } catch {
    // A bigint, or an object that holds itself.
    return false;
  }
}

const base64Form = /^[A-Za-z0-9+/]*={0,2}$/;

/** @throws RangeError for a text that is no base64 */
function bytesOf(stored: string): Buffer {
  if (stored.length % 4 > 0) throw new RangeError("no base64");
  return Buffer.from(inForm(base64Form, stored), "base64");
}

/** Base64, since a script's results are texts. */
export const binary = (max = Infinity, min = 0): ValueCodec<Uint8Array> => ({
  problem: (value) => misfit(value.byteLength, "bytes", max, min),
  encode: (value) =>
    Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64"),
  decode: (stored) => new Uint8Array(bytesOf(stored)),
});

/** The base64 of little-endian 32-bit floats. */
export const vector = (dimensions: number): ValueCodec<Float32Array> => ({
  problem: (value) =>
    value.length === dimensions ? undefined : `has ${value.length} dimensions, not ${dimensions}`,
  encode: (value) => {
    const bytes = Buffer.alloc(value.length * 4);
    value.forEach((one, at) => bytes.writeFloatLE(one, at * 4));
    return bytes.toString("base64");
  },
  decode: (stored) => {
    const bytes = bytesOf(stored);
    if (bytes.length !== dimensions * 4) throw new RangeError("other dimensions");
    return Float32Array.from({ length: dimensions }, (_, at) => bytes.readFloatLE(at * 4));
  },
});

/** The texts of the elements as a JSON array. */
export const array = <T>(of: ValueCodec<T>, max = Infinity, min = 0): ValueCodec<readonly T[]> => ({
  problem: (values) => {
    const size = misfit(values.length, "elements", max, min);
    if (size !== undefined) return size;
    const wrong = values.map((value) => of.problem?.(value)).find((one) => one !== undefined);
    return wrong === undefined ? undefined : `has an element that ${wrong}`;
  },
  encode: (values) => JSON.stringify(values.map(of.encode)),
  decode: (stored) => textsOf(stored).map(of.decode),
});

/** @throws Error for a text that is no JSON array of texts */
function textsOf(stored: string): readonly string[] {
  const elements: unknown = JSON.parse(stored);
  const isText = (element: unknown): element is string => typeof element === "string";
  if (Array.isArray(elements) && elements.every(isText)) return elements;
  throw new RangeError("no list of texts");
}
