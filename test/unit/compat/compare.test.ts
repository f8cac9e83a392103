// What a change of the spec is to those who use the data layer, by surface, and the version step it asks for.
import { describe, expect, test } from "vitest";
import { compatibilityText } from "../../../src/compat/show.ts";
import { compared, edited, library, lines, plannerOf } from "./versions.ts";

test("a spec is compatible with itself", () => {
  expect(compared(library, library)).toEqual({ changes: [], version: "none" });
});

test("what nobody outside notices is a patch", () => {
  const commented = edited(library, "  Loan:\n", "  Loan:\n    comment: A book is out.\n");
  expect(compared(library, commented)).toMatchObject({ version: "patch" });
  const { version, changes } = compared(
    library,
    edited(library, "ttl: 10m }", "ttl: 10m, memory: 64MiB }"),
  );
  expect({ version, surfaces: changes.map(({ surface }) => surface) }).toEqual({
    version: "patch",
    surfaces: ["views"],
  });
});

test("without softDelete, what was deleted is seen again", () => {
  const soft = edited(library, "  Loan:\n", "  Loan:\n    softDelete: true\n");
  expect(lines(compared(soft, library))).toContainEqual(
    expect.stringContaining("breaking Loan: softDelete is off"),
  );
  expect(lines(compared(library, soft))).toContainEqual(
    expect.stringContaining("internal Loan: softDelete is on"),
  );
});

const field = "      stock: { type: int, min: 0 }\n";
const list =
  "listByState: { op: list, where: [state], optional: [price.range], orderBy: [-title], page: keyset }";

/** From a text of the spec, to another; the version step; lines that must be among the changes. */
const cases: readonly (readonly [string, string, string, readonly string[]])[] = [
  [
    field,
    `${field}      note: { type: text, nullable: true }\n`,
    "minor",
    ["additive Book.note: added"],
  ],
  [field, `${field}      note: { type: text }\n`, "major", ["breaking Book.note: added, required"]],
  [
    field,
    `${field}      note: { type: text, default: "" }\n`,
    "minor",
    ["additive Book.note: added"],
  ],
  ["max: 200", "max: 300", "minor", ["additive Book.title: max 200 → 300"]],
  ["max: 200", "max: 100", "major", ["breaking Book.title: max 200 → 100"]],
  [
    "values: [new, used]",
    "values: [new, used, lost]",
    "major",
    ['breaking Book.state: values added: "lost"'],
  ],
  ["precision: 8", "precision: 10", "minor", ["additive Book.price: digits 6 → 8"]],
  ["scale: 2, min: 0", "scale: 3, min: 0", "major", []],
  ["scale: 2, min: 0", "scale: 2", "minor", ["additive Book.price: min 0 → none"]],
  ["scale: 2, min: 0", "scale: 2, min: 1", "major", ["breaking Book.price: min 0 → 1"]],
  [
    "      stock: { type: int, min: 0 }",
    "      stock: { type: bigint, min: 0 }",
    "major",
    ["breaking Book.stock: int → bigint"],
  ],
  ["default: new }", "default: used }", "minor", ['additive Book.state: default "new" → "used"']],
  [", default: new }", " }", "major", ["breaking Book.state: required now"]],
  [
    "since: { type: timestamp }",
    "since: { type: timestamp, nullable: true }",
    "major",
    ["breaking Loan.since: may be null now", "additive Loan.since: may be left out now"],
  ],
  ["    version: true\n", "", "major", ["breaking Book.version: removed"]],
  [
    "  Loan:\n    fields:",
    "  Loan:\n    tenant: branchId\n    fields:",
    "major",
    ["breaking Loan: belongs to tenants now"],
  ],
  [
    "lend: { op: insert }",
    "lend: { op: insert }, drop: { op: delete }",
    "minor",
    ["additive loans.drop(): added"],
  ],
  [
    "Loan: { get: {}, lend",
    "Loan: { lend",
    "major",
    ["breaking loans.get(): removed", "breaking loans.getMany(): removed"],
  ],
  [
    "optional: [price.range]",
    "optional: [price.range, title]",
    "minor",
    ["additive books.listByState() BookListByStateFilter.title: added"],
  ],
  [
    "where: [state], optional: [price.range]",
    "where: [state, price.range]",
    "major",
    ["breaking books.listByState() BookListByStateFilter.price: required now"],
  ],
  [
    "fields: [title, price] }",
    "fields: [title] }",
    "major",
    ["breaking books.amend() BookAmendPatch.price: removed"],
  ],
  [
    "measure: { sum: stock, count: true }",
    "measure: { count: true }",
    "major",
    ["breaking books.worth() BookWorth.sumStock: removed"],
  ],
  [
    list,
    list.replace("-title", "title"),
    "major",
    ["breaking books.listByState(): orderBy [-title, -id] → [title, id]"],
  ],
  ["page: keyset }\n        worth", "page: none }\n        worth", "major", []],
  ["floor: 0", "floor: -5", "minor", ["additive books.take(): floor 0 → -5"]],
  ["floor: 0", "floor: 5", "major", ["breaking books.take(): floor 0 → 5"]],
  ["by: negative", "by: any", "minor", ["additive books.take(): by negative → any"]],
  [
    "add: { op: insert }",
    "add: { op: upsert }",
    "major",
    ["breaking books.add(): op insert → upsert"],
  ],
  [
    "freshnessSeconds: 5",
    "freshnessSeconds: 60",
    "major",
    ["breaking data.bookSearch: freshness 5 s → 60 s"],
  ],
  [
    "freshnessSeconds: 5",
    "freshnessSeconds: 1",
    "minor",
    ["additive data.bookSearch: freshness 5 s → 1 s"],
  ],
  [
    "title: { weight: 2 }",
    "title: { weight: 4 }",
    "patch",
    ["internal data.bookSearch: weights changed"],
  ],
  [
    "dimensions: 8, metric: cosine",
    "dimensions: 16, metric: l2",
    "major",
    [
      "breaking data.similarBooks: dimensions 8 → 16",
      "breaking data.similarBooks: metric cosine → l2",
    ],
  ],
  [
    "  similar-books: { kind: vector, from: Book, field: embedding, access: { nearest: {} } }\n",
    "",
    "major",
    ["breaking data.similarBooks: removed"],
  ],
  ["ttl: 10m", "ttl: 5m", "patch", ["internal data.bookCache: ttl 10 minutes → 5 minutes"]],
];

