import type { Attempt } from "../../runtime/call.ts";
import { ChangeBuffer, type ChangeFeed } from "../../runtime/changes.ts";
import type { PoolWaiter } from "../../runtime/connection-pool.ts";
import { DataError } from "../../runtime/errors.ts";
import type { Fault } from "../../runtime/fault.ts";
import type { OpRuntime } from "../../runtime/op.ts";
import type { TransactionOptions } from "../../runtime/options.ts";
import type { TransactionFate } from "../../runtime/transaction-fate.ts";
import {
  type Committed,
  statementRuntime,
  type TransactionTarget,
} from "../../runtime/unit-of-work.ts";
import { classify } from "./errors.ts";
import type { MysqlConnection } from "./mysql-connection.ts";
import type { ConnectionSource } from "./statement-call.ts";
import { StatementSession } from "./statement-session.ts";
import { TransactionLease } from "./transaction-lease.ts";
import { abandoned, rollBack } from "./write-frame.ts";

/** An open transaction. */
export interface OpenTransaction {
  readonly lease: TransactionLease;
  readonly session: StatementSession;
  readonly changes: ChangeBuffer;
}

/** Where transactions of one binding (the root, a tenant) run. */
export interface TransactionHome {
  readonly runtime: OpRuntime;
  readonly source: ConnectionSource;
  readonly tenant: string | undefined;
  readonly feed: ChangeFeed;
  readonly lockWaitMs: number;
}

/** START TRANSACTION, COMMIT and ROLLBACK on a connection of its own. */
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
    const open = this.#opened(await this.#acquire(attempt), options.readOnly === true, fate);
    const { connection } = open.lease;
    attempt.onAbandon = () => this.abandon(open);
    try {
      const { isolation, readOnly } = options;
      // Holds for the next transaction alone.
      const set =
        isolation && connection.command(`set transaction isolation level ${levels[isolation]}`);
      const begun = connection.command(
        readOnly === true ? "start transaction read only" : "start transaction",
      );
      await Promise.all([set, begun]);
      if (attempt.settled) throw abandoned();
      return open;
    } catch (error) {
      await this.rollback(open);
      throw error;
    }
  }

  async commit({ lease, changes }: OpenTransaction): Promise<Committed> {
    const { connection, spoiled } = lease;
    lease.end();
    if (spoiled) {
      await rollBack(connection);
      this.#home.source.release(connection);
      throw rolledBack();
    }
    try {
      await connection.command("commit");
    } catch (error) {
      // Nobody knows whether it was committed: what may have changed is told as changed.
      if (connection.lost || classify(error).outcome === "unknown")
        void changes.flush(this.#home.feed);
      throw error;
    } finally {
      this.#home.source.release(connection);
    }
    return { told: changes.flush(this.#home.feed) };
  }

  async rollback({ lease }: OpenTransaction): Promise<void> {
    lease.end();
    await rollBack(lease.connection);
    this.#home.source.release(lease.connection);
  }

  abandon({ lease }: OpenTransaction): void {
    lease.end();
    lease.connection.destroy(abandoned());
  }

  #opened(connection: MysqlConnection, readOnly: boolean, fate: TransactionFate): OpenTransaction {
    const lease = new TransactionLease(connection);
    const changes = new ChangeBuffer();
    const runtime = statementRuntime(this.#home.runtime, fate);
    const session = new StatementSession({
      runtime: readOnly ? { ...runtime, classify: classifyReadOnly } : runtime,
      source: lease,
      tenant: this.#home.tenant,
      lockWaitMs: this.#home.lockWaitMs,
      inTransaction: true,
      spoil: () => lease.spoil(),
      changed: (entity, keys) => {
        changes.add(entity, keys);
        return undefined;
      },
    });
    return { lease, session, changes };
  }

  #acquire(attempt: Attempt): Promise<MysqlConnection> {
    const { source } = this.#home;
    return new Promise((resolve, reject) => {
      const waiter: PoolWaiter<MysqlConnection> = {
        get settled() {
          return attempt.settled;
        },
        granted: resolve,
        refused: reject,
      };
      attempt.onAbandon = () => {
        source.forget(waiter);
        reject(abandoned());
      };
      source.acquire(waiter);
    });
  }
}

const refusedWrite = "1792";

/** Here a refused write is the program's fault, and no sign of a server that became a replica. */
const classifyReadOnly = (error: unknown): Fault => {
  const fault = classify(error);
  return fault.code === refusedWrite
    ? { ...fault, kind: "programming", transient: false, fatal: false }
    : fault;
};

const levels = {
  "read committed": "read committed",
  "repeatable read": "repeatable read",
  serializable: "serializable",
} as const;

const rolledBack = (): DataError =>
  new DataError({
    kind: "programming",
    message: "the transaction was rolled back, because one of its statements had failed",
    hint: "let the error of a statement leave the transaction's callback",
  });
