import { AsyncLocalStorage } from "node:async_hooks";
import { programmingError } from "./errors.ts";
import { callOp, type Attempt } from "./call.ts";
import type { OpRuntime, OpSpec } from "./op.ts";
import type { TransactionOptions } from "./options.ts";

/** Knows whether the running code is inside a transaction of one store. */
export class TransactionScope {
  readonly #store: string;
  readonly #frames = new AsyncLocalStorage<{ open: boolean }>();
  #open = 0;

  constructor(store: string) {
    this.#store = store;
  }

  /** @throws DataError programming when the root is called inside a transaction: it would wait for locks its own transaction holds. */
  refuseInside(operation: string): void {
    if (this.#open > 0 && this.#frames.getStore()?.open === true) {
      throw programmingError(
        `${operation}: called on the root inside a transaction of store "${this.#store}"; call it on the transaction: tx.${operation}`,
        { operation, store: this.#store },
      );
    }
  }

  /** Runs a transaction's callback; everything it awaits is inside. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    const frame = { open: true };
    this.#open += 1;
    try {
      return await this.#frames.run(frame, work);
    } finally {
      frame.open = false;
      this.#open -= 1;
      // On Node 22 a used AsyncLocalStorage taxes every promise of the process until it is disabled.
      if (this.#open === 0) this.#frames.disable();
    }
  }
}

/** What an engine does for a transaction. `S` is its session: what the callback's `tx` is made from. */
export interface TransactionTarget<S> {
  /** Finds a connection and begins. */
  begin(options: TransactionOptions, attempt: Attempt): Promise<S>;
  /** Rejects when COMMIT failed, and when the store answered it with a rollback. */
  commit(session: S): Promise<void>;
  /** Ends a failed transaction and gives the connection back, or destroys it. Never rejects. */
  rollback(session: S): Promise<void>;
  /** The caller was answered (deadline, abort, maximum duration): make everything pending on the session fail now. */
  abandon(session: S): void;
}

/** The runtime for the statements of a transaction: no retry of their own, nothing final before COMMIT, admitted while draining. */
export function statementRuntime(runtime: OpRuntime): OpRuntime {
  const { scope: _root, ...shared } = runtime;
  return shared;
}

/**
 * Runs `work` in a transaction: deadline over all, COMMIT at its end, ROLLBACK when it throws. With `rerunnable`, the whole of it is run again
 * after a fault that is known not to have been applied. An error that `work` throws itself is passed on as it is.
 */
export function runTransaction<S, T>(
  runtime: OpRuntime & { readonly scope: TransactionScope },
  spec: OpSpec,
  target: TransactionTarget<S>,
  work: (session: S) => Promise<T>,
  options: TransactionOptions = {},
): Promise<T> {
  const retry = options.rerunnable === true ? "safe" : "never";
  return callOp(runtime, spec, { ...options, retry }, async (attempt) => {
    attempt.sent = false;
    const session = await target.begin(options, attempt);
    attempt.onAbandon = () => target.abandon(session);
    try {
      const result = await runtime.scope.run(() => work(session));
      attempt.sent = true;
      await target.commit(session);
      return result;
    } catch (error) {
      await target.rollback(session);
      throw error;
    }
  });
}
