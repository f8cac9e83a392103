// Steps of schema changes: which there are, in which phase, what each does to the documents, both ways.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Snapshot } from "../../../src/migrate/step.ts";
import { planner } from "../../../src/engines/mongodb/schema/planner.ts";
import { collectionsOf, type Shape } from "../../../src/engines/mongodb/schema/state.ts";
import { compared, edited } from "../compat/versions.ts";
import {
  changed,
  commandsOf,
  contextOf,
  outline,
  press,
  stepCalled,
  stored,
  storeOf,
} from "./press.ts";

const words = "      words: { type: int, min: 0 }\n";
const withNote = (note: string): string =>
  edited(press, words, `${words}      note: { ${note} }\n`);

test("from nothing: every collection with its validator and indexes, and the record of operations", () => {
  const store = storeOf(press);
  const { steps, questions } = planner.diff(
    new Map(),
    planner.snapshot(store, "press"),
    contextOf(store),
  );
  expect(questions).toEqual([]);
  expect(steps.map(({ name, phase, transactional }) => [name, phase, transactional])).toEqual([
    ["articles-create", "expand", true],
    ["operation-create", "expand", true],
  ]);
  const [articles, operation] = steps.map(({ up }) => commandsOf(up));
  expect(articles).toMatchObject([
    {
      createCollection: "articles",
      validator: {
        $jsonSchema: {
          required: ["slug", "state", "words", "sections"],
          properties: {
            words: { bsonType: "int", minimum: 0 },
            sections: { bsonType: "array", items: { required: ["no", "text"] } },
          },
        },
      },
    },
    { createIndexes: "articles", indexes: [{ key: { slug: 1 }, unique: true }, {}] },
  ]);
  expect(operation).toMatchObject([
    { createCollection: "operation" },
    { createIndexes: "operation" },
  ]);
  expect(steps.map(({ down }) => commandsOf(down))).toEqual([
    [{ dropCollection: "articles" }],
    [{ dropCollection: "operation" }],
  ]);
});

const ofShops = edited(
  press,
  "    timestamps: false\n",
  "    timestamps: false\n    tenant: shopId\n",
);
const ownedApart = edited(
  ofShops,
  "    owner: Article\n",
  "    owner: Article\n    perOwner: 20k\n",
);

/** The snapshot of a version whose validators asked owned documents for their tenant, which stands in their root. */
function askingTenant(spec: string): Snapshot {
  const tenant = { field: "shopId", kind: "uuid", required: true, schema: { bsonType: "string" } };
  const asking = <T extends Shape>(shape: T): T => ({
    ...shape,
    properties: { ...shape.properties, shop_id: tenant },
  });
  const snapshot = planner.snapshot(storeOf(spec), "press");
  return stored(
    new Map(
      [...collectionsOf(snapshot)].map(([name, one]) => {
        if (one.entity === "ArticleSection") return [name, asking(one)];
        const children = Object.entries(one.children).map(
          ([property, child]) => [property, asking(child)] as const,
        );
        return [name, { ...one, children: Object.fromEntries(children) }];
      }),
    ),
  );
}

describe("owned documents of a tenant's", () => {
  test("do not repeat the tenant of their root, whatever they are kept in", () => {
    const embedded = collectionsOf(planner.snapshot(storeOf(ofShops), "press")).get("articles");
    const sections = embedded?.children["sections"];
    expect(Object.keys(sections?.properties ?? {})).toEqual(["no", "text"]);
    expect(embedded?.properties["shop_id"]).toMatchObject({ required: true });
    const apart = collectionsOf(planner.snapshot(storeOf(ownedApart), "press"));
    expect(Object.keys(apart.get("article_sections")?.properties ?? {})).toEqual(["no", "text"]);
  });

  test.each([
    ["in their root", ofShops, "articles"],
    ["beside their root", ownedApart, "article-sections"],
  ])(
    "%s are asked for it no more by a validator of before; nothing is removed",
    (_, spec, name) => {
      const store = storeOf(spec);
      const to = planner.snapshot(store, "press");
      const change = planner.diff(askingTenant(spec), to, contextOf(store));
      expect(outline(change)).toEqual([
        `expand ${name}-widen-validator`,
        `contract ${name}-narrow-validator`,
      ]);
      expect(change.questions).toEqual([]);
      expect(change.steps.map(({ risks }) => risks)).toEqual([["none"], ["none"]]);
    },
  );
});

