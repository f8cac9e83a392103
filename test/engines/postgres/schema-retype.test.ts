/** A column that changes its type under its own name: which code runs when, as the plan says it and as the server has it. */
import { randomUUID } from "node:crypto";
import type pg from "pg";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { cell } from "../../support/closing-table.ts";
import { entity, field, mainStore, transactional, uuid } from "../../unit/postgres/model.ts";
import type { Field, FieldType } from "../../../src/spec/model.ts";
import type { StoreIr } from "../../../src/ir/types.ts";
import type { Phase, Step } from "../../../src/migrate/step.ts";
import {
  connected,
  differences,
  inSchema,
  type Lab,
  planned,
  run,
  serverLab,
  wholeOf,
} from "../../unit/postgres/schema-lab.ts";
import { columnOf, isMissing, type Namespace, sharedServer } from "../servers.ts";

const server = await sharedServer("postgres");
const proof = { port: "migrations", engine: columnOf(server), method: "another type" };
if (isMissing(server)) cell(proof, { kind: "not proven", why: server.reason });

const counted = (type: FieldType, more: Partial<Field> = {}): StoreIr => {
  const fields = [field("id", uuid, { key: true }), field("amount", type, more)];
  const note = entity({ name: "Note", audit: true, timestamps: false, fields });
  return mainStore([note], [transactional("all", { Note: [{ op: "get", name: "get" }] })]).store;
};

const int: FieldType = { kind: "int" };
const ofPhase = (steps: readonly Step[], phase: Phase): readonly Step[] =>
  steps.filter((step) => step.phase === phase);
const waiting = (steps: readonly Step[]): readonly Step[] =>
  steps.filter(({ risks }) => risks.includes("new-code-waits"));

/** Statements as code of one version prepares them: the server keeps their plans, and with those the types of their columns. */
const codeOf = (client: pg.Client, version: string, type: string, column = "amount") => ({
  insert: (id: string, amount: string) =>
    client.query({
      name: `${version}-insert`,
      text: `insert into notes (id, ${column}) values ($1::uuid, $2::${type})`,
      values: [id, amount],
    }),
  sum: async (amount: string): Promise<number> => {
    const text = `select count(*)::int as found from notes where ${column} = $1::${type}`;
    const { rows } = await client.query({ name: `${version}-sum`, text, values: [amount] });
    return (rows[0] as { readonly found: number }).found;
  },
});

