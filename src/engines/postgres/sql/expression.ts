import { orderProblem } from "../../families/sql/expression-order.ts";
import { expressionTokens } from "./expression-tokens.ts";

/**
 * Judges an SQL expression that the user wrote (a check, a partial index's condition, an indexed expression) before it is put
 * between parentheses: it must be one expression that ends where it seems to end, and its values and operators
 * must take turns.
 * @returns what is wrong, or undefined
 */
export function expressionProblem(text: string): string | undefined {
  if (text.trim() === "") return "is empty";
  if (text.includes("\0")) return "has a NUL byte";
  const open: string[] = [];
  let at = 0;
  while (at < text.length) {
    const token = nextToken(text, at);
    if (token.problem !== undefined) return token.problem;
    const problem = bracketProblem(text.charAt(at), token.end - at, open);
    if (problem !== undefined) return problem;
    at = token.end;
  }
  if (open.length > 0) return `has a "${open.at(-1)}" that is never closed`;
  return orderProblem(expressionTokens(text), { joinsStrings: false });
}

interface Token {
  readonly end: number;
  readonly problem?: string;
}

const closing: ReadonlyMap<string, string> = new Map([
  [")", "("],
  ["]", "["],
]);

/** Keeps the stack of brackets; a token of more than one character is a string, a quoted name or a word, never a bracket. */
function bracketProblem(character: string, length: number, open: string[]): string | undefined {
  if (length !== 1) return undefined;
  if (character === ";") return "has a semicolon: it must be one expression";
  if (character === "(" || character === "[") open.push(character);
  if (character === "," && open.length === 0)
    return "has a comma outside parentheses: it must be one expression";
  const opener = closing.get(character);
  if (opener !== undefined && open.pop() !== opener)
    return `has a "${character}" without its "${opener}"`;
  return undefined;
}

function nextToken(text: string, at: number): Token {
  const pair = text.slice(at, at + 2);
  if (pair === "--" || pair === "/*")
    return { end: at, problem: "has a comment: write it in comment:" };
  const character = text.charAt(at);
  if (character === "'") return quotedToken(text, at, "'", hasEscapes(text, at));
  if (character === '"') return quotedToken(text, at, '"', false);
  if (character === "$") return dollarToken(text, at);
  if (character === "\\") return { end: at, problem: "has a backslash outside a string" };
  const word = /^[\p{L}_0-9][\p{L}_0-9$]*/u.exec(text.slice(at));
  // A word may be an escape string's prefix (E'…'): the quote is the next token and looks back at it.
  return { end: at + (word?.[0].length ?? 1) };
}

/** `E'…'` takes backslash escapes; `'…'` does not. */
const hasEscapes = (text: string, at: number): boolean =>
  /^(?:|[^\p{L}_0-9$])[eE]$/u.test(text.slice(Math.max(0, at - 2), at));

function quotedToken(text: string, at: number, quote: string, escapes: boolean): Token {
  for (let next = at + 1; next < text.length; next += 1) {
    const character = text.charAt(next);
    if (escapes && character === "\\") next += 1;
    else if (character === quote && text.charAt(next + 1) === quote) next += 1;
    else if (character === quote) return { end: next + 1 };
  }
  return { end: text.length, problem: `has a ${quote} that is never closed` };
}

function dollarToken(text: string, at: number): Token {
  const tag = /^\$(?:[\p{L}_][\p{L}_0-9]*)?\$/u.exec(text.slice(at))?.[0];
  if (tag === undefined)
    return { end: at, problem: "has a parameter: only columns and constants are possible" };
  const end = text.indexOf(tag, at + tag.length);
  return end === -1
    ? { end: text.length, problem: `has a ${tag} that is never closed` }
    : { end: end + tag.length };
}
