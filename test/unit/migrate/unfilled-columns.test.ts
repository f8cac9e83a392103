// A field that becomes required beside a copy of its column, when nothing fills the rows that hold null: code of after cannot read those, so it waits for the contract that asks for them.
import { expect, test } from "vitest";
import { engines } from "../../../src/engines/registry.gen.ts";
import type { Field } from "../../../src/spec/model.ts";
import { entity, field, mainStore, transactional, uuid } from "../postgres/model.ts";

const guests = (name: string, max: number, more: Partial<Field>) =>
  mainStore(
    [
      entity({
        name: "Guest",
        timestamps: false,
        fields: [field("id", uuid, { key: true }), field(name, { kind: "string", max }, more)],
      }),
    ],
    [transactional("all", { Guest: [{ op: "get", name: "get" }] })],
  ).store;

const optional = { nullable: true } as const;
const was = { was: "phone" } as const;
const note =
  "It fails while a row holds null in mobile; a migration made with --set guests.mobile=EXPRESSION fills those rows first.";

const sql = engines.flatMap(({ id, schema }) =>
  schema?.suffix === "sql" ? [{ id, planner: schema }] : [],
);

test("there are SQL engines", () => expect(sql.length).toBeGreaterThan(2));

test.each(
  sql.flatMap((engine) => [
    { ...engine, name: "nothing fills it", values: {}, to: guests("mobile", 20, was), waits: true },
    {
      ...engine,
      name: "--set",
      values: { "guests.mobile": "'none'" },
      to: guests("mobile", 20, was),
      waits: false,
    },
    {
      ...engine,
      name: "it may stay empty",
      values: {},
      to: guests("mobile", 20, { ...was, ...optional }),
      waits: false,
    },
  ]),
)("$id: $name", ({ planner, values, to, waits }) => {
  const from = guests("phone", 20, optional);
  const { steps, questions } = planner.diff(
    planner.snapshot(from, "hotel"),
    planner.snapshot(to, "hotel"),
    { store: to, project: "hotel", mode: "split", values },
  );
  expect(questions).toEqual([]);
  const told = steps.filter((step) => step.note?.includes(note) === true);
  expect(told.map(({ phase }) => phase)).toEqual(waits ? ["contract"] : []);
  const waiting = steps.filter(({ risks }) => risks.includes("new-code-waits"));
  expect([...new Set(waiting.map(({ phase }) => phase))]).toEqual(waits ? ["contract"] : []);
});

test.each(sql)("$id: a column that was required before keeps nobody waiting", ({ planner }) => {
  const [from, to] = [guests("phone", 20, {}), guests("mobile", 20, was)];
  const { steps } = planner.diff(planner.snapshot(from, "hotel"), planner.snapshot(to, "hotel"), {
    store: to,
    project: "hotel",
    mode: "split",
    values: {},
  });
  expect(steps.some(({ risks }) => risks.includes("new-code-waits"))).toBe(false);
});
