import type {
  Bound,
  Connection,
  ConnectionSource,
  Exchange,
  Flight,
  Lane,
  Waiter,
} from "./wire.ts";
import type { TextRow } from "./statement.ts";

/** Runs each exchange on a connection of its own, so that a long one delays only itself. */
export class PooledLane implements Lane {
  readonly #source: ConnectionSource;

  constructor(source: ConnectionSource) {
    this.#source = source;
  }

  submit(exchange: Exchange): void {
    this.#source.acquire(new PooledExchange(exchange, this.#source));
  }
}

/** Stands in for an exchange from the wait for a connection until that is given back. */
class PooledExchange implements Exchange, Waiter, Flight {
  readonly #exchange: Exchange;
  readonly #source: ConnectionSource;
  #connection: Connection | undefined;
  flight: Flight | undefined;

  constructor(exchange: Exchange, source: ConnectionSource) {
    this.#exchange = exchange;
    this.#source = source;
    exchange.flight = this;
  }

  get prepared(): Bound["prepared"] {
    return this.#exchange.prepared;
  }

  get values(): Bound["values"] {
    return this.#exchange.values;
  }

  get binding(): Bound | undefined {
    return this.#exchange.binding;
  }

  get settled(): boolean {
    return this.#exchange.settled;
  }

  granted(connection: Connection): void {
    this.#connection = connection;
    connection.submit(this);
  }

  refused(error: unknown): void {
    this.#exchange.flight = undefined;
    this.#exchange.failed(error);
  }

  abandon(): void {
    if (this.flight === undefined) this.#source.forget(this);
    else this.flight.abandon();
  }

  sending(): void {
    this.#exchange.sending();
  }

  answered(rows: readonly TextRow[], tag: string): void {
    this.#giveBack();
    this.#exchange.answered(rows, tag);
  }

  failed(error: unknown): void {
    this.#giveBack();
    this.#exchange.failed(error);
  }

  #giveBack(): void {
    this.#exchange.flight = undefined;
    if (this.#connection !== undefined) this.#source.release(this.#connection);
    this.#connection = undefined;
  }
}
