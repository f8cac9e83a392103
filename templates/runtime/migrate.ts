import { programmingError } from "./errors.ts";

/** One migration as its files hold it. */
export interface Migration {
  /** `0001-initial` */
  readonly id: string;
  /** Ids that must be applied before. */
  readonly parents: readonly string[];
  /** `migrationHash` of the up and down text. */
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

/** Compares files and ledger as sets of ids with hashes and parents: two branches may have added theirs in any order. */
export async function migrationStatus(
  target: MigrationTarget,
  migrations: readonly Migration[],
): Promise<MigrationStatus> {
  return compare(migrations, await target.ledger());
}

/** The pure part of `migrationStatus`. */
export function compare(
  migrations: readonly Migration[],
  applied: readonly LedgerEntry[],
): MigrationStatus {
  const ledger = new Map(applied.map((entry) => [entry.id, entry]));
  const files = new Map(migrations.map((migration) => [migration.id, migration]));
  const missing = migrations.filter((migration) => !ledger.has(migration.id));
  const pending = inOrder(missing, new Set(ledger.keys()));
  const stuck = missing.filter((migration) => !pending.includes(migration));
  const problems = [
    ...applied.flatMap((entry) => ledgerProblems(entry, files.get(entry.id), ledger)),
    ...stuck.map(
      ({ file, parents }) =>
        `${file}: its parents (${parents.join(", ")}) are missing or form a circle`,
    ),
  ];
  return { applied, pending, problems };
}

function ledgerProblems(
  entry: LedgerEntry,
  file: Migration | undefined,
  ledger: ReadonlyMap<string, LedgerEntry>,
): readonly string[] {
  if (file === undefined) {
    return [
      `drift: ${entry.id} is applied, but there is no file of it here; bring it back, or use the checkout that has it`,
    ];
  }
  const changed = `${file.file}: changed after it was applied here; take the change back (of the spec, when it was generated), or migrate down first where its data may go`;
  const orphan = file.parents.filter((parent) => !ledger.has(parent));
  return [
    ...(entry.dirty === true
      ? [`${file.file}: stopped half-way; mend the store by hand and correct its row in the ledger`]
      : []),
    ...(entry.hash === file.hash ? [] : [changed]),
    ...orphan.map((parent) => `${file.file}: applied before its parent ${parent}`),
  ];
}

/** Parents first, else by id; what can never run is left out. */
function inOrder(
  migrations: readonly Migration[],
  applied: ReadonlySet<string>,
): readonly Migration[] {
  const done = new Set(applied);
  const waiting = new Set([...migrations].sort((a, b) => (a.id < b.id ? -1 : 1)));
  const order: Migration[] = [];
  for (;;) {
    const next = [...waiting].find((migration) =>
      migration.parents.every((parent) => done.has(parent)),
    );
    if (next === undefined) return order;
    waiting.delete(next);
    done.add(next.id);
    order.push(next);
  }
}

export interface MigrateOptions {
  /** Milliseconds to wait for another migrator. Default 60,000. */
  readonly waitMs?: number | undefined;
  readonly onStep?: ((step: "apply" | "revert", migration: Migration) => void) | undefined;
}

/**
 * Applies what is pending, under the lock; of several that start together, the losers find nothing left to do. Resolves to the ids it applied.
 * @throws DataError programming naming every problem, before anything is applied
 */
export function migrateUp(
  target: MigrationTarget,
  migrations: readonly Migration[],
  options: MigrateOptions = {},
): Promise<readonly string[]> {
  return target.locked(async () => {
    const { pending } = await sound(target, migrations, "migrate up");
    for (const migration of pending) {
      options.onStep?.("apply", migration);
      await target.apply(migration);
    }
    return pending.map((migration) => migration.id);
  }, options.waitMs ?? 60_000);
}

/** Reverts the newest applied migration that no other one stands on; resolves to its id, or undefined when there is none. */
export function migrateDown(
  target: MigrationTarget,
  migrations: readonly Migration[],
  options: MigrateOptions = {},
): Promise<string | undefined> {
  return target.locked(async () => {
    const { applied } = await sound(target, migrations, "migrate down");
    const newest = migrations.find((migration) => migration.id === newestLeaf(applied));
    if (newest === undefined) return undefined;
    options.onStep?.("revert", newest);
    await target.revert(newest);
    return newest.id;
  }, options.waitMs ?? 60_000);
}

function newestLeaf(applied: readonly LedgerEntry[]): string | undefined {
  const parents = new Set(applied.flatMap((entry) => entry.parents));
  const leaves = applied.filter((entry) => !parents.has(entry.id));
  const newestFirst = leaves.sort(
    (a, b) => b.appliedAt.getTime() - a.appliedAt.getTime() || (a.id < b.id ? 1 : -1),
  );
  return newestFirst[0]?.id;
}

async function sound(
  target: MigrationTarget,
  migrations: readonly Migration[],
  operation: string,
): Promise<MigrationStatus> {
  const status = await migrationStatus(target, migrations);
  if (status.problems.length > 0) throw programmingError(status.problems.join("\n"), { operation });
  return status;
}
