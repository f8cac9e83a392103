import { migrationHash } from "../../../templates/runtime/migration-files.ts";
import type { Migration } from "../../../templates/runtime/migration.ts";
import { changeFiles, type ChangedFiles } from "../change-files.ts";
import { planChange } from "../change.ts";
import type { MigrationFolder, StoredMigration } from "../folder.ts";
import type { PlannedMigration } from "../record.ts";
import type { ChangeContext, SchemaPlanner, Step } from "../step.ts";
import type { Adoption } from "./live.ts";

export const baselineId = "0001-baseline";

/** What adopting a store writes: the files, and what the ledger is told. */
export interface Baseline {
  readonly files: ChangedFiles;
  /** The migration that counts as applied. */
  readonly migration: Migration;
  /** Ids of what the data layer wants beside what is there; they wait for `migrate up`. */
  readonly pending: readonly PlannedMigration[];
}

/**
 * The baseline of an empty folder of migrations: `0001-baseline` makes what is there on a fresh store, and `0002-data-layer` what the data
 * layer wants besides (operation ids, indexes of references that have none). The snapshot is that of the spec. Pure.
 */
export function planBaseline(
  planner: SchemaPlanner,
  folder: MigrationFolder,
  adoption: Adoption,
  context: ChangeContext,
): Baseline {
  const { store, project } = context;
  const snapshot = planner.snapshot(store, project);
  const first = firstMigration(planner, adoption, context, [...snapshot.keys()]);
  const present = [...adoption.present(snapshot)].map(
    ([part, content]) => [part, { engine: store.engine, content }] as const,
  );
  const rest = planChange(
    planner,
    { ...folder, migrations: [storedOf(first, planner.suffix)], parts: new Map(present) },
    { context, name: "data-layer" },
  );
  const migrations = [first, ...rest.migrations];
  return {
    files: changeFiles(planner, folder, { migrations, questions: [], snapshot }, context),
    migration: {
      id: first.id,
      parents: first.parents,
      hash: migrationHash(first.up, first.down, first.steps),
      up: first.up,
      down: first.down,
      phase: first.phase,
      change: first.change,
      steps: first.steps,
      file: `migrations/${store.name}/${first.id}.up.${planner.suffix}`,
    },
    pending: rest.migrations,
  };
}

function firstMigration(
  planner: SchemaPlanner,
  adoption: Adoption,
  { store, project }: ChangeContext,
  touches: readonly string[],
): PlannedMigration {
  const steps = adoption.steps.map((step): Step => ({ ...step, phase: "expand", touches }));
  const purpose = `Store ${store.name} of ${project}: for fresh stores. The adopted one counts it as applied and never runs it.`;
  return {
    id: baselineId,
    parents: [],
    phase: "expand",
    change: baselineId,
    touches: [...touches].toSorted(),
    steps,
    up: planner.print(steps, "up", purpose),
    down: planner.print(
      steps.toReversed(),
      "down",
      `Takes ${baselineId} back where it made the store; where the store was adopted, it refuses to.`,
    ),
  };
}

const storedOf = (
  { id, parents, phase, change, touches, steps, up, down }: PlannedMigration,
  suffix: string,
): StoredMigration => ({
  id,
  parents,
  phase,
  change,
  touches,
  steps,
  up,
  down,
  files: { up: `${id}.up.${suffix}`, down: `${id}.down.${suffix}` },
});
