import { identifier, literal } from "../sql/quote.ts";
import {
  byteRoom,
  isInteger,
  isTruth,
  kindOf,
  parsed,
  type ParsedType,
  rangeOf,
  secondDigits,
  textRoom,
  wholeDigits,
} from "./parsed-type.ts";

/** How the values of one column type fit another. */
export type Fit =
  /** Every one does. */
  | "always"
  /** Those that do are kept; another fails the change. */
  | "perhaps"
  /** There is no conversion that means the same. */
  | "never";

const when = (always: boolean): Fit => (always ? "always" : "perhaps");

export function fits(from: string, to: string): Fit {
  if (from === to) return "always";
  const [a, b] = [parsed(from), parsed(to)];
  return (
    wordsFit(a, b) ??
    textsFit(a, b) ??
    numbersFit(a, b) ??
    momentsFit(a, b) ??
    bytesFit(a, b) ??
    "never"
  );
}

function wordsFit(a: ParsedType, b: ParsedType): Fit | undefined {
  if (b.name !== "enum" && b.name !== "set") return undefined;
  const all = a.words.length > 0 && a.words.every((word) => b.words.includes(word));
  if (a.name === b.name) return all ? "always" : b.name === "enum" ? "perhaps" : "never";
  return b.name === "enum" && textRoom(a) !== undefined && a.name !== "set" ? when(all) : "never";
}

function textsFit(a: ParsedType, b: ParsedType): Fit | undefined {
  const [held, room] = [textRoom(a), textRoom(b)];
  if (room === undefined || b.name === "uuid") return undefined;
  if (isInteger(a)) return when(room.surely >= 20);
  if (held === undefined) return undefined;
  // The server refuses a character that another character set has not.
  if (b.characters !== "utf8mb4" && b.characters !== a.characters) return "perhaps";
  return when(held.perhaps <= room.perhaps && (a.name === b.name || held.perhaps <= room.surely));
}

/** Of a number only whether it is 0; the server would keep the number, which no code takes for true. */
const becomesTruth = (a: ParsedType, b: ParsedType): boolean =>
  b.name === "boolean" && !isTruth(a) && rangeOf(a) !== undefined;

/** The value in another type where there is one for every value, though not the same. @param column unquoted */
export const conversion = (from: string, to: string, column: string): string | undefined =>
  becomesTruth(parsed(from), parsed(to)) ? `${identifier(column)} <> 0` : undefined;

/** Whether code of before takes a value of the new type for something else, or for none, though every one of its own fits. */
export const isOtherKind = (from: string, to: string): boolean =>
  kindOf(parsed(from)) !== kindOf(parsed(to));

/** Whether new code finds values that are none of its type until a column has become narrower. A list of words is a rule of the rows only. */
export const isNarrower = (from: string, to: string): boolean =>
  fits(from, to) === "perhaps" && parsed(to).words.length === 0;

/**
 * The value of the type of before where a value of the new one has one; null where it has none. Undefined when that is not known.
 *
 * @param column unquoted
 */
export function valueBack(to: string, from: string, column: string): string | undefined {
  const own = identifier(column);
  const [a, b] = [parsed(to), parsed(from)];
  const fit = fits(to, from);
  if (becomesTruth(a, b)) return `${own} <> 0`;
  if (fit === "always") return own;
  if (fit === "perhaps") return `case when not (${unfit(to, from, own)}) then ${own} end`;
  if (secondDigits(a) !== undefined && b.name === "date") return `date(${own})`;
  const range = rangeOf(b);
  if (textRoom(a) === undefined || !isInteger(b) || range === undefined) return undefined;
  const isInRange = `cast(${own} as decimal(20)) between ${range.min} and ${range.max}`;
  return `case when ${own} regexp '^-?[0-9]{1,19}$' then case when ${isInRange} then ${own} end end`;
}

/**
 * The same where the server rounds what a column of the type of before is given; undefined where it rounds nothing.
 *
 * @param column unquoted
 */
