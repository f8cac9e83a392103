import type { Span } from "@opentelemetry/api";
import type { Deadlines, Expiring } from "./deadline.ts";
import { DataError, isDataError, type ErrorDetails } from "./errors.ts";
import { deadlineError, faultError, verdictError } from "./failure.ts";
import type { Fault } from "./fault.ts";
import type { Lifecycle } from "./lifecycle.ts";
import type { CallOptions, RetryMode } from "./options.ts";
import { retryDelay, type RetryBucket } from "./retry.ts";
import type { OpSpec, StoreTelemetry } from "./telemetry.ts";
import type { TransactionScope } from "./unit-of-work.ts";

export type { OpSpec } from "./telemetry.ts";

/** What the calls of one store share. */
export interface OpRuntime {
  readonly store: string;
  readonly classify: (error: unknown) => Fault;
  readonly deadlines: Deadlines;
  readonly bucket: RetryBucket;
  readonly telemetry: StoreTelemetry;
  readonly lifecycle: Lifecycle;
  readonly defaultDeadlineMs: number;
  /**
   * Present on the root: its calls are refused inside a transaction of the store, counted as in flight and retried.
   * Absent for the statements of a transaction, which are only as final as its COMMIT: see `statementRuntime`.
   */
  readonly scope?: TransactionScope;
}

/** Options of any call: the widest of read and write options. */
export interface OpOptions extends CallOptions {
  readonly retry?: RetryMode | undefined;
  readonly operation?: string | undefined;
}

export type AbandonReason = "deadline" | "abort";

const none: OpOptions = {};

/**
 * One call: deadline, abort, retry, span and metrics in a single object, so that the path of a keyed read has no layers of async
 * functions and no timer of its own. A subclass sends the statement and reports back through `succeed` or `fail`.
 */
export abstract class Op<T> implements Expiring {
  readonly spec: OpSpec;
  readonly runtime: OpRuntime;
  readonly options: OpOptions;
  /** Attempts begun. */
  attempts = 0;
  /** Set by the engine when the statement's bytes may have left; a fault before that is known not to be applied. */
  sent = false;
  /** The caller has its answer: whatever arrives later is ignored. A queue may drop such an op unsent. */
  settled = false;
  span: Span | undefined = undefined;
  expiresAt = 0;
  earlier: Expiring | undefined = undefined;
  later: Expiring | undefined = undefined;
  #began = 0;
  #durationMs = 0;
  #doubt: unknown = undefined;
  #lastFailure: unknown = undefined;
  #backoff: NodeJS.Timeout | undefined = undefined;
  #resolve!: (value: T) => void;
  #reject!: (error: unknown) => void;

  constructor(runtime: OpRuntime, spec: OpSpec, options: OpOptions | undefined) {
    this.runtime = runtime;
    this.spec = spec;
    this.options = options ?? none;
  }

  /** Sends one attempt. Never throws: an error goes to `fail`. */
  protected abstract send(): void;

  /** The caller was answered while an attempt was in flight; the engine may cancel it. */
  protected abandon(_reason: AbandonReason): void {}

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

  /** The attempt's result. */
  succeed(value: T): void {
    if (this.settled) return;
    this.runtime.bucket.refund();
    this.#settle(undefined);
    this.#resolve(value);
  }

  /** The attempt failed: a driver's error is classified and perhaps retried, a `DataError` is a verdict and raised. */
  fail(error: unknown): void {
    if (this.settled) return;
    if (isDataError(error)) return this.#raise(verdictError(this, error, this.elapsedMs()));
    const fault = this.#judged(this.runtime.classify(error));
    this.#lastFailure = error;
    if (fault.outcome === "unknown" && this.spec.effect === "write") this.#doubt = error;
    const delay = this.runtime.scope === undefined ? undefined : this.#delay(fault);
    if (delay === undefined)
      this.#raise(faultError(this, fault, error, this.#doubt, this.elapsedMs()));
    else this.#backoff = setTimeout(() => this.#attempt(), delay);
  }

  /** Rejects with a verdict of this call: not found, conflict, wrong use. Never retried. */
  refuse(details: ErrorDetails): void {
    this.fail(new DataError(details));
  }

  expire(): void {
    if (this.settled) return;
    const waiting = this.#backoff !== undefined;
    const inDoubt = this.#doubt !== undefined || (this.sent && !waiting && this.#final());
    const error = deadlineError(this, inDoubt, this.#doubt ?? this.#lastFailure, this.elapsedMs());
    this.#raise(error);
    if (!waiting) this.abandon("deadline");
  }

  /** EventListener of the caller's signal: the op itself, so that no closure is made per call. */
  handleEvent(): void {
    if (this.settled) return;
    const waiting = this.#backoff !== undefined;
    this.#settle("aborted");
    this.#reject(this.options.signal?.reason);
    if (!waiting) this.abandon("abort");
  }

  elapsedMs(): number {
    return performance.now() - this.#began;
  }

  #admit(): void {
    const { runtime, options } = this;
    const signal = options.signal;
    if (signal?.aborted) return this.#reject(signal.reason);
    try {
      runtime.scope?.refuseInside(this.spec.operation);
      if (runtime.scope !== undefined) runtime.lifecycle.enter(this.spec.operation);
    } catch (error) {
      return this.#reject(error);
    }
    this.#began = performance.now();
    this.#durationMs = options.deadlineMs ?? runtime.defaultDeadlineMs;
    runtime.deadlines.add(this, this.#durationMs, this.#began);
    signal?.addEventListener("abort", this);
    this.span = runtime.telemetry.begin(this.spec);
    this.#attempt();
  }

  #attempt(): void {
    this.#backoff = undefined;
    this.attempts += 1;
    this.sent = false;
    this.send();
  }

  /** What a statement of an open transaction did is undone by ROLLBACK, so only the root's writes leave doubt. */
  #final(): boolean {
    return this.spec.effect === "write" && this.runtime.scope !== undefined;
  }

  #judged(fault: Fault): Fault {
    const known = fault.outcome === "unknown" && (!this.sent || this.runtime.scope === undefined);
    return known ? { ...fault, outcome: "not-applied" } : fault;
  }

  #delay(fault: Fault): number | undefined {
    const delay = retryDelay({
      effect: this.spec.effect,
      keyed: this.options.operation !== undefined,
      mode: this.options.retry,
      fault,
      attempts: this.attempts,
      remainingMs: this.remainingMs(),
      random: Math.random(),
    });
    return delay !== undefined && this.runtime.bucket.take() ? delay : undefined;
  }

  #raise(error: DataError): void {
    this.#settle(error.kind, error.code);
    this.#reject(error);
  }

  #settle(errorType: string | undefined, code?: string): void {
    const { runtime } = this;
    this.settled = true;
    runtime.deadlines.remove(this, this.#durationMs);
    this.options.signal?.removeEventListener("abort", this);
    if (this.#backoff !== undefined) clearTimeout(this.#backoff);
    if (runtime.scope !== undefined) runtime.lifecycle.leave();
    runtime.telemetry.end(this, this.elapsedMs(), errorType, code);
  }
}
