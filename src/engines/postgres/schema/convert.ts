/**
 * How a value of one column type becomes one of another. Only what the server does without guessing: what it refuses for some values
 * fails there and then, and what has no meaning at all is asked for.
 */

const numbers = /^(?:integer|bigint|smallint|double precision|real|numeric(?:\(.*\))?)$/;
const texts = /^(?:text|character varying(?:\(\d+\))?|varchar(?:\(\d+\))?)$/;

type Family =
  | "number"
  | "text"
  | "boolean"
  | "date"
  | "moment"
  | "uuid"
  | "json"
  | "array"
  | "other";

function family(type: string): Family {
  if (numbers.test(type)) return "number";
  if (texts.test(type)) return "text";
  if (type.endsWith("[]")) return "array";
  if (/^timestamptz|^timestamp/.test(type)) return "moment";
  if (type === "jsonb" || type === "json") return "json";
  return type === "boolean" || type === "date" || type === "uuid" ? type : "other";
}

/**
 * The expression of a column's value in another type.
 * @returns undefined when only the user can say it
 */
export function conversion(from: string, to: string, value: string): string | undefined {
  if (from === to) return value;
  const [source, target] = [family(from), family(to)];
  if (source === "other" || target === "other") return undefined;
  if (source === target) return `${value}::${to}`;
  if (target === "json") return `to_jsonb(${value})`;
  if (source === "json") return `(${value} #>> '{}')::${to}`;
  if (target === "text") return `${value}::${to}`;
  if (source === "text")
    return target === "array"
      ? `case when ${value} is not null then array[${value}]::${to} end`
      : `${value}::${to}`;
  if (source === "boolean" && target === "number") return `${value}::integer::${to}`;
  if (source === "number" && target === "boolean") return `${value} <> 0`;
  if (source === "date" && target === "moment")
    return `(${value}::timestamp at time zone 'UTC')::${to}`;
  if (source === "moment" && target === "date") return `(${value} at time zone 'UTC')::date`;
  return undefined;
}

/** Whether the server changes the type in its catalogue alone, every stored value being one of the new type as it lies. */
export function isWidening(from: string, to: string): boolean {
  const [narrow, wide] = [digits(from), digits(to)];
  if (narrow !== undefined && wide !== undefined)
    return wide.scale === narrow.scale && wide.precision >= narrow.precision;
  if (narrow !== undefined && to === "numeric") return true;
  const [short, long] = [limit(from), limit(to)];
  if (short === undefined) return texts.test(from) && to === "text";
  return to === "text" || (long !== undefined && long >= short);
}

/** Whether every statement that fits the one fits the other: the server compares and assigns both kinds of integers to each other. */
export const isWiderInteger = (from: string, to: string): boolean =>
  /^(?:smallint|integer)$/.test(from) &&
  (to === "bigint" || (from === "smallint" && to === "integer"));

function digits(type: string): { readonly precision: number; readonly scale: number } | undefined {
  const found = /^numeric\((\d+)(?:,\s*(-?\d+))?\)$/.exec(type);
  return found === null ? undefined : { precision: Number(found[1]), scale: Number(found[2] ?? 0) };
}

function limit(type: string): number | undefined {
  const found = /^(?:character varying|varchar)\((\d+)\)$/.exec(type);
  return found === null ? undefined : Number(found[1]);
}

const isFloat = (type: string): boolean => /^(?:double precision|real)$/.test(type);

/** Types of which every value is one of theirs. */
const exactIn: Readonly<Record<string, readonly string[]>> = {
  real: ["smallint"],
  "double precision": ["smallint", "integer", "real"],
};

/** Whether a value may become another one without a word: rounded, cut, or whatever an expression of the user makes of it. */
export function losesSilently(from: string, to: string): boolean {
  if (from === to) return false;
  if (conversion(from, to, "") === undefined) return true;
  const [source, target] = [family(from), family(to)];
  if (source === "moment" && target === "date") return true;
  // 1.239 is read as 1.24 and 2020-01-01 23:30 as the day, without a word.
  if (source === "text" && /^(?:numeric|double|real|date|timestamp)/.test(to)) return true;
  if (source !== "number" || target !== "number")
    return source === "number" && target === "boolean";
  if (isFloat(to)) return !(exactIn[to] ?? []).includes(from);
  // A number of digits gets six of a real, fifteen of a double.
  if (isFloat(from)) return true;
  const [narrow, wide] = [digits(to), digits(from)];
  const fraction = wide === undefined ? from.startsWith("numeric") : wide.scale > 0;
  if (/^(?:integer|bigint|smallint)$/.test(to)) return fraction;
  return narrow !== undefined && (wide === undefined ? fraction : wide.scale > narrow.scale);
}

/** Whether some values of the old type are none of the new one, or lose something. */
export function mayNarrow(from: string, to: string): boolean {
  if (isWidening(from, to)) return false;
  const widened = new Set([
    "integer>bigint",
    "integer>numeric",
    "bigint>numeric",
    "real>double precision",
    "date>timestamptz(3)",
  ]);
  const plain = (type: string): string => type.replace(/^numeric\(.*/, "numeric(…)");
  const toText = family(to) === "text" || family(to) === "json";
  return !(toText || widened.has(`${plain(from)}>${plain(to)}`));
}

/**
 * Whether a value recorded as JSON in one type is read in another as the {@link conversion} makes it: then it can stay as it was written.
 */
export function readsTheSame(from: string, to: string): boolean {
  const [source, target] = [family(from), family(to)];
  if (conversion(from, to, "") === undefined) return false;
  if (target === "json" || source === "json") return true;
  // A history has the shortest digits of a real, which are another number of a double, and no exponent, which text has.
  if (isFloat(from)) return false;
  if (target === "text") return source !== "moment" && source !== "array";
  if (source === "text") return target !== "array";
  return source === target && !losesSilently(from, to);
}
