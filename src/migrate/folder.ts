import type { StepRecord } from "../../templates/runtime/migration.ts";
import type { DamagedRecord, DiskEntry } from "../reconcile/tree-state.ts";
import type { Seals } from "./seals.ts";
import type { Phase, Snapshot } from "./step.ts";

/** A migration as it lies in its folder. */
export interface StoredMigration {
  readonly id: string;
  readonly parents: readonly string[];
  readonly phase: Phase;
  /** The first migration of the same change: its own id, unless it belongs to the backfill or contract of another. */
  readonly change: string;
  /** Parts of the snapshot that it touches; undefined when its record does not say. */
  readonly touches: readonly string[] | undefined;
  /** What its change adds, and what it takes away or replaces, by name; undefined when the record does not say. */
  readonly adds?: readonly string[];
  readonly displaces?: readonly string[];
  /** What its change made of each part; undefined when the record does not say. */
  readonly seals?: Seals;
  readonly steps: readonly StepRecord[];
  readonly up: string;
  readonly down: string;
  /** The hash of its texts, where that is not the one in its record: they were changed since. */
  readonly editedHash?: string;
  /** Names of the two files, for messages. */
  readonly files: { readonly up: string; readonly down: string };
}

/** The migrations of one store and its snapshot, as they were read. */
export interface MigrationFolder {
  readonly store: string;
  /** By id. */
  readonly migrations: readonly StoredMigration[];
  readonly parts: ReadonlyMap<string, { readonly engine: string; readonly content: unknown }>;
  /** Ids of the migrations that the snapshot says it comes from; one that an earlier version of the tool wrote is not among them. */
  readonly recorded: readonly string[];
  readonly damaged: readonly DamagedRecord[];
  readonly disk: ReadonlyMap<string, DiskEntry>;
}

/** What the migrations of a folder make, as it was stored. */
export const snapshotOf = ({ parts }: MigrationFolder): Snapshot =>
  new Map([...parts].map(([part, { content }]) => [part, content]));

/**
 * What a new migration stands on: every migration that none stands on yet. A contract migration waits until no old code runs, so only a
 * change of the same parts waits for it; any other stands on what the contract itself stands on.
 *
 * @param touches parts that the new migration touches
 */
export function parentsOf(
  migrations: readonly StoredMigration[],
  touches: readonly string[],
): readonly string[] {
  const passed = new Set<string>();
  for (;;) {
    const leaves = leavesOf(migrations.filter(({ id }) => !passed.has(id)));
    const free = leaves.filter((leaf) => leaf.phase === "contract" && !meets(leaf, touches));
    if (free.length === 0) return leaves.map(({ id }) => id).toSorted();
    for (const { id } of free) passed.add(id);
  }
}

function leavesOf(migrations: readonly StoredMigration[]): readonly StoredMigration[] {
  const parents = new Set(migrations.flatMap((migration) => migration.parents));
  return migrations.filter(({ id }) => !parents.has(id));
}

const meets = (migration: StoredMigration, touches: readonly string[]): boolean =>
  migration.touches === undefined || migration.touches.some((part) => touches.includes(part));

/** The number after the highest in use; it only sorts the files, the parents decide what runs after what. */
export function nextNumber(migrations: readonly StoredMigration[]): number {
  return 1 + Math.max(0, ...migrations.map(({ id }) => Number.parseInt(id, 10) || 0));
}

/** `7`, `add-note` → `0007-add-note`. */
export const migrationId = (number: number, name: string): string =>
  `${String(number).padStart(4, "0")}-${name}`;
