/** An entity that gets a history: what a foreign key that was there before changes on update would be missed, so that stops the change. */
import { afterAll, expect, test } from "vitest";
import mariadb from "../../../src/engines/mariadb/index.ts";
import mysql from "../../../src/engines/mysql/index.ts";
import { notProven, proving } from "../../support/closing-table.ts";
import {
  entity,
  field,
  int,
  mainStore,
  text,
  transactional,
  uuid,
} from "../../unit/postgres/model.ts";
import { columnOf, isMissing, sharedServer } from "../servers.ts";
import { applied, planned, schemaLab } from "./schema-lab.ts";

const id = field("id", uuid, { key: true });
const region = field("regionId", uuid, {
  reference: { entity: "Region", field: "id", onDelete: "restrict" },
});

const access = [{ op: "get", name: "get" }] as const;

const store = (audit: boolean) =>
  mainStore(
    [
      entity({ name: "Region", timestamps: false, fields: [id, field("name", text)] }),
      entity({ name: "Shop", audit, timestamps: false, fields: [id, region] }),
      entity({
        name: "Desk",
        owner: "Shop",
        timestamps: false,
        key: ["shopId", "no"],
        fields: [
          field("shopId", uuid, { role: "ownerKey", key: true, generated: "caller" }),
          field("no", int, { key: true }),
          region,
        ],
      }),
    ],
    [transactional("all", { Shop: access, Region: access })],
  ).store;

/** Another key in the place of the one that the data layer makes. */
const exchanged = (table: string, column: string, target: string, rest: string): string =>
  `alter table ${table} drop foreign key ${table}_${column}_fkey;
alter table ${table} add constraint ${table}_${column}_fkey foreign key (${column}) references ${target} (id) ${rest};`;

for (const engine of [mysql, mariadb]) {
  const server = await sharedServer(engine.id);
  const of = { port: "migrations", engine: columnOf(server), method: "a history that would miss" };
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

  test.each(["split", "direct"] as const)(
    `${of.engine}, %s: a key that changes rows on update stops it, of the entity and of what it owns`,
    proving(of, async (mode) => {
      const place = await server.namespace();
      opened.push(place);
      const lab = await schemaLab(place.dsn, engine.id === "mysql" ? "mysql" : "mariadb");
      await applied(lab, planned(planner, undefined, store(false), { mode: "direct", values: {} }));
      await lab.run(exchanged("desks", "shop_id", "shops", "on delete cascade on update cascade"));
      for (const table of ["shops", "desks"])
        await lab.run(exchanged(table, "region_id", "regions", "on update cascade"));
      const steps = planned(planner, store(false), store(true), { mode, values: {} });
      for (const table of ["desks", "shops"]) {
        await expect(applied(lab, steps)).rejects.toThrow(
          /^Shop is to be audited, .*fires no trigger.*; first seen at (?:desks|shops)\.\w+region_id/,
        );
        await lab.run(exchanged(table, "region_id", "regions", ""));
      }
      await applied(lab, steps);
      await lab.close();
    }),
  );
}
