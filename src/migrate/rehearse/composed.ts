import { parseRecord } from "../../../templates/runtime/migration-record.ts";
import { migrateUp } from "../../../templates/runtime/migrate.ts";
import type { Migration } from "../../../templates/runtime/migration.ts";
import { planChange } from "../change.ts";
import { type MigrationFolder, snapshotOf } from "../folder.ts";
import { printRecord } from "../record.ts";
import type { ChangeContext, SchemaPlanner } from "../step.ts";
import type { Observation } from "./observation.ts";
import type { RehearsalStore } from "./store.ts";

/** What makes, at once, all that the snapshot of a folder says. Pure. */
export function freshMigrations(
  planner: SchemaPlanner,
  folder: MigrationFolder,
  context: ChangeContext,
): readonly Migration[] {
  const whole = { ...planner, snapshot: () => snapshotOf(folder) };
  const empty = { ...folder, migrations: [], parts: new Map(), recorded: [] };
  return planChange(whole, empty, { context, name: "fresh" }).migrations.map((migration) => ({
    ...parseRecord(printRecord(migration)),
    up: migration.up,
    down: migration.down,
    file: migration.id,
  }));
}

/**
 * Runs every migration in its order from empty, those of merged branches too, and compares the schema with that of a fresh store.
 *
 * @param open opens an empty store that is thrown away; called twice
 * @returns what differs, or what failed; empty when all is well
 */
export async function composed(
  open: () => Promise<RehearsalStore>,
  all: readonly Migration[],
  fresh: readonly Migration[],
): Promise<readonly string[]> {
  const made = await inStore(open, async (store): Promise<Observation | string> => {
    try {
      await migrateUp(store.target, all, { contract: true });
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
    return store.observe();
  });
  if (typeof made === "string") return [`they do not run: ${made}`];
  return inStore(open, async (store) => {
    await migrateUp(store.target, fresh, { contract: true });
    return store.differences(made, await store.observe());
  });
}

async function inStore<T>(
  open: () => Promise<RehearsalStore>,
  work: (store: RehearsalStore) => Promise<T>,
): Promise<T> {
  const store = await open();
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}
