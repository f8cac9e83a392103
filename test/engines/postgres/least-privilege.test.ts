import pg from "pg";
import { afterAll, describe } from "vitest";
import { expect, test } from "vitest";
import { initialMigration } from "../../unit/postgres/schema-lab.ts";
import { HealthMonitor } from "../../../templates/runtime/health.ts";
import { migrateDown, migrateUp } from "../../../templates/runtime/migrate.ts";
import { cell, proving } from "../../support/closing-table.ts";
import { shop } from "../../unit/postgres/shop.ts";
import { columnOf, isMissing, type Namespace, sharedServer } from "../servers.ts";
import { openMigrated } from "./migrations.ts";

const server = await sharedServer("postgres");
const space: Namespace | undefined = isMissing(server) ? undefined : await server.namespace();
const proof = { port: "record", engine: columnOf(server), method: "least privilege" };
if (isMissing(server)) cell(proof, { kind: "not proven", why: server.reason });

const tenant = "01890000-0000-7000-8000-000000000001";

async function as<T>(
  dsn: string,
  user: string | undefined,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const url = new URL(dsn);
  if (user !== undefined) Object.assign(url, { username: user, password: "x" });
  const client = new pg.Client({ connectionString: url.href });
  client.on("error", () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

describe.skipIf(space === undefined)("without a superuser", () => {
  if (space === undefined) return;
  const project = `p${space.name.replaceAll(/[^a-z0-9]/g, "").slice(-20)}`;
  const [migrator, login, role] = [`${project}_mig`, `${project}_login`, `${project}_app`];
  const { up, down } = initialMigration(shop.store, project);
  afterAll(async () => {
    await as(space.dsn, undefined, async (client) => {
      for (const name of [migrator, login, role, `${project}_other`]) {
        const { rowCount } = await client.query("select from pg_roles where rolname = $1", [name]);
        if (rowCount === 1) await client.query(`drop owned by ${name} cascade; drop role ${name}`);
      }
    });
    await space.drop();
  });

  test(
    "an owner that only may create roles migrates, is bound by the policies itself, and takes back",
    proving(proof, async () => {
      await as(space.dsn, undefined, async (client) => {
        await client.query(
          `create role ${migrator} login createrole password 'x'; create role ${login} login password 'x'`,
        );
        await client.query("create extension if not exists vector");
        await client.query(`grant create, usage on schema public to ${migrator}`);
      });
      await as(space.dsn, migrator, async (client) => {
        await client.query(`begin; ${up} commit`);
        await client.query(`grant ${role} to ${login}`);
        const made = "insert into customers (id, email, full_name) values ($1, 'a', 'a')";
        await client.query(made, [tenant]);
        const place =
          "insert into orders (id, customer_id, total_cents, placed_at) values ($1, $1, 1, now())";
        await expect(client.query(place, [tenant])).rejects.toMatchObject({ code: "42501" });
        await client.query("select set_config('app.current_tenant', $1, false)", [tenant]);
        await client.query(place, [tenant]);
        await client.query("select set_config('app.current_tenant', '', false)");
        expect((await client.query("select from orders")).rowCount).toBe(0);
      });
      await as(space.dsn, login, async (client) => {
        await client.query("begin");
        await client.query(
          "select set_config('role', $1, true), set_config('app.current_tenant', $2, true)",
          [role, tenant],
        );
        expect((await client.query("select from orders")).rowCount).toBe(1);
        await client.query("update orders set note = 'seen', version = version + 1");
        expect((await client.query("select from orders_history")).rowCount).toBe(2);
        await client.query("commit");
      });
      await as(space.dsn, migrator, (client) => client.query(`begin; ${down} commit`));
    }),
  );

  test(
    "the application's login sees what is applied; another is told what it lacks; taking back leaves no grant",
    proving(proof, async () => {
      const dsnOf = (user: string): string =>
        Object.assign(new URL(space.dsn), { username: user, password: "x" }).href;
      const [owner, member, stranger] = [
        openMigrated(dsnOf(migrator), role),
        openMigrated(dsnOf(login), role),
        openMigrated(dsnOf(`${project}_other`)),
      ];
      await as(space.dsn, undefined, (client) =>
        client.query(`create role ${project}_other login password 'x'`),
      );
      const initial = {
        id: "0001-initial",
        parents: [],
        hash: "h",
        up,
        down,
        file: "0001-initial",
      };
      await migrateUp(owner.store.migrationTarget(), [initial]);
      await as(space.dsn, undefined, (client) => client.query(`grant ${role} to ${login}`));
      expect(await member.store.migrationTarget().ledger()).toMatchObject([{ id: "0001-initial" }]);
      const startup = await new HealthMonitor(
        [
          {
            name: "main",
            engine: "postgres",
            health: () => stranger.store.health(),
            unapplied: async () => (await stranger.store.migrationTarget().ledger()).map(() => ""),
          },
        ],
        10_000,
      ).startup();
      expect(startup).toMatchObject({ ok: false, state: "starting" });
      expect(startup.stores[0]?.detail).toBe(
        `the login may not read schema_migration, so nobody can say what is applied; grant select on schema_migration to ${project}_other`,
      );
      await migrateDown(owner.store.migrationTarget(), [initial], { allowDestructive: true });
      await Promise.all([owner, member, stranger].map((each) => each.close()));
      await as(space.dsn, undefined, async (client) => {
        const found = await client.query("select from pg_roles where rolname = $1", [role]);
        expect(found.rowCount).toBe(0);
      });
    }),
  );

  test(
    "two databases of one server may be migrated at the same moment",
    proving(proof, async () => {
      const other = isMissing(server) ? [] : [await server.namespace(), await server.namespace()];
      const both = (text: string): Promise<unknown> =>
        Promise.all(
          other.map(({ dsn }) =>
            as(dsn, undefined, (client) => client.query(`begin; ${text} commit`)),
          ),
        );
      await both(up);
      await both(down);
      await Promise.all(other.map((each) => each.drop()));
      expect(other).toHaveLength(2);
    }),
  );
});
