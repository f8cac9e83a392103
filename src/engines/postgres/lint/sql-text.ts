import { Buffer } from "node:buffer";

/** A word, sign or literal of a statement; comments are none. */
export interface Token {
  /** Bytes from the start of the file: the parser counts in them. */
  readonly start: number;
  readonly end: number;
  /** In lower case where it is no quoted name and no literal. */
  readonly word: string;
  /** A name, quoted or not. */
  readonly isName: boolean;
}

/** The text of a file with the positions that the parser gives. */
export interface SqlText {
  readonly tokens: readonly Token[];
  /** Text between two byte positions, without blanks around it. */
  readonly slice: (from: number, to: number) => string;
  /** Line of a byte position, from 1. */
  readonly lineAt: (byte: number) => number;
}

/** A token as the scanner gives it. */
export interface Scanned {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly tokenName: string;
}

const comments = new Set(["SQL_COMMENT", "C_COMMENT"]);

/** @param text the file; @param scanned its tokens */
export function sqlText(text: string, scanned: readonly Scanned[]): SqlText {
  const bytes = Buffer.from(text);
  const ends = lineEnds(bytes);
  return {
    tokens: scanned.filter(({ tokenName }) => !comments.has(tokenName)).map(token),
    slice: (from, to) => bytes.subarray(from, to).toString().trim(),
    lineAt: (byte) => lineOf(ends, byte),
  };
}

function token({ start, end, text, tokenName }: Scanned): Token {
  const isName = tokenName === "IDENT" || tokenName === "UIDENT";
  const literal = /^["'$]|^[EeBbXxUu]&?['"]/.test(text);
  return { start, end, word: literal ? text : text.toLowerCase(), isName };
}

function lineEnds(bytes: Buffer): readonly number[] {
  const ends: number[] = [];
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) ends.push(at);
  return ends;
}

function lineOf(ends: readonly number[], byte: number): number {
  let low = 0;
  let high = ends.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ends[middle] ?? 0) < byte) low = middle + 1;
    else high = middle;
  }
  return low + 1;
}

/** The tokens from one position to another. */
export function tokensBetween({ tokens }: SqlText, from: number, to: number): readonly Token[] {
  const first = firstFrom(tokens, from);
  let last = first;
  while ((tokens[last]?.end ?? Number.POSITIVE_INFINITY) <= to) last += 1;
  return tokens.slice(first, last);
}

function firstFrom(tokens: readonly Token[], from: number): number {
  let low = 0;
  let high = tokens.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((tokens[middle]?.start ?? 0) < from) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Position of the first comma outside of brackets from a position on, or `to`. */
export function listItemEnd(text: SqlText, from: number, to: number): number {
  let depth = 0;
  for (const { start, word } of tokensBetween(text, from, to)) {
    if (word === "(" || word === "[") depth += 1;
    else if (word === ")" || word === "]") depth -= 1;
    else if (word === "," && depth === 0) return start;
    if (depth < 0) return start;
  }
  return to;
}
