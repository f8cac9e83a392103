/** The same migrations in process: one session, no second connection, no server. */
import { expect, test } from "vitest";
import { migrateDownTo, migrateUp, migrationDrift } from "../../../templates/runtime/migrate.ts";
import { asMigration, mixed, openMigrated } from "./migrations.ts";

test("PGlite: every kind of step, up and down", async () => {
  const opened = openMigrated("pglite:memory");
  const target = opened.store.migrationTarget();
  const migrations = mixed.map(asMigration);
  expect(await migrateUp(target, migrations)).toEqual(migrations.map(({ id }) => id));
  expect(await migrationDrift(target)).toEqual([]);
  expect(await opened.rows("select count(*) from item where label is not null")).toEqual([
    ["1000"],
  ]);
  expect(await migrateDownTo(target, migrations, { to: "0001-initial" })).toHaveLength(3);
  expect(await migrationDrift(target)).toEqual([]);
  await opened.close();
}, 120_000);
