/** What the search port promises, told once and run against every engine that claims it. */
import { randomUUID } from "node:crypto";
import { expect } from "vitest";
import { expectCaller } from "../caller.ts";
import { expectRefused, untyped, untypedFilters } from "../untyped-filters.ts";
import type { SearchLayer } from "./layer.ts";

export interface SearchCase {
  /** Row of the closing table. */
  readonly method: string;
  readonly name: string;
  run(data: SearchLayer): Promise<void>;
}

type Row = Readonly<Record<string, unknown>>;

/** Books on a shelf of their own, so that no case sees another's. */
async function shelve(data: SearchLayer, ...books: readonly Row[]) {
  const shelf = randomUUID();
  const rows = books.map((more) => ({
    title: "Untitled",
    body: "",
    genre: null,
    tags: [],
    cents: 100,
    ...more,
    shelf,
  }));
  const stored = await data.books.addAll(rows);
  const titles = async (query: string, more: Row = {}): Promise<readonly string[]> => {
    const { items } = await data.bookSearch.find(query, { shelf, ...more }, { limit: 100 });
    return items.map(({ item }) => item.title);
  };
  return { shelf, stored, titles };
}

const entities = {
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&#39;": "'",
  "&amp;": "&",
};

const unescaped = (html: string): string =>
  Object.entries(entities).reduce((text, [entity, one]) => text.replaceAll(entity, one), html);

const hostile = [
  "",
  " ",
  "'",
  "''; drop table book; --",
  '"unclosed',
  "\\",
  "a & | ! ( ) :* <-> b",
  "-",
  '-"" or or -or',
  "$1 $$ %s {0}",
  "<mark>",
  "é\u2028🐘",
  "x ".repeat(5_000),
];

