import { waitAtMost } from "./deadline.ts";
import { DataError, programmingError } from "./errors.ts";
import { forgetSignals, listenToSignals } from "./signals.ts";

export interface LifecycleOptions {
  /** Drain and close on SIGTERM and SIGINT. Default true; false for a serverless profile or an application that orders its own shutdown. */
  readonly signals?: boolean | undefined;
  /** Milliseconds that calls in flight get at close. Default 4,000. */
  readonly drainMs?: number | undefined;
}

export type LifecycleState = "open" | "draining" | "closed";

/** Counts calls in and out. */
export interface Admission {
  /** Admits one call. @throws DataError for a call that comes too late */
  enter(operation: string): void;
  /** The call that `enter` admitted has settled. */
  leave(): void;
  /** Runs at close when no call is in flight any more; what it calls through `nested` is admitted still. @param work with the milliseconds that are left for it */
  onDrain(work: (ms: number) => Promise<void>): void;
  /** For the calls that a call in flight makes itself (a write tells its caches): admitted while draining too. */
  readonly nested: Admission;
}

/** Life of one data layer: counts what is in flight, drains it at close, refuses what comes later or from another process. */
export class Lifecycle implements Admission {
  readonly nested: Admission;
  readonly #drainMs: number;
  readonly #drainers: ((ms: number) => Promise<void>)[] = [];
  readonly #closers: (() => Promise<void>)[] = [];
  readonly #pid = process.pid;
  #state: LifecycleState = "open";
  #inFlight = 0;
  #drained: (() => void) | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: LifecycleOptions = {}) {
    this.#drainMs = options.drainMs ?? 4_000;
    const nested: Admission = {
      enter: (operation) => this.#admit(operation, this.#state !== "closed"),
      leave: () => this.leave(),
      onDrain: (work) => this.onDrain(work),
      get nested() {
        return nested;
      },
    };
    this.nested = nested;
    if (options.signals ?? true) listenToSignals(this);
  }

  get state(): LifecycleState {
    return this.#state;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** Admits one call. @throws DataError programming after close or in another process, unavailable while draining */
  enter(operation: string): void {
    this.#admit(operation, this.#state === "open");
  }

  /** The call that `enter` admitted has settled. */
  leave(): void {
    this.#inFlight -= 1;
    if (this.#inFlight === 0 && this.#drained !== undefined) this.#drained();
  }

  onDrain(work: (ms: number) => Promise<void>): void {
    this.#drainers.push(work);
  }

  /** Runs at close, after the drain; the last registered runs first. */
  onClose(closer: () => Promise<void>): void {
    this.#closers.unshift(closer);
  }

  /** Drains and closes, within `drainMs` + 1 s. A second call is the same promise. Rejects with the first closer's error after all of them have run. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#state = "draining";
    forgetSignals(this);
    await this.#drain();
    this.#state = "closed";
    await waitAtMost(closeMs, this.#runClosers());
  }

  async #runClosers(): Promise<void> {
    const errors: unknown[] = [];
    for (const closer of this.#closers) {
      await closer().catch((error: unknown) => errors.push(error));
    }
    if (errors.length > 0) throw errors[0];
  }

  async #drain(): Promise<void> {
    const began = performance.now();
    await this.#settled();
    const left = Math.max(0, this.#drainMs - (performance.now() - began));
    await waitAtMost(left, Promise.all(this.#drainers.map((work) => work(left))));
  }

  /** No call is in flight, or the time is over. */
  async #settled(): Promise<void> {
    if (this.#inFlight === 0) return;
    const drained = new Promise<void>((resolve) => {
      // A turn later, so that the last call's own caller goes first; what it then began is waited for as well.
      this.#drained = () =>
        void setImmediate(() => {
          if (this.#inFlight === 0) resolve();
        });
    });
    await waitAtMost(this.#drainMs, drained);
  }

  #admit(operation: string, inTime: boolean): void {
    if (!inTime || process.pid !== this.#pid) throw this.#refusal(operation);
    this.#inFlight += 1;
  }

  #refusal(operation: string): DataError {
    if (process.pid !== this.#pid) return programmingError(boundToOneThread, { operation });
    if (this.#state === "closed") {
      return programmingError(`${operation}: the data layer is closed`, {
        operation,
        hint: "open one data layer per process and close it last",
      });
    }
    return new DataError({
      kind: "unavailable",
      operation,
      message: `${operation}: the data layer is closing and takes no new calls`,
    });
  }
}

/** Milliseconds that all stores together get to close their connections. */
const closeMs = 1_000;

const boundToOneThread =
  "a data layer belongs to the process and thread that opened it; it cannot be copied, cloned, serialised or sent. " +
  "Send the configuration instead and call openDataLayer there";

/**
 * The same object, refusing structuredClone, postMessage, JSON and spreading with an error that names the rule.
 * Its first enumerable property throws when it is read, which is how every serialiser begins.
 */
export function bindToThread<T extends object>(layer: T): T {
  const refuse = (): never => {
    throw programmingError(boundToOneThread);
  };
  const bound = Object.create(Object.getPrototypeOf(layer), {
    boundToThread: { enumerable: true, get: refuse },
    toJSON: { enumerable: false, value: refuse },
  });
  return Object.defineProperties(bound, Object.getOwnPropertyDescriptors(layer));
}