describe.skipIf(isMissing(server))("another type under one name", () => {
  let space: Namespace;
  let client: pg.Client;
  let lab: Lab;
  beforeEach(async () => {
    if (isMissing(server)) return;
    space = await server.namespace();
    client = await connected(space.dsn);
    lab = serverLab(client);
  });
  afterEach(async () => {
    await client?.end();
    await space?.drop();
  });
  afterAll(() => cell(proof, { kind: "proven" }));

  async function sameAs(made: StoreIr): Promise<void> {
    await lab.exec("drop schema if exists fresh cascade");
    await inSchema(lab, "fresh", () => run(lab, wholeOf(made), "up"));
    expect(await differences(lab, "public", "fresh")).toEqual([]);
  }

  test.each(["split", "direct"] as const)(
    "rows without a value get the default of a column that becomes required with its type and name, %s",
    async (mode) => {
      const more = { default: 4, was: "amount" } as const;
      const note = entity({
        name: "Note",
        audit: true,
        timestamps: false,
        fields: [field("id", uuid, { key: true }), field("width", { kind: "bigint" }, more)],
      });
      const all = transactional("all", { Note: [{ op: "get", name: "get" }] });
      const [from, to] = [counted(int, { nullable: true }), mainStore([note], [all]).store];
      await run(lab, wholeOf(from), "up");
      await lab.exec(
        `insert into notes (id, amount) values ('${randomUUID()}', 1), ('${randomUUID()}', null)`,
      );
      const steps = planned(from, to, mode);
      await run(lab, ofPhase(steps, "expand"), "up");
      await run(lab, ofPhase(steps, "backfill"), "up");
      if (mode === "split")
        await lab.exec(`insert into notes (id, amount) values ('${randomUUID()}', null)`);
      await run(lab, ofPhase(steps, "contract"), "up");
      const { rows } = await client.query("select width::int as width from notes order by width");
      expect(rows.map(({ width }: { width: number }) => width)).toEqual(
        mode === "split" ? [1, 4, 4] : [1, 4],
      );
      await sameAs(to);
    },
  );

  test("a wider integer is there before the new code starts, and the old code goes on with it", async () => {
    const [from, to] = [
      counted(int, { min: 0, default: 7 }),
      counted({ kind: "bigint" }, { min: 0, default: 7 }),
    ];
    await run(lab, wholeOf(from), "up");
    const old = codeOf(client, "old", "integer");
    await old.insert(randomUUID(), "1");
    const steps = planned(from, to, "split");
    expect([ofPhase(steps, "contract"), waiting(steps)]).toEqual([[], []]);
    for (const phase of ["expand", "backfill"] as const) {
      await run(lab, ofPhase(steps, phase), "up");
      await old.insert(randomUUID(), "1");
      expect(await old.sum("1")).toBeGreaterThan(1);
    }
    await codeOf(client, "new", "bigint").insert(randomUUID(), "5000000000");
    expect(await old.sum("1")).toBe(3);
    await sameAs(to);
    await lab.exec("delete from notes where amount > 10");
    await run(lab, steps, "down");
    expect(await old.sum("1")).toBe(3);
    await sameAs(from);
  });

  test("a rule that comes with the type waits with it for the contract", async () => {
    const steps = planned(counted(int), counted({ kind: "bigint" }, { max: 100 }), "split");
    await run(lab, wholeOf(counted(int)), "up");
    const old = codeOf(client, "old", "integer");
    for (const phase of ["expand", "backfill"] as const) {
      await run(lab, ofPhase(steps, phase), "up");
      await old.insert(randomUUID(), "101");
    }
    await lab.exec("delete from notes");
    await run(lab, ofPhase(steps, "contract"), "up");
    await sameAs(counted({ kind: "bigint" }, { max: 100 }));
  });

  test("where the types have no moment together the plan says that new code waits for the contract", async () => {
    const to = counted({ kind: "text" });
    const steps = planned(counted(int), to, "split");
    await run(lab, wholeOf(counted(int)), "up");
    const [before, after] = [codeOf(client, "old", "integer"), codeOf(client, "new", "text")];
    await before.insert(randomUUID(), "5");
    for (const phase of ["expand", "backfill"] as const)
      await run(lab, ofPhase(steps, phase), "up");
    await expect(after.sum("5")).rejects.toThrow("operator does not exist");
    expect(ofPhase(waiting(steps), "contract")).toEqual(waiting(steps));
    expect(waiting(steps).map(({ title }) => title)).toEqual(["notes: amount is text"]);
    await run(lab, ofPhase(steps, "contract"), "up");
    expect(await codeOf(client, "after", "text").sum("5")).toBe(1);
  });

  test("under another column both codes run, and none waits", async () => {
    const to = counted({ kind: "text" }, { column: "amount_text" });
    const steps = planned(counted(int), to, "split");
    expect(waiting(steps)).toEqual([]);
    await run(lab, wholeOf(counted(int)), "up");
    const before = codeOf(client, "old", "integer");
    const after = codeOf(client, "new", "text", "amount_text");
    await before.insert(randomUUID(), "5");
    for (const phase of ["expand", "backfill"] as const)
      await run(lab, ofPhase(steps, phase), "up");
    await before.insert(randomUUID(), "5");
    await after.insert(randomUUID(), "5");
    expect([await before.sum("5"), await after.sum("5")]).toEqual([3, 3]);
    await run(lab, ofPhase(steps, "contract"), "up");
    expect(await after.sum("5")).toBe(3);
    await sameAs(to);
  });
});