export const cases: readonly SearchCase[] = [
  {
    method: "rank",
    name: "a word in the heavier field comes first, more words before fewer",
    run: async (data) => {
      const { titles } = await shelve(
        data,
        { title: "Stones", body: "the whale is mentioned here, in a longer text about stones" },
        { title: "The whale", body: "a text about the sea" },
        { title: "The whale and the whale", body: "whale, whale, whale" },
      );
      expect(await titles("whale")).toEqual(["The whale and the whale", "The whale", "Stones"]);
    },
  },
  {
    method: "rank",
    name: "scores fall along the answer",
    run: async (data) => {
      const { shelf } = await shelve(
        data,
        ...Array.from({ length: 12 }, (_, at) => ({ body: "tide ".repeat(at + 1) })),
      );
      const { items } = await data.bookSearch.find("tide", { shelf }, {});
      const scores = items.map(({ score }) => score);
      expect(scores).toHaveLength(12);
      expect(scores).toEqual(scores.toSorted((a, b) => b - a));
      expect(scores.every((score) => score > 0)).toBe(true);
    },
  },
  {
    method: "query syntax",
    name: "all words, a phrase, either of two, none of one, and word forms of the language",
    run: async (data) => {
      const { titles } = await shelve(
        data,
        { title: "A", body: "red apples are sweet" },
        { title: "B", body: "apples red with anger" },
        { title: "C", body: "green pears" },
      );
      const found = async (query: string) => (await titles(query)).toSorted();
      expect(await found("red apples")).toEqual(["A", "B"]);
      expect(await found('"red apples"')).toEqual(["A"]);
      expect(await found("sweet or pears")).toEqual(["A", "C"]);
      expect(await found("apples -anger")).toEqual(["A"]);
      expect(await found("apple")).toEqual(["A", "B"]);
      expect(await found("RED Apple")).toEqual(["A", "B"]);
    },
  },
  {
    method: "query syntax",
    name: "no match, and no words at all, are empty answers",
    run: async (data) => {
      const { shelf, titles } = await shelve(data, { title: "A", body: "something" });
      for (const query of ["nothing", "", "the", "-something"])
        expect(await titles(query), query).toEqual([]);
      expect(await data.bookSearch.count("nothing", { shelf }, {})).toMatchObject({
        items: [],
        facets: { genre: [], tags: [] },
      });
    },
  },
  {
    method: "query syntax",
    name: "what only excludes finds nothing, alone, beside words that no index holds, or as a side of or",
    run: async (data) => {
      const { shelf, titles } = await shelve(
        data,
        { title: "A", body: "red apples" },
        { title: "B", body: "green pears" },
      );
      for (const query of ["-apples", '-"red apples"', "the -apples", "-apples or -pears"]) {
        expect(await titles(query), query).toEqual([]);
        expect(await data.bookSearch.count(query, { shelf }, {}), query).toMatchObject({
          items: [],
          facets: { genre: [], tags: [] },
        });
      }
      for (const query of ["apples or -green", "-green or apples", "apples -green"])
        expect(await titles(query), query).toEqual(["A"]);
    },
  },
  {
    method: "query syntax",
    name: "what is excluded is left out wherever it stands in the query",
    run: async (data) => {
      const { titles } = await shelve(
        data,
        { title: "A", body: "red apples" },
        { title: "B", body: "green apples" },
      );
      for (const query of [
        "apples -green",
        "-green apples",
        '-"green apples" apples',
        "pears or -green apples",
      ])
        expect(await titles(query), query).toEqual(["A"]);
    },
  },
  {
    method: "query syntax",
    name: "a hyphen within a word belongs to it, before one it excludes",
    run: async (data) => {
      const { titles } = await shelve(
        data,
        { title: "A", body: "send me an e-mail about rock-roll" },
        { title: "B", body: "the rock will roll" },
        { title: "C", body: "a rock stands still" },
      );
      const found = async (query: string) => (await titles(query)).toSorted();
      expect(await found("e-mail")).toEqual(["A"]);
      expect(await found("rock-roll")).toContain("A");
      expect(await found("rock-roll")).not.toContain("C");
      expect(await found("rock -roll")).toEqual(["C"]);
      expect(await found("rock -e-mail")).toEqual(["B", "C"]);
    },
  },
  {
    method: "query syntax",
    name: "a query without words leaves no trace in those that follow",
    run: async (data) => {
      const { shelf } = await shelve(
        data,
        ...Array.from({ length: 12 }, () => ({ title: "common", body: "same" })),
        ...["TV set", "set set", "bold set"].map((title) => ({ title })),
      );
      const walked = async (): Promise<number> => {
        let [count, pages] = [0, 0];
        let after: string | undefined;
        do {
          const page = await data.bookSearch.find("common or set", { shelf }, { limit: 2, after });
          count += page.items.length;
          after = page.next;
        } while (after !== undefined && (pages += 1) < 20);
        return count;
      };
      expect(await walked()).toBe(15);
      for (const query of ["", "-", "the", "a"]) {
        expect((await data.bookSearch.find(query, { shelf }, {})).items, query).toEqual([]);
        expect(await walked(), query).toBe(15);
      }
    },
  },
  {
    method: "hostile query",
    name: "any text is a query: it finds or it does not, it never breaks anything",
    run: async (data) => {
      const { titles } = await shelve(data, { title: "Kept", body: "kept" });
      for (const query of hostile) await titles(query);
      for (const unstorable of ["nul\0l", "half\uD800"]) {
        await expect(titles(unstorable)).rejects.toMatchObject({ kind: "programming" });
      }
      expect(await titles("kept")).toEqual(["Kept"]);
    },
  },
  {
    method: "filter",
    name: "a range takes both ends, and is combined with the words",
    run: async (data) => {
      const { titles } = await shelve(
        data,
        ...[100, 200, 300, 400].map((cents) => ({ title: `${cents}`, body: "priced", cents })),
        { title: "other", body: "unpriced", cents: 200 },
      );
      const found = async (cents: Row) => (await titles("priced", { cents })).toSorted();
      expect(await found({ min: 200, max: 300 })).toEqual(["200", "300"]);
      expect(await found({ min: 300 })).toEqual(["300", "400"]);
      expect(await found({ max: 100 })).toEqual(["100"]);
      expect(await found({ min: 301, max: 399 })).toEqual([]);
    },
  },
  {
    method: "filter",
    name: "a decimal of finer digits than the field has is equal to none, and what is none is refused",
    run: async (data) => {
      const { titles } = await shelve(data, { title: "cheap", body: "one word", price: "2.50" });
      for (const price of ["2.50", "2.5", "2.500"])
        expect(await titles("word", { price }), price).toEqual(["cheap"]);
      for (const price of ["2.501", "2.499", "2.50000000001"])
        expect(await titles("word", { price }), price).toEqual([]);
      const refused = { name: "DataError", kind: "programming" };
      await expect(titles("word", { price: "2,5" })).rejects.toMatchObject(refused);
    },
  },
  {
    method: "filter",
    name: "a 64-bit integer within a list is found, and none that a double takes for it",
    run: async (data) => {
      const { titles } = await shelve(
        data,
        { title: "far", body: "one word", refs: [-9_007_199_254_740_993n, 3n] },
        { title: "near", body: "one word", refs: [-9_007_199_254_740_992n, -3n] },
        { title: "none", body: "one word" },
      );
      expect(await titles("word", { refs: -9_007_199_254_740_993n })).toEqual(["far"]);
      expect(await titles("word", { refs: -9_007_199_254_740_992n })).toEqual(["near"]);
      expect(await titles("word", { refs: 3n })).toEqual(["far"]);
      expect(await titles("word", { refs: -3n })).toEqual(["near"]);
      expect(await titles("word", { refs: 33n })).toEqual([]);
    },
  },
  {
    method: "filter",
    name: "a UUID is found in either case, and what is none is refused",
    run: async (data) => {
      const ownerId = "abcdef01-0000-4000-8000-00000000000a";
      const { titles } = await shelve(
        data,
        { title: "owned", body: "one word", ownerId },
        { title: "free", body: "one word" },
      );
      for (const asked of [ownerId, ownerId.toUpperCase()])
        expect(await titles("word", { ownerId: asked })).toEqual(["owned"]);
      const refused = { name: "DataError", kind: "programming" };
      await expect(titles("word", { ownerId: "nobody's" })).rejects.toMatchObject(refused);
    },
  },
  {
    method: "facets",
    name: "count the whole answer by value, most frequent first, over pages and list fields",
    run: async (data) => {
      const { shelf } = await shelve(
        data,
        { body: "lore", genre: "poetry", tags: ["old", "short"] },
        { body: "lore", genre: "prose", tags: ["old"] },
        { body: "lore", genre: "prose", tags: ["old", "new"] },
        { body: "lore", genre: null, tags: [] },
        { body: "else", genre: "science", tags: ["old"] },
      );
      const page = await data.bookSearch.count("lore", { shelf }, { limit: 1 });
      expect(page.items).toHaveLength(1);
      expect(page.facets).toEqual({
        genre: [
          { value: "prose", count: 2 },
          { value: "poetry", count: 1 },
        ],
        tags: [
          { value: "old", count: 3 },
          { value: "new", count: 1 },
          { value: "short", count: 1 },
        ],
      });
    },
  },
  {
    method: "facets",
    name: "of more values than are told: the hundred with most hits",
    run: async (data) => {
      const rows = Array.from({ length: 11 }, (_, row) => ({
        body: "lore",
        tags: ["often", ...Array.from({ length: 10 }, (_, at) => `t${row}-${at}`)],
      }));
      const { shelf } = await shelve(data, ...rows);
      const { facets } = await data.bookSearch.count("lore", { shelf }, { limit: 1 });
      expect(facets.tags).toHaveLength(100);
      expect(facets.tags[0]).toEqual({ value: "often", count: 11 });
      expect(facets.tags.slice(1).every(({ count }) => count === 1)).toBe(true);
    },
  },
  {
    method: "highlight",
    name: "marks the found words in their fields, and only there",
    run: async (data) => {
      const { shelf } = await shelve(data, {
        title: "The lighthouse",
        body: `${"word ".repeat(60)}a lighthouse stands ${"far ".repeat(60)}`,
      });
      const { items } = await data.bookSearch.find("lighthouse", { shelf }, {});
      expect(items[0]?.highlights.title).toContain("<mark>lighthouse</mark>");
      expect(items[0]?.highlights.body).toContain("<mark>lighthouse</mark>");
      expect((items[0]?.highlights.body ?? "").length).toBeLessThan(500);
      const { items: stands } = await data.bookSearch.find("stands", { shelf }, {});
      expect(Object.keys(stands[0]?.highlights ?? {})).toEqual(["body"]);
    },
  },
  {
    method: "highlight",
    name: "is HTML: the row's text is escaped in one form on all stores, the marks are not",
    run: async (data) => {
      const title = `"lantern" and/or R&D's <b>x</b> <mark>y</mark> &lt; 1 > 0 &#x27;`;
      const { shelf } = await shelve(data, { title });
      const { items } = await data.bookSearch.find("lantern", { shelf }, {});
      const html = items[0]?.highlights.title ?? "";
      expect(html).toContain("<mark>lantern</mark>&quot; and/or R&amp;D&#39;s &lt;b&gt;x");
      // A fragment may end before the text does.
      expect(title).toContain(unescaped(html.replace("<mark>", "").replace("</mark>", "")));
      expect(html.replaceAll(/<\/?mark>|&(?:amp|lt|gt|quot|#39);/g, "")).not.toMatch(/[&<>"']/);
    },
  },
  {
    method: "keyset pages",
    name: "equal ranks are walked through completely, none twice, also while rows are added",
    run: async (data) => {
      const equal = Array.from({ length: 25 }, (_, at) => ({ title: `${at}`, body: "same words" }));
      const { shelf } = await shelve(data, ...equal, { title: "best same words", body: "same" });
      const seen: string[] = [];
      let after: string | undefined;
      do {
        const page = await data.bookSearch.find("same words", { shelf }, { limit: 4, after });
        expect(page.items.length).toBeLessThanOrEqual(4);
        seen.push(...page.items.map(({ item }) => item.title));
        after = page.next;
        if (seen.length === 8)
          await data.books.add({
            title: "same same words words",
            body: "same words",
            tags: [],
            cents: 1,
            shelf,
          });
      } while (after !== undefined);
      expect(seen[0]).toBe("best same words");
      expect(new Set(seen).size).toBe(seen.length);
      for (const { title } of equal) expect(seen).toContain(title);
    },
  },
  {
    method: "keyset pages",
    name: "the cursor of another order is refused",
    run: async (data) => {
      const { shelf } = await shelve(data, { body: "lore" }, { body: "lore" });
      for (const after of ["", "nonsense", Buffer.from('["x"]').toString("base64url")])
        await expect(data.bookSearch.find("lore", { shelf }, { after })).rejects.toMatchObject({
          kind: "programming",
        });
      await expect(data.bookSearch.find("lore", { shelf }, { limit: 0 })).rejects.toMatchObject({
        kind: "programming",
      });
    },
  },
  {
    method: "keyset pages",
    name: "a cursor is good for its query and its filters only, and holds nothing of them",
    run: async (data) => {
      const books = Array.from({ length: 4 }, () => ({ body: "lore of winter", cents: 200 }));
      const { shelf } = await shelve(data, ...books);
      const where = { shelf, cents: { min: 100, max: 300 } };
      const { next: after = "" } = await data.bookSearch.find("lore", where, { limit: 2 });
      const found = (query: string, filter: Row) =>
        data.bookSearch.find(query, filter, { limit: 2, after });
      expect((await found("lore", { ...where })).items).toHaveLength(2);
      expect(Buffer.from(after, "base64url").toString()).not.toMatch(new RegExp(`lore|${shelf}`));
      const refused = {
        name: "DataError",
        kind: "programming",
        operation: "bookSearch.find",
        hint: expect.stringContaining("same query and the same filters"),
      };
      for (const [query, filter] of [
        ["winter", where],
        ["lore winter", where],
        ["lore", { shelf }],
        ["lore", { ...where, cents: { min: 100 } }],
        ["lore", { ...where, cents: { max: 300 } }],
        ["lore", { ...where, shelf: randomUUID() }],
      ] as const)
        await expect(found(query, filter), query).rejects.toMatchObject(refused);
      await expect(
        data.bookSearch.count("lore", { shelf }, { limit: 2, after }),
      ).rejects.toMatchObject({ kind: "programming" });
    },
  },
  {
    method: "filter",
    name: "one that untyped code gets wrong is refused and named, and nothing is searched",
    run: async (data) => {
      const find = untyped(data.bookSearch, "find");
      const valid = { shelf: randomUUID() };
      await expectRefused("bookSearch.find", (filter) => find("lore", filter, {}), [
        ...untypedFilters("filter", valid, "cents"),
        ...[[], new Date(0), new Map(), Promise.resolve(valid)].map(
          (given) => [given, "`filter`"] as const,
        ),
        [{ ...valid, tags: "nobody's" }, "shelf, cents, ownerId, price, refs only"],
      ]);
      await expectRefused("bookSearch.find", (page) => find("lore", valid, page), [
        [undefined, "`page`"],
        [{ offset: 20 }, '"offset"'],
      ]);
      expect(await find("lore", { ...valid, cents: {}, other: undefined }, {})).toMatchObject({
        items: [],
      });
    },
  },
  {
    method: "hostile query",
    name: "the error of a refused query names the line of the call",
    run: async (data) => {
      const { shelf } = await shelve(data);
      await expectCaller(async function findUnstorable() {
        return await data.bookSearch.find("nul\0l", { shelf }, {});
      });
    },
  },
  {
    method: "follows writes",
    name: "an added, changed or removed row is found, or not found, at once",
    run: async (data) => {
      const { stored, titles } = await shelve(data, { title: "Draft", body: "walnut" });
      const id = stored[0]?.id ?? "";
      expect(await titles("walnut")).toEqual(["Draft"]);
      await data.books.revise(id, { title: "Final", body: "hazel" });
      expect([await titles("walnut"), await titles("hazel")]).toEqual([[], ["Final"]]);
      await data.books.remove(id);
      expect(await titles("hazel")).toEqual([]);
    },
  },
];
