import { type MigrationFolder, migrationId, nextNumber, parentsOf, snapshotOf } from "./folder.ts";
import { sorted } from "../reconcile/record.ts";
import { movedNames } from "./named-content.ts";
import { plainContent } from "./part-content.ts";
import type { PlannedMigration } from "./record.ts";
import { plannedChange } from "./reused-names.ts";
import { sealsBetween } from "./seals.ts";
import {
  phases,
  type ChangeContext,
  type Phase,
  type Question,
  type SchemaPlanner,
  type Snapshot,
  type Step,
} from "./step.ts";

/** What a change of one store's schema comes to. */
export interface StoreChange {
  readonly migrations: readonly PlannedMigration[];
  /** What has to be told first; nothing is planned then. */
  readonly questions: readonly Question[];
  /** The snapshot after it. */
  readonly snapshot: Snapshot;
}

/** How a change is to be called, and how it is planned. */
export interface ChangeRequest {
  readonly context: ChangeContext;
  /** kebab-case; derived from the first step when it is not given. */
  readonly name?: string;
}

/**
 * The migrations from what the migrations of a folder make to what the spec says: one per phase, each standing on the one before. Pure.
 */
export function planChange(
  planner: SchemaPlanner,
  folder: MigrationFolder,
  { context, name }: ChangeRequest,
): StoreChange {
  const { store, project, mode } = context;
  const from = snapshotOf(folder);
  const snapshot = asStored(planner.snapshot(store, project));
  const displaced = folder.migrations.flatMap((each) => each.displaces ?? []);
  const { steps, questions } = plannedChange(planner, from, snapshot, { ...context, displaced });
  if (questions.length > 0 || steps.length === 0) return { migrations: [], questions, snapshot };
  const stem = name ?? nameOf(steps);
  const number = nextNumber(folder.migrations);
  const groups =
    mode === "direct"
      ? [{ phase: "expand" as const, steps: inPhaseOrder(steps) }]
      : phases.flatMap((phase) => {
          const own = steps.filter((step) => step.phase === phase);
          return own.length === 0 ? [] : [{ phase, steps: own }];
        });
  const whole = `${store.name} of ${project}`;
  const purpose = (phase: Phase): string =>
    from.size === 0 ? `Makes the store ${whole}.` : `Store ${whole}: ${purposes[phase]}`;
  const migrations: PlannedMigration[] = [];
  const { adds, displaces } = movedNames(from, snapshot);
  const seals = sealsBetween(from, snapshot);
  for (const [at, group] of groups.entries()) {
    const id = migrationId(number + at, at === 0 ? stem : `${stem}-${group.phase}`);
    const before = migrations.at(-1);
    const touches = touchedBy(group.steps);
    const parents =
      before === undefined ? parentsOf(folder.migrations, touchedBy(steps)) : [before.id];
    migrations.push({
      id,
      parents,
      phase: group.phase,
      change: migrations[0]?.id ?? id,
      touches,
      ...(at === 0 && adds.length + displaces.length > 0 && { moved: { adds, displaces } }),
      ...(at === 0 && seals !== undefined && { seals }),
      steps: group.steps,
      up: planner.print(group.steps, "up", purpose(group.phase)),
      down: planner.print(
        group.steps.toReversed(),
        "down",
        `Takes back ${id}.up.${planner.suffix}.`,
      ),
    });
  }
  return { migrations, questions: [], snapshot };
}

/** As it comes back from its files, so that two snapshots of one schema are equal to the last key. */
const asStored = (snapshot: Snapshot): Snapshot =>
  new Map(
    [...snapshot].map(([part, content]) => [part, sorted(JSON.parse(JSON.stringify(content)))]),
  );

const touchedBy = (steps: readonly Step[]): readonly string[] =>
  [...new Set(steps.flatMap((step) => step.touches))].toSorted();

const inPhaseOrder = (steps: readonly Step[]): readonly Step[] =>
  phases.flatMap((phase) => steps.filter((step) => step.phase === phase));

const longest = 40;

/** Name of a change that was given none: that of its first step, and that there are more. */
function nameOf(steps: readonly Step[]): string {
  const [first] = steps;
  const stem = (first?.name ?? "change").slice(0, longest).replace(/-+$/, "");
  return steps.length > 1 ? `${stem}-and-more` : stem;
}

const purposes: Readonly<Record<Phase, string>> = {
  expand: "what code of before and after the change can both run with.",
  backfill: "fills the rows that were there before, in batches.",
  contract: "what only code of after the change can run with. It waits until no older code runs.",
};

/** Parts in which the spec and the migrations of a store differ, by name. */
export function outdatedParts(
  folder: MigrationFolder,
  snapshot: Snapshot,
  { completed = (stored) => stored }: Pick<SchemaPlanner, "completed"> = {},
): readonly string[] {
  const before = snapshotOf(folder);
  const now = asStored(snapshot);
  const isSame = (stored: unknown, wanted: unknown): boolean =>
    sameContent(stored, wanted) || sameContent(completed(stored, wanted), wanted);
  return [...new Set([...before.keys(), ...now.keys()])]
    .filter((part) => !isSame(before.get(part), now.get(part)))
    .toSorted();
}

/** @param before as it lies in its file, where git or somebody may have put it into another order; @param now with sorted keys */
const sameContent = (before: unknown, now: unknown): boolean =>
  JSON.stringify(before) === JSON.stringify(now) ||
  JSON.stringify(plainContent(before)) === JSON.stringify(plainContent(now));
