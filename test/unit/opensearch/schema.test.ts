// Definitions of indexes, and the steps of schema changes.
import { expect, test } from "vitest";
import { capabilities } from "../../../src/engines/opensearch/capabilities.ts";
import { planner } from "../../../src/engines/opensearch/schema/planner.ts";
import { edited } from "../compat/versions.ts";
import { books, changed, commandsOf, snapshotOf } from "./books.ts";

const definitionOf = (spec: string, alias: string): unknown => snapshotOf(spec).get(alias);

test("only what a method searches, filters or counts is mapped, each as its kind is compared", () => {
  expect(definitionOf(books, "books-book-search")).toMatchObject({
    entity: "Book",
    definition: {
      settings: { index: { analysis: { analyzer: { searched: { type: "english" } } } } },
      mappings: {
        dynamic: "strict",
        properties: {
          key: { type: "keyword" },
          item: {
            dynamic: false,
            properties: {
              title: {
                type: "text",
                analyzer: "searched",
                index_options: "offsets",
                fields: { exact: { type: "keyword" } },
              },
              body: { type: "text" },
              tags: { type: "keyword" },
              sold: { type: "long", fields: { counted: { type: "keyword" } } },
              price: { type: "scaled_float", scaling_factor: 100 },
            },
          },
        },
      },
    },
  });
  const mapped = JSON.stringify(definitionOf(books, "books-book-search"));
  expect(mapped).not.toMatch(/"printed":\{|"genre":\{|"embedding":\{/);
});

test("an index of vectors holds the text that it is fused with", () => {
  expect(definitionOf(books, "books-similar-books")).toMatchObject({
    definition: {
      mappings: {
        properties: {
          item: {
            properties: {
              embedding: { type: "knn_vector", dimension: 8 },
              title: { type: "text", analyzer: "searched" },
              genre: { type: "keyword" },
            },
          },
        },
      },
    },
  });
});

const sized = (rows: string): unknown =>
  definitionOf(
    edited(books, "    field: embedding\n", `    field: embedding\n    scale: { rows: ${rows} }\n`),
    "books-similar-books",
  );

test.each([
  ["5k", undefined, undefined],
  ["50k", "lucene", { m: 16, ef_construction: 100 }],
  ["5M", "lucene", { m: 24, ef_construction: 200 }],
  ["50M", "faiss", { m: 24, ef_construction: 200 }],
])("%s vectors are searched by %s", (rows, engine, parameters) => {
  const found = sized(rows);
  if (engine === undefined) expect(JSON.stringify(found)).not.toContain('"hnsw"');
  else
    expect(found).toMatchObject({
      definition: {
        settings: { index: { knn: "true" } },
        mappings: {
          properties: {
            item: {
              properties: {
                embedding: {
                  space_type: "cosinesimil",
                  method: { name: "hnsw", engine, parameters },
                },
              },
            },
          },
        },
      },
    });
});

test("from nothing: a definition for each view, and nothing is built", () => {
  const { steps, questions } = changed(undefined, books);
  expect(questions).toEqual([]);
  expect(steps.map(({ name, phase, transactional }) => [name, phase, transactional])).toEqual([
    ["books-book-search-define", "expand", true],
    ["books-similar-books-define", "expand", true],
  ]);
  expect(steps.map(({ up }) => Object.keys(commandsOf(up)[0] ?? {}))).toEqual([
    ["defineView", "definition"],
    ["defineView", "definition"],
  ]);
  expect(commandsOf(steps[0]?.down ?? "")).toEqual([{ dropView: "books-book-search" }]);
});

test("an unchanged spec asks for nothing, also from a snapshot whose keys were sorted on disk", () => {
  expect(changed(books, books)).toEqual({ steps: [], questions: [] });
});

test("weights are the query's, not the index'", () => {
  expect(changed(books, edited(books, "weight: 3", "weight: 5")).steps).toEqual([]);
});

test("another analyzer: both views are copied into a new index", () => {
  const { steps } = changed(books, edited(books, "language: english", "language: german"));
  expect(steps).toMatchObject([
    { name: "books-book-search-copy", phase: "expand", transactional: false },
    { name: "books-similar-books-copy", phase: "expand", transactional: false },
  ]);
  const [copy] = steps;
  expect(commandsOf(copy?.up ?? "")).toMatchObject([
    { defineView: "books-book-search" },
    { copyView: "books-book-search" },
  ]);
  expect(JSON.parse(copy?.verify ?? "{}")).toMatchObject({ view: "books-book-search" });
  expect(commandsOf(copy?.repair ?? "")).toEqual([{ discardCopy: "books-book-search" }]);
  expect(JSON.stringify(commandsOf(copy?.down ?? ""))).toContain('"english"');
});

test("a field that no method asks by: the generation that answers stays, as outdated", () => {
  const after = edited(
    books,
    "      sold:",
    "      note: { type: text, nullable: true }\n      sold:",
  );
  const { steps } = changed(books, after);
  expect(steps.map(({ name, transactional }) => [name, transactional])).toEqual([
    ["books-book-search-define", true],
    ["books-similar-books-define", true],
  ]);
  expect(steps[0]?.note).toContain("Items have no note before a rebuild");
});

test("a text index is cut by its documents, as the plan reckons with it: no shard comes near what Lucene can number", () => {
  const shards = (rows: string): string => {
    const kind = "    kind: search\n";
    const scaled = edited(books, kind, `${kind}    scale: { rows: ${rows} }\n`);
    const text = JSON.stringify(definitionOf(scaled, "books-book-search"));
    return /"number_of_shards":"(\d+)"/.exec(text)?.[1] ?? "";
  };
  expect(["19M", "20M", "21M", "5G"].map(shards)).toEqual(["1", "1", "2", "250"]);
  expect(capabilities.textSearch?.shards).toEqual({ documents: 20_000_000, atOnce: 10 });
});

test("vectors that are copied with a text count in its shards, about as they are kept: as bytes", () => {
  const sized = (dimensions: number): unknown => {
    const kind = "    kind: search\n";
    const scaled = edited(books, kind, `${kind}    scale: { rows: 80M }\n`);
    return definitionOf(
      edited(scaled, "dimensions: 8,", `dimensions: ${dimensions},`),
      "books-book-search",
    );
  };
  const shards = (dimensions: number): string =>
    /"number_of_shards":"(\d+)"/.exec(JSON.stringify(sized(dimensions)))?.[1] ?? "";
  // Without vectors 4; base64 of 768 numbers is 4 kB beside 1.5 kB of text, their digits would be 15.
  expect([8, 384, 768, 1536].map(shards)).toEqual(["4", "10", "15", "26"]);
  expect(sized(768)).toMatchObject({
    item: { embedding: "packed vector(768)?" },
    definition: {
      mappings: {
        _meta: {
          reasons: expect.arrayContaining([
            "15 shards: each holds up to 5,400,000 documents, about 30 GB",
          ]) as unknown,
        },
      },
    },
  });
  expect(definitionOf(books, "books-similar-books")).toMatchObject({
    item: { embedding: "vector(8)?" },
  });
});

const renamed = edited(
  books,
  "      body: { type: text }",
  "      prose: { type: text, was: body }",
)
  .replaceAll("body: {}", "prose: {}")
  .replaceAll("text: [title, body]", "text: [title, prose]");

test("a renamed field: code of before reads the old index until the contract, which renames it in the copies; and back", () => {
  const { steps } = changed(books, renamed);
  expect(steps.map(({ name, phase, risks }) => [name, phase, risks])).toEqual([
    ["books-book-search-define", "expand", ["none"]],
    ["books-book-search-copy", "contract", ["breaks-old-code"]],
    ["books-similar-books-define", "expand", ["none"]],
    ["books-similar-books-copy", "contract", ["breaks-old-code"]],
  ]);
  const [define, copy] = steps;
  expect(commandsOf(define?.up ?? "").map((command) => Object.keys(command)[0])).toEqual([
    "defineView",
  ]);
  expect(commandsOf(copy?.up ?? "")).toEqual([
    { copyView: "books-book-search", renamed: { body: "prose" } },
  ]);
  const after = definitionOf(renamed, "books-book-search");
  const before = definitionOf(books, "books-book-search");
  expect(commandsOf(copy?.down ?? "")).toMatchObject([
    { defineView: "books-book-search", definition: defined(before) },
    { copyView: "books-book-search", renamed: { prose: "body" } },
    { defineView: "books-book-search", definition: defined(after) },
  ]);
});

const defined = (state: unknown): unknown =>
  typeof state === "object" && state !== null && "definition" in state ? state.definition : state;

test("values of another kind leave the copies in the contract, and are lacking until a rebuild", () => {
  const after = edited(books, "sold: { type: bigint }", "sold: { type: string, max: 20 }");
  const [define, copy] = changed(books, after).steps;
  const copied = { copyView: "books-book-search", removed: ["sold"], lacking: ["sold"] };
  expect([define?.phase, copy?.phase]).toEqual(["expand", "contract"]);
  expect(commandsOf(copy?.up ?? "")).toEqual([copied]);
  expect(commandsOf(copy?.down ?? "")[1]).toEqual(copied);
  expect(define?.note).toContain(
    "Items have no sold before a rebuild: npm run db -- views rebuild book-search.",
  );
});

test.each([
  [
    "a filter more",
    "filter: [title, price.range]",
    "filter: [title, genre, price.range]",
    "expand",
  ],
  ["a filter less", "filter: [title, price.range]", "filter: [title]", "contract"],
  ["a facet less", "facets: [tags, sold]", "facets: [tags]", "contract"],
  ["a text less", "text: [title, body]", "text: [title]", "contract"],
  ["finer amounts", "precision: 8, scale: 2", "precision: 8, scale: 4", "contract"],
  ["vectors of another size", "dimensions: 8", "dimensions: 16", "contract"],
  ["a longer text", "title: { type: string, max: 200 }", "title: { type: text }", "expand"],
])("%s: copied in the phase in which nobody misses anything", (_, from, to, phase) => {
  const { steps } = changed(books, edited(books, from, to));
  const phases = steps.filter(({ name }) => name.endsWith("-copy")).map((step) => step.phase);
  if (to.includes("type: text")) expect([steps.length, phases]).toEqual([2, []]);
  else expect(new Set(phases)).toEqual(new Set([phase]));
  expect(
    steps.every((step) => step.phase === "contract" || !step.risks.includes("breaks-old-code")),
  ).toBe(true);
});

test("a view that is gone is dropped when no old code runs any more", () => {
  const [start, end] = [books.indexOf("  similar-books:"), books.length];
  const without = books.slice(0, start) + books.slice(end);
  expect(changed(books, without).steps).toMatchObject([
    { name: "books-similar-books-drop", phase: "contract", reversibility: "reversible" },
  ]);
});

test("the files name each command's step", () => {
  const { steps } = changed(undefined, books);
  expect(JSON.parse(planner.print(steps, "down", "initial"))).toEqual([
    { step: "books-book-search-define", dropView: "books-book-search" },
    { step: "books-similar-books-define", dropView: "books-similar-books" },
  ]);
});
