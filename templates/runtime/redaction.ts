import type { Fault } from "./fault.ts";

/** A copy of a driver's error that keeps name, code and stack, and none of its values: drivers carry rows, parameters and whole commands. */
export function withoutValues(error: unknown, fault: Fault | undefined): Error {
  const source = error instanceof Error ? error : new Error(String(error));
  const code = "code" in source && typeof source.code === "string" ? source.code : undefined;
  const told = fault?.message ?? blankQuoted(source.message, fault?.constraint);
  const text = told === "" ? (code ?? "no message") : told;
  const safe = new Error(text);
  safe.name = source.name;
  safe.stack = `${source.name}: ${text}\n${frames(source.stack)}`;
  return code === undefined ? safe : Object.assign(safe, { code });
}

function frames(stack: string | undefined): string {
  return (stack ?? "")
    .split("\n")
    .filter((line) => /^\s+at /.test(line))
    .join("\n");
}

const longestMessage = 1_000;
/** An apostrophe inside a word opens no quotation. */
const quotations = [/"/, /`/, /(?<!\w)'/, /\{/, /\(/];
const closing: Readonly<Record<string, string>> = { "{": "}", "(": ")" };

function blankQuoted(text: string, keep: string | undefined): string {
  // Of a message that is cut it is not known which marks belong together.
  const start = text.length > longestMessage ? text.search(/["`'{(]/) : -1;
  if (start !== -1) return `${text.slice(0, Math.min(start, longestMessage))}…`;
  return quotations.reduce(
    (left, opening) => blankOne(left, left.search(opening), keep),
    text.slice(0, longestMessage),
  );
}

/** One plain pair of marks is blanked between them; with more, a value may hold the mark itself, and all up to the end goes. */
function blankOne(text: string, start: number, keep: string | undefined): string {
  const open = text[start];
  if (open === undefined) return text;
  const close = closing[open] ?? open;
  const [quoted = "", tail, ...more] = text.slice(start + 1).split(close);
  const plain = tail !== undefined && more.length === 0 && !quoted.includes(open);
  if (!plain) return `${text.slice(0, start)}${open}…`;
  return quoted === keep ? text : `${text.slice(0, start)}${open}…${close}${tail}`;
}
