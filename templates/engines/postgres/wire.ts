/** Between a call and whatever carries it: a server's connection, a pool, PGlite. */
import type { Prepared, Text, TextRow } from "./statement.ts";

/** A statement with its values. */
export interface Bound {
  readonly prepared: Prepared;
  readonly values: readonly Text[];
}

/**
 * What is sent in one flush and ends with one Sync: one implicit transaction. The binding (role and tenant) runs before the statement
 * and holds for it alone, because the transaction ends with it.
 */
export interface Exchange extends Bound {
  readonly binding: Bound | undefined;
  /** Several statements in one text, without values: the simple protocol, which is one implicit transaction too. */
  readonly script?: boolean;
  /** Nobody waits for the answer any more: a queue may drop it. */
  readonly settled: boolean;
  /** Where it travels now; set and cleared by the connection that carries it. */
  flight: Flight | undefined;
  /** The next thing to happen is that its bytes leave. */
  sending(): void;
  /** The server has committed: rows of the statement and its command tag (`UPDATE 1`). */
  answered(rows: readonly TextRow[], tag: string): void;
  failed(error: unknown): void;
}

/** An exchange that was sent or waits for a connection. */
export interface Flight {
  /** Its caller was answered: cancel it where that harms no other, and give up a connection that stays silent. */
  abandon(): void;
}

/** Takes exchanges in order. Never throws: failures go to the exchange. */
export interface Lane {
  submit(exchange: Exchange): void;
}

/** A connection for one user at a time. */
export interface Connection extends Lane {
  /** It must not be used again. */
  readonly lost: boolean;
  /** Makes everything on it fail with `error`, now; the server ends what runs. */
  destroy(error: unknown): void;
}

/** Whoever waits for a connection of its own. */
export interface Waiter {
  /** Nobody waits any more. */
  readonly settled: boolean;
  granted(connection: Connection): void;
  refused(error: unknown): void;
}

/** Lends connections, first come, first served. */
export interface ConnectionSource {
  acquire(waiter: Waiter): void;
  /** A waiter that gave up. */
  forget(waiter: Waiter): void;
  release(connection: Connection): void;
}
