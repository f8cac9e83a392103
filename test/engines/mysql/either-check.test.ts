/** While code of before and of after writes, values that neither knows are refused. */
import { afterAll, expect, test } from "vitest";
import mariadb from "../../../src/engines/mariadb/index.ts";
import mysql from "../../../src/engines/mysql/index.ts";
import type { StoreIr } from "../../../src/ir/types.ts";
import type { Field } from "../../../src/spec/model.ts";
import { notProven, proving } from "../../support/closing-table.ts";
import { entity, field, mainStore, transactional, uuid } from "../../unit/postgres/model.ts";
import { columnOf, isMissing, sharedServer } from "../servers.ts";
import { applied, catalogue, planned, schemaLab, takenBack } from "./schema-lab.ts";

const store = (own: Field): StoreIr =>
  mainStore(
    [entity({ name: "Note", timestamps: false, fields: [field("id", uuid, { key: true }), own] })],
    [transactional("all", { Note: [{ op: "get", name: "get" }] })],
  ).store;

const before = store(field("kind", { kind: "enum", values: ["a", "b"] }));
const changes = [
  ["other values", "kind", store(field("kind", { kind: "enum", values: ["b", "other"] }))],
  [
    "other values under another name",
    "sort",
    store(field("sort", { kind: "enum", values: ["b", "other"] }, { was: "kind" })),
  ],
] as const;

for (const engine of [mysql, mariadb]) {
  const server = await sharedServer(engine.id);
  const of = { port: "migrations", engine: columnOf(server), method: "checks of both" };
  if (isMissing(server)) {
    notProven(of, [of.method], server.reason);
    continue;
  }
  const { schema: planner } = engine;
  if (planner === undefined) throw new Error("no planner");
  const opened: { drop(): Promise<void> }[] = [];
  afterAll(async () => {
    for (const place of opened) await place.drop();
  });

  test.each(changes)(
    `${of.engine}: %s: what neither schema knows is refused between expand and contract`,
    proving(of, async (_, column, after) => {
      const place = await server.namespace();
      opened.push(place);
      const lab = await schemaLab(place.dsn, engine.id === "mysql" ? "mysql" : "mariadb");
      await applied(lab, planned(planner, undefined, before, { mode: "direct", values: {} }));
      const start = await catalogue(lab);
      await lab.run("insert into notes (id, kind) values ('old', 'b');");
      const steps = planned(planner, before, after, { mode: "split", values: {} });
      const contract = steps.filter(({ phase }) => phase === "contract");
      const window = steps.filter((step) => !contract.includes(step));
      const writes = (name: string, value: string) =>
        lab.run(`insert into notes (id, ${name}) values (uuid(), '${value}');`).then(
          () => true,
          () => false,
        );
      await applied(lab, window);
      expect(await writes("kind", "a")).toBe(true);
      expect(await writes(column, "other")).toBe(true);
      for (const name of ["kind", column]) expect(await writes(name, "none")).toBe(false);
      await lab.run("delete from notes where kind = 'a';");
      await applied(lab, contract);
      expect(await writes(column, "a")).toBe(false);
      expect(await writes(column, "other")).toBe(true);
      await takenBack(lab, contract);
      expect(await writes("kind", "a")).toBe(true);
      for (const name of ["kind", column]) expect(await writes(name, "none")).toBe(false);
      await lab.run(`delete from notes where ${column} = 'other';`);
      await takenBack(lab, window);
      expect((await catalogue(lab)).checks).toEqual(start.checks);
      await lab.close();
    }),
  );
}
