import { isNeeded } from "./migrate-code.ts";
import { findMigrations, hasMigrations, readMigrations } from "./migration-files.ts";
import type { MigrationTarget } from "./migration.ts";

/**
 * Migrations that the code of this checkout needs and the store has not, for the start-up probe: all but the contract ones that can wait
 * until no older code runs. Undefined when the folder of migrations does not come with the code: then nobody can say.
 *
 * @param from the caller's `import.meta.url`
 */
export async function unapplied(
  target: MigrationTarget,
  store: string,
  from: string,
): Promise<readonly string[] | undefined> {
  if (!hasMigrations(store, from)) return undefined;
  const expected = await readMigrations(findMigrations(store, from));
  const applied = new Set(
    (await target.ledger()).filter(({ dirty }) => dirty !== true).map(({ id }) => id),
  );
  return expected
    .filter((migration) => isNeeded(migration) && !applied.has(migration.id))
    .map(({ id }) => id);
}
