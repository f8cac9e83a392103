import { randomUUID } from "node:crypto";
import { MongoServerError, type Collection, type Db, type Document } from "mongodb";
import { DataError } from "../../runtime/errors.ts";
import { lockName } from "./migration-ledger.ts";

interface LockDocument extends Document {
  readonly _id: string;
  readonly owner: string;
  readonly until: Date;
}

const leaseMs = 30_000;
const pollMs = 200;

/** A lease on one document: it ends by itself when its holder is killed, and is renewed while the holder works. */
export async function withLease<T>(
  db: Db,
  work: () => Promise<T>,
  waitMs: number,
  name = lockName,
): Promise<T> {
  const locks = db.collection<LockDocument>(name);
  const owner = randomUUID();
  const until = (): Date => new Date(Date.now() + leaseMs);
  const end = performance.now() + waitMs;
  while (!(await takeLease(locks, owner, until()))) {
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
async function takeLease(
  locks: Collection<LockDocument>,
  owner: string,
  until: Date,
): Promise<boolean> {
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
