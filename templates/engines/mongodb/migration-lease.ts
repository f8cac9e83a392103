import { randomUUID } from "node:crypto";
import { MongoServerError, type Collection, type Db, type Document } from "mongodb";
import { DataError } from "../../runtime/errors.ts";
import { lockName } from "./migration-ledger.ts";

interface LockDocument extends Document {
  readonly _id: string;
  readonly owner: string;
  readonly until: Date;
}

const usualMs = 30_000;
const pollMs = 200;

/** What the holder of the lock asks before each thing that it does. */
export interface Lease {
  /** @throws DataError unavailable when the lease was not renewed in time: another migrator may be at work */
  check(): void;
}

/**
 * A lease on one document: it ends by itself when its holder is killed, and is renewed while the holder works. Time is the server's alone,
 * so that clocks of migrators that differ let no two of them in.
 *
 * @param leaseMs how long it lasts without being renewed
 */
export async function withLease<T>(
  db: Db,
  work: (lease: Lease) => Promise<T>,
  waitMs: number,
  name = lockName,
  leaseMs = usualMs,
): Promise<T> {
  const locks = db.collection<LockDocument>(name);
  const owner = randomUUID();
  const end = performance.now() + waitMs;
  let renewedAt = performance.now();
  while (!(await takeLease(locks, owner, await clockOf(db), leaseMs))) {
    if (performance.now() > end) {
      throw new DataError({
        kind: "unavailable",
        message: "another migrator holds the lock",
        hint: "wait for it, or raise the waiting time",
      });
    }
    await new Promise((resolve) => setTimeout(resolve, pollMs));
    renewedAt = performance.now();
  }
  const renew = async (): Promise<void> => {
    const asked = performance.now();
    const until = new Date((await clockOf(db)) + leaseMs);
    const { matchedCount } = await locks.updateOne({ _id: "migrate", owner }, { $set: { until } });
    if (matchedCount === 1) renewedAt = asked;
  };
  const renewal = setInterval(() => void renew().catch(() => {}), leaseMs / 3);
  const check = (): void => {
    if (performance.now() - renewedAt < leaseMs) return;
    throw new DataError({
      kind: "unavailable",
      message: "the lock was not renewed in time; another migrator may be at work",
      hint: "run it again: it goes on where this run has stopped",
    });
  };
  try {
    return await work({ check });
  } finally {
    clearInterval(renewal);
    await locks.deleteOne({ _id: "migrate", owner });
  }
}

/** Milliseconds since 1970 at the server. Source: MongoDB manual, "hello", localTime. */
async function clockOf(db: Db): Promise<number> {
  const { localTime } = (await db.command({ hello: 1 })) as { readonly localTime: Date };
  return localTime.getTime();
}

/** Inserts the lock, or takes over one whose time is up; the unique `_id` lets exactly one of several win. */
async function takeLease(
  locks: Collection<LockDocument>,
  owner: string,
  now: number,
  leaseMs: number,
): Promise<boolean> {
  const until = new Date(now + leaseMs);
  try {
    await locks.insertOne({ _id: "migrate", owner, until });
    return true;
  } catch (error) {
    if (!(error instanceof MongoServerError) || error.code !== 11_000) throw error;
    const taken = await locks.updateOne(
      { _id: "migrate", until: { $lt: new Date(now) } },
      { $set: { owner, until } },
    );
    return taken.modifiedCount === 1;
  }
}
