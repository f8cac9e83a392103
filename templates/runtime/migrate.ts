import { programmingError } from "./errors.ts";

/** One migration as its files hold it. */
export interface Migration {
  /** `0001-initial` */
  readonly id: string;
  /** Ids that must be applied before. */
  readonly parents: readonly string[];
  /** Hash of the up and down text. */
  readonly hash: string;
  readonly up: string;
  readonly down: string;
  /** False when a step of it cannot run in a transaction. Default true. */
  readonly transactional?: boolean | undefined;
  /** Where it lies, for messages. */
  readonly file: string;
}

/** A row of the ledger. */
export interface LedgerEntry {
  readonly id: string;
  readonly hash: string;
  readonly parents: readonly string[];
  readonly appliedAt: Date;
  /** True while a step that cannot run in a transaction is under way, and after it failed half-way. */
  readonly dirty?: boolean | undefined;
}

/** What an engine does for migrations. */
export interface MigrationTarget {
  /** Runs `work` while no other migrator can; waits at most `waitMs`, then rejects. Creates the ledger when there is none. */
  locked<T>(work: () => Promise<T>, waitMs: number): Promise<T>;
  /** The ledger; empty when there is none yet. */
  ledger(): Promise<readonly LedgerEntry[]>;
  /** Runs the up text and records it: in one transaction, or marked dirty first and clean at the end. */
  apply(migration: Migration): Promise<void>;
  /** Runs the down text and removes the record, likewise. */
  revert(migration: Migration): Promise<void>;
}

export interface MigrationStatus {
  readonly applied: readonly LedgerEntry[];
  /** In the order they would be applied. */
  readonly pending: readonly Migration[];
  /** What forbids to go on, each naming a file or an id; empty when all is well. */
  readonly problems: readonly string[];
}

/** Compares files and ledger. */
export async function migrationStatus(
  target: MigrationTarget,
  migrations: readonly Migration[],
): Promise<MigrationStatus> {
  const applied = await target.ledger();
  const known = new Set(applied.map((entry) => entry.id));
  return {
    applied,
    pending: migrations.filter((migration) => !known.has(migration.id)),
    problems: [],
  };
}

export interface MigrateOptions {
  /** Milliseconds to wait for another migrator. Default 60,000. */
  readonly waitMs?: number | undefined;
  readonly onStep?: ((step: "apply" | "revert", migration: Migration) => void) | undefined;
}

/** Applies what is pending, under the lock. Starters that lose the race find nothing to do. @throws DataError programming with the problems */
export function migrateUp(
  target: MigrationTarget,
  migrations: readonly Migration[],
  options: MigrateOptions = {},
): Promise<readonly string[]> {
  return target.locked(async () => {
    const { pending, problems } = await migrationStatus(target, migrations);
    if (problems.length > 0)
      throw programmingError(problems.join("\n"), { operation: "migrate up" });
    for (const migration of pending) {
      options.onStep?.("apply", migration);
      await target.apply(migration);
    }
    return pending.map((migration) => migration.id);
  }, options.waitMs ?? 60_000);
}

/** Reverts the newest applied migration; undefined when there is none. */
export function migrateDown(
  target: MigrationTarget,
  migrations: readonly Migration[],
  options: MigrateOptions = {},
): Promise<string | undefined> {
  return target.locked(async () => {
    const { applied } = await migrationStatus(target, migrations);
    const newest = migrations.findLast((migration) =>
      applied.some((entry) => entry.id === migration.id),
    );
    if (newest === undefined) return undefined;
    options.onStep?.("revert", newest);
    await target.revert(newest);
    return newest.id;
  }, options.waitMs ?? 60_000);
}
