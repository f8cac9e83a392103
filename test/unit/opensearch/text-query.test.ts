import { expect, test } from "vitest";
import { textQuery } from "../../../templates/engines/opensearch/text-query.ts";

const fields = ["item.title^2", "item.body"];
const exact = { fields, typoTolerant: false };
const words = (query: string, zero_terms_query = "none") => ({
  multi_match: {
    query,
    type: "cross_fields",
    operator: "and",
    tie_breaker: 1,
    fields,
    zero_terms_query,
  },
});
const phrase = (query: string, zero_terms_query = "none") => ({
  multi_match: { query, type: "phrase", fields, zero_terms_query },
});

test("words are asked for together, each once", () => {
  expect(textQuery("red  apples red", exact)).toEqual(words("red apples"));
});

test("a phrase is one clause, also when it is not closed", () => {
  expect(textQuery('"red apples"', exact)).toEqual(phrase("red apples"));
  expect(textQuery('"red apples', exact)).toEqual(phrase("red apples"));
});

test("either side of or", () => {
  expect(textQuery("sweet OR pears", exact)).toEqual({
    bool: { should: [words("sweet"), words("pears")], minimum_should_match: 1 },
  });
});

test("what must not be there", () => {
  expect(textQuery('apples -anger -"bad mood"', exact)).toEqual({
    bool: { must: [words("apples")], must_not: [phrase("anger"), phrase("bad mood")] },
  });
});

test("words beside a phrase: neither may empty the answer by words that the language leaves out, nor fill it", () => {
  expect(textQuery('green "red apples"', exact)).toEqual({
    bool: {
      must: [words("green", "all"), phrase("red apples", "all")],
      filter: [
        { bool: { should: [words("green"), phrase("red apples")], minimum_should_match: 1 } },
      ],
    },
  });
});

test.each(["", "  ", "-", "-apples", '""', '-"" or or -or', "or"])(
  "%j asks for nothing that can be found",
  (text) => {
    expect(textQuery(text, exact)).toBe(undefined);
  },
);

test("a word that may be misspelt is asked for as it is and nearly so", () => {
  const query = JSON.stringify(textQuery("aple", { fields, typoTolerant: true }));
  expect(query).toContain(`"fuzziness":"AUTO"`);
  expect(query).toContain(`"zero_terms_query":"none"`);
  expect(query).not.toContain("cross_fields");
});

test.each(["nul\0l", "half\uD800"])("%j is no query", (text) => {
  expect(() => textQuery(text, exact)).toThrow(expect.objectContaining({ kind: "programming" }));
});

test("more words than a query may have clauses are refused, repeated ones are not", () => {
  const many = Array.from({ length: 201 }, (_, at) => `w${at}`).join(" ");
  expect(() => textQuery(many, exact)).toThrow("more than 200 different words");
  expect(textQuery("x ".repeat(5_000), exact)).toEqual(words("x"));
});
