/** Rows that hinder a change are asked for before anything stands that hinders code of before: nothing is half-way, and its writes go on. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { StoreIr } from "../../../src/ir/types.ts";
import { planner } from "../../../src/engines/postgres/schema/planner.ts";
import type { Phase, Step } from "../../../src/migrate/step.ts";
import type { Field } from "../../../src/spec/model.ts";
import { entity, field, int, mainStore, text, transactional, uuid } from "./model.ts";
import { embeddedLab, type Lab, planned, run, wholeOf } from "./schema-lab.ts";

const store = (tenant: boolean, ...fields: readonly Field[]): StoreIr =>
  mainStore(
    [
      entity({
        name: "Note",
        timestamps: false,
        ...(tenant && { tenant: "tenantId" }),
        fields: [field("id", uuid, { key: true }), field("title", text), ...fields],
      }),
    ],
    [transactional("all", { Note: [{ op: "get", name: "get" }] })],
  ).store;

const bigint = { kind: "bigint" } as const;
const kinds = (...values: readonly string[]) => ({ kind: "enum", values }) as const;
const ids = [1, 2, 3].map((at) => `01890000-0000-7000-8000-00000000000${at}`);
const tenantId = "01890000-0000-7000-9000-000000000001";

const of = (steps: readonly Step[], phase: Phase): readonly Step[] =>
  steps.filter((step) => step.phase === phase);

let lab: Lab;
beforeAll(async () => {
  lab = await embeddedLab();
  await lab.exec(
    "create role migrator; create role shop_app; grant shop_app to migrator with admin option",
  );
}, 60_000);
beforeEach(async () => {
  await lab.exec("reset role; drop schema public cascade; create schema public");
  await lab.exec("grant create, usage on schema public to migrator");
});
afterAll(() => lab.close());

/** A store of before with one row that holds each value. */
async function rowsOf(before: StoreIr, column: string, values: readonly (string | null)[]) {
  await run(lab, wholeOf(before), "up");
  const tenants = before.entities[0]?.tenant !== undefined;
  for (const [at, value] of values.entries()) {
    await lab.rows(
      `insert into notes (id, title, ${column}${tenants ? ", tenant_id" : ""}) values ($1, 'a', $2${tenants ? `, '${tenantId}'` : ""})`,
      [ids[at] ?? "", value],
    );
  }
}

const objects = () =>
  lab.rows(
    "select count(*) from pg_trigger where tgrelid = 'notes'::regclass and not tgisinternal union all select count(*) from pg_attribute where attrelid = 'notes'::regclass and attnum > 0 and not attisdropped union all select count(*) from pg_constraint where conrelid = 'notes'::regclass and not convalidated",
  );

/** Code of before goes on with every row. */
const writes = async (column: string, value: string) => {
  await lab.exec("update notes set title = 'b'");
  await lab.rows(`update notes set ${column} = $1 where id = $2`, [value, ids[0] ?? ""]);
};

const narrowings = [
  { name: "bigint to int", from: bigint, to: int, fit: ["1", "-2147483648"], unfit: "2147483648" },
  { name: "text to int", from: text, to: int, fit: ["1", " -7 "], unfit: "abc" },
  { name: "text to int, too large", from: text, to: int, fit: ["1", "2"], unfit: "2147483648" },
  {
    name: "int to decimal",
    from: int,
    to: { kind: "decimal", precision: 6, scale: 2 } as const,
    fit: ["9999", "-9999"],
    unfit: "10000",
  },
  {
    name: "text to date",
    from: text,
    to: { kind: "date" } as const,
    fit: ["2026-01-31"],
    unfit: "2026-02-30",
  },
] as const;

describe.each(narrowings)("$name", ({ from, to, fit, unfit }) => {
  const before = store(false, field("amount", from));
  const after = store(false, field("amount", to));

  test("a row that does not fit is named before anything has changed", async () => {
    await rowsOf(before, "amount", [...fit, unfit]);
    const there = await objects();
    const steps = planned(before, after, "split");
    const sought = ids[fit.length] ?? "";
    const told = `amount of notes does not fit .*; rows: 1, one of them with id ${sought}; this finds them: select id, amount from notes where not `;
    await expect(run(lab, of(steps, "expand"), "up")).rejects.toThrow(new RegExp(told));
    expect(await objects()).toEqual(there);
    await writes("amount", unfit);
  }, 60_000);

  test("what code of before writes later stops the contract, and nothing before that", async () => {
    await rowsOf(before, "amount", fit);
    const steps = planned(before, after, "split");
    await run(lab, of(steps, "expand"), "up");
    await writes("amount", unfit);
    await run(lab, of(steps, "backfill"), "up");
    await writes("amount", unfit);
    const there = await objects();
    await expect(run(lab, of(steps, "contract"), "up")).rejects.toThrow(/rows: 1, one of them/);
    expect(await objects()).toEqual(there);
    await writes("amount", fit[0]);
    await run(lab, of(steps, "contract"), "up");
    const found = await lab.rows("select count(*) from notes where amount is null");
    expect(found).toEqual([["0"]]);
  }, 60_000);
});

test("an expression that fails for a row fails before anything has changed", async () => {
  const before = store(false, field("amount", text));
  const after = store(false, field("amount", int));
  await rowsOf(before, "amount", ["1", "abc"]);
  const steps = planned(before, after, "split", { "notes.amount": "amount::integer" });
  const there = await objects();
  await expect(run(lab, of(steps, "expand"), "up")).rejects.toThrow(/notes-ask-given-amount/);
  expect(await objects()).toEqual(there);
  await lab.exec("update notes set amount = '2' where amount = 'abc'");
  await run(lab, of(steps, "expand"), "up");
  await writes("amount", "none");
}, 60_000);

