import type { Span } from "@opentelemetry/api";
import { rejectAtCaller } from "./caller-stack.ts";
import type { DeadlineQueue, Deadlines, Expiring } from "./deadline.ts";
import { DataError, isDataError, programmingError, type ErrorDetails } from "./errors.ts";
import { deadlineError, faultError, verdictError } from "./failure.ts";
import type { Fault } from "./fault.ts";
import type { Admission } from "./lifecycle.ts";
import type { CallOptions, RetryMode } from "./options.ts";
import { lostRace, retryDelay, type RetryBucket } from "./retry.ts";
import type { OpSpec, StoreTelemetry } from "./telemetry.ts";
import type { TransactionFate } from "./transaction-fate.ts";
import type { TransactionScope } from "./unit-of-work.ts";

export type { OpSpec } from "./telemetry.ts";

/** What the calls of one store share. */
export interface OpRuntime {
  readonly store: string;
  readonly classify: (error: unknown) => Fault;
  readonly deadlines: Deadlines;
  readonly bucket: RetryBucket;
  readonly telemetry: StoreTelemetry;
  readonly lifecycle: Admission;
  readonly defaultDeadlineMs: number;
  /** Where the store is looked for, `127.0.0.1:5432`; absent in process. */
  readonly address?: string | undefined;
  /**
   * Present on the root: its calls are refused inside a transaction of the store, counted as in flight and retried.
   * Absent for the statements of a transaction, which are only as final as its COMMIT: see `statementRuntime`.
   */
  readonly scope?: TransactionScope;
  /** Present for the statements of a transaction. */
  readonly fate?: TransactionFate;
}

/** The runtime for what a call in flight causes itself: admitted while draining, which waits for it. */
export function nestedRuntime(runtime: OpRuntime): OpRuntime {
  return { ...runtime, lifecycle: runtime.lifecycle.nested };
}

/** Options of any call: the widest of read and write options. */
export interface OpOptions extends CallOptions {
  readonly retry?: RetryMode | undefined;
  readonly operation?: string | undefined;
  readonly ifVersion?: number | undefined;
}

export type AbandonReason = "deadline" | "abort";

const none: OpOptions = {};

/**
 * One call: deadline, abort, retry, span and metrics in a single object, so that the path of a keyed read has no layers of async
 * functions and no timer of its own. A subclass sends the statement and reports back through `succeed` or `fail`.
 */
export abstract class Op<T> implements Expiring {
  readonly runtime: OpRuntime;
  readonly spec: OpSpec;
  readonly options: OpOptions;
  /** Attempts begun. */
  attempts = 0;
  /** Set by the engine when the statement's bytes may have left; a fault before that is known not to be applied. */
  sent = false;
  /** The caller has its answer: whatever arrives later is ignored. A queue may drop such an op unsent. */
  settled = false;
  span: Span | undefined = undefined;
  expiresAt = 0;
  queue: DeadlineQueue | undefined = undefined;
  earlier: Expiring | undefined = undefined;
  later: Expiring | undefined = undefined;
  #began = 0;
  /** Failure of an attempt that may have been applied. */
  #doubt: unknown = undefined;
  #lastFailure: unknown = undefined;
  #backoff: NodeJS.Timeout | undefined = undefined;
  /** There while those who listen to changes are being told of this one. */
  #result: { readonly value: T } | undefined = undefined;
  #resolve!: (value: T | Promise<never>) => void;
  #reject!: (error: unknown) => void;

  constructor(runtime: OpRuntime, spec: OpSpec, options: OpOptions | undefined) {
    this.runtime = runtime;
    this.spec = spec;
    this.options = options ?? none;
  }

  /** Sends one attempt. An error goes to `fail`; one that is thrown does too. */
  protected abstract send(): void;

  /** The caller was answered while an attempt was in flight; the engine may cancel it. */
  protected abandon(_reason: AbandonReason): void {}

  /** The caller was answered although the write may have been applied, or still will be. */
  protected doubtful(): void {}

  /** An attempt is a run of a whole transaction. */
  protected get rerun(): boolean {
    return false;
  }

