import { describe, expect, test } from "vitest";
import { engines } from "../../../src/engines/registry.gen.ts";
import type { StoreIr } from "../../../src/ir/types.ts";
import { plannedChange } from "../../../src/migrate/reused-names.ts";
import { entity, field, mainStore, transactional, uuid } from "../postgres/model.ts";

// A name that one change both frees and uses: on every engine that holds records and migrates them, in both modes.

interface Fields {
  readonly [name: string]: { readonly was?: string; readonly column?: string };
}

interface Held {
  readonly was?: string;
  readonly table?: string;
  readonly fields?: Fields;
  readonly audit?: boolean;
}

type Entities = Readonly<Record<string, Held>>;

function storeOf(entities: Entities): StoreIr {
  const made = Object.entries(entities).map(([name, { fields = {}, ...more }]) =>
    entity({
      name,
      ...more,
      fields: [
        field("id", uuid, { key: true }),
        ...Object.entries(fields).map(([each, given]) =>
          field(each, { kind: "string", max: 40 }, { nullable: true, ...given }),
        ),
      ],
    }),
  );
  const access = Object.fromEntries(Object.keys(entities).map((name) => [name, []]));
  return mainStore(made, [transactional("all", access)]).store;
}

const item = (fields: Fields): Entities => ({ Item: { fields } });

const planners = engines.flatMap(({ id, schema, ports }) =>
  schema === undefined || !ports.includes("record") ? [] : [{ id, schema }],
);
const cases = planners.flatMap((each) =>
  (["split", "direct"] as const).map((mode) => ({ ...each, mode })),
);

test("several engines plan changes", () => {
  expect(planners.length).toBeGreaterThan(2);
});

describe.each(cases)("$id $mode", ({ schema, mode }) => {
  const snapshotOf = (store: StoreIr) =>
    new Map(
      [...schema.snapshot(store, "shop")].map(([part, content]) => [
        part,
        JSON.parse(JSON.stringify(content)) as unknown,
      ]),
    );
  const planned = (from: Entities, to: Entities) => {
    const store = storeOf(to);
    const context = { store, project: "shop", mode, values: {} };
    return plannedChange(schema, snapshotOf(storeOf(from)), snapshotOf(store), context);
  };
  const refused = (from: Entities, to: Entities) => {
    const { steps, questions } = planned(from, to);
    expect(steps).toEqual([]);
    return questions.map(({ about, text }) => `${about}: ${text}`);
  };
  const goes = (from: Entities, to: Entities) => {
    const { steps, questions } = planned(from, to);
    expect(questions).toEqual([]);
    expect(steps.length).toBeGreaterThan(0);
  };

  const taken = (part: string, old: string, name: string) =>
    expect.stringMatching(
      new RegExp(
        `^${part}\\.${name}: (column|property) ${old} of ${part} is to be called ${name}, and before the change there is a \\1 of that name$`,
      ),
    );
  const left = (part: string, name: string, how: string) =>
    expect.stringMatching(
      new RegExp(
        `^${part}\\.${name}: (column|property) ${name} of ${part} is new, under a name that the same change frees: ${how}$`,
      ),
    );

  const two = item({ first: {}, second: {} });

  test("a chain of fields", () => {
    expect(refused(two, item({ second: { was: "first" }, third: { was: "second" } }))).toEqual([
      taken("items", "first", "second"),
    ]);
  });

  test("a dropped field whose name a rename takes, also in another case", () => {
    expect(refused(two, item({ second: { was: "first" } }))).toEqual([
      taken("items", "first", "second"),
    ]);
    expect(refused(two, item({ last: { was: "first", column: "Second" } }))).toEqual([
      taken("items", "first", "Second"),
    ]);
  });

  test("a new field under the name that a rename leaves", () => {
    const named = [left("items", "note", "note becomes remark")];
    const renamed = { remark: { was: "note" } };
    expect(refused(item({ note: {} }), item({ ...renamed, note: {} }))).toEqual(named);
    expect(refused(item({ note: {} }), item({ ...renamed, text: { column: "note" } }))).toEqual(
      named,
    );
  });

  test("columns that stay are no renames", () => {
    const { questions } = planned(
      two,
      item({
        second: { was: "first", column: "first" },
        third: { was: "second", column: "second" },
      }),
    );
    expect(questions).toEqual([]);
  });

  const whole = (name: string, text: string) =>
    expect.stringMatching(new RegExp(`^${name}: (table|collection) ${text}`));

  test("a chain of entities, and one whose name a rename takes", () => {
    const from = { Item: {}, Other: {} };
    expect(refused(from, { Other: { was: "Item" }, Third: { was: "Other" } })).toContainEqual(
      whole("others", "items is to be called others"),
    );
    expect(refused(from, { Other: { was: "Item" } })).toContainEqual(
      whole("others", "items is to be called others"),
    );
  });

  test("a new entity under the name that a rename leaves", () => {
    expect(
      refused({ Item: {} }, { Thing: { was: "Item" }, Item: { fields: { label: {} } } }),
    ).toEqual([
      whole("items", "items is new, under a name that the same change frees: items becomes things"),
    ]);
  });

  test("a column may change its case, a table may not", () => {
    goes(item({ note: { column: "Note" } }), item({ note: {} }));
    goes(item({ note: { column: "Note" } }), item({ remark: { was: "note", column: "NOTE" } }));
    expect(refused({ Item: { table: "Items" } }, { Item: {} })).toContainEqual(
      whole("items", "Items is to be called items, which differs by case only: not every server"),
    );
  });

  test("histories follow their tables", () => {
    expect(
      refused({ Item: { audit: true } }, { Thing: { was: "Item", audit: true }, Item: {} }),
    ).toHaveLength(1);
    expect(
      refused(
        { Item: { audit: true } },
        { Thing: { was: "Item", audit: true }, Item: { audit: true } },
      ),
    ).toHaveLength(2);
  });

  test("in two changes each goes, and `was:` of the one before stays written", () => {
    const moved = { first: {}, third: { was: "second" } };
    goes(two, item(moved));
    goes(item(moved), item({ third: { was: "second" }, second: { was: "first" } }));
    goes(item({ remark: { was: "note" } }), item({ remark: { was: "note" }, note: {} }));
    goes({ Thing: { was: "Item" } }, { Thing: { was: "Item" }, Item: {} });
  });

  test("the hint says how to make two of it, and that a `was:` may be left over", () => {
    const { questions } = planned(two, item({ second: { was: "first" } }));
    expect(questions.map(({ hint }) => hint)).toEqual([
      "make two changes of it: first migrate diff with second renamed or dropped and first as it is, apply it to the end (migrate up --contract), then migrate diff with first renamed. Where was: is left of a change that is done, take it out",
    ]);
  });
});

test("of documents, a new field takes no property that another leaves", () => {
  const documents = planners.find(({ id }) => id === "mongodb");
  if (documents === undefined) throw new Error("no documents");
  const [before, store] = [
    storeOf(item({ note: {} })),
    storeOf(item({ text: { column: "note" } })),
  ];
  const context = { store, project: "shop", mode: "split", values: {} } as const;
  const snapshotOf = (each: StoreIr) => documents.schema.snapshot(each, "shop");
  const { questions } = plannedChange(
    documents.schema,
    snapshotOf(before),
    snapshotOf(store),
    context,
  );
  expect(questions.map(({ text }) => text)).toEqual([
    "property note of items is new, under a name that the same change frees: note is dropped",
  ]);
});
