/** Constraints of one name on two tables: what is refused before anything is written is what the server refuses, and no more. */
import { afterAll, describe, expect, test } from "vitest";
import mariadb from "../../../src/engines/mariadb/index.ts";
import mysql from "../../../src/engines/mysql/index.ts";
import type { Entity } from "../../../src/spec/model.ts";
import { notProven, proving } from "../../support/closing-table.ts";
import { entity, field, mainStore, transactional, uuid } from "../../unit/postgres/model.ts";
import { columnOf, isMissing, sharedServer } from "../servers.ts";
import { applied, planned, schemaLab } from "./schema-lab.ts";

const id = field("id", uuid, { key: true });
const least = (name: string) => field(name, { kind: "int" }, { min: 1 });
const refers = (name: string) =>
  field(name, uuid, { reference: { entity: "Person", field: "id", onDelete: "restrict" } });

const table = (name: string, mapped: string, own: ReturnType<typeof field>): Entity =>
  entity({ name, table: mapped, timestamps: false, fields: [id, own] });

const storeOf = (entities: readonly Entity[]) =>
  mainStore(entities, [
    transactional(
      "all",
      Object.fromEntries(entities.map(({ name }) => [name, [{ op: "get", name: "get" }]])),
    ),
  ]).store;

const person = table("Person", "people", least("age"));
const cases = {
  checks: storeOf([
    table("Order", "orders", least("lineNo")),
    table("Line", "orders_line", least("no")),
  ]),
  "foreign keys": storeOf([
    person,
    table("Order", "orders", refers("lineOwner")),
    table("Line", "orders_line", refers("owner")),
  ]),
} as const;

for (const engine of [mysql, mariadb]) {
  const server = await sharedServer(engine.id);
  const of = { port: "migrations", engine: columnOf(server), method: "names of constraints" };
  if (isMissing(server)) {
    notProven(of, [of.method], server.reason);
    continue;
  }
  const { schema: planner, refuse = () => [] } = engine;
  if (planner === undefined) throw new Error("no planner");
  const opened: { drop(): Promise<void> }[] = [];
  afterAll(async () => {
    for (const place of opened) await place.drop();
  });

  describe(of.engine, () => {
    test.each(Object.entries(cases))(
      "%s",
      proving(of, async (kind, store) => {
        const place = await server.namespace();
        opened.push(place);
        const lab = await schemaLab(place.dsn, engine.id === "mysql" ? "mysql" : "mariadb");
        const steps = planned(planner, undefined, store, { mode: "direct", values: {} });
        const taken = await applied(lab, steps).then(
          () => "taken",
          (error: Error) => error.message,
        );
        await lab.close();
        const refused = refuse(store).map(({ path, text, hint }) => `${path}: ${text}; ${hint}`);
        // It keeps the names of checks by table.
        if (kind === "checks" && engine === mariadb) {
          expect([taken, refused]).toEqual(["taken", []]);
          return;
        }
        expect(taken).toMatch(/duplicate|errno: 121/i);
        expect(refused.length).toBe(1);
        expect(refused[0]).toMatch(
          /^entities\.Line: (?:check|foreign key) orders_line_\w+ of table orders_line \(\w+\) has the name of one of table orders \(\w+\), /,
        );
      }),
    );
  });
}
