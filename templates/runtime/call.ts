import { type AbandonReason, Op, type OpOptions, type OpRuntime, type OpSpec } from "./op.ts";

/** What one attempt of a promise-style call may tell and ask. */
export interface Attempt {
  /** True unless the engine says otherwise: set it to false while a connection is being found, to true before the statement leaves. */
  sent: boolean;
  /** 1 for the first attempt. */
  readonly attempts: number;
  /** The caller was answered; an attempt that still waits should give up. */
  readonly settled: boolean;
  /** Milliseconds until the deadline of the call. */
  remainingMs(): number;
  /** Called when the caller was answered by deadline or abort while this attempt was in flight. */
  onAbandon: ((reason: AbandonReason) => void) | undefined;
}

class PromiseOp<T> extends Op<T> implements Attempt {
  readonly #attempt: (attempt: Attempt) => Promise<T>;
  onAbandon: ((reason: AbandonReason) => void) | undefined = undefined;

  constructor(
    runtime: OpRuntime,
    spec: OpSpec,
    options: OpOptions | undefined,
    attempt: (attempt: Attempt) => Promise<T>,
  ) {
    super(runtime, spec, options);
    this.#attempt = attempt;
  }

  protected override send(): void {
    this.sent = true;
    this.onAbandon = undefined;
    this.#attempt(this).then(
      (value) => this.succeed(value),
      (error: unknown) => this.fail(error),
    );
  }

  protected override abandon(reason: AbandonReason): void {
    this.onAbandon?.(reason);
  }
}

/** Runs a promise-style driver call under deadline, abort, retry and telemetry. */
export function callOp<T>(
  runtime: OpRuntime,
  spec: OpSpec,
  options: OpOptions | undefined,
  attempt: (attempt: Attempt) => Promise<T>,
): Promise<T> {
  return new PromiseOp(runtime, spec, options, attempt).start();
}
