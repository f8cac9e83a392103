import type { Attempt } from "../../runtime/call.ts";
import { ChangeBuffer, type ChangeFeed } from "../../runtime/changes.ts";
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
import { Question, ask } from "./ask.ts";
import { ConnectionLease } from "./connection-lease.ts";
import { classify, FaultError } from "./errors.ts";
import { StatementSession } from "./statement-session.ts";
import type { Bound, Connection, ConnectionSource, Waiter } from "./wire.ts";

/** An open transaction. */
export interface OpenTransaction {
  readonly lease: ConnectionLease;
  readonly session: StatementSession;
  readonly changes: ChangeBuffer;
}

/** Where transactions of one binding (the root, a tenant) run. */
export interface TransactionHome {
  readonly runtime: OpRuntime;
  readonly source: ConnectionSource;
  readonly binding: Bound | undefined;
  readonly tenant: string;
  readonly feed: ChangeFeed;
}

/** BEGIN, COMMIT and ROLLBACK on a connection of its own. */
export class Transactions implements TransactionTarget<OpenTransaction> {
  readonly #home: TransactionHome;

  constructor(home: TransactionHome) {
    this.#home = home;
  }

  /** BEGIN and the binding leave in one flush. */
  async begin(
    options: TransactionOptions,
    attempt: Attempt,
    fate: TransactionFate,
  ): Promise<OpenTransaction> {
    const open = this.#opened(await this.#acquire(attempt), options.readOnly === true, fate);
    const { connection } = open.lease;
    attempt.onAbandon = () => this.abandon(open);
    try {
      const { binding } = this.#home;
      const begun = ask(connection, beginText(options));
      const bound = binding && ask(connection, binding.prepared.text, binding.values);
      await Promise.all([begun, bound]);
      if (attempt.settled) throw abandoned();
      return open;
    } catch (error) {
      await this.rollback(open);
      throw error;
    }
  }

  async commit({ lease, changes }: OpenTransaction): Promise<Committed> {
    const { connection } = lease;
    const question = new Question("commit");
    lease.end();
    try {
      connection.submit(question);
      await question.answer;
    } catch (error) {
      // Nobody knows whether it was committed: what may have changed is told as changed.
      if (connection.lost || classify(error).outcome === "unknown")
        void changes.flush(this.#home.feed);
      throw error;
    } finally {
      this.#home.source.release(connection);
    }
    if (question.tag !== "COMMIT") throw rolledBack();
    return { told: changes.flush(this.#home.feed) };
  }

  async rollback({ lease }: OpenTransaction): Promise<void> {
    const { connection } = lease;
    lease.end();
    if (!connection.lost) {
      await ask(connection, "rollback").catch((error: unknown) => connection.destroy(error));
    }
    this.#home.source.release(connection);
  }

  abandon({ lease }: OpenTransaction): void {
    lease.end();
    lease.connection.destroy(abandoned());
  }

  #opened(connection: Connection, readOnly: boolean, fate: TransactionFate): OpenTransaction {
    const lease = new ConnectionLease(connection);
    const changes = new ChangeBuffer();
    const runtime = statementRuntime(this.#home.runtime, fate);
    const session = new StatementSession({
      runtime: readOnly ? { ...runtime, classify: classifyReadOnly } : runtime,
      binding: undefined,
      lanes: { keyedReads: lease, keyedWrites: lease, pooled: lease },
      tenant: this.#home.tenant,
      inTransaction: true,
      changed: (entity, keys) => {
        changes.add(entity, keys);
        return undefined;
      },
    });
    return { lease, session, changes };
  }

  #acquire(attempt: Attempt): Promise<Connection> {
    const { source } = this.#home;
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
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

/** Here a refused write is the program's fault, and no sign of a server that became a standby. */
const classifyReadOnly = (error: unknown): Fault => {
  const fault = classify(error);
  return fault.code === "25006" ? { ...fault, kind: "programming", transient: false } : fault;
};

const beginText = ({ isolation, readOnly }: TransactionOptions): string =>
  `begin${isolation === undefined ? "" : ` isolation level ${levels[isolation]}`}${readOnly === true ? " read only" : ""}`;

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

const abandoned = (): FaultError =>
  new FaultError("the transaction was given up", {
    kind: "timeout",
    outcome: "not-applied",
    transient: false,
    fatal: true,
  });
