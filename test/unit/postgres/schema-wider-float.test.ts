/** Every `real` is a `double precision`: nothing is lost on the way up, and a row and what was recorded of it stay one value. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { StoreIr } from "../../../src/ir/types.ts";
import { losesSilently, mayNarrow } from "../../../src/engines/postgres/schema/convert.ts";
import type { FieldType } from "../../../src/spec/model.ts";
import { entity, field, mainStore, transactional, uuid } from "./model.ts";
import { embeddedLab, type Lab, planned, run, wholeOf } from "./schema-lab.ts";

let lab: Lab;
beforeAll(async () => {
  lab = await embeddedLab();
}, 60_000);
afterAll(() => lab.close());

const store = (type: FieldType): StoreIr => {
  const fields = [field("id", uuid, { key: true }), field("size", type)];
  const note = entity({ name: "Note", audit: true, timestamps: false, fields });
  return mainStore([note], [transactional("all", { Note: [{ op: "get", name: "get" }] })]).store;
};
const single = store({ kind: "float", native: "real" });
const double = store({ kind: "float" });

test.each(["split", "direct"] as const)(
  "%s: no loss on the way up; rows and history agree",
  async (mode) => {
    await lab.exec("drop schema public cascade; create schema public");
    await run(lab, wholeOf(single), "up");
    await lab.exec(
      "insert into notes (id, size) values (gen_random_uuid(), 0.1), (gen_random_uuid(), 16777216), (gen_random_uuid(), 3.4028235e38)",
    );
    const steps = planned(single, double, mode);
    expect(steps.flatMap(({ destroys }) => destroys ?? [])).toEqual([]);
    expect(steps.flatMap(({ removes }) => removes ?? [])).toContain(
      "what is no real in notes.size",
    );
    await run(lab, steps, "up");
    const doubles = ["0.10000000149011612", "16777216", "3.4028234663852886e+38"];
    expect(await held()).toEqual(doubles.map((size) => [size, size]));
    await run(lab, steps, "down");
    expect(await held()).toEqual(
      ["0.1", "1.6777216e+07", "3.4028235e+38"].map((size) => [size, size]),
    );
  },
  60_000,
);

/** What each row holds, and what the history says of it, read through the table's own type. */
const held = () =>
  lab.rows(`select notes.size::text, (jsonb_populate_record(null::notes, content)).size::text
    from notes join notes_history using (id) order by notes.size`);

test.each([
  ["real", "double precision", false],
  ["double precision", "real", true],
  ["smallint", "real", false],
  ["integer", "real", true],
  ["integer", "double precision", false],
  ["bigint", "double precision", true],
  // The server writes six digits of one and fifteen of the other.
  ["real", "numeric", true],
  ["double precision", "numeric", true],
  ["real", "numeric(12, 4)", true],
])("%s → %s loses silently: %s", (from, to, loses) => {
  expect(losesSilently(from, to)).toBe(loses);
});

test("only the way back narrows", () => {
  expect(mayNarrow("real", "double precision")).toBe(false);
  expect(mayNarrow("double precision", "real")).toBe(true);
});
