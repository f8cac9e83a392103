import pg from "pg";
import type { Exchange } from "./wire.ts";
import type { Text, TextRow } from "./statement.ts";

/** What a submission needs of the connection that carries it. */
export interface Carrier {
  write(submission: Submission): void;
  finished(submission: Submission, error: unknown): void;
  abandon(submission: Submission): void;
}

interface WireStream {
  sendCopyFail(reason: string): void;
}

/**
 * One exchange on the wire, in the shape that a client of `pg` takes for a query. No row description is asked for: columns are known,
 * and arrive as text. `pg` takes nothing but its own queries in pipeline mode, since a cursor would keep its portal open across replies; this
 * one reads every portal to its end, so it takes that place in the prototype chain, without the constructor's cost.
 */
export class Submission {
  readonly exchange: Exchange;
  readonly frames: Buffer;
  /** Position among all that this connection ever carried. */
  readonly position: number;
  /** When a cancel request was sent for it. */
  cancelledAt = Number.NEGATIVE_INFINITY;
  readonly #carrier: Carrier;
  #rows: TextRow[] = [];
  #tag = "";
  #bindings: number;

  constructor(exchange: Exchange, frames: Buffer, carrier: Carrier, position: number) {
    this.exchange = exchange;
    this.frames = frames;
    this.position = position;
    this.#carrier = carrier;
    this.#bindings = exchange.binding === undefined ? 0 : 1;
  }

  submit(): null {
    this.#carrier.write(this);
    return null;
  }

  abandon(): void {
    this.#carrier.abandon(this);
  }

  handleDataRow(message: { readonly fields: readonly Text[] }): void {
    if (this.#bindings === 0) this.#rows.push(message.fields);
  }

  handleCommandComplete(message: { readonly text: string }): void {
    if (this.#bindings > 0) this.#bindings -= 1;
    else this.#tag = message.text;
  }

  handleReadyForQuery(): void {
    this.#carrier.finished(this, undefined);
    this.exchange.answered(this.#rows, this.#tag);
  }

  handleError(error: unknown): void {
    this.#carrier.finished(this, error);
  }

  handleRowDescription(): void {}
  handleEmptyQuery(): void {}
  handlePortalSuspended(): void {}
  handleCopyData(): void {}

  handleCopyInResponse(connection: WireStream): void {
    connection.sendCopyFail("COPY is not a statement of a data layer");
  }
}

Object.setPrototypeOf(Submission.prototype, pg.Query.prototype);