test.each(cases)("%s → %s is %s", (from, to, step, expected) => {
  const found = compared(library, edited(library, from, to));
  expect(lines(found)).toEqual(expect.arrayContaining([...expected]));
  expect(found.version).toBe(step);
  for (const { why } of found.changes) expect(why).not.toBe("");
});

test.each(cases)("the way back of %s → %s is never less than a patch", (from, to) => {
  expect(compared(edited(library, from, to), library).version).not.toBe("none");
});

describe("a rename by was:", () => {
  test("of a field is told once, and what mentions it is compared under its new name", () => {
    const after = library
      .replace(
        "      title: { type: string, max: 200 }",
        "      name: { type: string, max: 200, was: title }",
      )
      .replaceAll("-title", "-name")
      .replace("fields: [title, price]", "fields: [name, price]")
      .replace("{ title: { weight: 2 }", "{ name: { weight: 2 }")
      .replace("text: [title, isbn]", "text: [name, isbn]");
    expect(lines(compared(library, after))).toEqual(["breaking Book.name: renamed from title"]);
  });

  test("of an entity too", () => {
    const after = library
      .replace("  Book:\n    version", "  Volume:\n    was: Book\n    version")
      .replaceAll("references: Book", "references: Volume")
      .replaceAll("from: Book", "from: Volume")
      .replace("[Book, Loan]", "[Volume, Loan]")
      .replace("      Book:\n", "      Volume:\n");
    expect(lines(compared(library, after))).toEqual(["breaking Volume: renamed from Book"]);
  });

  test("shows what else changed there", () => {
    const after = edited(
      library,
      "stock: { type: int, min: 0 }",
      "amount: { type: int, min: 5, was: stock }",
    )
      .replace("field: stock", "field: amount")
      .replace("sum: stock", "sum: amount");
    expect(lines(compared(library, after))).toEqual(
      expect.arrayContaining([
        "breaking Book.amount: renamed from stock",
        "breaking Book.amount: min 0 → 5",
      ]),
    );
  });

  test("without was: is a removal and an addition", () => {
    const after = edited(library, "extra: { type: json", "more: { type: json");
    expect(lines(compared(library, after))).toEqual([
      "breaking Book.extra: removed",
      "additive Book.more: added",
    ]);
  });
});

