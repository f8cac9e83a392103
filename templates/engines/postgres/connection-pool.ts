import type { PoolState } from "../../runtime/telemetry.ts";
import type { Connector } from "./connector.ts";
import { classify, FaultError } from "./errors.ts";
import { PgConnection } from "./pg-connection.ts";
import { closedError } from "./pipelined-lane.ts";
import type { Connection, ConnectionSource, Waiter } from "./wire.ts";

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

interface Queued {
  readonly waiter: Waiter;
  readonly timer: NodeJS.Timeout;
}

/**
 * Connections for one user at a time: first come, first served, a bounded queue, and a wait that ends. A connection is dropped only when it
 * is lost: a violated constraint costs none.
 */
export class ConnectionPool implements ConnectionSource {
  readonly #connect: Connector;
  readonly #limits: PoolLimits;
  readonly #onError: (error: unknown) => void;
  readonly #all = new Set<PgConnection>();
  readonly #idle: PgConnection[] = [];
  readonly #lent = new Set<PgConnection>();
  readonly #expiry = new Map<PgConnection, NodeJS.Timeout>();
  readonly #queue = new Map<Waiter, Queued>();
  #opening = 0;
  #closed = false;
  #gone: (() => void) | undefined;

  constructor(connect: Connector, limits: PoolLimits, onError: (error: unknown) => void) {
    this.#connect = connect;
    this.#limits = limits;
    this.#onError = onError;
  }

  get state(): PoolState {
    const { max } = this.#limits;
    return { idle: this.#idle.length, used: this.#lent.size, max, pending: this.#queue.size };
  }

  acquire(waiter: Waiter): void {
    if (this.#closed) return waiter.refused(closedError());
    const idle = this.#queue.size === 0 ? this.#takeIdle() : undefined;
    if (idle !== undefined) return this.#lend(idle, waiter);
    if (this.#queue.size >= this.#limits.maxWaiting) return waiter.refused(starved("is full"));
    const timer = setTimeout(() => {
      this.#queue.delete(waiter);
      waiter.refused(starved("gave no connection in time"));
    }, this.#limits.acquireTimeoutMs);
    this.#queue.set(waiter, { waiter, timer });
    this.#grow();
  }

  forget(waiter: Waiter): void {
    const queued = this.#queue.get(waiter);
    if (queued === undefined) return;
    clearTimeout(queued.timer);
    this.#queue.delete(waiter);
  }

  release(lent: Connection): void {
    if (lent instanceof PgConnection && this.#lent.has(lent)) this.#takeBack(lent);
  }

  #takeBack(connection: PgConnection): void {
    if (connection.cancelling !== undefined) {
      void connection.cancelling.then(() => this.#takeBack(connection));
      return;
    }
    this.#lent.delete(connection);
    if (connection.lost) return;
    if (this.#closed) this.#retire(connection);
    else this.#offer(connection);
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

  #lend(connection: PgConnection, waiter: Waiter): void {
    this.#lent.add(connection);
    waiter.granted(connection);
  }

  #offer(connection: PgConnection): void {
    if (connection.lost) return;
    const next = this.#next();
    if (next !== undefined) return this.#lend(connection, next);
    this.#idle.push(connection);
    const timer = setTimeout(() => this.#expire(connection), this.#limits.idleTimeoutMs);
    timer.unref();
    this.#expiry.set(connection, timer);
  }

  #next(): Waiter | undefined {
    for (const { waiter } of this.#queue.values()) {
      this.forget(waiter);
      if (!waiter.settled) return waiter;
    }
    return undefined;
  }

  #takeIdle(): PgConnection | undefined {
    const connection = this.#idle.pop();
    if (connection !== undefined) this.#stopExpiry(connection);
    return connection;
  }

  #expire(connection: PgConnection): void {
    const at = this.#idle.indexOf(connection);
    if (at >= 0) this.#idle.splice(at, 1);
    this.#retire(connection);
  }

  #retire(connection: PgConnection): void {
    this.#stopExpiry(connection);
    void connection.end().then(() => this.#remove(connection));
  }

  #remove(connection: PgConnection): void {
    this.#all.delete(connection);
    this.#lent.delete(connection);
    if (this.#all.size === 0) this.#gone?.();
  }

  #stopExpiry(connection: PgConnection): void {
    clearTimeout(this.#expiry.get(connection));
    this.#expiry.delete(connection);
  }

  #grow(): void {
    while (
      this.#opening < this.#queue.size &&
      this.#all.size + this.#opening < this.#limits.max &&
      !this.#closed
    ) {
      this.#opening += 1;
      void this.#open();
    }
  }

  async #open(): Promise<void> {
    try {
      const connection = await this.#connect();
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

  /** Where others work, whoever waits gets one of theirs in time; where none does, waiting has no end. */
  #failed(error: unknown): void {
    if (this.#all.size > 0 && classify(error).kind === "overload") return;
    for (const { waiter } of this.#queue.values()) {
      this.forget(waiter);
      waiter.refused(error);
    }
  }

  #dropped(connection: PgConnection, error: unknown): void {
    this.#remove(connection);
    this.#stopExpiry(connection);
    const at = this.#idle.indexOf(connection);
    if (at >= 0) {
      this.#idle.splice(at, 1);
      if (!this.#closed) this.#onError(error);
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
