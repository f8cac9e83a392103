import type { Page } from "../../runtime/options.ts";
import { folded } from "./search-query.ts";

interface Hit<T> {
  readonly item: T;
  readonly highlights: object;
}

/** The texts of an item by field, those that are null left out. */
type Texts<T> = (item: T) => Readonly<Record<string, string | null>>;

/** Marks the found words in each hit of a page: the server of this engine marks none. */
export const highlightPage = async <H extends Hit<unknown>>(
  page: Promise<Page<H>>,
  words: ReadonlySet<string>,
  texts: Texts<H["item"]>,
): Promise<Page<H>> => {
  const found = await page;
  return { ...found, items: found.items.map((hit) => marked(hit, words, texts)) };
};

/** The same for a list without pages. */
export const highlightList = async <H extends Hit<unknown>>(
  list: Promise<readonly H[]>,
  words: ReadonlySet<string>,
  texts: Texts<H["item"]>,
): Promise<readonly H[]> => (await list).map((hit) => marked(hit, words, texts));

/** A field without a found word has no highlight. */
function marked<H extends Hit<unknown>>(
  hit: H,
  words: ReadonlySet<string>,
  texts: Texts<H["item"]>,
): H {
  const highlights: Record<string, string> = {};
  for (const [field, text] of Object.entries(texts(hit.item))) {
    const fragments = text === null ? "" : highlighted(text, words);
    if (fragments !== "") highlights[field] = fragments;
  }
  return { ...hit, highlights };
}

const around = 12;
const mostFragments = 2;

/** As HTML the first places of a text that hold a found word, each between <mark> and </mark>; empty when there is none. */
export function highlighted(text: string, words: ReadonlySet<string>): string {
  const tokens = [...text.matchAll(/[\p{L}\p{M}\p{N}_]+/gu)];
  const found = tokens.flatMap(([word], at) => (words.has(folded(word)) ? [at] : []));
  const fragments: string[] = [];
  let done = -1;
  for (const at of found) {
    if (at <= done || fragments.length === mostFragments) continue;
    const [from, to] = [Math.max(done + 1, at - around), Math.min(tokens.length - 1, at + around)];
    fragments.push(fragment(text, tokens, [from, to], words));
    done = to;
  }
  return fragments.join(" ... ");
}

/** What stands before the first word of the text, and behind the last, belongs to it. */
function fragment(
  text: string,
  tokens: readonly RegExpExecArray[],
  [from, to]: readonly [from: number, to: number],
  words: ReadonlySet<string>,
): string {
  let made = "";
  let at = from === 0 ? 0 : (tokens[from]?.index ?? 0);
  for (const { 0: word, index } of tokens.slice(from, to + 1)) {
    made += escaped(text.slice(at, index));
    made += words.has(folded(word)) ? `<mark>${word}</mark>` : word;
    at = index + word.length;
  }
  return to === tokens.length - 1 ? made + escaped(text.slice(at)) : made;
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

const escaped = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (one) => entities[one] ?? one);
