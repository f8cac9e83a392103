import type { LedgerEntry, LedgerHost, LedgerNote, Objects } from "../../runtime/migration.ts";
import { ask } from "./ask.ts";
import { migrationError } from "./migration-error.ts";
import {
  guestLedger,
  makeLedger,
  readLedger,
  recordObjects,
  writeNote,
} from "./migration-ledger.ts";
import { give, guestLock, guestTransactionLock, take } from "./migration-lock.ts";
import type { Connection, ConnectionSource } from "./wire.ts";

/** Ledger and lock of a store that has no compare-and-set, kept beside this store's own. */
export class PostgresGuestLedger implements LedgerHost {
  readonly #source: ConnectionSource;
  readonly #pooler: boolean;
  readonly #ledger: string;
  #guard: Connection | undefined;

  constructor(source: ConnectionSource, pooler: boolean, store: string) {
    this.#source = source;
    this.#pooler = pooler;
    this.#ledger = guestLedger(store);
  }

  async locked<T>(work: () => Promise<T>, waitMs: number): Promise<T> {
    const lock = (this.#pooler ? guestTransactionLock : guestLock)(this.#ledger);
    const guard = await lend(this.#source);
    try {
      await take(lock, guard, waitMs);
      this.#guard = guard;
      await this.#with((connection) => makeLedger(connection, this.#ledger));
      return await work();
    } catch (error) {
      throw migrationError(error);
    } finally {
      this.#guard = undefined;
      await give(lock, guard);
      this.#source.release(guard);
    }
  }

  ledger(): Promise<readonly LedgerEntry[]> {
    return this.#with((connection) => readLedger(connection, this.#ledger));
  }

  write(note: LedgerNote, objects: Objects): Promise<void> {
    return this.#with(async (connection) => {
      await ask(connection, "begin");
      try {
        await writeNote(connection, note, this.#ledger);
        if (note.state !== "half-way")
          await recordObjects(connection, note.adopt(objects), this.#ledger);
        await ask(connection, "commit");
      } catch (error) {
        if (!connection.lost) await ask(connection, "rollback");
        throw error;
      }
    });
  }

  /** On the connection that holds the lock, since an embedded server has no other; behind a pooler that one is not to be relied on. */
  async #with<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    const guard = this.#pooler ? undefined : this.#guard;
    const connection = guard ?? (await lend(this.#source));
    try {
      return await work(connection);
    } catch (error) {
      throw migrationError(error);
    } finally {
      if (connection !== guard) this.#source.release(connection);
    }
  }
}

/** A connection of its own for as long as it is held. */
export const lend = (source: ConnectionSource): Promise<Connection> =>
  new Promise((resolve, reject) => {
    source.acquire({
      settled: false,
      granted: resolve,
      refused: (error) => reject(migrationError(error)),
    });
  });
