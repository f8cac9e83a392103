import { closedError, FaultError } from "../../runtime/fault-error.ts";
import type { Connector } from "./connector.ts";
import type { PgConnection } from "./pg-connection.ts";
import type { Exchange, Flight, Lane } from "./wire.ts";

const firstDelayMs = 50;
const longestDelayMs = 1_000;
const maxWaiting = 10_000;

/**
 * One connection that many callers share: statements leave at once and are answered in order. Connects at the first call and again, after a
 * jittered delay, when the connection is lost; what comes meanwhile waits for the result of that attempt.
 */
export class PipelinedLane implements Lane, Flight {
  readonly #connect: Connector;
  readonly #onError: (error: unknown) => void;
  #connection: PgConnection | undefined;
  #waiting: Exchange[] = [];
  #failures = 0;
  #connecting = false;
  #retry: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(connect: Connector, onError: (error: unknown) => void) {
    this.#connect = connect;
    this.#onError = onError;
  }

  get connection(): PgConnection | undefined {
    return this.#connection;
  }

  submit(exchange: Exchange): void {
    if (this.#connection !== undefined) return this.#connection.submit(exchange);
    if (this.#closed) return exchange.failed(closedError());
    if (this.#waiting.length >= maxWaiting) return exchange.failed(queueFull());
    exchange.flight = this;
    this.#waiting.push(exchange);
    this.#reconnect();
  }

  /** A caller that waited for the connection gave up; its exchange is dropped when the connection is there. */
  abandon(): void {
    if (this.#waiting.length > 64 && this.#waiting.every((exchange) => exchange.settled)) {
      this.#waiting = [];
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retry);
    this.#refuse(closedError());
    const connection = this.#connection;
    this.#connection = undefined;
    await connection?.end();
  }

  /** Gives up what is still unanswered. */
  destroy(error: unknown): void {
    this.#connection?.destroy(error);
  }

  #reconnect(): void {
    if (this.#connecting) return;
    this.#connecting = true;
    if (this.#failures === 0) return void this.#open();
    const longest = Math.min(longestDelayMs, firstDelayMs * 2 ** (this.#failures - 1));
    this.#retry = setTimeout(() => void this.#open(), Math.random() * longest);
  }

  async #open(): Promise<void> {
    try {
      const connection = await this.#connect();
      this.#connecting = false;
      this.#failures = 0;
      if (this.#closed) return void connection.end();
      this.#adopt(connection);
    } catch (error) {
      this.#connecting = false;
      this.#failures += 1;
      this.#refuse(error);
    }
  }

  #adopt(connection: PgConnection): void {
    if (connection.lost) return this.#reconnect();
    this.#connection = connection;
    connection.onLost((error) => {
      if (this.#connection === connection) this.#connection = undefined;
      if (!this.#closed && connection.inFlight === 0) this.#onError(error);
    });
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const exchange of waiting) if (!exchange.settled) connection.submit(exchange);
  }

  #refuse(error: unknown): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const exchange of waiting) if (!exchange.settled) exchange.failed(error);
  }
}

const queueFull = (): FaultError =>
  new FaultError("too many calls wait for a connection", {
    kind: "overload",
    outcome: "not-applied",
    transient: false,
    fatal: false,
  });
