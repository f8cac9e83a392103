/** What a history recorded is the same after up and down; where up cannot keep it, a step says so and has to be allowed. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { StoreIr } from "../../../src/ir/types.ts";
import type { Field } from "../../../src/spec/model.ts";
import { entity, field, mainStore, transactional, uuid } from "./model.ts";
import { embeddedLab, type Lab, planned, run, wholeOf } from "./schema-lab.ts";

let lab: Lab;
beforeAll(async () => {
  lab = await embeddedLab();
}, 60_000);
afterAll(() => lab.close());

const decimal = (scale: number) => ({ kind: "decimal", precision: 10, scale }) as const;
const store = (...fields: readonly Field[]): StoreIr =>
  mainStore(
    [
      entity({
        name: "Note",
        audit: true,
        timestamps: false,
        fields: [field("id", uuid, { key: true }), ...fields],
      }),
    ],
    [transactional("all", { Note: [{ op: "get", name: "get" }] })],
  ).store;

const born = field("born", { kind: "date" });
const changes = [
  ["date to timestamp", born, field("born", { kind: "timestamp" })],
  ["renamed", born, field("birthday", { kind: "date" }, { was: "born" })],
] as const;

test.each(changes)(
  "%s: down leaves the history as it was",
  async (_, from, to) => {
    await lab.exec("drop schema public cascade; create schema public");
    await run(lab, wholeOf(store(from)), "up");
    await lab.exec(
      "insert into notes (id, born) values ('01890000-0000-7000-8000-000000000001', '2026-01-31')",
    );
    const recorded = () => lab.rows("select content::text from notes_history order by revision");
    const there = await recorded();
    const steps = planned(store(from), store(to), "split");
    await run(lab, steps, "up");
    expect(await recorded()).not.toEqual(there);
    await run(lab, steps, "down");
    expect(await recorded()).toEqual(there);
    expect(steps.flatMap(({ destroys }) => destroys ?? [])).toEqual([]);
  },
  60_000,
);

test("a history whose values are rounded is named", () => {
  const [from, to] = [field("rating", decimal(4)), field("rating", decimal(1))];
  const steps = planned(store(from), store(to), "split");
  const named = steps.flatMap(({ destroys, reversibility }) =>
    destroys === undefined ? [] : [`${destroys} ${reversibility}`],
  );
  expect(named).toEqual(["notes.rating loses-data", "notes_history.content loses-data"]);
});