test("an unchanged spec asks for nothing, also from a snapshot whose keys were sorted on disk", () => {
  expect(changed(press, press)).toEqual({ steps: [], questions: [] });
  const everything = withNote("type: array, of: string, max: 4, nullable: true");
  expect(changed(everything, everything)).toEqual({ steps: [], questions: [] });
});

test("the file is a list of commands with the names of their steps, and holds each step's note once", () => {
  const change = changed(
    press,
    edited(press, "      slug:", "      path:").replace(
      "unique: true }",
      "unique: true, was: slug }",
    ),
  );
  for (const direction of ["up", "down"] as const) {
    const text = planner.print(change.steps, direction, "why");
    const printed = commandsOf(text);
    expect(text.endsWith("]\n")).toBe(true);
    expect([...new Set(printed.map(({ step }) => step))]).toEqual(
      change.steps.filter((step) => step[direction] !== "").map(({ name }) => name),
    );
    expect(printed.filter(({ note }) => note !== undefined).length).toBe(
      direction === "down" ? 0 : change.steps.filter(({ note }) => note !== undefined).length,
    );
  }
});

describe("a new property", () => {
  test("that may be null needs no document to change", () => {
    const change = changed(press, withNote("type: text, nullable: true"));
    expect(outline(change)).toEqual(["expand articles-widen-validator"]);
    expect(change.steps[0]?.risks).toEqual(["none"]);
  });

  test("with a default is filled before the new code starts and after the old one ended, then required", () => {
    const change = changed(press, withNote("type: bigint, default: 7"));
    expect(outline(change)).toEqual([
      "expand articles-widen-validator",
      "backfill articles-fill-note",
      "contract articles-fill-note-again",
      "contract articles-narrow-validator",
    ]);
    const fill = stepCalled(change, "articles-fill-note");
    expect(commandsOf(fill.up)).toEqual([
      {
        updateMany: "articles",
        filter: { note: { $exists: false } },
        update: { $set: { note: { $numberLong: "7" } } },
      },
    ]);
    expect(fill.batch).toMatchObject({ keys: 1 });
    expect(JSON.parse(fill.batch?.estimate ?? "")).toEqual({
      count: "articles",
      filter: { note: { $exists: false } },
    });
    expect(stepCalled(change, "articles-fill-note-again").up).toBe(fill.up);
    expect(commandsOf(fill.down)).toMatchObject([{ update: { $unset: { note: "" } } }]);
    expect(stepCalled(change, "articles-narrow-validator").risks).toContain("breaks-old-code");
  });

  test("without one is asked for", () => {
    const required = withNote("type: text");
    const { questions } = changed(press, required);
    expect(questions).toMatchObject([{ about: "articles.note" }]);
    expect(questions[0]?.hint).toContain("--set");
    const given = changed(press, required, { values: { "articles.note": '"none"' } });
    expect(given.questions).toEqual([]);
    expect(commandsOf(stepCalled(given, "articles-fill-note").up)).toMatchObject([
      { update: { $set: { note: "none" } } },
    ]);
    const computed = changed(press, required, {
      values: { "articles.note": '{"$toUpper":"$slug"}' },
    });
    expect(commandsOf(stepCalled(computed, "articles-fill-note").up)).toMatchObject([
      { update: [{ $set: { note: { $toUpper: "$slug" } } }] },
    ]);
    expect(
      changed(press, required, { values: { "articles.note": "none" } }).questions,
    ).toMatchObject([{ text: "articles.note: none is not JSON" }]);
  });

  test("that code of after could not read, or not find, is filled once, between the two codes", () => {
    const held = [
      "expand articles-widen-validator",
      "contract articles-fill-note",
      "contract articles-narrow-validator",
    ];
    const outlineOf = (after: string, values = {}): readonly string[] =>
      outline(changed(press, after, { values })).filter((one) => !one.includes("index"));
    const listed = (spec: string): string => spec.replace("where: [state]", "where: [state, note]");
    // No default that it could read.
    expect(outlineOf(withNote("type: text"), { "articles.note": '"none"' })).toEqual(held);
    // A default that the server does not know when it is asked by the field.
    expect(outlineOf(listed(withNote("type: int, default: 7")))).toEqual(held);
    // Another value than the default that it would read until then.
    expect(outlineOf(withNote("type: int, default: 7"), { "articles.note": "8" })).toEqual(held);
    const versioned = press.replace(
      "    timestamps: false\n",
      "    timestamps: false\n    version: true\n",
    );
    expect(outlineOf(versioned)[1]).toBe("contract articles-fill-version");
    const change = changed(press, withNote("type: text"), {
      values: { "articles.note": '"none"' },
    });
    expect(stepCalled(change, "articles-fill-note")).toMatchObject({
      risks: ["breaks-old-code", "new-code-waits"],
      note: expect.stringContaining("stop code of before"),
    });
    const nullable = withNote("type: text, nullable: true");
    expect(
      outline(changed(nullable, withNote("type: text"), { values: { "articles.note": '""' } })),
    ).toEqual(["contract articles-fill-note", "contract articles-narrow-validator"]);
  });

  test("with a unique index is indexed when it is filled: before, all would be the same null", () => {
    const change = changed(press, withNote("type: text, unique: true"), {
      values: { "articles.note": '{"$toString":"$_id"}' },
    });
    expect(outline(change).at(-1)).toBe("contract articles-add-index-articles-note-key");
    expect(change.steps.at(-1)?.risks).toEqual(["depends-on-data"]);
  });

  test("in an embedded document is filled in every item that lacks it", () => {
    const after = edited(
      press,
      "      text: { type: text }\n",
      "      text: { type: text }\n      bold: { type: boolean, default: false }\n",
    );
    const change = changed(press, after);
    expect(commandsOf(stepCalled(change, "articles-fill-sections-bold").up)).toEqual([
      {
        updateMany: "articles",
        filter: { sections: { $elemMatch: { bold: { $exists: false } } } },
        update: [
          {
            $set: {
              sections: {
                $map: {
                  input: "$sections",
                  as: "item0",
                  in: {
                    $cond: [
                      { $eq: [{ $type: "$$item0.bold" }, "missing"] },
                      { $mergeObjects: ["$$item0", { bold: { $literal: false } }] },
                      "$$item0",
                    ],
                  },
                },
              },
            },
          },
        ],
      },
    ]);
  });
});

