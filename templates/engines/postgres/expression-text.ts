/** A text or a quoted name, or a cast of the server's; only the last is taken out. */
const pieces =
  /[eE]'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|(::(?:(?:"(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_$]*)\.)?(?:"(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_$]*)(?: varying| precision)?(?:\(\d+(?:,\s*\d+)?\))?(?: with(?:out)? time zone)?(?:\[\])*)/gu;

const tokenForm = /[eE]?'(?:[^'\\]|\\[\s\S]|'')*'|"(?:[^"]|"")*"|[\p{L}\p{N}_$.]+|\s+|[\s\S]/gu;

/** An item of an expression: a token, or what stands between brackets. */
type Item = string | readonly Item[];

/**
 * An expression as the server prints it, without its casts and without the brackets that nothing needs. It prints a literal with other
 * casts when the column's type was changed after the expression was made: `('new'::character varying)::text` is what a fresh table has
 * as `'new'::text`. What differs in a cast alone is therefore told alike.
 */
export function expressionText(printed: string): string {
  const bare = printed.replaceAll(pieces, (piece, cast: string | undefined) =>
    cast === undefined ? piece : "",
  );
  const [items] = itemsOf(bare.match(tokenForm) ?? [], 0);
  const only = items.length === 1 ? items[0] : undefined;
  return textOf(typeof only === "string" || only === undefined ? items : only);
}

function itemsOf(tokens: readonly string[], start: number): readonly [readonly Item[], number] {
  const items: Item[] = [];
  let at = start;
  for (; at < tokens.length && tokens[at] !== ")"; at += 1) {
    const token = tokens[at] ?? "";
    if (token !== "(") {
      items.push(/^\s+$/.test(token) ? " " : token);
      continue;
    }
    const [group, end] = itemsOf(tokens, at + 1);
    at = end;
    items.push(bared(group, isCalled(items.at(-1))));
  }
  return [items, at];
}

const isCalled = (before: Item | undefined): boolean =>
  typeof before === "string" && /[\p{L}\p{N}_$"]$/u.test(before);

/** `((a = b))` is `(a = b)`, `(a)` is `a`; the brackets of a call stay. */
function bared(group: readonly Item[], called: boolean): Item {
  const [only] = group;
  if (group.length !== 1 || only === undefined) return group;
  return typeof only !== "string" || !called ? only : group;
}

const textOf = (items: readonly Item[]): string =>
  items.map((item) => (typeof item === "string" ? item : `(${textOf(item)})`)).join("");