  /** Begins the call. The promise settles within the deadline. */
  start(): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
      this.#admit();
    });
  }

  /** Milliseconds until the deadline. */
  remainingMs(): number {
    return this.expiresAt - performance.now();
  }

  elapsedMs(): number {
    return performance.now() - this.#began;
  }

  /** The attempt's result. */
  succeed(value: T): void {
    if (this.settled) return;
    this.runtime.bucket.refund();
    this.#settle(undefined, undefined);
    this.#resolve(value);
  }

  /** The attempt's result, given when everybody was told of the change; the deadline does not turn what was done into a failure. */
  protected succeedAfter(told: Promise<unknown> | undefined, value: T): void {
    if (told === undefined) return this.succeed(value);
    this.#result = { value };
    void told.then(() => this.succeed(value));
  }

  /** The attempt failed: a driver's error is classified and perhaps retried, a `DataError` is a verdict and raised. */
  fail(error: unknown): void {
    if (this.settled) return;
    if (isDataError(error)) return this.raise(verdictError(this, error, this.elapsedMs()));
    const fault = this.#judged(this.runtime.classify(error));
    if (fault.outcome === "unknown" && this.spec.effect === "write") this.#doubt = error;
    if (this.retried(fault, error)) return;
    const raised = faultError(this, fault, error, this.#doubt, this.elapsedMs());
    this.raise(raised);
    if (raised.kind === "outcome-unknown") this.doubtful();
  }

  /** Rejects with a verdict of this call (not found, conflict, wrong use). Never retried. */
  refuse(details: ErrorDetails): void {
    this.fail(new DataError(details));
  }

  /** Answers the caller with this very error. */
  protected raise(error: unknown): void {
    if (this.settled) return;
    if (isDataError(error)) this.#settle(error.kind, error.code);
    else this.#settle(error instanceof Error ? error.name : "error", undefined);
    rejectAtCaller(this.#resolve, error);
  }

  /** Whether another attempt is under way: the retry rule allows it and the bucket pays. */
  protected retried(fault: Fault, error: unknown): boolean {
    this.#lastFailure = error;
    if (this.runtime.scope === undefined) return false;
    const { rerun } = this;
    const delay = retryDelay({
      effect: this.spec.effect,
      keyed: this.options.operation !== undefined,
      mode: this.options.retry,
      fault,
      attempts: this.attempts,
      remainingMs: this.remainingMs(),
      rerun,
      random: Math.random(),
    });
    const cost = lostRace({ rerun, effect: this.spec.effect, fault }) ? 1 : undefined;
    if (delay === undefined || !this.runtime.bucket.take(cost)) return false;
    this.sent = false;
    this.#backoff = setTimeout(() => this.#attempt(), delay);
    return true;
  }

  /** The deadline struck. Called by the queue. */
  expire(): void {
    if (this.settled) return;
    if (this.#result !== undefined) return this.succeed(this.#result.value);
    const lasting = this.spec.effect === "write" && this.#isFinal();
    const inDoubt = this.#doubt !== undefined || (lasting && this.sent);
    this.raise(deadlineError(this, inDoubt, this.#doubt ?? this.#lastFailure, this.elapsedMs()));
    this.#leave("deadline");
  }

  /** EventListener of the caller's signal: the op itself, so that no closure is made per call. */
  handleEvent(): void {
    if (this.settled) return;
    this.#settle("aborted", undefined);
    this.#reject(this.options.signal?.reason);
    this.#leave("abort");
  }

  #leave(reason: AbandonReason): void {
    if (this.#result !== undefined) return;
    this.runtime.fate?.giveUp(this.spec.operation);
    if (this.spec.effect === "write" && (this.sent || this.#doubt !== undefined)) this.doubtful();
    this.#giveUp(reason);
  }

  /** Between two attempts there is nothing to give up. */
  #giveUp(reason: AbandonReason): void {
    if (this.#backoff !== undefined) return;
    try {
      this.abandon(reason);
    } catch {
      // The caller has its answer; a failed cancel must not take the other deadlines of the queue with it.
    }
  }

  #admit(): void {
    const { runtime, options } = this;
    const deadlineMs = options.deadlineMs ?? runtime.defaultDeadlineMs;
    try {
      options.signal?.throwIfAborted();
      if (!(deadlineMs > 0)) throw programmingError("deadlineMs must be more than 0");
      if (options.operation === "") throw programmingError("operation must not be empty");
      if (options.ifVersion !== undefined && (options.ifVersion | 0) !== options.ifVersion)
        throw programmingError("ifVersion must be a version that was read: a whole number");
      if (runtime.scope !== undefined) {
        runtime.scope.refuseInside(this.spec.operation);
        runtime.lifecycle.enter(this.spec.operation);
      }
      const doomed = runtime.fate?.refusal;
      if (doomed !== undefined) throw doomed;
    } catch (error) {
      this.settled = true;
      return this.#reject(isDataError(error) ? verdictError(this, error, 0) : error);
    }
    this.#began = performance.now();
    runtime.deadlines.add(this, deadlineMs, this.#began);
    options.signal?.addEventListener("abort", this);
    this.span = runtime.telemetry.begin(this.spec);
    this.#attempt();
  }

  #attempt(): void {
    this.#backoff = undefined;
    this.attempts += 1;
    try {
      this.send();
    } catch (error) {
      this.fail(error);
    }
  }

  /** What was never sent, or is undone by the ROLLBACK of its transaction, is known not to be applied. */
  #judged(fault: Fault): Fault {
    if (fault.outcome === "not-applied") return fault;
    const harmless = !this.sent || !this.#isFinal();
    return harmless ? { ...fault, outcome: "not-applied" } : fault;
  }

  /** What was sent stays if it was applied: outside of a transaction, and once COMMIT may have left. */
  #isFinal(): boolean {
    const { scope, fate } = this.runtime;
    return scope !== undefined || fate?.committing === true;
  }

  #settle(errorType: string | undefined, code: string | undefined): void {
    const { runtime } = this;
    this.settled = true;
    runtime.deadlines.remove(this);
    this.options.signal?.removeEventListener("abort", this);
    if (this.#backoff !== undefined) clearTimeout(this.#backoff);
    if (runtime.scope !== undefined) runtime.lifecycle.leave();
    runtime.telemetry.end(this, this.elapsedMs(), errorType, code);
  }
}
