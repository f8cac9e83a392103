import { closedError, FaultError } from "./fault-error.ts";
import type { Fault } from "./fault.ts";
import type { PoolState } from "./telemetry.ts";

/** A connection that a pool can keep. */
export interface Poolable {
  /** It must not be used again. */
  readonly lost: boolean;
  /** Until this has settled it must not be lent to somebody else: a cancel request may still be under way. */
  readonly cancelling: Promise<void> | undefined;
  /** Called once, when it is lost; at once when it is lost already. */
  onLost(listener: (error: unknown) => void): void;
  /** Ends it after its work. Resolves when it is closed. */
  end(): Promise<void>;
  /** Makes everything on it fail with `error`, now. */
  destroy(error: unknown): void;
}

/** Whoever waits for a connection of its own. */
export interface PoolWaiter<C> {
  /** Nobody waits any more. */
  readonly settled: boolean;
  granted(connection: C): void;
  refused(error: unknown): void;
}

export interface PoolLimits {
  /** Connections at most. */
  readonly max: number;
  /** Callers that may wait; the next is refused as overload. */
  readonly maxWaiting: number;
  /** Milliseconds a caller waits before it is refused as overload. */
  readonly acquireTimeoutMs: number;
  /** Milliseconds after which an idle connection is closed. */
  readonly idleTimeoutMs: number;
}

/** What a pool is made of. */
export interface PoolParts<C> {
  /** Opens a connection. Rejects with what `classify` knows, not-applied. */
  readonly connect: () => Promise<C>;
  readonly classify: (error: unknown) => Fault;
  readonly limits: PoolLimits;
  /** Takes the error of an idle connection that was lost. */
  readonly onError: (error: unknown) => void;
}

interface Queued<C> {
  readonly waiter: PoolWaiter<C>;
  readonly timer: NodeJS.Timeout;
}

/**
 * Connections for one user at a time: first come, first served, a bounded queue, and a wait that ends. A connection is dropped only when it
 * is lost: a violated constraint costs none.
 */
export class Pool<C extends Poolable> {
  readonly #parts: PoolParts<C>;
  readonly #all = new Set<C>();
  readonly #idle: C[] = [];
  readonly #lent = new Set<C>();
  readonly #expiry = new Map<C, NodeJS.Timeout>();
  readonly #queue = new Map<PoolWaiter<C>, Queued<C>>();
  #opening = 0;
  #closed = false;
  #gone: (() => void) | undefined;

  constructor(parts: PoolParts<C>) {
    this.#parts = parts;
  }

  get state(): PoolState {
    const { max } = this.#parts.limits;
    return { idle: this.#idle.length, used: this.#lent.size, max, pending: this.#queue.size };
  }

  acquire(waiter: PoolWaiter<C>): void {
    const { limits } = this.#parts;
    if (this.#closed) return waiter.refused(closedError());
    const idle = this.#queue.size === 0 ? this.#takeIdle() : undefined;
    if (idle !== undefined) return this.#lend(idle, waiter);
    if (this.#queue.size >= limits.maxWaiting) return waiter.refused(starved("is full"));
    const timer = setTimeout(() => {
      this.#queue.delete(waiter);
      waiter.refused(starved("gave no connection in time"));
    }, limits.acquireTimeoutMs);
    this.#queue.set(waiter, { waiter, timer });
    this.#grow();
  }

  /** A waiter that gave up. */
  forget(waiter: PoolWaiter<C>): void {
    const queued = this.#queue.get(waiter);
    if (queued === undefined) return;
    clearTimeout(queued.timer);
    this.#queue.delete(waiter);
  }

  release(lent: C): void {
    if (this.#lent.has(lent)) this.#takeBack(lent);
  }

  /** Closes what is idle now and the rest when it comes back. Resolves when none is left. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const { waiter } of this.#queue.values()) {
      this.forget(waiter);
      waiter.refused(closedError());
    }
    const gone = new Promise<void>((resolve) => (this.#gone = resolve));
    for (const connection of this.#idle.splice(0)) this.#retire(connection);
    if (this.#all.size > 0) await gone;
  }

  /** Gives up every connection that is still lent. */
  destroy(error: unknown): void {
    for (const connection of this.#all) connection.destroy(error);
  }

  #takeBack(connection: C): void {
    if (connection.cancelling !== undefined) {
      void connection.cancelling.then(() => this.#takeBack(connection));
      return;
    }
    this.#lent.delete(connection);
    if (connection.lost) return;
    if (this.#closed) this.#retire(connection);
    else this.#offer(connection);
  }

  #lend(connection: C, waiter: PoolWaiter<C>): void {
    this.#lent.add(connection);
    waiter.granted(connection);
  }

  #offer(connection: C): void {
    if (connection.lost) return;
    const next = this.#next();
    if (next !== undefined) return this.#lend(connection, next);
    this.#idle.push(connection);
    const timer = setTimeout(() => this.#expire(connection), this.#parts.limits.idleTimeoutMs);
    timer.unref();
    this.#expiry.set(connection, timer);
  }

  #next(): PoolWaiter<C> | undefined {
    for (const { waiter } of this.#queue.values()) {
      this.forget(waiter);
      if (!waiter.settled) return waiter;
    }
    return undefined;
  }

  #takeIdle(): C | undefined {
    const connection = this.#idle.pop();
    if (connection !== undefined) this.#stopExpiry(connection);
    return connection;
  }

  #expire(connection: C): void {
    const at = this.#idle.indexOf(connection);
    if (at >= 0) this.#idle.splice(at, 1);
    this.#retire(connection);
  }

  #retire(connection: C): void {
    this.#stopExpiry(connection);
    void connection.end().then(() => this.#remove(connection));
  }

  #remove(connection: C): void {
    this.#all.delete(connection);
    this.#lent.delete(connection);
    if (this.#all.size === 0) this.#gone?.();
  }

  #stopExpiry(connection: C): void {
    clearTimeout(this.#expiry.get(connection));
    this.#expiry.delete(connection);
  }

  #grow(): void {
    while (
      this.#opening < this.#queue.size &&
      this.#all.size + this.#opening < this.#parts.limits.max &&
      !this.#closed
    ) {
      this.#opening += 1;
      void this.#open();
    }
  }

  async #open(): Promise<void> {
    try {
      const connection = await this.#parts.connect();
      this.#opening -= 1;
      if (this.#closed) return void connection.end();
      this.#all.add(connection);
      connection.onLost((error) => this.#dropped(connection, error));
      this.#offer(connection);
    } catch (error) {
      this.#opening -= 1;
      this.#failed(error);
    }
  }

  /** Where others work, or are still being opened, whoever waits gets one of theirs in time; where none does, waiting has no end. */
  #failed(error: unknown): void {
    const others = this.#all.size + this.#opening > 0;
    if (others && this.#parts.classify(error).kind === "overload") return;
    for (const { waiter } of this.#queue.values()) {
      this.forget(waiter);
      waiter.refused(error);
    }
  }

  #dropped(connection: C, error: unknown): void {
    this.#remove(connection);
    this.#stopExpiry(connection);
    const at = this.#idle.indexOf(connection);
    if (at >= 0) {
      this.#idle.splice(at, 1);
      if (!this.#closed) this.#parts.onError(error);
    }
    this.#grow();
  }
}

const starved = (what: string): FaultError =>
  new FaultError(`the pool ${what}`, {
    kind: "overload",
    outcome: "not-applied",
    transient: false,
    fatal: false,
  });
