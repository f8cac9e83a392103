import { programmingError } from "../../runtime/errors.ts";
import type { Connection, Exchange, Lane } from "./wire.ts";

/**
 * A transaction's hold of its connection, which goes on to other users: what is submitted after the end is refused, and reaches neither
 * the wire nor somebody else's transaction.
 */
export class ConnectionLease implements Lane {
  readonly connection: Connection;
  #ended = false;

  constructor(connection: Connection) {
    this.connection = connection;
  }

  submit(exchange: Exchange): void {
    if (this.#ended) return exchange.failed(ended());
    this.connection.submit(exchange);
  }

  end(): void {
    this.#ended = true;
  }
}

const ended = (): Error =>
  programmingError("its transaction has ended", {
    hint: "await every call on tx inside the callback, and keep tx to the callback",
  });
