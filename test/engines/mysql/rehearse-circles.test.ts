/** Rows of a rehearsal on schemas that were adopted: required references in a circle, within a tenant. */
import { afterAll, describe, expect, test } from "vitest";
import mariadb from "../../../src/engines/mariadb/index.ts";
import mysql from "../../../src/engines/mysql/index.ts";
import { parseDsn } from "../../../templates/runtime/dsn.ts";
import { notProven, proving } from "../../support/closing-table.ts";
import { columnOf, isMissing, sharedServer } from "../servers.ts";
import { schemaLab } from "./schema-lab.ts";

const tenants =
  "create table tenants (id int not null, label varchar(40) not null, primary key (id));";

/** @param key of both tables; a reference always holds the tenant */
const ring = (key: string, isHeld: boolean): string => {
  const held = (name: string): string =>
    isHeld ? `, constraint ${name} foreign key (tenant_id) references tenants (id)` : "";
  return `${isHeld ? tenants : ""}
create table shops (tenant_id int not null, id bigint not null, first_id bigint not null, primary key (${key}), unique (tenant_id, id)${held("shops_tenant")});
create table goods (tenant_id int not null, id bigint not null, shop_id bigint not null, primary key (${key}), unique (tenant_id, id)${held("goods_tenant")});
alter table goods add constraint goods_shop foreign key (tenant_id, shop_id) references shops (tenant_id, id);
alter table shops add constraint shops_first foreign key (tenant_id, first_id) references goods (tenant_id, id);`;
};

for (const engine of [mysql, mariadb]) {
  const server = await sharedServer(engine.id);
  const of = { port: "migrations", engine: columnOf(server), method: "rehearsal of circles" };
  if (isMissing(server)) {
    notProven({ port: of.port, engine: of.engine }, [of.method], server.reason);
    continue;
  }
  const { rehearsal } = engine;
  if (rehearsal === undefined) throw new Error("no rehearsal");
  const opened: { drop(): Promise<void> }[] = [];
  afterAll(async () => {
    for (const place of opened) await place.drop();
  });

  describe(`a circle on ${of.engine}`, () => {
    test.each([
      ["keys of the tenant and an id", ring("tenant_id, id", false)],
      ["the tenant beside the key", ring("id", false)],
      ["tenants in a table", ring("tenant_id, id", true)],
      ["tenants in a table and beside the key", ring("id", true)],
    ])(
      "%s",
      proving(of, async (_, schema) => {
        const place = await server.namespace();
        opened.push(place);
        const lab = await schemaLab(place.dsn, engine.id === "mysql" ? "mysql" : "mariadb");
        await lab.run(schema);
        const store = await (
          await rehearsal()
        ).open(parseDsn(place.dsn, engine.dsn), process.cwd(), []);
        const filled = await store.fill(60, 1);
        await store.close();
        expect(filled.filter(({ rows }) => rows !== 60)).toEqual([]);
        // The server does not look again at what was written while it judged no reference.
        const lost = await lab.rows(
          "select count(*) from shops s left join goods g on g.tenant_id = s.tenant_id and g.id = s.first_id where g.id is null",
        );
        expect(lost).toEqual([[0]]);
        const orphans = await lab.rows(
          "select count(*) from goods g left join shops s on s.tenant_id = g.tenant_id and s.id = g.shop_id where s.id is null",
        );
        expect(orphans).toEqual([[0]]);
        expect(
          Number((await lab.rows("select count(distinct tenant_id) from shops"))[0]?.[0]),
        ).toBeGreaterThan(1);
        await lab.close();
      }),
    );
  });
}
