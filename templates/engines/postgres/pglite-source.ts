import { closedError } from "../../runtime/fault-error.ts";
import type { PoolState } from "../../runtime/telemetry.ts";
import { Question } from "./ask.ts";
import { beforeSending, classify, FaultError, isStalePlan } from "./errors.ts";
import { ExchangeEncoder } from "./exchange-encoder.ts";
import type { PgliteHost } from "./pglite-host.ts";
import { asError, type PgliteReply } from "./pglite-protocol.ts";
import type { Connection, ConnectionSource, Exchange, Flight, Lane, Waiter } from "./wire.ts";

type Turn = { readonly exchange: Exchange } | { readonly waiter: Waiter };

/** Calls that wait for a turn; one more is refused as overload, as a pool's is. */
const maxWaiting = 10_000;
/** Sent to PGlite and not answered: more wait here, where a caller's deadline can still take them back. */
const window = 32;

/**
 * The one session of PGlite: calls take turns, a transaction has it alone until its end. What runs cannot be cancelled; at a deadline the
 * caller is answered and the session goes on when the statement is done.
 */
export class PgliteSource implements Lane, ConnectionSource, Flight {
  readonly #start: () => Promise<PgliteHost>;
  #encoder = new ExchangeEncoder(true);
  #host: Promise<PgliteHost> | undefined;
  #turns: Turn[] = [];
  #sent = 0;
  #lent: Loan | undefined;
  #closed = false;
  /** It has answered since it was started. */
  #answers = false;

  constructor(start: () => Promise<PgliteHost>) {
    this.#start = start;
  }

  get opened(): boolean {
    return this.#host !== undefined;
  }

  get state(): PoolState {
    const used = this.#lent === undefined ? 0 : 1;
    return { idle: 1 - used, used, max: 1, pending: this.#turns.length };
  }

  /** Starts PGlite and lets it answer, which takes longer the first time than ever after. @throws FaultError not-applied */
  async load(): Promise<void> {
    if (this.#closed || this.#answers) return;
    await this.#started();
    const first = new Question("select pg_is_in_recovery()");
    this.send(first);
    await first.answer;
  }

  submit(exchange: Exchange): void {
    if (this.#closed) return exchange.failed(closedError());
    if (this.#isFull()) return exchange.failed(queueFull());
    exchange.flight = this;
    this.#turns.push({ exchange });
    this.#advance();
  }

  abandon(): void {}

  acquire(waiter: Waiter): void {
    if (this.#closed) return waiter.refused(closedError());
    if (this.#isFull()) return waiter.refused(queueFull());
    this.#turns.push({ waiter });
    this.#advance();
  }

  forget(waiter: Waiter): void {
    this.#turns = this.#turns.filter((turn) => !("waiter" in turn) || turn.waiter !== waiter);
  }

  release(connection: Connection): void {
    if (connection !== this.#lent || connection.lost) return;
    this.#lent = undefined;
    this.#advance();
  }

  /** A transaction that was given up: undone before anybody else has a turn. */
  reclaim(loan: Loan): void {
    const rollback = new Question("rollback");
    const resume = (): void => {
      if (this.#lent === loan) this.#lent = undefined;
      this.#advance();
    };
    rollback.answer.then(resume, resume);
    this.send(rollback);
  }

  /** Sends without waiting for a turn: the holder of the session does. */
  send(exchange: Exchange): void {
    if (exchange.settled) return this.#advance();
    this.#sent += 1;
    const done = (settle: () => void): void => {
      this.#sent -= 1;
      exchange.flight = undefined;
      settle();
      this.#advance();
    };
    this.#run(exchange).then(
      (reply) => done(() => this.#answer(exchange, reply)),
      (error: unknown) => done(() => exchange.failed(error)),
    );
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const turn of this.#turns.splice(0)) {
      if ("waiter" in turn) turn.waiter.refused(closedError());
      else turn.exchange.failed(closedError());
    }
    const host = await this.#host?.catch(() => undefined);
    await host?.close();
  }

  /** Only for a store that is closing: what PGlite holds in memory ends with it. */
  destroy(): void {
    void this.#host?.then(
      (host) => host.terminate(),
      () => {},
    );
  }

  /** Those whose callers were answered meanwhile take no place. */
  #isFull(): boolean {
    if (this.#turns.length < maxWaiting) return false;
    this.#turns = this.#turns.filter((turn) => !isSettled(turn));
    return this.#turns.length >= maxWaiting;
  }

  #started(): Promise<PgliteHost> {
    this.#host ??= this.#start();
    return this.#host.catch((error: unknown) => {
      this.#host = undefined;
      throw beforeSending(error);
    });
  }

  async #run(exchange: Exchange): Promise<PgliteReply> {
    const host = await this.#started();
    const frames = this.#encoder.encode(exchange);
    exchange.sending();
    return host.run(frames, exchange.binding === undefined ? 0 : 1).catch((error: unknown) => {
      this.#forgetHost();
      throw error;
    });
  }

  /** Its session is gone: the next call starts a new one. */
  #forgetHost(): void {
    this.#host = undefined;
    this.#answers = false;
    this.#encoder = new ExchangeEncoder(true);
  }

  #answer(exchange: Exchange, reply: PgliteReply): void {
    this.#answers = true;
    if ("error" in reply) {
      const error = asError(reply.error);
      this.#encoder.distrust(exchange, isStalePlan(classify(error)));
      exchange.failed(error);
    } else {
      this.#encoder.confirm(exchange);
      exchange.answered(reply.rows, reply.tag);
    }
  }

  #advance(): void {
    while (this.#lent === undefined && this.#sent < window) {
      const turn = this.#turns.shift();
      if (turn === undefined) return;
      if ("exchange" in turn) {
        if (!turn.exchange.settled) this.send(turn.exchange);
      } else if (!turn.waiter.settled) {
        this.#lent = new Loan(this);
        turn.waiter.granted(this.#lent);
      }
    }
  }
}

const isSettled = (turn: Turn): boolean =>
  "exchange" in turn ? turn.exchange.settled : turn.waiter.settled;

const queueFull = (): FaultError =>
  new FaultError("too many calls wait for the embedded database", {
    kind: "overload",
    outcome: "not-applied",
    transient: false,
    fatal: false,
  });

/** The session in the hands of one transaction. */
class Loan implements Connection {
  readonly #source: PgliteSource;
  readonly #pending = new Set<Exchange>();
  #lost = false;

  constructor(source: PgliteSource) {
    this.#source = source;
  }

  get lost(): boolean {
    return this.#lost;
  }

  submit(exchange: Exchange): void {
    if (this.#lost)
      return exchange.failed(beforeSending(new Error("the transaction was given up")));
    this.#pending.add(exchange);
    const { prepared, values, binding, script } = exchange;
    this.#source.send({
      prepared,
      values,
      binding,
      ...(script === undefined ? {} : { script }),
      settled: false,
      flight: undefined,
      sending: () => exchange.sending(),
      answered: (rows, tag) => {
        if (this.#pending.delete(exchange)) exchange.answered(rows, tag);
      },
      failed: (error) => {
        if (this.#pending.delete(exchange)) exchange.failed(error);
      },
    });
  }

  destroy(error: unknown): void {
    if (this.#lost) return;
    this.#lost = true;
    this.#source.reclaim(this);
    for (const exchange of this.#pending) exchange.failed(error);
    this.#pending.clear();
  }
}
