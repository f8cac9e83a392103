import type {
  LedgerEntry,
  Migration,
  MigrationTarget,
} from "../../../templates/runtime/migrate.ts";

/** A store in memory that can be migrated: notes every step it is asked for. */
export class MemoryTarget implements MigrationTarget {
  readonly steps: string[] = [];
  entries: LedgerEntry[] = [];
  failOn: string | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  #clock = Date.UTC(2026, 0, 1);

  locked<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#queue.then(work);
    this.#queue = mine.catch(() => {});
    return mine;
  }

  async ledger(): Promise<readonly LedgerEntry[]> {
    return [...this.entries];
  }

  async apply(migration: Migration): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 1));
    if (this.failOn === migration.id) throw new Error("syntax error");
    const { id, hash, parents } = migration;
    this.steps.push(`up ${id}`);
    this.entries.push({ id, hash, parents, appliedAt: new Date((this.#clock += 1_000)) });
  }

  async revert(migration: Migration): Promise<void> {
    this.steps.push(`down ${migration.id}`);
    this.entries = this.entries.filter((entry) => entry.id !== migration.id);
  }
}

export const migration = (
  id: string,
  parents: readonly string[] = [],
  changes: Partial<Migration> = {},
): Migration => ({
  id,
  parents,
  hash: `hash of ${id}`,
  up: `create ${id}`,
  down: `drop ${id}`,
  file: `migrations/main/${id}.up.sql`,
  ...changes,
});
