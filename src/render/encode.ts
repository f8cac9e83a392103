import { reservedWords } from "../ir/reserved.ts";

/**
 * One encoder per context. Text of the user reaches output through one of these only, so that it stays data: it cannot end a literal,
 * a comment or a line, and survives unchanged where the context can hold it.
 */

/** Source text that we made; the only thing that templates may emit as it is. */
export class Code {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
  toString(): string {
    return this.text;
  }
}

/** Vouches that a text was made by the generator (through the encoders) and is no user's. */
export const code = (text: string): Code => new Code(text);

const hex = (character: string): string =>
  Array.from({ length: character.length }, (_, at) =>
    character.charCodeAt(at).toString(16).padStart(4, "0"),
  )
    .map((digits) => `\\u${digits}`)
    .join("");

/** What could end a line, hide, or turn the direction of the text; lone surrogates, which no file holds. */
const unsafe = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\uffff]/gu;

/** A TypeScript string literal in the quotes the formatter would choose. */
export function stringLiteral(text: string): string {
  if (/^[ !#-[\]-~]*$/.test(text)) return `"${text}"`;
  const double = text.split('"').length - 1;
  const single = text.split("'").length - 1;
  const quote = double > single ? "'" : '"';
  const escaped = text
    .replaceAll("\\", "\\\\")
    .replaceAll(quote, `\\${quote}`)
    .replaceAll("\n", "\\n")
    .replaceAll("\r", "\\r")
    .replaceAll("\t", "\\t")
    .replaceAll(unsafe, hex);
  return quote + escaped + quote;
}

/** Text between the backquotes of a template literal without substitutions; line breaks stay. */
export const templateText = (text: string): string =>
  text
    .replaceAll("\\", "\\\\")
    .replaceAll("`", "\\`")
    .replaceAll("${", "\\${")
    .replaceAll("\r", "\\r")
    .replaceAll(unsafe, (character) => (character === "\n" ? character : hex(character)));

/** A name that stands alone: variable, function, type. @throws when it is none */
export function identifier(name: string): string {
  if (!/^[A-Za-z_$][A-Za-z0-9_$]*$/.test(name) || reservedWords.has(name) || name === "__proto__") {
    throw new Error(`not an identifier: ${JSON.stringify(name)}`);
  }
  return name;
}

/** A property's name in a type or an object literal: quoted only where it must be. */
export function propertyName(name: string): string {
  return /^[A-Za-z_$][A-Za-z0-9_$]*$/.test(name) && name !== "__proto__"
    ? name
    : stringLiteral(name);
}

/** Text inside a block comment: cannot end it; control characters are shown, not obeyed. */
export const commentText = (text: string): string =>
  text
    .replaceAll("*/", "*\\/")
    .replaceAll(unsafe, (character) => (character === "\n" ? " " : hex(character)));

/** A JSON value, two spaces deep. */
export const jsonText = (value: unknown): string =>
  JSON.stringify(value, null, 2).replaceAll(unsafe, (c) => (c === "\n" ? c : hex(c)));

/**
 * A YAML scalar: plain when it is only letters, digits and dashes and means nothing else, in single quotes where that spares escapes,
 * else double-quoted as JSON is.
 */
export function yamlScalar(text: string): string {
  const plain =
    /^[A-Za-z][A-Za-z0-9_./-]*$/.test(text) &&
    !/^(?:true|false|null|yes|no|on|off|y|n|nan|inf)$/i.test(text);
  if (plain) return text;
  const single = text.includes('"') && /^[\x20-\x7e]*$/.test(text) && !/['\\]/.test(text);
  return single ? `'${text}'` : JSON.stringify(text).replaceAll(unsafe, hex);
}

/** One word of a POSIX shell command. */
export const shellWord = (text: string): string =>
  /^[A-Za-z0-9_./:@%+=,-]+$/.test(text)
    ? text
    : `'${text.replaceAll("\0", "").replaceAll("'", `'\\''`)}'`;

/** Text of a Markdown line: no markup, no HTML, no new line, no end of a table cell. */
export const markdownText = (text: string): string =>
  text
    .replaceAll(/\s*\r?\n\s*/g, " ")
    .replaceAll(unsafe, "\ufffd")
    .replaceAll(/[\\`*_[\]<>|#&~]/g, (character) => `\\${character}`);

/** A code span of a Markdown line, whatever backquotes are in it. */
export function markdownCode(text: string): string {
  const shown = text.replaceAll(/\s+/g, " ").replaceAll(unsafe, "\ufffd").replaceAll("|", "\\|");
  const longest = Math.max(0, ...[...shown.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  const pad = shown.startsWith("`") || shown.endsWith("`") ? " " : "";
  return `${fence}${pad}${shown}${pad}${fence}`;
}

/** Text of a `#` comment line: environment file, YAML, shell. */
export const lineCommentText = (text: string): string =>
  text.replaceAll(/\s*[\r\n]+\s*/g, " ").replaceAll(unsafe, hex);
