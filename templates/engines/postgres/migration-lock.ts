import { DataError } from "../../runtime/errors.ts";
import { ask, askScript } from "./ask.ts";
import type { Connection } from "./wire.ts";

/** One lock of the whole database: the key is "adbstart" in ASCII. */
const key = "7017842367363379828";
const pollMs = 100;

/** How an advisory lock is taken and given back on a connection. */
export interface AdvisoryLock {
  readonly before: readonly string[];
  readonly attempt: string;
  readonly after: readonly string[];
}

/** Held by the session, whatever transactions it runs. */
export const sessionLock: AdvisoryLock = {
  before: [],
  attempt: `select pg_try_advisory_lock(${key})`,
  after: [`select pg_advisory_unlock(${key})`, "reset lock_timeout", "reset statement_timeout"],
};

/** The lock of a store whose ledger is kept here: another key than the store's own. */
export const guestLock = (ledger: string): AdvisoryLock => {
  const name = `hashtextextended('${ledger.replaceAll("'", "''")}', ${key})`;
  return {
    before: [],
    attempt: `select pg_try_advisory_lock(${name})`,
    after: [`select pg_advisory_unlock(${name})`],
  };
};

/** Held by an open transaction, to which a pooler keeps one server connection; the work goes over others. */
export const transactionLock: AdvisoryLock = {
  before: ["begin", "set local idle_in_transaction_session_timeout = 0"],
  attempt: `select pg_try_advisory_xact_lock(${key})`,
  after: ["rollback"],
};

/** The same behind a pooler. */
export const guestTransactionLock = (ledger: string): AdvisoryLock => ({
  ...transactionLock,
  attempt: `select pg_try_advisory_xact_lock(hashtextextended('${ledger.replaceAll("'", "''")}', ${key}))`,
});

/** @throws DataError overloaded when another migrator keeps it longer than `waitMs` */
export const take = async (
  lock: AdvisoryLock,
  connection: Connection,
  waitMs: number,
): Promise<void> => {
  const until = performance.now() + waitMs;
  for (const text of lock.before) await ask(connection, text);
  for (;;) {
    // The simple protocol leaves no portal open: one would keep its snapshot, for which `create index concurrently` waits without end.
    const [row] = await askScript(connection, lock.attempt);
    if (row?.[0] === "t") return;
    if (performance.now() > until) throw taken(waitMs);
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
};

/** Never rejects: a connection on which it failed is destroyed, and the lock goes with it. */
export const give = async (lock: AdvisoryLock, connection: Connection): Promise<void> => {
  try {
    for (const text of connection.lost ? [] : lock.after) await ask(connection, text);
  } catch (error) {
    connection.destroy(error);
  }
};

const taken = (waitMs: number): DataError =>
  new DataError({
    kind: "overloaded",
    operation: "migrate",
    message: `another migrator has held the lock for ${Math.round(waitMs / 1000)} s`,
  });