describe("a property that goes", () => {
  const gone = edited(press, words, "").replace("orderBy: [words], ", "");
  test("is optional at once, and removed when no old code runs; that is destructive", () => {
    const change = changed(press, gone);
    expect(outline(change)).toContain("expand articles-widen-validator");
    const drop = change.steps.at(-1);
    expect(drop).toMatchObject({
      name: "articles-drop-words",
      phase: "contract",
      destroys: "articles.words",
      reversibility: "loses-data",
      down: "",
    });
    expect(commandsOf(drop?.up ?? "")).toMatchObject([
      { filter: { words: { $exists: true } }, update: { $unset: { words: "" } } },
    ]);
  });

  test("in an embedded document too", () => {
    const two = edited(
      press,
      "      text: { type: text }\n",
      "      text: { type: text }\n      title: { type: text }\n",
    );
    const change = changed(two, press);
    expect(change.steps.at(-1)).toMatchObject({ destroys: "articles.sections.title" });
    expect(JSON.stringify(commandsOf(change.steps.at(-1)?.up ?? ""))).toContain("$unsetField");
  });
});

describe("a rename by was:", () => {
  const after = edited(
    press,
    "slug: { type: string, max: 80, unique: true }",
    "path: { type: string, max: 80, unique: true, was: slug }",
  );

  test("moves the values in one step when no old code runs, and new code waits for it: a copy would miss what old code writes", () => {
    const change = changed(press, after);
    expect(outline(change)).toEqual([
      "expand articles-widen-validator",
      // Until then it keeps old code from writing one value twice.
      "contract articles-drop-index-articles-slug-key",
      "contract articles-ask-path",
      "contract articles-rename-slug-to-path",
      "contract articles-narrow-validator",
      "contract articles-add-index-articles-path-key",
    ]);
    const move = stepCalled(change, "articles-rename-slug-to-path");
    expect(move).toMatchObject({
      title:
        "articles: slug is renamed to path; column: slug in the spec would keep the stored name, and need no step",
      reversibility: "reversible",
      risks: ["breaks-old-code", "new-code-waits"],
      batch: { keys: 1 },
    });
    expect(move).not.toHaveProperty("destroys");
    expect(move.note).toMatch(/stop code of before, run this, then start code of after/);
    expect(commandsOf(move.up)).toMatchObject([
      { filter: { slug: { $exists: true } }, update: { $rename: { slug: "path" } } },
    ]);
    expect(commandsOf(move.down)).toMatchObject([
      { filter: { path: { $exists: true } }, update: { $rename: { path: "slug" } } },
    ]);
    expect(commandsOf(stepCalled(change, "articles-ask-path").up)).toMatchObject([
      { refuse: "articles", filter: { slug: { $exists: true }, path: { $exists: true } } },
    ]);
  });

  test("is told by compat: code of after starts only when it has run; with column: the storage does not change", () => {
    const told = (spec: string) =>
      compared(press, spec, () => planner).changes.filter(({ surface }) => surface === "storage");
    expect(told(after).map(({ why }) => why)).toContainEqual(
      expect.stringContaining("code of after starts only then"),
    );
    const named = after.replace("was: slug", "was: slug, column: slug");
    expect(told(named).filter(({ what }) => !what.includes("index"))).toEqual([]);
  });

  test("is no step where column: keeps the stored name", () => {
    const kept = edited(
      press,
      "slug: { type: string, max: 80, unique: true }",
      "path: { type: string, max: 80, unique: true, column: slug, was: slug }",
    );
    const change = changed(press, kept);
    expect(change.questions).toEqual([]);
    expect(
      change.steps.flatMap(({ up }) => commandsOf(up)).filter((one) => "updateMany" in one),
    ).toEqual([]);
    expect(outline(change).filter((one) => !one.includes("index"))).toEqual([]);
  });

  test("of an embedded property moves it in every item that has it", () => {
    const inner = edited(press, "text: { type: text }", "body: { type: text, was: text }");
    const change = changed(press, inner);
    const move = stepCalled(change, "articles-rename-sections-text-to-sections-body");
    expect(move.phase).toBe("contract");
    expect(JSON.stringify(commandsOf(move.up))).toContain(
      '{"$unsetField":{"field":"text","input":{"$mergeObjects":["$$item0",{"body":"$$item0.text"}]}}}',
    );
  });

  test("is one $rename of a store that stands still", () => {
    const change = changed(press, after, { mode: "direct" });
    const step = stepCalled(change, "articles-rename-slug-to-path");
    expect(commandsOf(step.up)).toMatchObject([{ update: { $rename: { slug: "path" } } }]);
    expect(commandsOf(step.down)).toMatchObject([{ update: { $rename: { path: "slug" } } }]);
  });

  test("of an entity renames its collection, and says what that means", () => {
    const renamed = press
      .replace("  Article:\n    time", "  Story:\n    was: Article\n    time")
      .replace("owner: Article", "owner: Story")
      .replace("  ArticleSection:", "  StorySection:\n    was: ArticleSection")
      .replace("entities: [Article]", "entities: [Story]")
      .replace("      Article:\n        get", "      Story:\n        get");
    const change = changed(press, renamed);
    const [first] = change.steps;
    expect(first).toMatchObject({
      name: "stories-rename-from-articles",
      phase: "contract",
      risks: ["breaks-old-code", "new-code-waits", "locks"],
      touches: ["stories", "articles"],
    });
    expect(change.steps.filter(({ phase }) => phase !== "contract")).toEqual([]);
    expect(commandsOf(first?.up ?? "")).toEqual([{ renameCollection: "articles", to: "stories" }]);
    expect(commandsOf(first?.down ?? "")).toEqual([
      { renameCollection: "stories", to: "articles" },
    ]);
    expect(change.steps.filter(({ destroys }) => destroys !== undefined)).toEqual([]);
  });
});

