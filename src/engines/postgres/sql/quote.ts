import { reservedWords } from "./reserved.ts";

/**
 * The only ways by which text reaches a statement that this engine writes. A name or a word that cannot stand in SQL at all (NUL) is
 * an error of the stage before, so it throws.
 */

const plain = /^[a-z_][a-z0-9_]*$/;

function refuseNul(text: string): string {
  if (text.includes("\0")) throw new RangeError("a NUL byte cannot stand in SQL text");
  return text;
}

/** An identifier as SQL: bare where that means the same, else in double quotes. */
export function identifier(name: string): string {
  if (plain.test(name) && !reservedWords.has(name)) return name;
  return `"${refuseNul(name).replaceAll('"', '""')}"`;
}

/** Identifiers in one list: `a, "order", c`. */
export const identifiers = (names: readonly string[]): string => names.map(identifier).join(", ");

/** `alias.column` */
export const qualified = (alias: string, column: string): string =>
  `${alias}.${identifier(column)}`;

/** What a checkout may change (line ends) and what a reader does not see or sees in another place: control characters, directions. */
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

const named: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** One character as an `E''` string writes it. */
function escaped(character: string): string {
  const short = named[character];
  if (short !== undefined) return short;
  const digits = (character.codePointAt(0) ?? 0).toString(16);
  return digits.length > 4 ? `\\U${digits.padStart(8, "0")}` : `\\u${digits.padStart(4, "0")}`;
}

/** A string literal that means the same whatever `standard_conforming_strings` says, and whatever line ends its file is given. */
export function literal(text: string): string {
  const doubled = refuseNul(text).replaceAll("'", "''");
  return doubled.includes("\\") || doubled.search(unseen) >= 0
    ? `E'${doubled.replaceAll("\\", "\\\\").replaceAll(unseen, escaped)}'`
    : `'${doubled}'`;
}
