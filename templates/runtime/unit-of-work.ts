import { AsyncLocalStorage } from "node:async_hooks";
import { context, trace } from "@opentelemetry/api";
import type { Attempt } from "./call.ts";
import { DataError, faultOf, isDataError, programmingError } from "./errors.ts";
import { recounted, verdictError } from "./failure.ts";
import type { Fault } from "./fault.ts";
import { Op, type AbandonReason, type OpRuntime, type OpSpec } from "./op.ts";
import type { TransactionOptions } from "./options.ts";
import { TransactionFate } from "./transaction-fate.ts";

/** Scopes that have a transaction open now. */
const openScopes = new Set<TransactionScope>();

/**
 * Runs work that is shared beyond the transaction it was asked in (a cache's load) as if outside of every one: it reads what is committed,
 * and takes none of the transaction's locks for its own.
 */
export function outsideTransactions<T>(work: () => T): T {
  return [...openScopes].reduce<() => T>((inner, scope) => () => scope.outside(inner), work)();
}

/** Knows whether the running code is inside a transaction of one store. */
export class TransactionScope {
  readonly #store: string;
  readonly #frames = new AsyncLocalStorage<{ open: boolean } | undefined>();
  #open = 0;
  /** The store has one session, which a transaction has to itself: what runs beside it waits for its end. */
  exclusive = false;

  constructor(store: string) {
    this.#store = store;
  }

  /** Runs `work` as if outside; in an exclusive store it stays inside, and is refused instead of waiting for itself. */
  outside<T>(work: () => T): T {
    return this.exclusive ? work() : this.#frames.run(undefined, work);
  }

  /** @throws DataError programming when the root is called inside a transaction: it would wait for locks its own transaction holds. */
  refuseInside(operation: string): void {
    if (this.#open > 0 && this.#frames.getStore()?.open === true) {
      throw programmingError(
        `${operation}: called on the root inside a transaction of store "${this.#store}", where it may wait for locks its own transaction holds`,
        {
          operation,
          store: this.#store,
          hint: `call it on the callback's own object: tx.${operation}`,
        },
      );
    }
  }

  /** Runs a transaction's callback; everything it awaits is inside. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    const frame = { open: true };
    this.#open += 1;
    openScopes.add(this);
    try {
      return await this.#frames.run(frame, work);
    } finally {
      frame.open = false;
      this.#open -= 1;
      // On Node 22 a used AsyncLocalStorage taxes every promise of the process until it is disabled.
      if (this.#open === 0) {
        openScopes.delete(this);
        this.#frames.disable();
      }
    }
  }
}

/** A COMMIT that the store has confirmed. */
export interface Committed {
  /** Settles when those who listen to changes have heard of these; never rejects. */
  readonly told: Promise<unknown>;
}

/** What an engine does for a transaction. `S` is its session: what the callback's `tx` is made from. */
export interface TransactionTarget<S> {
  /** Finds a connection and begins. The session's statements run with `statementRuntime(…, fate)`. */
  begin(options: TransactionOptions, attempt: Attempt, fate: TransactionFate): Promise<S>;
  /** Ends the session. Rejects when COMMIT failed, and when the store answered it with a rollback. */
  commit(session: S): Promise<Committed>;
  /** Ends the session of a failed run: the connection is given back clean or destroyed. Never rejects. */
  rollback(session: S): Promise<void>;
  /** The caller was answered (deadline, abort, maximum duration): make everything pending on the session fail now. */
  abandon(session: S): void;
}

/** The runtime for the statements of a transaction: no retry of their own, nothing final before COMMIT, admitted while draining. */
export function statementRuntime(runtime: OpRuntime, fate: TransactionFate): OpRuntime {
  const { scope: _root, ...shared } = runtime;
  return { ...shared, fate };
}

/** One transaction as a call: its attempts are runs of the callback, and only COMMIT leaves doubt. */
class TransactionOp<S, T> extends Op<T> implements Attempt {
  readonly #target: TransactionTarget<S>;
  readonly #work: (session: S) => Promise<T>;
  readonly #scope: TransactionScope;
  readonly #limits: TransactionOptions;
  #ran = false;
  onAbandon: ((reason: AbandonReason) => void) | undefined = undefined;