describe("another type", () => {
  const becomes = (type: string): string =>
    edited(press, "words: { type: int, min: 0 }", `words: { type: ${type} }`);

  test("of a number that holds all of the other converts in place, both ways, while both codes run", () => {
    const change = changed(press, becomes("bigint"));
    const convert = stepCalled(change, "articles-convert-words");
    expect(convert).toMatchObject({ phase: "backfill", risks: ["none"] });
    expect(outline(change)).toContain("contract articles-convert-words-again");
    expect(commandsOf(convert.up)).toMatchObject([
      {
        filter: { words: { $type: ["int"] } },
        update: [
          { $set: { words: { $cond: [{}, null, { $convert: { input: "$words", to: "long" } }] } } },
        ],
      },
    ]);
    expect(commandsOf(convert.down)).toMatchObject([{ filter: { words: { $type: ["long"] } } }]);
  });

  test("that is not compared with the old one is converted once, between old code and new code", () => {
    const change = changed(becomes("int"), becomes("text"));
    expect(outline(change)).toEqual([
      "expand articles-widen-validator",
      "contract articles-convert-words",
      "contract articles-narrow-validator",
    ]);
    const convert = stepCalled(change, "articles-convert-words");
    expect(convert.risks).toEqual(["breaks-old-code", "new-code-waits"]);
    expect(convert.note).toContain("stop code of before");
    const direct = changed(becomes("int"), becomes("text"), { mode: "direct" });
    expect(stepCalled(direct, "articles-convert-words").risks).toEqual(["breaks-old-code"]);
  });

  test("may fail where values do not convert, and says so", () => {
    const change = changed(becomes("text"), becomes("int"));
    expect(stepCalled(change, "articles-convert-words")).toMatchObject({
      phase: "contract",
      risks: ["breaks-old-code", "new-code-waits", "depends-on-data"],
      reversibility: "loses-data",
    });
  });

  test("that no rule leads to is asked for", () => {
    const { questions } = changed(becomes("int"), becomes("boolean"));
    expect(questions).toMatchObject([{ about: "articles.words" }]);
    const moved = edited(
      press,
      words,
      "      weights: { type: array, of: int, was: words }\n",
    ).replace("orderBy: [words], ", "");
    expect(changed(press, moved).questions).toHaveLength(1);
    const given = changed(press, moved, { values: { "articles.weights": '["$words"]' } });
    expect(given.questions).toEqual([]);
    const move = stepCalled(given, "articles-rename-words-to-weights");
    expect(commandsOf(move.up)).toMatchObject([
      { update: [{ $set: { weights: ["$words"] } }, { $unset: "words" }] },
    ]);
    // Nobody said how the old value comes back.
    expect(move).toMatchObject({ reversibility: "irreversible", down: "" });
  });

  test("of the key is no change of a document", () => {
    const { questions } = changed(
      press,
      edited(press, "id: { type: uuid, key: true }", "id: { type: bigint, key: true }"),
    );
    expect(questions).toMatchObject([{ about: "articles._id" }]);
  });
});

