import { identifier } from "../sql/quote.ts";

/** Names in a definition, found by its tokens: text in strings is none, nor is a type after `::` or a function before its bracket. */

const token =
  /\$(?:[\p{L}_][\p{L}_0-9]*)?\$|[eE]?'|"(?:[^"]|"")*"|[\p{L}_][\p{L}_0-9$]*|[^\p{L}_'"$]+|\$/gu;

interface Token {
  readonly text: string;
  /** The name that it stands for, when it may be one of a column or a table. */
  readonly name?: string;
}

/** Whether a definition names a column. */
export const mentions = (sql: string, column: string): boolean =>
  tokens(sql).some(({ name }) => name === column);

export const mentionsAny = (sql: string, columns: Iterable<string>): boolean => {
  const names = new Set(tokens(sql).map(({ name }) => name));
  for (const column of columns) if (names.has(column)) return true;
  return false;
};

/** The definition with other names in place of some. */
export const substituted = (sql: string, names: ReadonlyMap<string, string>): string =>
  names.size === 0
    ? sql
    : replaced(sql, (name) => {
        const other = names.get(name);
        return other === undefined ? undefined : identifier(other);
      });

/** The definition with an expression, in brackets where it needs them, in place of a column. */
export const withExpression = (sql: string, column: string, expression: string): string =>
  replaced(sql, (name) => (name === column ? expression : undefined));

const replaced = (sql: string, textOf: (name: string) => string | undefined): string =>
  tokens(sql)
    .map(({ text, name }) => (name === undefined ? undefined : textOf(name)) ?? text)
    .join("");

/** A name where it stands: what is before it and after it. */
export interface NamedPlace {
  readonly name: string;
  /** As it is written, with its quotes. */
  readonly text: string;
  readonly before: string;
  readonly after: string;
}

/** Every name of a definition, in its order. */
export function namedPlaces(sql: string): readonly NamedPlace[] {
  let at = 0;
  return tokens(sql).flatMap(({ text, name }) => {
    const start = at;
    at += text.length;
    return name === undefined
      ? []
      : [{ name, text, before: sql.slice(0, start), after: sql.slice(at) }];
  });
}

function tokens(sql: string): readonly Token[] {
  const made: Token[] = [];
  token.lastIndex = 0;
  let at = 0;
  while (at < sql.length) {
    token.lastIndex = at;
    const text = token.exec(sql)?.[0] ?? sql.slice(at);
    const end = endOf(sql, at, text);
    const whole = sql.slice(at, end);
    const name = nameOf(whole, sql.slice(0, at), sql.slice(end));
    made.push({ text: whole, ...(name !== undefined && { name }) });
    at = end;
  }
  return made;
}

function endOf(sql: string, at: number, text: string): number {
  if (text.endsWith("'")) return endOfString(sql, at + text.length, text.length > 1);
  if (text.startsWith("$") && text.length > 1) {
    const end = sql.indexOf(text, at + text.length);
    return end < 0 ? sql.length : end + text.length;
  }
  return at + text.length;
}

function endOfString(sql: string, from: number, escapes: boolean): number {
  for (let at = from; at < sql.length; at += 1) {
    const character = sql.charAt(at);
    if (escapes && character === "\\") at += 1;
    else if (character === "'" && sql.charAt(at + 1) === "'") at += 1;
    else if (character === "'") return at + 1;
  }
  return sql.length;
}

function nameOf(text: string, before: string, after: string): string | undefined {
  if (text.startsWith('"')) return text.slice(1, -1).replaceAll('""', '"');
  if (!/^[\p{L}_]/u.test(text) || text.endsWith("'")) return undefined;
  if (before.endsWith("::") || /^\s*\(/.test(after)) return undefined;
  return text.toLowerCase();
}
