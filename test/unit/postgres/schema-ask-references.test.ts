/** Before a foreign key comes, rows that refer to nothing are counted and told, past the policies of both tables; nothing is half-way then. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { planner } from "../../../src/engines/postgres/schema/planner.ts";
import type { StoreIr } from "../../../src/ir/types.ts";
import type { Phase, Step } from "../../../src/migrate/step.ts";
import { entity, field, mainStore, text, transactional, uuid } from "./model.ts";
import { embeddedLab, type Lab, planned, run, wholeOf } from "./schema-lab.ts";

interface Kind {
  readonly tenant: boolean;
  readonly target?: "List" | "Shelf";
  readonly onDelete?: "restrict" | "cascade";
}

function store({ tenant, target, onDelete = "restrict" }: Kind): StoreIr {
  const common = { timestamps: false, ...(tenant && { tenant: "tenantId" }) } as const;
  const own = [field("id", uuid, { key: true }), field("title", text)];
  const list = {
    nullable: true,
    ...(target !== undefined && {
      reference: { entity: target, field: "id", onDelete },
    }),
  };
  return mainStore(
    [
      entity({ ...common, name: "List", fields: own }),
      entity({ ...common, name: "Shelf", fields: own }),
      entity({ ...common, name: "Note", fields: [...own, field("list", uuid, list)] }),
    ],
    [
      transactional("all", {
        Note: [{ op: "get", name: "get" }],
        List: [{ op: "get", name: "get" }],
        Shelf: [{ op: "get", name: "get" }],
      }),
    ],
  ).store;
}

const id = (at: number): string => `01890000-0000-7000-8000-00000000000${at}`;
const tenantId = "01890000-0000-7000-9000-000000000001";
const of = (steps: readonly Step[], ...phases: readonly Phase[]): readonly Step[] =>
  steps.filter((step) => phases.includes(step.phase));

let lab: Lab;
beforeAll(async () => {
  lab = await embeddedLab();
  await lab.exec(
    "create role migrator; create role shop_app; grant shop_app to migrator with admin option",
  );
}, 60_000);
beforeEach(async () => {
  await lab.exec("reset role; drop schema public cascade; create schema public");
  await lab.exec("grant create, usage on schema public to migrator; set role migrator");
});
afterAll(() => lab.close());

/** As somebody whom no policy binds. */
async function unbound(statement: string): Promise<void> {
  await lab.exec(`reset role; ${statement}; set role migrator`);
}

async function rows(tenant: boolean): Promise<void> {
  const [column, value] = tenant ? [", tenant_id", `, '${tenantId}'`] : ["", ""];
  const lists = [1, 2].map((at) => `('${id(at)}', 'l'${value})`);
  const notes = [id(1), id(2), id(7), id(8)].map(
    (list, at) => `('${id(at + 1)}', 'n', '${list}'${value})`,
  );
  await unbound(`insert into lists (id, title${column}) values ${lists.join()};
insert into notes (id, title, list${column}) values ${notes.join()}, ('${id(5)}', 'n', null${value})`);
}

const state = () =>
  lab.rows(
    "select conname, convalidated::text from pg_constraint where contype = 'f' union all select relname, relforcerowsecurity::text from pg_class where relname in ('notes', 'lists') order by 1",
  );

const key = (tenant: boolean): string => `notes_list${tenant ? "_tenant_id" : ""}_fkey`;

const told = (tenant: boolean): RegExp =>
  tenant
    ? /what list, tenant_id of notes refers to is not in lists; rows: 2, one of them with id 01890000-0000-7000-8000-000000000003; this finds them: select id, list, tenant_id from notes where notes\.list is not null and notes\.tenant_id is not null and not exists \(select from lists as referred where referred\.id = notes\.list and referred\.tenant_id = notes\.tenant_id\)/
    : /what list of notes refers to is not in lists; rows: 2, one of them with id 01890000-0000-7000-8000-000000000003; this finds them: select id, list from notes where notes\.list is not null and not exists \(select from lists as referred where referred\.id = notes\.list\)/;

describe.each([false, true])("tenants: %s", (tenant) => {
  const before = store({ tenant });
  const after = store({ tenant, target: "List" });

  test("split: orphans stop the contract before the foreign key stands, and the query finds them", async () => {
    await run(lab, wholeOf(before), "up");
    await rows(tenant);
    const steps = planned(before, after, "split");
    await run(lab, of(steps, "expand", "backfill"), "up");
    const there = await state();
    const failure = await run(lab, of(steps, "contract"), "up").catch((error: unknown) => error);
    expect(String(failure)).toMatch(told(tenant));
    expect(await state()).toEqual(there);
    const [, query = ""] = /^error: .*this finds them: (select .*)$/m.exec(String(failure)) ?? [];
    await lab.exec("reset role");
    const own = tenant ? [tenantId] : [];
    expect(await lab.rows(query)).toEqual([
      [id(3), id(7), ...own],
      [id(4), id(8), ...own],
    ]);
    await unbound(`delete from notes where list in ('${id(7)}', '${id(8)}')`);
    await run(lab, of(steps, "contract"), "up");
    expect(await state()).toContainEqual([key(tenant), "true"]);
  }, 60_000);

  test("direct: orphans stop it, too", async () => {
    await run(lab, wholeOf(before), "up");
    await rows(tenant);
    const steps = planned(before, after, "direct");
    await expect(run(lab, steps, "up")).rejects.toThrow(told(tenant));
    expect((await state()).filter(([name]) => name === key(tenant))).toEqual([]);
    await unbound("update notes set list = null");
    await run(lab, steps, "up");
    expect(await state()).toContainEqual([key(tenant), "true"]);
  }, 60_000);
});

test("a reference to another table is a new one; another rule of deletion is none", async () => {
  const asks = (from: StoreIr, to: StoreIr) =>
    (["split", "direct"] as const).map(
      (mode) => planned(from, to, mode).filter(({ up }) => up.startsWith("do $ask$")).length,
    );
  const list = store({ tenant: false, target: "List" });
  expect(asks(list, store({ tenant: false, target: "Shelf" }))).toEqual([1, 1]);
  const cascade = store({ tenant: false, target: "List", onDelete: "cascade" });
  expect(asks(list, cascade)).toEqual([0, 0]);
  expect(asks(list, store({ tenant: false }))).toEqual([0, 0]);
});

test("the linter knows the question as its own", async () => {
  const steps = planned(store({ tenant: true }), store({ tenant: true, target: "List" }), "split");
  const asked = steps.filter(({ up }) => up.startsWith("do $ask$"));
  expect(asked).toHaveLength(1);
  const findings = await planner.lint?.({
    text: planner.print(asked, "up", "Asks."),
    steps: asked,
    fresh: [],
  });
  expect(findings?.filter(({ rule }) => rule === "unchecked-code")).toEqual([]);
});