describe("what a value may be", () => {
  test("more: the validator at once", () => {
    expect(outline(changed(press, edited(press, "max: 80", "max: 200")))).toEqual([
      "expand articles-widen-validator",
    ]);
    expect(outline(changed(press, edited(press, "[draft, live]", "[draft, live, gone]")))).toEqual([
      "expand articles-widen-validator",
    ]);
  });

  test("less: the validator when no old code runs, after a look for documents that it would lock", () => {
    const change = changed(press, edited(press, "[draft, live]", "[draft]"));
    expect(outline(change)).toEqual([
      "expand articles-ask-values-of-state",
      "contract articles-narrow-validator",
    ]);
    expect(commandsOf(change.steps[1]?.up ?? "")).toMatchObject([
      {
        refuse: "articles",
        filter: { state: { $exists: true, $nin: ["draft"] } },
        reason: "state is none of draft",
      },
      { setValidator: "articles" },
    ]);
    const narrower = changed(press, edited(press, "min: 0", "min: 10, max: 20"));
    expect(commandsOf(narrower.steps[0]?.up ?? "")).toMatchObject([
      { filter: { words: { $lt: 10 } } },
      { filter: { words: { $gt: 20 } } },
      {},
    ]);
  });

  test("never null: nulls become the default first", () => {
    const nullable = withNote("type: text, nullable: true");
    const change = changed(nullable, withNote('type: text, default: ""'));
    expect(commandsOf(stepCalled(change, "articles-fill-note").up)).toMatchObject([
      { filter: { note: null }, update: { $set: { note: "" } } },
    ]);
  });
});

describe("collections and lists", () => {
  const leaflet = `  Leaflet:
    fields: { id: { type: uuid, key: true } }
`;
  const two = edited(press, "workloads:\n", `${leaflet}workloads:\n`)
    .replace("entities: [Article]", "entities: [Article, Leaflet]")
    .replace(
      "      Article:\n        get",
      "      Leaflet: { get: {} }\n      Article:\n        get",
    );

  test("a collection that goes is dropped last, and by name only", () => {
    const change = changed(two, press);
    expect(change.steps).toMatchObject([
      { phase: "contract", destroys: "leaflets", reversibility: "loses-data" },
    ]);
    expect(commandsOf(change.steps[0]?.down ?? "")).toMatchObject([
      { createCollection: "leaflets" },
    ]);
    expect(outline(changed(press, two))).toEqual(["expand leaflets-create"]);
  });

  test("a new list begins empty, one that goes is destructive", () => {
    const child = press.slice(press.indexOf("  ArticleSection:"), press.indexOf("workloads:"));
    const without = edited(press, child, "");
    expect(outline(changed(without, press))).toContain("backfill articles-fill-sections");
    expect(changed(press, without).steps.at(-1)).toMatchObject({ destroys: "articles.sections" });
  });
});

