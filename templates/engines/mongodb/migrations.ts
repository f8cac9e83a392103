import { randomUUID } from "node:crypto";
import { MongoServerError, type Db, type Document } from "mongodb";
import { DataError } from "../../runtime/errors.ts";
import type { LedgerEntry, Migration, MigrationTarget } from "../../runtime/migrate.ts";

/** One step of a migration file: a database command that may be repeated. */
export type MigrationStep =
  | { readonly createCollection: string; readonly validator?: Document }
  | { readonly dropCollection: string }
  | { readonly createIndexes: string; readonly indexes: readonly Document[] };

interface LedgerDocument extends Document {
  readonly _id: string;
  readonly hash: string;
  readonly parents: readonly string[];
  readonly appliedAt: Date;
  readonly dirty: boolean;
}

interface LockDocument extends Document {
  readonly _id: string;
  readonly owner: string;
  readonly until: Date;
}

const ledgerName = "schema_migration";
const lockName = "schema_migration_lock";
const leaseMs = 30_000;
const pollMs = 200;
const namespaceExists = 48;
const namespaceNotFound = 26;

/**
 * Migrations of a MongoDB database. Its steps cannot run in one transaction, but each may be repeated: a run that was killed is marked
 * dirty and completed by the next one.
 */
export function mongoMigrations(database: () => Promise<Db>): MigrationTarget {
  return {
    locked: async (work, waitMs) => withLease(await database(), work, waitMs),
    ledger: async () => {
      const found = await ledgerOf(await database())
        .find()
        .sort({ appliedAt: 1, _id: 1 })
        .toArray();
      return found.map(({ _id, hash, parents, appliedAt, dirty }): LedgerEntry => ({
        id: _id,
        hash,
        parents,
        appliedAt,
        dirty,
      }));
    },
    apply: async (migration) => {
      const db = await database();
      await mark(db, migration, true);
      for (const step of stepsOf(migration.up)) await run(db, step);
      await mark(db, migration, false);
    },
    revert: async (migration) => {
      const db = await database();
      await mark(db, migration, true);
      for (const step of stepsOf(migration.down)) await run(db, step);
      await ledgerOf(db).deleteOne({ _id: migration.id });
    },
  };
}

const ledgerOf = (db: Db) => db.collection<LedgerDocument>(ledgerName);

const stepsOf = (text: string): readonly MigrationStep[] =>
  JSON.parse(text) as readonly MigrationStep[];

async function mark(db: Db, { id, hash, parents }: Migration, dirty: boolean): Promise<void> {
  const entry = { hash, parents, appliedAt: new Date(), dirty };
  await ledgerOf(db).updateOne({ _id: id }, { $set: entry }, { upsert: true });
}

async function run(db: Db, step: MigrationStep): Promise<void> {
  if ("createIndexes" in step)
    await db.command({ createIndexes: step.createIndexes, indexes: step.indexes });
  else if ("dropCollection" in step)
    await unless(namespaceNotFound, () => db.command({ drop: step.dropCollection }));
  else await createCollection(db, step.createCollection, step.validator);
}

async function createCollection(
  db: Db,
  name: string,
  validator: Document | undefined,
): Promise<void> {
  const rules = validator === undefined ? {} : { validator };
  const existed = await unless(namespaceExists, () => db.command({ create: name, ...rules }));
  if (existed && validator !== undefined) await db.command({ collMod: name, validator });
}

/** Whether the command failed with exactly this code; any other failure is thrown. */
async function unless(code: number, command: () => Promise<unknown>): Promise<boolean> {
  try {
    await command();
    return false;
  } catch (error) {
    if (error instanceof MongoServerError && error.code === code) return true;
    throw error;
  }
}

/** A lease on one document: it ends by itself when its holder is killed, and is renewed while the holder works. */
async function withLease<T>(db: Db, work: () => Promise<T>, waitMs: number): Promise<T> {
  const locks = db.collection<LockDocument>(lockName);
  const owner = randomUUID();
  const until = (): Date => new Date(Date.now() + leaseMs);
  const end = performance.now() + waitMs;
  while (!(await takeLease(db, owner, until()))) {
    if (performance.now() > end) {
      throw new DataError({
        kind: "unavailable",
        message: "another migrator holds the lock",
        hint: "wait for it, or raise the waiting time",
      });
    }
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  const renewal = setInterval(() => {
    locks.updateOne({ _id: "migrate", owner }, { $set: { until: until() } }).catch(() => {});
  }, leaseMs / 3);
  try {
    return await work();
  } finally {
    clearInterval(renewal);
    await locks.deleteOne({ _id: "migrate", owner });
  }
}

/** Inserts the lock, or takes over one whose time is up; the unique `_id` lets exactly one of several win. */
async function takeLease(db: Db, owner: string, until: Date): Promise<boolean> {
  const locks = db.collection<LockDocument>(lockName);
  try {
    await locks.insertOne({ _id: "migrate", owner, until });
    return true;
  } catch (error) {
    if (!(error instanceof MongoServerError) || error.code !== 11_000) throw error;
    const taken = await locks.updateOne(
      { _id: "migrate", until: { $lt: new Date() } },
      { $set: { owner, until } },
    );
    return taken.modifiedCount === 1;
  }
}
