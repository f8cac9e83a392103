import { identifier, stringLiteral, templateText } from "../../../render/encode.ts";
import type { Doc } from "../../../render/document.ts";
import { group, hardline, indent, line, print } from "../../../render/document.ts";
import { arrayLiteral, entry, openObject } from "../../../render/layout.ts";

/** Forms of TypeScript that generated adapters are made of. */

/** Longest SQL that is written as a plain string. */
const short = 60;

/** SQL as a string while it is short and needs no quoting, else as a template literal. */
export const sqlText = (sql: string): Doc =>
  sql.length <= short && !/["\\\n]/.test(sql) ? stringLiteral(sql) : `\`${templateText(sql)}\``;

/** SQL texts one a line where one of them has several lines, as the formatter would. */
export function sqlList(texts: readonly string[]): Doc {
  if (texts.length === 0) return "[]";
  return texts.some((text) => text.includes("\n"))
    ? ["[", indent(texts.map((text): Doc => [hardline, sqlText(text), ","])), hardline, "]"]
    : arrayLiteral(texts.map(sqlText));
}

export type Entry = readonly [name: string, value: Doc];

/** `[4, 0]` */
export const columnList = (columns: readonly number[]): Doc => arrayLiteral(columns.map(String));

/** `const byDay = dynamicRead({ … });` */
export const declaration = (name: string, maker: string, entries: readonly Entry[]): string =>
  print([
    "const ",
    identifier(name),
    " = ",
    maker,
    "(",
    openObject(entries.map(([key, value]) => entry(key, value))),
    ");",
  ]);

/** `(row) => body`, the body on its own line when it does not fit. */
export const arrow = (parameters: readonly string[], body: Doc): Doc => [
  `(${parameters.join(", ")}) =>`,
  group(indent([line, body])),
];

/** `(row): Order => ({ … })`, always broken. */
export const arrowToObject = (head: Doc, entries: readonly Entry[]): Doc => [
  head,
  " => (",
  openObject(entries.map(([key, value]) => entry(key, value))),
  ")",
];

/** `.status`, or `["a-b"]` for a name that is no identifier. */
export const access = (name: string): string =>
  /^[A-Za-z_$][A-Za-z0-9_$]*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
