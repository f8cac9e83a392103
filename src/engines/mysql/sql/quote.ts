import { reservedWords } from "./reserved.ts";

/**
 * The only ways by which text reaches a statement that this engine writes, under the session's `sql_mode` (no ANSI_QUOTES, no
 * NO_BACKSLASH_ESCAPES). What cannot stand in SQL at all (NUL) is an error of the stage before, so it throws.
 */

const plain = /^[a-z_][a-z0-9_]*$/;

function refuseNul(text: string): string {
  if (text.includes("\0")) throw new RangeError("a NUL byte cannot stand in SQL text");
  return text;
}

/** An identifier as SQL: bare where that means the same, else between backticks. */
export function identifier(name: string): string {
  if (plain.test(name) && !reservedWords.has(name)) return name;
  return `\`${refuseNul(name).replaceAll("`", "``")}\``;
}

/** Identifiers in one list. */
export const identifiers = (names: readonly string[]): string => names.map(identifier).join(", ");

/** `alias.column` */
export const qualified = (alias: string, column: string): string =>
  `${alias}.${identifier(column)}`;

const escapes: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  "'": "''",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\u001a": "\\Z",
};

/** A string literal; whatever line ends its file is given, it means the same. */
export const literal = (text: string): string =>
  `'${refuseNul(text).replaceAll(/[\\'\n\r\t\u001a]/g, (found) => escapes[found] ?? found)}'`;