/** Versions of the spec that any other may follow. */
const fields: readonly (readonly [name: string, type: string])[] = [
  ["a", "type: int, default: 1"],
  ["a", "type: bigint, default: 1"],
  ["a", "type: text, nullable: true"],
  ["a", 'type: string, max: 9, default: "x"'],
  ["b", "type: boolean, default: true"],
  ["b", 'type: boolean, default: true, was: "a"'],
  ["b", 'type: text, default: "y", was: a'],
];
const specOf = (chosen: readonly number[], unique: boolean): string => {
  const lines = new Map(chosen.flatMap((at) => (fields[at] === undefined ? [] : [fields[at]])));
  const text = [...lines].map(([name, type]) => `      ${name}: { ${type} }\n`).join("");
  return edited(press, words, `${words}${text}`).replace(
    ", unique: true",
    unique ? ", unique: true" : "",
  );
};

test("whatever follows whatever: names of steps are unique, files keep them, and the way back ends at the first validator", () => {
  const version = fc.tuple(fc.subarray(fields.map((_, at) => at)), fc.boolean());
  fc.assert(
    fc.property(version, version, (from, to) => {
      const [before, after] = [specOf(...from), specOf(...to)];
      const { steps, questions } = changed(before, after);
      if (questions.length > 0) return;
      expect(new Set(steps.map(({ name }) => name)).size).toBe(steps.length);
      for (const { name, phase, up, batch } of steps) {
        expect(name).toMatch(/^[a-z0-9-]+$/);
        expect(commandsOf(up).length).toBeGreaterThan(0);
        if (batch !== undefined) expect(commandsOf(up)).toHaveLength(1);
        if (phase === "backfill") expect(batch).toBeDefined();
      }
      const order = ["expand", "backfill", "contract"];
      const phases = steps.map(({ phase }) => order.indexOf(phase));
      expect(phases).toEqual(phases.toSorted((a, b) => a - b));
      const validatorOf = (text: string): unknown =>
        commandsOf(text)
          .flatMap((command) => ("setValidator" in command ? [command.validator] : []))
          .at(-1);
      const ups = steps.flatMap(({ up }) => validatorOf(up) ?? []);
      const downs = steps.toReversed().flatMap(({ down }) => validatorOf(down) ?? []);
      const exact = (spec: string): unknown => {
        const store = storeOf(spec);
        const fresh = planner.diff(
          new Map(),
          stored(planner.snapshot(store, "press")),
          contextOf(store),
        );
        const [command] = commandsOf(fresh.steps[0]?.up ?? "");
        return command !== undefined && "createCollection" in command
          ? command.validator
          : undefined;
      };
      if (ups.length > 0) {
        expect(canonical(ups.at(-1))).toBe(canonical(exact(after)));
        expect(canonical(downs.at(-1))).toBe(canonical(exact(before)));
      } else expect(canonical(exact(after))).toBe(canonical(exact(before)));
    }),
    { seed: 20261121, numRuns: 60 },
  );
});

const canonical = (value: unknown): string | undefined =>
  JSON.stringify(value, (key, each: unknown) => {
    if (Array.isArray(each)) return key === "required" ? each.toSorted() : each;
    return typeof each === "object" && each !== null
      ? Object.fromEntries(Object.entries(each).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : each;
  });

test("documents that were deleted stop the end of softDelete, before code of after sees them again", () => {
  const soft = press.replace(
    "  Article:\n    timestamps",
    "  Article:\n    softDelete: true\n    timestamps",
  );
  expect(soft).not.toBe(press);
  const [first, ...rest] = changed(soft, press).steps;
  expect(first).toMatchObject({ phase: "expand", risks: ["depends-on-data"], down: "" });
  expect(commandsOf(first?.up ?? "")).toEqual([
    {
      refuse: "articles",
      filter: { deleted_at: { $ne: null } },
      reason: expect.stringContaining("rows of articles that were deleted would be seen again"),
    },
  ]);
  const asks = (steps: readonly { readonly up: string }[]) =>
    steps.filter(({ up }) => up.includes("would be seen again"));
  expect(asks(rest)).toEqual([]);
  expect(asks(changed(press, soft).steps)).toEqual([]);
});
