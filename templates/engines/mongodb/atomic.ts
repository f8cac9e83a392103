import { MongoError, type ClientSession, type MongoClient, type TransactionOptions } from "mongodb";
import type { Attempt } from "../../runtime/call.ts";
import { waitAtMost } from "../../runtime/deadline.ts";
import { DataError } from "../../runtime/errors.ts";
import { classify } from "./errors.ts";

/** Reads one moment; what it read and then writes is checked against what others wrote since; acknowledged by a majority. */
export const atomicOptions: TransactionOptions = {
  readConcern: { level: "snapshot" },
  writeConcern: { w: "majority" },
  readPreference: "primary",
};

/** Runs `work` in a transaction of its own. Nothing of it is applied before its COMMIT, which alone can leave doubt. */
export async function atomically<T>(
  client: MongoClient,
  attempt: Attempt,
  work: (session: ClientSession) => Promise<T>,
): Promise<T> {
  const session = client.startSession();
  attempt.sent = false;
  try {
    session.startTransaction(atomicOptions);
    const result = await work(session);
    if (attempt.settled) throw abandoned();
    attempt.sent = true;
    await commit(session, attempt);
    await session.endSession();
    return result;
  } catch (error) {
    await rollback(session, error);
    throw error;
  }
}

const commitTries = 3;
const commitPauseMs = 50;

/**
 * A commit may be sent again: the server knows the transaction's number, and answers what it did with it.
 * Source: MongoDB transactions specification, "UnknownTransactionCommitResult".
 */
export async function commit(
  session: ClientSession,
  attempt: Pick<Attempt, "remainingMs">,
): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await session.commitTransaction();
    } catch (error) {
      const pause = Math.random() * commitPauseMs * 2 ** tries;
      if (tries === commitTries || !isUnknown(error) || pause >= attempt.remainingMs()) throw error;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}

const isUnknown = (error: unknown): boolean =>
  error instanceof MongoError && error.hasErrorLabel("UnknownTransactionCommitResult");

/** How long a run waits for its abort where the connection failed, in milliseconds: the driver looks for the server again after up to 500. */
const abortWaitMs = 1_000;

/**
 * Where the connection failed, the abort goes out over another one. The server would end the transaction by itself only after a minute
 * (transactionLifetimeLimitSeconds), and until then its locks stand in the way of the next run: so it is waited for, but briefly, since the
 * server may be gone. Where it was silent, nobody waits. Never rejects.
 */
export async function rollback(session: ClientSession, cause: unknown): Promise<void> {
  const ended = abort(session)
    .then(() => session.endSession())
    .catch(() => {});
  const { kind } = classify(cause);
  if (kind === "timeout") return;
  await (kind === "connection" ? waitAtMost(abortWaitMs, ended) : ended);
}

async function abort(session: ClientSession): Promise<void> {
  if (session.inTransaction()) await session.abortTransaction();
}

export const abandoned = (): DataError =>
  new DataError({ kind: "timeout", message: "the caller was answered; it was rolled back" });
