import { text } from "./codec.ts";
import { formsOf, type SearchLanguage } from "./search-forms.ts";

export type { SearchLanguage };

/** A query in the boolean syntax of a full text index. */
export interface SearchTexts {
  /** What a row must match; without a word to look for it is empty, and matches nothing. */
  readonly match: string;
  /** Any of the words. */
  readonly some: string;
  /** All of the words. */
  readonly all: string;
}

/** Words that InnoDB indexes in no table: MySQL 9.7 manual, "Full-Text Stopwords". */
const stopWords: ReadonlySet<string> = new Set(
  "a about an are as at be by com de en for from how i in is it la of on or that the this to was what when where who will with und www".split(
    " ",
  ),
);

/** `innodb_ft_min_token_size` and `innodb_ft_max_token_size` as they are unless configured. */
const shortest = 3;
const longest = 84;
/** Beyond this a query is no question any more. */
const mostParts = 32;

interface Part {
  readonly excluded: boolean;
  /** As the index takes it: `(apple apples)`, `"red apples"`. */
  readonly asked: string;
  readonly words: readonly string[];
}

/** A hyphen between letters belongs to the word, before one it means "not". */
const token = /(-)?"([^"]*)"|(-)?([\p{L}\p{M}\p{N}_]+(?:-[\p{L}\p{M}\p{N}_]+)*)/gu;

/**
 * Reads a query in the syntax of a search engine: words, "phrases", or, -not; a word with a hyphen, `e-mail`, is a phrase. Words that the
 * index leaves out, short ones and stop words, neither find nor exclude a row. Only letters, digits and underscores of it reach the
 * index, so no text is an operator there.
 *
 * @throws TypeError for what is no text: NUL, half a character
 */
export function searchTexts(language: SearchLanguage, query: string): SearchTexts {
  text.encode(query);
  const groups = alternatives(query, language).filter((parts) => parts.some(isWanted));
  const wanted = groups.flat().filter(isWanted);
  const [first = []] = groups;
  return {
    match:
      groups.length === 1
        ? conjunction(first)
        : groups.map((parts) => `(${conjunction(parts)})`).join(" "),
    some: wanted.map(({ asked }) => asked).join(" "),
    all: conjunction(wanted),
  };
}

const isWanted = ({ excluded }: Part): boolean => !excluded;

/** The words that a query looks for, in all their forms, in lower case and without accents. */
export const searchWords = (language: SearchLanguage, query: string): ReadonlySet<string> =>
  new Set(
    alternatives(query, language)
      .flat()
      .filter(isWanted)
      .flatMap(({ words }) => words)
      .map(folded),
  );

/** MariaDB overlooks an exclusion that nothing wanted stands before: MA-07. */
const conjunction = (parts: readonly Part[]): string =>
  [...parts.filter(isWanted), ...parts.filter(({ excluded }) => excluded)]
    .map(({ excluded, asked }) => `${excluded ? "-" : "+"}${asked}`)
    .join(" ");

/** What stands between the words `or`, each a list of parts that hold together. */
function alternatives(query: string, language: SearchLanguage): readonly (readonly Part[])[] {
  const groups: Part[][] = [[]];
  const seen = new Set<string>();
  for (const [, notPhrase, phrase, notWord, word = ""] of query.matchAll(token)) {
    if (word.toLowerCase() === "or") {
      groups.push([]);
      continue;
    }
    const part =
      phrase === undefined
        ? word.includes("-")
          ? phrasePart(word, notWord !== undefined)
          : wordPart(word, notWord !== undefined, language)
        : phrasePart(phrase, notPhrase !== undefined);
    const name = `${groups.length}${part?.excluded}${part?.asked}`;
    if (part === undefined || seen.has(name)) continue;
    seen.add(name);
    groups.at(-1)?.push(part);
    if (seen.size === mostParts) break;
  }
  return groups;
}

const isIndexed = (word: string): boolean =>
  word.length >= shortest && word.length <= longest && !stopWords.has(word);

function wordPart(word: string, excluded: boolean, language: SearchLanguage): Part | undefined {
  const own = word.toLowerCase();
  if (!isIndexed(own)) return undefined;
  const words = formsOf(own, language);
  return { excluded, asked: `(${words.join(" ")})`, words };
}

function phrasePart(phrase: string, excluded: boolean): Part | undefined {
  const words = (phrase.toLowerCase().match(/[\p{L}\p{M}\p{N}_]+/gu) ?? []).slice(0, mostParts);
  if (!words.some(isIndexed)) return undefined;
  return { excluded, asked: `"${words.join(" ")}"`, words: words.filter(isIndexed) };
}

/** Without case and accents, as the collation of a searched column compares. */
export const folded = (word: string): string =>
  word.normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase();