  constructor(
    runtime: RootRuntime,
    spec: OpSpec,
    limits: TransactionOptions,
    target: TransactionTarget<S>,
    work: (session: S) => Promise<T>,
  ) {
    super(runtime, spec, limits);
    this.#scope = runtime.scope;
    this.#limits = limits;
    this.#target = target;
    this.#work = work;
  }

  protected override send(): void {
    this.onAbandon = undefined;
    const fate = new TransactionFate();
    this.#target.begin(this.#limits, this, fate).then(
      (session) => this.#run(session, fate),
      (error: unknown) => this.fail(error),
    );
  }

  protected override abandon(reason: AbandonReason): void {
    this.onAbandon?.(reason);
  }

  protected override get rerun(): boolean {
    return this.#ran && this.#limits.rerunnable === true;
  }

  /** Until the callback has run once, beginning again repeats nothing of the user's. */
  protected override retried(fault: Fault, error: unknown): boolean {
    return (!this.#ran || this.#limits.rerunnable === true) && super.retried(fault, error);
  }

  async #run(session: S, fate: TransactionFate): Promise<void> {
    this.onAbandon = () => this.#target.abandon(session);
    const overrun = this.#limit(session);
    try {
      if (this.settled) return await this.#target.rollback(session);
      this.#ran = true;
      const result = await this.#scope.run(() => this.#traced(session));
      if (this.settled) return await this.#target.rollback(session);
      clearTimeout(overrun.timer);
      if (overrun.struck) throw this.#tooLong();
      if (fate.refusal !== undefined) throw verdictError(this, fate.refusal, this.elapsedMs());
      fate.committing = true;
      await this.#commit(session, result);
    } catch (error) {
      clearTimeout(overrun.timer);
      await this.#target.rollback(session);
      this.#failRun(overrun.struck ? this.#tooLong() : error);
    }
  }

  /** The callback's statements are children of the transaction's span. */
  #traced(session: S): Promise<T> {
    if (this.span === undefined) return this.#work(session);
    return context.with(trace.setSpan(context.active(), this.span), () => this.#work(session));
  }

  async #commit(session: S, result: T): Promise<void> {
    this.sent = true;
    try {
      const { told } = await this.#target.commit(session);
      this.succeedAfter(told, result);
    } catch (error) {
      this.fail(error);
    }
  }

  /** The callback failed. A statement's fault decides whether to run again; the error itself is passed on as it is. */
  #failRun(error: unknown): void {
    const fault = isDataError(error) ? faultOf(error) : undefined;
    if (this.settled) return;
    if (fault !== undefined && this.retried({ ...fault, outcome: "not-applied" }, error)) return;
    this.raise(isDataError(error) ? recounted(error, this.attempts, this.elapsedMs()) : error);
  }

  /** Ends a run that holds its locks too long, whatever the callback is waiting for. */
  #limit(session: S): { struck: boolean; timer: NodeJS.Timeout | undefined } {
    const limit: { struck: boolean; timer: NodeJS.Timeout | undefined } = {
      struck: false,
      timer: undefined,
    };
    if (this.#limits.maxDurationMs === undefined) return limit;
    limit.timer = setTimeout(() => {
      limit.struck = true;
      this.#target.abandon(session);
    }, this.#limits.maxDurationMs);
    return limit;
  }

  #tooLong(): DataError {
    return new DataError({
      kind: "timeout",
      operation: this.spec.operation,
      store: this.runtime.store,
      attempts: this.attempts,
      elapsedMs: this.elapsedMs(),
      message: `${this.spec.operation}: ran longer than maxDurationMs and was rolled back`,
    });
  }
}

type RootRuntime = OpRuntime & { readonly scope: TransactionScope };

/**
 * Runs `work` in a transaction: deadline over all, COMMIT at its end, ROLLBACK when it throws. With `rerunnable`, the whole of it is run again
 * after a fault that is known not to have been applied. An error that `work` throws itself is passed on as it is.
 */
export function runTransaction<S, T>(
  runtime: RootRuntime,
  spec: OpSpec,
  target: TransactionTarget<S>,
  work: (session: S) => Promise<T>,
  options: TransactionOptions = {},
): Promise<T> {
  return new TransactionOp(runtime, spec, options, target, work).start();
}
