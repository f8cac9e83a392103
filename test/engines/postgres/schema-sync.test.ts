/** Between expand and contract of a renamed column: what either code writes, null and nothing included, is what both read, and what stays. */
import { randomUUID } from "node:crypto";
import type pg from "pg";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { cell } from "../../support/closing-table.ts";
import { entity, field, int, mainStore, transactional, uuid } from "../../unit/postgres/model.ts";
import type { Field } from "../../../src/spec/model.ts";
import type { StoreIr } from "../../../src/ir/types.ts";
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
const proof = { port: "migrations", engine: columnOf(server), method: "null from both codes" };
if (isMissing(server)) cell(proof, { kind: "not proven", why: server.reason });

const store = (...fields: readonly Field[]): StoreIr => {
  const key = field("id", uuid, { key: true });
  const note = entity({ name: "Note", timestamps: false, fields: [key, ...fields] });
  return mainStore([note], [transactional("all", { Note: [{ op: "get", name: "get" }] })]).store;
};

/** The values of an insert: `undefined` leaves the column out. */
type Written = readonly [column: "before" | "after", value: string | null | undefined];

interface Case {
  readonly name: string;
  readonly from: Partial<Field>;
  readonly to: Partial<Field>;
  /** Another type: int becomes bigint. */
  readonly wider?: boolean;
  readonly rows: readonly (readonly [Written, found: string | null])[];
}

const cases: readonly Case[] = [
  {
    name: "a default on both",
    from: { nullable: true, default: 7 },
    to: { nullable: true, default: 7 },
    rows: [
      [["before", null], null],
      [["before", undefined], "7"],
      [["before", "7"], "7"],
      [["before", "1"], "1"],
      [["after", null], null],
      [["after", undefined], "7"],
      [["after", "7"], "7"],
      [["after", "2"], "2"],
    ],
  },
  {
    name: "a default on both, and a wider type",
    from: { nullable: true, default: 7 },
    to: { nullable: true, default: 7 },
    wider: true,
    rows: [
      [["before", null], null],
      [["after", null], null],
      [["after", undefined], "7"],
      [["before", "1"], "1"],
    ],
  },
  {
    name: "no default",
    from: { nullable: true },
    to: { nullable: true },
    rows: [
      [["before", null], null],
      [["after", null], null],
      [["after", "2"], "2"],
      [["before", "1"], "1"],
    ],
  },
  {
    name: "another default: the former one until the contract",
    from: { default: 7 },
    to: { default: 8 },
    rows: [
      [["before", undefined], "7"],
      [["before", "8"], "8"],
      [["after", "8"], "8"],
      [["after", "9"], "9"],
    ],
  },
  {
    name: "a first default",
    from: {},
    to: { default: 8 },
    rows: [
      [["before", "1"], "1"],
      [["before", "8"], "8"],
      [["after", undefined], "8"],
      [["after", "9"], "9"],
    ],
  },
  {
    name: "required before, not after",
    from: { default: 7 },
    to: { nullable: true, default: 7 },
    rows: [
      [["before", undefined], "7"],
      [["after", null], null],
      [["after", undefined], "7"],
    ],
  },
  {
    name: "not required before, but after",
    from: { nullable: true },
    to: { default: 7 },
    rows: [
      [["before", null], "7"],
      [["before", undefined], "7"],
      [["after", "9"], "9"],
    ],
  },
];

describe.skipIf(isMissing(server))("null and nothing, from both codes", () => {
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

  const write = async ([column, value]: Written): Promise<string> => {
    const id = randomUUID();
    const [names, values] = value === undefined ? ["", ""] : [`, ${column}`, ", $2"];
    const given = value === undefined ? [id] : [id, value];
    await lab.rows(`insert into notes (id${names}) values ($1${values})`, given);
    return id;
  };

  const read = async (id: string, columns: string) =>
    (await lab.rows(`select ${columns} from notes where id = $1`, [id]))[0];

  async function sameAs(made: StoreIr): Promise<void> {
    await lab.exec("drop schema if exists fresh cascade");
    await inSchema(lab, "fresh", () => run(lab, wholeOf(made), "up"));
    expect(await differences(lab, "public", "fresh")).toEqual([]);
  }

  test("a dropped column keeps its bounds and its uniqueness as long as code of before relies on them", async () => {
    const word = field("word", { kind: "string", max: 40 }, { unique: true });
    const [before, after] = [store(word, field("rank", int)), store(field("rank", int))];
    await run(lab, wholeOf(before), "up");
    const steps = planned(before, after, "split");
    for (const phase of ["expand", "backfill"] as const)
      await run(
        lab,
        steps.filter((step) => step.phase === phase),
        "up",
      );
    const upsert = `insert into notes (id, word, rank) values (gen_random_uuid(), $1, 1)
      on conflict (word) do update set rank = notes.rank + 1 returning rank`;
    await lab.rows(upsert, ["a"]);
    expect(await lab.rows(upsert, ["a"])).toEqual([["2"]]);
    await expect(lab.rows(upsert, ["long".repeat(11)])).rejects.toThrow("notes_word_check");
    for (const _ of [1, 2])
      await lab.exec("insert into notes (id, rank) values (gen_random_uuid(), 1)");
    await run(
      lab,
      steps.filter(({ phase }) => phase === "contract"),
      "up",
    );
    await sameAs(after);
    await run(lab, steps, "down");
    await sameAs(before);
  });

  test.each(cases)("$name", async ({ from, to, wider = false, rows }) => {
    const before = store(field("before", int, from));
    const type = wider ? ({ kind: "bigint" } as const) : int;
    const after = store(field("after", type, { ...to, was: "before" }));
    await run(lab, wholeOf(before), "up");
    const oldest = await write(["before", "5"]);
    const steps = planned(before, after, "split");
    await run(
      lab,
      steps.filter(({ phase }) => phase === "expand"),
      "up",
    );
    const written: { readonly id: string; readonly found: string | null }[] = [];
    for (const [each, found] of rows) written.push({ id: await write(each), found });
    await run(
      lab,
      steps.filter(({ phase }) => phase === "backfill"),
      "up",
    );
    for (const [each, found] of rows) written.push({ id: await write(each), found });
    const forgets = to.nullable !== true && from.nullable === true;
    for (const { id, found } of written) {
      const [own, other] = (await read(id, "after, before")) ?? [];
      expect([id, own, forgets ? found : other]).toEqual([id, found, found]);
    }
    await run(
      lab,
      steps.filter(({ phase }) => phase === "contract"),
      "up",
    );
    for (const { id, found } of written) expect(await read(id, "after")).toEqual([found]);
    expect(await read(oldest, "after")).toEqual(["5"]);
    await sameAs(after);
    await run(lab, steps, "down");
    for (const { id, found } of written)
      expect(await read(id, "before")).toEqual([found ?? (from.nullable === true ? null : "7")]);
    await sameAs(before);
  });
});
