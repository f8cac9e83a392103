import type { ClientSession, TransactionOptions as DriverOptions } from "mongodb";
import type { Attempt } from "../../runtime/call.ts";
import { ChangeBuffer, type ChangeFeed } from "../../runtime/changes.ts";
import { DataError, programmingError } from "../../runtime/errors.ts";
import type { Isolation, TransactionOptions } from "../../runtime/options.ts";
import type { TransactionFate } from "../../runtime/transaction-fate.ts";
import {
  type Committed,
  statementRuntime,
  type TransactionTarget,
} from "../../runtime/unit-of-work.ts";
import { atomicOptions, commit, rollback } from "./atomic.ts";
import { classify } from "./errors.ts";
import { TransactionLease } from "./lease.ts";
import type { SessionContext } from "./session-call.ts";
import { MongoSession } from "./session.ts";

/**
 * Options of a transaction. There is no `serializable`: two transactions may each read what the other changes and both commit. Whoever
 * decides by a document that it does not change, changes it too (a version), or decides in one store that has that isolation.
 */
export interface MongoTransactionOptions extends Omit<TransactionOptions, "isolation"> {
  /**
   * `repeatable read` (the default): reads one moment, snapshot; of two that change one document the later one fails and is undone.
   * `read committed`: each read sees what a majority has by then.
   */
  readonly isolation?: Exclude<Isolation, "serializable"> | undefined;
}

/** An open transaction. */
export interface OpenTransaction {
  readonly lease: TransactionLease;
  readonly session: MongoSession;
  readonly changes: ChangeBuffer;
  readonly attempt: Attempt;
}

/** Where transactions of one binding (the root, a tenant) run. */
export interface TransactionHome {
  readonly context: SessionContext;
  readonly feed: ChangeFeed;
}

/** Begin, commit and abort of a driver session of its own. Nothing is sent before the first command. */
export class Transactions implements TransactionTarget<OpenTransaction> {
  readonly #home: TransactionHome;

  constructor(home: TransactionHome) {
    this.#home = home;
  }

  async begin(
    options: TransactionOptions,
    attempt: Attempt,
    fate: TransactionFate,
  ): Promise<OpenTransaction> {
    const { context } = this.#home;
    const level = levelOf(options.isolation);
    await context.open();
    const session = context.client.startSession();
    session.startTransaction({ ...atomicOptions, readConcern: { level } } satisfies DriverOptions);
    return this.#opened(session, options.readOnly === true, attempt, fate);
  }

  async commit({ lease, changes, attempt }: OpenTransaction): Promise<Committed> {
    const { feed } = this.#home;
    await lease.end();
    try {
      await commit(lease.session, attempt);
    } catch (error) {
      // Nobody knows whether it was committed: what may have changed is told as changed.
      if (classify(error).outcome === "unknown") void changes.flush(feed);
      throw error;
    } finally {
      await lease.session.endSession().catch(() => {});
    }
    return { told: changes.flush(feed) };
  }

  async rollback({ lease }: OpenTransaction): Promise<void> {
    await Promise.race([lease.end(), lease.lost]).catch(() => {});
    await rollback(lease.session, lease.reason);
  }

  abandon({ lease }: OpenTransaction): void {
    lease.abandon(
      new DataError({
        kind: "timeout",
        message: "the transaction was given up and is rolled back",
      }),
    );
  }

  #opened(
    session: ClientSession,
    readOnly: boolean,
    attempt: Attempt,
    fate: TransactionFate,
  ): OpenTransaction {
    const lease = new TransactionLease(session);
    const changes = new ChangeBuffer();
    const { context } = this.#home;
    const within: SessionContext = {
      ...context,
      runtime: statementRuntime(context.runtime, fate),
      lease,
      readOnly,
      changed: (entity, keys) => {
        changes.add(entity, keys());
        return undefined;
      },
    };
    return { lease, changes, attempt, session: new MongoSession(within) };
  }
}

function levelOf(isolation: Isolation | undefined): "snapshot" | "majority" {
  if (isolation === "read committed") return "majority";
  if (isolation !== "serializable") return "snapshot";
  throw programmingError("transaction: this store has no serializable isolation", {
    operation: "transaction",
    hint: "change what you decide by (its version) in the same transaction, with repeatable read",
  });
}