export function roundedBack(to: string, from: string, column: string): string | undefined {
  const own = identifier(column);
  const b = parsed(from);
  // A day is cut by `valueBack`.
  if (!rounds(to, from) || b.name === "date") return undefined;
  const range = rangeOf(b);
  if (range === undefined) return own;
  const least = b.unsigned ? "0" : widest(range.min, b);
  return `case when round(${own}, ${b.scale}) between ${least} and ${widest(range.max, b)} then ${own} end`;
}

/** The number with the most digits that a type holds from a whole one on. */
export const widest = (whole: bigint, { scale }: ParsedType): string =>
  scale === 0 ? `${whole}` : `${whole}.${"9".repeat(scale)}`;

/** Whether {@link valueBack} has one for every value. */
export const comesBack = (to: string, from: string): boolean =>
  fits(to, from) === "always" || becomesTruth(parsed(to), parsed(from));

function numbersFit(a: ParsedType, b: ParsedType): Fit | undefined {
  if (becomesTruth(a, b)) return undefined;
  const [held, room] = [rangeOf(a), rangeOf(b)];
  if (held !== undefined && room !== undefined)
    return when(held.min >= room.min && held.max <= room.max && a.scale <= b.scale);
  if (b.name !== "double") return undefined;
  const isExact = isInteger(a) && a.name !== "bigint";
  return isExact || a.name === "float" || (a.name === "double" && a.unsigned)
    ? "always"
    : undefined;
}

function momentsFit(a: ParsedType, b: ParsedType): Fit | undefined {
  const [own, kept] = [secondDigits(a), secondDigits(b)];
  if (a.name === "date" && b.name === "datetime") return "always";
  if (own === undefined || kept === undefined) return undefined;
  return when(own <= kept && (a.name === b.name || b.name === "datetime"));
}

/** Not from one `varbinary` to another: the vectors in them have other dimensions. */
function bytesFit(a: ParsedType, b: ParsedType): Fit | undefined {
  const [held, room] = [byteRoom(a), byteRoom(b)];
  return held === undefined || room === undefined || !b.name.endsWith("blob")
    ? undefined
    : when(held <= room);
}

/**
 * Type of a column that code of before and after both write: of the two the one that holds more, since the narrower one would refuse, or
 * round, what the other code writes.
 */
export function meanwhileType(from: string, to: string): string {
  if (fits(from, to) !== "perhaps") return to;
  const [a, b] = [parsed(from), parsed(to)];
  if (a.name === "enum" && b.name === "enum") {
    const words = [...new Set([...a.words, ...b.words])];
    return `enum(${words.map(literal).join(",")})${b.collated}`;
  }
  const [held, room] = [textRoom(a), textRoom(b)];
  if (held !== undefined && room !== undefined) return widerText(a, b);
  const isMoment = secondDigits(a) !== undefined && secondDigits(b) !== undefined;
  if (isMoment) return `datetime(${Math.max(a.length, b.length)})`;
  if (byteRoom(a) !== undefined && byteRoom(b) !== undefined) return from;
  // The codec of a bigint reads no fraction.
  if (rangeOf(a) === undefined || (b.name === "bigint" && a.scale > 0)) return to;
  if (isInteger(a) && isInteger(b) && a.unsigned === b.unsigned) return from;
  const scale = Math.max(a.scale, b.scale);
  return `decimal(${Math.max(wholeDigits(a), wholeDigits(b)) + scale},${scale})`;
}

/** A list of words holds no others; whatever the other one holds has room beside them. */
function widerText(a: ParsedType, b: ParsedType): string {
  const held = Math.max(textRoom(a)?.perhaps ?? 0, textRoom(b)?.perhaps ?? 0);
  const characters = b.characters === "utf8mb4" ? b.collated : a.collated;
  if (held > 4_000) return `longtext${characters}`;
  return a.name === "char" && b.name === "char"
    ? `char(${held})${characters}`
    : `varchar(${held})${characters}`;
}

