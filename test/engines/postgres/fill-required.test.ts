// What an expression of the user does to a column of before that is required from now on, on the real server: it fills what is empty, or converts every value, and then says so.
import { randomUUID } from "node:crypto";
import type pg from "pg";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import type { StoreIr } from "../../../src/ir/types.ts";
import type { Phase, Step } from "../../../src/migrate/step.ts";
import type { Field, FieldType } from "../../../src/spec/model.ts";
import { cell } from "../../support/closing-table.ts";
import { entity, field, mainStore, transactional, uuid } from "../../unit/postgres/model.ts";
import {
  connected,
  type Lab,
  planned,
  run,
  serverLab,
  wholeOf,
} from "../../unit/postgres/schema-lab.ts";
import { columnOf, isMissing, type Namespace, sharedServer } from "../servers.ts";

const server = await sharedServer("postgres");
const proof = {
  port: "migrations",
  engine: columnOf(server),
  method: "what a required column is filled with",
};
if (isMissing(server)) cell(proof, { kind: "not proven", why: server.reason });

const id = field("id", uuid, { key: true });
const notes = (name: string, type: FieldType, more: Partial<Field> = {}): StoreIr => {
  const fields = [id, field(name, type, more)];
  const note = entity({ name: "Note", audit: true, timestamps: false, fields });
  return mainStore([note], [transactional("all", { Note: [{ op: "get", name: "get" }] })]).store;
};
const int: FieldType = { kind: "int" };
const big: FieldType = { kind: "bigint" };
const optional = { nullable: true } as const;
const ofPhase = (steps: readonly Step[], ...wanted: readonly Phase[]): readonly Step[] =>
  steps.filter(({ phase }) => wanted.includes(phase));
const lost = (steps: readonly Step[]): readonly string[] =>
  steps.flatMap(({ destroys }) => destroys ?? []);

describe.skipIf(isMissing(server))("--set of a column that becomes required", () => {
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

  const insert = (column: string, value: number | string | null) =>
    client.query(`insert into notes (id, ${column}) values ('${randomUUID()}', $1)`, [value]);
  const values = async (column: string) =>
    (await lab.rows(`select ${column}::text from notes order by 1`)).map(([value]) => value);

  for (const mode of ["split", "direct"] as const) {
    test.each([
      ["size", "width"],
      ["size", "size"],
    ])(`a constant fills, with another type, %s to %s, ${mode}`, async (before, after) => {
      const was = before === after ? {} : { was: before };
      const [from, to] = [notes(before, int, optional), notes(after, big, was)];
      const steps = planned(from, to, mode, { [`notes.${after}`]: "7" });
      expect(lost(steps)).toEqual([]);
      await run(lab, wholeOf(from), "up");
      for (const value of [1, null, 3]) await insert(before, value);
      await run(lab, steps, "up");
      expect(await values(after)).toEqual(["1", "3", "7"]);
      await run(lab, steps, "down");
      expect(await values(before)).toEqual(["1", "3", "7"]);
      await run(lab, steps, "up");
      expect(await values(after)).toEqual(["1", "3", "7"]);
    });

    test.each([
      ["another type", int, big],
      [
        "a wider type",
        { kind: "decimal", precision: 10, scale: 0 },
        { kind: "decimal", precision: 12, scale: 0 },
      ],
    ] as const)(
      `an expression over the column converts every value, and that is a loss: %s, ${mode}`,
      async (_, before, after) => {
        const [from, to] = [notes("size", before, optional), notes("size", after)];
        const steps = planned(from, to, mode, { "notes.size": "coalesce(size * 10, 5)" });
        expect(lost(steps)).toContain("notes.size");
        await run(lab, wholeOf(from), "up");
        for (const value of [1, null]) await insert("size", value);
        await run(lab, steps, "up");
        expect(await values("size")).toEqual(["10", "5"]);
        await run(lab, steps, "down");
        expect(await values("size")).toEqual(["10", "5"]);
      },
    );
  }

  test("through the triggers of the change: what code of before writes stays, and where it writes nothing there is what is given", async () => {
    const [from, to] = [notes("size", int, optional), notes("width", big, { was: "size" })];
    const steps = planned(from, to, "split", { "notes.width": "7" });
    await run(lab, wholeOf(from), "up");
    await insert("size", 1);
    await run(lab, ofPhase(steps, "expand", "backfill"), "up");
    await insert("size", 2);
    await insert("size", null);
    await insert("width", 4);
    await client.query("update notes set size = 5 where size = 1");
    const rows = () => lab.rows("select size::text, width::text from notes order by width");
    expect(await rows()).toEqual([
      ["2", "2"],
      ["4", "4"],
      ["5", "5"],
      [null, "7"],
    ]);
    await client.query("update notes set size = null where size = 5");
    expect(await values("width")).toEqual(["2", "4", "7", "7"]);
    await run(lab, ofPhase(steps, "contract"), "up");
    expect(await values("width")).toEqual(["2", "4", "7", "7"]);
  });

  test("where no conversion is known, what is given makes every value, and is a loss", async () => {
    const [from, to] = [
      notes("size", { kind: "boolean" }, optional),
      notes("size", { kind: "date" }),
    ];
    const steps = planned(from, to, "split", { "notes.size": "date '2020-01-01'" });
    expect(lost(steps)).toContain("notes.size");
    await run(lab, wholeOf(from), "up");
    await insert("size", "true");
    await run(lab, steps, "up");
    expect(await values("size")).toEqual(["2020-01-01"]);
  });

  test.each(["day", "moment"])(
    "what was recorded without a value is read with what is given, from %s",
    async (before) => {
      const [from, to] = [
        notes(before, { kind: "date" }, optional),
        notes("moment", { kind: "timestamp" }, before === "moment" ? {} : { was: before }),
      ];
      for (const mode of ["split", "direct"] as const) {
        await run(lab, wholeOf(from), "up");
        await insert(before, null);
        await insert(before, "2021-02-03");
        const steps = planned(from, to, mode, { "notes.moment": "'2020-01-01T00:00:00Z'" });
        await run(lab, steps, "up");
        const recorded = await lab.rows(
          "select ((content ->> 'moment')::timestamptz at time zone 'UTC')::text from notes_history order by 1",
        );
        expect(recorded).toEqual([["2020-01-01 00:00:00"], ["2021-02-03 00:00:00"]]);
        await run(lab, wholeOf(to), "down");
      }
    },
  );
});
