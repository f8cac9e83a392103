import type { ExpressionToken } from "../../families/sql/expression-order.ts";

/** Forms of the tokens that PostgreSQL reads, for a text whose quotes end and that has no comment. */
const forms: readonly (readonly [ExpressionToken["kind"], RegExp])[] = [
  // Strings with a new line between them are one.
  [
    "string",
    /(?:[eE]'(?:[^'\\]|\\[\s\S]|'')*'|(?:[bBxXnN]|[uU]&)?'(?:[^']|'')*')(?:[ \t]*\n\s*'(?:[^']|'')*')*/y,
  ],
  ["string", /(\$(?:[\p{L}_][\p{L}_0-9]*)?\$)[\s\S]*?\1/uy],
  ["quoted-name", /(?:[uU]&)?"(?:[^"]|"")*"/y],
  [
    "number",
    /(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?(?![\p{L}\p{N}_$])|0[xXoObB][\da-fA-F_]+/uy,
  ],
  ["word", /[\p{L}\p{N}_][\p{L}\p{N}_$]*/uy],
  ["symbol", /::|:=|[-+*/<>=~!@#%^&|`?]+|[\s\S]/uy],
];

/** The tokens of an expression, without blanks. */
export function expressionTokens(text: string): readonly ExpressionToken[] {
  const found: ExpressionToken[] = [];
  let at = 0;
  while (at < text.length) {
    const blank = /\s*/y;
    blank.lastIndex = at;
    at += blank.exec(text)?.[0].length ?? 0;
    if (at >= text.length) break;
    const token = tokenAt(text, at);
    found.push(token);
    at += token.text.length;
  }
  return found;
}

function tokenAt(text: string, at: number): ExpressionToken {
  for (const [kind, form] of forms) {
    form.lastIndex = at;
    const match = form.exec(text)?.[0];
    if (match !== undefined) return { kind, text: kind === "symbol" ? operator(match) : match };
  }
  return { kind: "symbol", text: text.charAt(at) };
}

/** An operator ends in + or - only where another of its signs allows that: `>-1` is two, `@-` one. Manual, "Operators" of lexical structure. */
const operator = (match: string): string =>
  match.length > 1 && !/[~!@#%^&|`?]/.test(match) ? match.replace(/(?<=.)[-+]+$/, "") : match;
