/** Migrations through PgBouncer in transaction mode, where no session is one's own. */
import { afterAll, describe, expect, test } from "vitest";
import { migrateDownTo, migrateUp } from "../../../templates/runtime/migrate.ts";
import { cell, proving } from "../../support/closing-table.ts";
import { isMissing, sharedServer } from "../servers.ts";
import { asMigration, mixed, openMigrated, stateOf } from "./migrations.ts";
import { startPgBouncer } from "./pgbouncer.ts";

const server = await sharedServer("postgres");
const direct = isMissing(server) ? undefined : (await server.namespace()).dsn;
const pooler = isMissing(server) ? server : await startPgBouncer((await server.namespace()).dsn);
const proof = { port: "migrations", engine: "postgres behind PgBouncer", method: "every step" };
if ("reason" in pooler) cell(proof, { kind: "not proven", why: pooler.reason });

describe.skipIf("reason" in pooler)("migrations through PgBouncer", () => {
  if ("reason" in pooler || direct === undefined) return;
  afterAll(() => pooler.stop());

  test(
    "two start together: each step runs once, and the end is that of a direct connection",
    proving(proof, async () => {
      const migrations = mixed.map(asMigration);
      const plain = openMigrated(direct);
      await migrateUp(plain.store.migrationTarget(), migrations);
      // The pooler has three connections: the holder of the lock works on two, the other waits on the third.
      const starters = [openMigrated(pooler.dsn), openMigrated(pooler.dsn)] as const;
      const applied = await Promise.all(
        starters.map(({ store }) => migrateUp(store.migrationTarget(), migrations)),
      );
      expect(applied.flat()).toEqual(migrations.map(({ id }) => id));
      const [first] = starters;
      expect(await stateOf(first)).toEqual(await stateOf(plain));
      await migrateDownTo(first.store.migrationTarget(), migrations, { to: "0001-initial" });
      expect((await first.store.migrationTarget().ledger()).map(({ id }) => id)).toEqual([
        "0001-initial",
      ]);
      await Promise.all([plain, ...starters].map((each) => each.close()));
    }),
    60_000,
  );
});
