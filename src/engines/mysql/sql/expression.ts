import { orderProblem } from "../../families/sql/expression-order.ts";
import { tokens } from "./tokens.ts";

const closing: ReadonlyMap<string, string> = new Map([
  [")", "("],
  ["]", "["],
]);

/**
 * Judges an SQL expression that the user wrote (a check, an indexed expression) before it is put between parentheses: it must be one
 * expression that ends where it seems to end.
 * @returns what is wrong, or undefined
 */
export function expressionProblem(text: string): string | undefined {
  if (text.trim() === "") return "is empty";
  if (text.includes("\0")) return "has a NUL byte";
  const open: string[] = [];
  const read = tokens(text);
  for (const { kind, text: token } of read) {
    if (kind === "comment") return "has a comment: write it in comment:";
    if (kind === "broken") return `has a ${token} that is never closed`;
    if (kind === "word" && /^[@$]/.test(token))
      return `has ${token}: only columns and constants are possible`;
    if (kind !== "symbol") continue;
    if (token === ";") return "has a semicolon: it must be one expression";
    if (token === "?" || token === "\\") return `has a ${token} outside a string`;
    if (token === "," && open.length === 0)
      return "has a comma outside parentheses: it must be one expression";
    if (token === "(" || token === "[") open.push(token);
    const opener = closing.get(token);
    if (opener !== undefined && open.pop() !== opener)
      return `has a "${token}" without its "${opener}"`;
  }
  if (open.length > 0) return `has a "${open.at(-1)}" that is never closed`;
  return orderProblem(
    read.flatMap(({ kind, text: token }) =>
      kind === "comment" || kind === "broken" ? [] : [{ kind, text: token }],
    ),
    { joinsStrings: true },
  );
}
