import type { PoolWaiter } from "../../runtime/connection-pool.ts";
import { programmingError } from "../../runtime/errors.ts";
import type { MysqlConnection } from "./mysql-connection.ts";
import type { ConnectionSource } from "./statement-call.ts";

type Waiter = PoolWaiter<MysqlConnection>;

/**
 * A transaction's hold of its connection, one call after the other. What is asked after the end is refused, and so is what follows a
 * failed statement: a deadlock ends the transaction on the server, and what came next would be committed by itself.
 */
export class TransactionLease implements ConnectionSource {
  readonly connection: MysqlConnection;
  readonly #waiting = new Set<Waiter>();
  #lent = false;
  #ended = false;
  #spoiled = false;

  constructor(connection: MysqlConnection) {
    this.connection = connection;
  }

  get spoiled(): boolean {
    return this.#spoiled;
  }

  acquire(waiter: Waiter): void {
    const refusal = this.#refusal();
    if (refusal !== undefined) return waiter.refused(refusal);
    if (this.#lent) return void this.#waiting.add(waiter);
    this.#lent = true;
    waiter.granted(this.connection);
  }

  forget(waiter: Waiter): void {
    this.#waiting.delete(waiter);
  }

  release(): void {
    this.#lent = false;
    const [next] = this.#waiting;
    if (next === undefined) return;
    this.#waiting.delete(next);
    this.acquire(next);
    // A refused one takes nothing: those behind it are refused as well.
    if (!this.#lent) this.release();
  }

  spoil(): void {
    this.#spoiled = true;
  }

  end(): void {
    this.#ended = true;
  }

  #refusal(): Error | undefined {
    if (this.#ended) {
      return programmingError("its transaction has ended", {
        hint: "await every call on tx inside the callback, and keep tx to the callback",
      });
    }
    if (!this.#spoiled) return undefined;
    return programmingError("a statement of this transaction failed before", {
      hint: "let the error of a statement leave the transaction's callback",
    });
  }
}