const contracts = [
  {
    name: "an enum of fewer values",
    column: "kind",
    from: field("kind", kinds("a", "b", "c")),
    to: field("kind", kinds("a", "b")),
    bad: "c",
    good: "b",
    unread: true,
  },
  {
    name: "text to an enum",
    column: "kind",
    from: field("kind", text),
    to: field("kind", kinds("a", "b")),
    bad: "c",
    good: "b",
    unread: true,
  },
  {
    name: "required",
    column: "kind",
    from: field("kind", text, { nullable: true }),
    to: field("kind", text),
    bad: null,
    good: "b",
    unread: false,
  },
  {
    name: "a least value",
    column: "amount",
    from: field("amount", int),
    to: field("amount", int, { min: 3 }),
    bad: "2",
    good: "3",
    unread: false,
  },
] as const;

describe.each(contracts)("$name", ({ column, from, to, bad, good, unread }) => {
  test.each([false, true])(
    "rows are asked before the rule is made; tenants: %s",
    async (tenant) => {
      if (tenant) await lab.exec("set role migrator");
      const [before, after] = [store(tenant, from), store(tenant, to)];
      await run(lab, wholeOf(before), "up");
      await lab.exec("reset role");
      const values = tenant ? `, '${tenantId}'` : "";
      for (const [at, value] of [good, bad, bad].entries()) {
        await lab.rows(
          `insert into notes (id, title, ${column}${tenant ? ", tenant_id" : ""}) values ($1, 'a', $2${values})`,
          [ids[at] ?? "", value],
        );
      }
      if (tenant) await lab.exec("set role migrator");
      const steps = planned(before, after, "split");
      const stopsAt = async (phase: Phase): Promise<void> => {
        const there = await objects();
        await expect(run(lab, of(steps, phase), "up")).rejects.toThrow(
          new RegExp(`rows: 2, one of them with id 01890000-.*; this finds them: select id`),
        );
        expect(await objects()).toEqual(there);
      };
      const written = async (value: string | null): Promise<void> => {
        await lab.exec("reset role");
        await lab.rows(`update notes set ${column} = $1 where id <> $2`, [value, ids[0] ?? ""]);
        if (tenant) await lab.exec("set role migrator");
      };
      if (unread) {
        await stopsAt("expand");
        await written(good);
      }
      await run(lab, [...of(steps, "expand"), ...of(steps, "backfill")], "up");
      if (unread) await written(bad);
      await stopsAt("contract");
      const [security] = await lab.rows(
        "select relforcerowsecurity from pg_class where oid = 'notes'::regclass",
      );
      expect(String(security?.[0]).startsWith("t")).toBe(tenant);
      await lab.exec("reset role");
      await lab.exec("update notes set title = 'b'");
      await lab.rows(`update notes set ${column} = $1`, [good]);
      if (tenant) await lab.exec("set role migrator");
      await run(lab, of(steps, "contract"), "up");
    },
    60_000,
  );
});

test("deleted rows stop the end of softDelete, and are told", async () => {
  const of = (softDelete: boolean): StoreIr => {
    const fields = [field("id", uuid, { key: true }), field("title", text)];
    const note = entity({ name: "Note", timestamps: false, softDelete, fields });
    return mainStore([note], [transactional("all", { Note: [{ op: "get", name: "get" }] })]).store;
  };
  await rowsOf(of(true), "deleted_at", [null, "2026-01-01"]);
  const steps = planned(of(true), of(false), "split");
  const there = await objects();
  await expect(run(lab, steps, "up")).rejects.toThrow(
    /deleted would be seen again: .*; rows: 1, .*; this finds them: select id from notes where deleted_at is not null/,
  );
  expect(await objects()).toEqual(there);
  expect(steps.flatMap(({ destroys }) => destroys ?? [])).toEqual(["notes.deleted_at"]);
  await lab.exec("delete from notes where deleted_at is not null");
  await run(lab, steps, "up");
}, 60_000);

test("a class that says what is lost is asked about, and no other", () => {
  const lossOf = (from: Field, to: Field) =>
    planned(store(false, from), store(false, to), "split").flatMap(
      ({ reversibility, destroys, removes, phase }) =>
        phase === "contract" && (reversibility !== "reversible" || removes !== undefined)
          ? [{ reversibility, destroys, removes }]
          : [],
    );
  const decimal = { kind: "decimal", precision: 12, scale: 2 } as const;
  const amount = (type: Field["type"]) => field("amount", type);
  expect(lossOf(amount(bigint), amount(int))).toEqual([]);
  expect(lossOf(amount(text), amount(int))).toEqual([]);
  expect(lossOf(amount(int), amount(decimal))).toEqual([
    { reversibility: "reversible", removes: "what is no integer in notes.amount" },
  ]);
  expect(lossOf(amount(decimal), amount(int))).toEqual([
    { reversibility: "loses-data", destroys: "notes.amount" },
  ]);
});

test("the linter knows the questions as its own", async () => {
  const before = store(true, field("amount", bigint), field("kind", text, { nullable: true }));
  const after = store(true, field("amount", int), field("kind", kinds("a; b", "it's")));
  const steps = planned(before, after, "split");
  const asked = steps.filter(({ up }) => up.startsWith("do $ask$"));
  expect(asked.map(({ phase }) => phase)).toEqual([
    "expand",
    "expand",
    "contract",
    "contract",
    "contract",
  ]);
  const printed = planner.print(asked, "up", "Asks.");
  const findings = await planner.lint?.({ text: printed, steps: asked, fresh: [] });
  expect(findings?.filter(({ rule }) => rule === "unchecked-code")).toEqual([]);
});
