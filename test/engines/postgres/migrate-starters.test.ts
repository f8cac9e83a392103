import { expect, it } from "vitest";
import { migrateUp } from "../../../templates/runtime/migrate.ts";
import { onSharedServer } from "../../faults/postgres-server.ts";
import { asMigration, full, mixed, openMigrated, stateOf } from "./migrations.ts";

const migrations = mixed.map(asMigration);
const rounds = full ? 50 : 2;

await onSharedServer("M1: eight migrators start together", (server) => {
  it(`each step runs once, the others wait and find it done (${rounds} rounds)`, async () => {
    let expected: unknown;
    for (let round = 0; round < rounds; round += 1) {
      const { dsn, drop } = await server.namespace();
      const starters = Array.from({ length: 8 }, () => openMigrated(dsn));
      const applied = await Promise.all(
        starters.map(({ store }) => migrateUp(store.migrationTarget(), migrations)),
      );
      // The ledger is not empty any more for the losers, and nothing is left that could be held.
      expect(applied.flat()).toEqual(migrations.map(({ id }) => id));
      const [first] = starters;
      if (first === undefined) return expect.unreachable();
      const state = await stateOf(first);
      expected ??= state;
      expect(state).toEqual(expected);
      await Promise.all(starters.map((starter) => starter.close()));
      await drop();
    }
  }, 600_000);
});