/** The condition of values that a type would refuse, round or cut; undefined where every one fits. @param column quoted */
export function unfit(from: string, to: string, column: string): string | undefined {
  if (fits(from, to) !== "perhaps") return undefined;
  const [a, b] = [parsed(from), parsed(to)];
  if (b.words.length > 0) return `${column} not in (${b.words.map(literal).join(", ")})`;
  const room = textRoom(b);
  if (room !== undefined) return unfitText(a, b, column);
  if (secondDigits(b) !== undefined) return unfitMoment(b, to, column);
  const bytes = byteRoom(b);
  if (bytes !== undefined) return `octet_length(${column}) > ${bytes}`;
  if (b.name === "decimal") {
    const exact = `${column} <> cast(${column} as ${to.replace(" unsigned", "")})`;
    return b.unsigned && !a.unsigned ? `(${exact} or ${column} < 0)` : exact;
  }
  const { min, max } = rangeOf(b) ?? {};
  const outside = `${column} not between ${min} and ${max}`;
  return a.scale > 0 ? `(${column} <> round(${column}) or ${outside})` : outside;
}

function unfitText(a: ParsedType, b: ParsedType, column: string): string {
  const tooLong = b.name.endsWith("text")
    ? `octet_length(${column}) > ${textRoom(b)?.perhaps}`
    : `char_length(${column}) > ${b.length}`;
  if (isInteger(a) || b.characters === "utf8mb4" || b.characters === a.characters) return tooLong;
  // What a character set has not becomes a question mark.
  const back = `convert(convert(${column} using ${b.characters}) using utf8mb4)`;
  return `(${tooLong} or binary convert(${column} using utf8mb4) <> binary ${back})`;
}

function unfitMoment(b: ParsedType, to: string, column: string): string {
  const cut = `${column} <> cast(${column} as datetime(${b.length}))`;
  return to.startsWith("timestamp")
    ? `(${cut} or ${column} not between '1970-01-01 00:00:01' and '2038-01-19 03:14:07')`
    : cut;
}

/** Whether a fraction, the time of a day, or digits are rounded or cut without a word. */
export function rounds(from: string, to: string): boolean {
  const [a, b] = [parsed(from), parsed(to)];
  const digits = b.name === "date" ? -1 : secondDigits(b);
  if (digits !== undefined) return (secondDigits(a) ?? -1) > digits;
  if (a.name === "double" && b.name === "float") return true;
  return rangeOf(b) !== undefined && (kindOf(a) === "fraction" || a.scale > b.scale);
}

/** Whether a longer type is a change of the catalogue only: a `varchar` whose length takes as many bytes as before, words added at the end (MY-21). */
export function growsInPlace(from: string, to: string): boolean {
  const [a, b] = [parsed(from), parsed(to)];
  if (a.collated !== b.collated || a.name !== b.name) return false;
  if (a.name === "enum")
    return (
      a.words.every((word, at) => b.words[at] === word) &&
      a.words.length < 256 === b.words.length < 256
    );
  const wide = ({ length }: ParsedType): boolean => length * 4 > 255;
  return a.name === "varchar" && a.length <= b.length && wide(a) === wide(b);
}

const nobody = literal("00000000-0000-0000-0000-000000000000");

/** The data layer keeps no other text in a type of one length. */
export const isUuid = ({ name, length }: ParsedType): boolean =>
  name === "uuid" || (name === "char" && length === 36);

/** A value that stands for one which is gone, so that a required column can be brought back. */
export function placeholderOf(type: string): string | undefined {
  const own = parsed(type);
  const [word] = own.words;
  if (word !== undefined) return literal(word);
  if (own.name === "year") return "2000";
  if (isUuid(own)) return nobody;
  if (textRoom(own) !== undefined) return "''";
  if (rangeOf(own) !== undefined || own.name === "double" || own.name === "float") return "0";
  if (own.name === "date" || secondDigits(own) !== undefined) return "'1970-01-01'";
  // Code that has an array there reads no object; code that has any JSON reads both.
  return own.name === "json" ? "'[]'" : undefined;
}
