import { programmingError } from "../../runtime/errors.ts";
import type { TextDeclaration } from "./declaration.ts";
import type { Clause } from "./filter.ts";

/** Words and phrases that have to be there together, and those that must not be. */
interface Group {
  readonly words: readonly string[];
  readonly phrases: readonly string[];
  readonly without: readonly string[];
}

/** More words than a person types; each is a clause of the query, and the server takes 1,024 of them. */
const mostWords = 200;

/**
 * The query of a person's text: all words, a "phrase", either side of `or`, `-` before what must not be there; anything else is a word.
 * Undefined when it asks for nothing that can be found.
 *
 * @throws DataError programming for text that no index holds, or too many words
 */
export function textQuery(text: string, declared: TextDeclaration): Clause | undefined {
  if (text.includes("\0") || !text.isWellFormed())
    throw programmingError("a query cannot hold NUL or halves of characters");
  const groups = groupsOf(text)
    .map((group) => groupClause(group, declared))
    .filter((clause) => clause !== undefined);
  const [only, ...others] = groups;
  return others.length === 0 ? only : { bool: { should: groups, minimum_should_match: 1 } };
}

const token = /(-?)"([^"]*)"?|(\S+)/g;

function groupsOf(text: string): readonly Group[] {
  const groups: { words: Set<string>; phrases: Set<string>; without: Set<string> }[] = [];
  let group = fresh();
  let count = 0;
  for (const [, minus = "", phrase, word = ""] of text.matchAll(token)) {
    if (word.toLowerCase() === "or") {
      groups.push(group);
      group = fresh();
    } else if (phrase !== undefined) {
      (minus === "" ? group.phrases : group.without).add(phrase);
    } else if (word.startsWith("-")) group.without.add(word.slice(1));
    else group.words.add(word);
  }
  groups.push(group);
  for (const { words, phrases, without } of groups)
    count += words.size + phrases.size + without.size;
  if (count > mostWords)
    throw programmingError(`a query of more than ${mostWords} different words`);
  return groups.map(({ words, phrases, without }) => ({
    words: [...words],
    phrases: [...phrases].filter(hasText),
    without: [...without].filter(hasText),
  }));
}

const fresh = () => ({
  words: new Set<string>(),
  phrases: new Set<string>(),
  without: new Set<string>(),
});

const hasText = (text: string): boolean => text.trim() !== "";

/** What is only forbidden finds nothing: an index has no end of documents that lack a word. */
function groupClause(group: Group, declared: TextDeclaration): Clause | undefined {
  const parts = [
    ...(group.words.length === 0
      ? []
      : [(empty: Empty) => wordsClause(group.words, declared, empty)]),
    ...group.phrases.map((phrase) => (empty: Empty) => phraseClause(phrase, declared, empty)),
  ];
  if (parts.length === 0) return undefined;
  // Words that the language leaves out ("the") must not empty the answer of the others, nor fill it on their own.
  const alone = parts.length === 1;
  const must = parts.map((part) => part(alone ? "none" : "all"));
  const filter = alone
    ? []
    : [{ bool: { should: parts.map((part) => part("none")), minimum_should_match: 1 } }];
  const mustNot = group.without.map((words) => phraseClause(words, declared, "none"));
  if (alone && mustNot.length === 0) return must[0];
  return {
    bool: {
      must,
      ...(filter.length === 0 ? {} : { filter }),
      ...(mustNot.length === 0 ? {} : { must_not: mustNot }),
    },
  };
}

/** What a clause finds when nothing is left of its text. */
type Empty = "none" | "all";

/** Each word in any of the fields; a document's fields count as one text, the weight of each with it. */
function wordsClause(words: readonly string[], declared: TextDeclaration, empty: Empty): Clause {
  const { fields, typoTolerant } = declared;
  if (typoTolerant) {
    const each = words.map((word) => misspelt(word, fields, words.length === 1 ? empty : "all"));
    const [first] = each;
    if (each.length === 1 && first !== undefined) return first;
    const some = words.map((word) => misspelt(word, fields, "none"));
    const filter = { bool: { should: some, minimum_should_match: 1 } };
    return { bool: { must: each, ...(empty === "none" ? { filter } : {}) } };
  }
  return {
    multi_match: {
      query: words.join(" "),
      type: "cross_fields",
      operator: "and",
      tie_breaker: 1,
      fields,
      zero_terms_query: empty,
    },
  };
}

/** A word as it is counts in full, one that is a letter or two off at half. */
const misspelt = (word: string, fields: readonly string[], empty: Empty): Clause => ({
  bool: {
    should: [
      {
        multi_match: {
          query: word,
          type: "most_fields",
          operator: "and",
          fields,
          zero_terms_query: empty,
        },
      },
      {
        multi_match: {
          query: word,
          type: "most_fields",
          operator: "and",
          fields,
          fuzziness: "AUTO",
          prefix_length: 1,
          boost: 0.5,
          zero_terms_query: empty,
        },
      },
    ],
    minimum_should_match: 1,
  },
});

const phraseClause = (query: string, { fields }: TextDeclaration, empty: Empty): Clause => ({
  multi_match: { query, type: "phrase", fields, zero_terms_query: empty },
});
