// The name of an index is one of its schema: what one table's index is called says nothing of another's.
import { afterAll, beforeAll, expect, test } from "vitest";
import { planner } from "../../../src/engines/postgres/schema/planner.ts";
import { isDebris, isGone, isWhole } from "../../../src/engines/postgres/schema/statement.ts";
import { plannedChange } from "../../../src/migrate/reused-names.ts";
import type { StoreIr } from "../../../src/ir/types.ts";
import { entity, field, mainStore, text, transactional, uuid } from "./model.ts";
import { embeddedLab, type Lab, planned } from "./schema-lab.ts";

const note = field("note", text);
const indexed = (name: string, ...indexes: readonly string[]) =>
  entity({
    name,
    fields: [field("id", uuid, { key: true }), note],
    indexes: indexes.map((each) => ({
      name: each,
      unique: false,
      terms: [{ field: "note", direction: "asc" as const }],
    })),
  });
const storeOf = (...entities: readonly ReturnType<typeof indexed>[]): StoreIr =>
  mainStore(entities, [
    transactional("all", Object.fromEntries(entities.map(({ name }) => [name, []]))),
  ]).store;

const asked = (from: StoreIr, to: StoreIr, mode: "split" | "direct") =>
  plannedChange(planner, planner.snapshot(from, "shop"), planner.snapshot(to, "shop"), {
    store: to,
    project: "shop",
    mode,
    values: {},
  }).questions.map((question) => `${question.about}: ${question.text}`);

test.each(["split", "direct"] as const)(
  "an index whose name another table holds is asked about (%s)",
  (mode) => {
    const refusal = [
      "items.ix_three: index ix_three of items is new, under a name that the same change frees: ix_three is dropped",
    ];
    const from = storeOf(indexed("Item"), indexed("Other", "ix_three"));
    expect(asked(from, storeOf(indexed("Item", "ix_three"), indexed("Other")), mode)).toEqual(
      refusal,
    );
    expect(asked(from, storeOf(indexed("Item", "ix_three")), mode)).toEqual(refusal);
    expect(asked(from, storeOf(indexed("Item", "ix_one"), indexed("Other")), mode)).toEqual([]);
  },
);

let lab: Lab;
beforeAll(async () => {
  lab = await embeddedLab();
}, 60_000);
afterAll(() => lab.close());

const holds = async (query: string): Promise<boolean> =>
  ["t", "true"].includes(String((await lab.rows(query))[0]?.[0]));

test("a step is done only when the index is its own table's", async () => {
  await lab.exec(
    "create table items (note text); create table others (note text); create index ix on others (note);",
  );
  const plain = { name: "ix", unique: false, body: "(note)" };
  expect(await holds(isWhole("others", plain))).toBe(true);
  expect(await holds(isWhole("others", { ...plain, unique: true }))).toBe(false);
  expect(await holds(isWhole("items", plain))).toBe(false);
  expect(await holds(isGone("items", "ix"))).toBe(true);
  expect(await holds(isGone("others", "ix"))).toBe(false);
  expect(await holds(isGone("missing", "ix"))).toBe(true);
});

test("a step is done only when the index is the one that was meant, and only what a broken build of it left is its debris", async () => {
  await lab.exec(
    'create table shaped (a text, b int, tags text[], "Odd ""name" text, d timestamptz)',
  );
  const bodies = [
    ["(a)", "(b)", "(a desc)", "(a, b)", "(lower(a))", "(a) where b > 0", "using hash (a)"],
    ["(a, b desc)", "(b desc, a)", "(a, b)", "(a desc, b)"],
    ['("Odd ""name", d desc)', "(a, d desc)", '("Odd ""name", d)'],
    ["((lower(a)), b)", "(a, b)", "(b, (lower(a)))"],
    ["((coalesce(a, 'x, y)')) desc) where b > 0", "(a desc) where b > 0", "((lower(a)) desc)"],
    ["using gin (tags)", "(tags)"],
    ["(a text_pattern_ops) include (b)", "(b)"],
    ["(a nulls first, b desc nulls last) where a is not null", "(a, b) where a is not null"],
  ] as const;
  const found: unknown[] = [];
  for (const unique of [false, true])
    for (const [body, ...others] of bodies) {
      if (unique && body.startsWith("using")) continue;
      const index = { name: "ix_shaped", unique, body };
      await lab.exec(`create ${unique ? "unique " : ""}index ix_shaped on shaped ${body}`);
      const wrong = [
        ...others.map((other) => ({ ...index, body: other })),
        { ...index, unique: !unique },
      ];
      const asked = async () => [
        await holds(isWhole("shaped", index)),
        await holds(isDebris("shaped", index)),
        await Promise.all(wrong.map((other) => holds(isWhole("shaped", other)))),
        await Promise.all(wrong.map((other) => holds(isDebris("shaped", other)))),
      ];
      const none = wrong.map(() => false);
      expect([body, ...(await asked())]).toEqual([body, true, false, none, none]);
      await lab.exec(
        "update pg_index set indisvalid = false where indexrelid = 'ix_shaped'::regclass",
      );
      expect([body, ...(await asked())]).toEqual([body, false, true, none, none]);
      expect(await holds(isDebris("items", index))).toBe(false);
      await lab.exec("drop index ix_shaped");
      expect(await holds(isDebris("shaped", index))).toBe(true);
      found.push(body);
    }
  expect(found.length).toBe(15);
});

test("the steps that build and drop an index ask about their table", () => {
  const steps = planned(
    storeOf(indexed("Item", "ix_old")),
    storeOf(indexed("Item", "ix_new")),
    "split",
  );
  const verified = steps.flatMap(({ verify }) => verify ?? []);
  expect(verified.length).toBe(steps.filter(({ transactional: inOne }) => !inOne).length);
  for (const query of verified) expect(query).toContain(`to_regclass('items')`);
});
