/** Rows of a rehearsal on schemas that were adopted: required references in a circle, within a tenant or across all. */
import { expect, it } from "vitest";
import engine from "../../../src/engines/postgres/index.ts";
import { parseDsn } from "../../../templates/runtime/dsn.ts";
import { connected, serverLab } from "../../unit/postgres/schema-lab.ts";
import { onSharedServer } from "../../faults/postgres-server.ts";

/** @param key of both tables; a reference always holds the tenant */
const ring = (key: string, more = ""): string => `
create table shops (tenant_id integer not null${more}, id uuid not null default gen_random_uuid(), first_id uuid not null, primary key (${key}), unique (tenant_id, id));
create table goods (tenant_id integer not null${more}, id uuid not null default gen_random_uuid(), shop_id uuid not null, primary key (${key}), unique (tenant_id, id));
alter table goods add constraint goods_shop foreign key (tenant_id, shop_id) references shops (tenant_id, id);
alter table shops add constraint shops_first foreign key (tenant_id, first_id) references goods (tenant_id, id) deferrable initially deferred;`;

const trunk = (key: string, more = ""): string => `
create table staff (tenant_id integer not null${more}, id bigint not null, chief_id bigint not null, primary key (${key}), unique (tenant_id, id));
alter table staff add constraint staff_chief foreign key (tenant_id, chief_id) references staff (tenant_id, id);`;

const tenants = "create table tenants (id integer primary key, label text not null);";
const held = " references tenants (id)";

await onSharedServer("rows of a rehearsal in an adopted circle", (server) => {
  it.each([
    ["tables, keys of the tenant and an id", ring("tenant_id, id")],
    ["tables, the tenant beside the key", ring("id")],
    ["tables, keys with the tenant behind", ring("id, tenant_id")],
    ["tables, tenants in a table", `${tenants}${ring("tenant_id, id", held)}`],
    ["tables, tenants in a table and beside the key", `${tenants}${ring("id", held)}`],
    ["a table, keys of the tenant and an id", trunk("tenant_id, id")],
    ["a table, the tenant beside the key", trunk("id")],
    ["a table, tenants in a table", `${tenants}${trunk("tenant_id, id", held)}`],
    ["a table, tenants in a table and beside the key", `${tenants}${trunk("id", held)}`],
  ])("%s", async (_, schema) => {
    if (engine.rehearsal === undefined) throw new Error("nothing to try");
    const space = await server.namespace();
    const lab = serverLab(await connected(space.dsn));
    await lab.exec(schema);
    const rehearsal = await engine.rehearsal();
    const store = await rehearsal.open(parseDsn(space.dsn, engine.dsn), process.cwd(), []);
    const filled = await store.fill(60, 1);
    await store.close();
    expect(filled.filter(({ rows }) => rows !== 60)).toEqual([]);
    const table = schema.includes("staff") ? "staff" : "shops";
    const [row] = await lab.rows(`select count(distinct tenant_id), count(*) from ${table}`);
    expect(Number(row?.[0])).toBeGreaterThan(1);
    const open =
      "select count(*) from pg_constraint where condeferrable and conname <> 'shops_first' and connamespace = current_schema()::regnamespace";
    expect((await lab.rows(open)).map(String)).toEqual(["0"]);
    await lab.close();
    await space.drop();
  });
});