describe("owned children", () => {
  const child = library.slice(library.indexOf("  LoanNote:"), library.indexOf("workloads:"));
  test("a new list is required of those who insert the root", () => {
    expect(lines(compared(edited(library, child, ""), library))).toEqual([
      "breaking Loan.notes: added, required",
    ]);
    expect(lines(compared(library, edited(library, child, "")))).toEqual([
      "breaking Loan.notes: removed",
    ]);
  });
});

describe("stores", () => {
  test("a new one needs a configuration, in the program and in its deployment", () => {
    const before = edited(library, "  book-cache: { kind: cache, from: Book, ttl: 10m }\n", "");
    const shared = edited(
      library,
      "kind: cache, from: Book, ttl: 10m }",
      "kind: cache, from: Book, ttl: 10m, scale: { processes: 4 } }",
    );
    const found = lines(compared(before, shared));
    expect(found).toEqual(
      expect.arrayContaining([
        "breaking data.cache: added",
        "breaking cache: store added",
        "additive data.bookCache: added",
      ]),
    );
  });

  test("the planner's steps are judged by what they destroy and whom they break", () => {
    const planner = plannerOf([
      { title: "books: column note is added" },
      { title: "books: index is built", risks: ["locks"] },
      { title: "books: check", risks: ["locks"] },
      { title: "books: comment" },
      { phase: "backfill", title: "books: converted", risks: ["breaks-old-code", "rewrites"] },
      { phase: "contract", title: "books: column title is dropped", destroys: "books.title" },
      { phase: "contract", title: "books: not null", risks: ["scans"] },
    ]);
    const { changes, version } = compared(library, library, planner);
    expect(version).toBe("major");
    expect(
      changes
        .filter(({ subject }) => subject === "main/books")
        .map(({ impact, subject, what, why }) => ({ impact, subject, what, why })),
    ).toEqual([
      {
        impact: "breaking",
        subject: "main/books",
        what: "contract: books: column title is dropped",
        why: "books.title is lost for good",
      },
      {
        impact: "breaking",
        subject: "main/books",
        what: "backfill: converted",
        why: "code of before fails on it; it writes every row anew while everybody waits",
      },
      {
        impact: "breaking",
        subject: "main/books",
        what: "contract: not null",
        why: "it waits until no code of before runs any more; it reads every row while writers wait",
      },
      {
        impact: "additive",
        subject: "main/books",
        what: "expand: column note is added; index is built; check; and 1 more",
        why: "code of before runs on; it takes a lock",
      },
    ]);
  });

  test("what the planner has to ask is breaking: nobody knows a value for the rows there are", () => {
    const planner = plannerOf([], [{ about: "books.note", text: "needs a value", hint: "--set" }]);
    expect(lines(compared(library, library, planner))).toContain(
      "breaking main/books.note: needs a value",
    );
  });
});

test("the text names each surface once, the gravest change first, and counts", () => {
  const after = edited(
    edited(library, "max: 200", "max: 300"),
    "freshnessSeconds: 5",
    "freshnessSeconds: 60",
  );
  expect(compatibilityText(compared(library, after))).toBe(`API
  additive  Book.title: max 200 → 300
            what was accepted is accepted

Views
  breaking  data.bookSearch: freshness 5 s → 60 s
            answers may be older than was promised

major: 1 breaking, 1 additive
`);
});

const cacheOn = (stores: string): string =>
  edited(library, "project: library\n", `project: library\nstores: ${stores}\n`);
const inProcess = cacheOn("{ never: [redis, redis-cluster] }");
const onServer = cacheOn("{ running: [redis], never: [memory] }");
const onCluster = cacheOn("{ running: [redis-cluster], never: [memory, redis] }");

test("a cache that moves to another engine loses nothing: only a DSN that is asked for anew breaks", () => {
  expect(compared(onServer, onCluster)).toMatchObject({ version: "patch" });
  expect(compared(onServer, inProcess)).toMatchObject({ version: "patch" });
  const { version, changes } = compared(inProcess, onServer);
  expect(version).toBe("major");
  const breaking = changes.filter(({ impact }) => impact === "breaking");
  expect(breaking.map(({ surface, why }) => `${surface}: ${why}`)).toEqual([
    "api: openDataLayer needs its configuration (CACHE_URL)",
    "storage: a cache begins empty and loses nothing, but a deployment without CACHE_URL does not start",
  ]);
});
