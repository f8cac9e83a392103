import { DataError } from "../../runtime/errors.ts";
import { type LendingSource, type LentConnection, lend } from "./lend.ts";
import { migrationError } from "./migration-error.ts";
import { give, take } from "./migration-lock.ts";

/** Work on a ledger: under its lock on the one connection that holds it, else on any. */
export class MigrationSession {
  readonly #source: LendingSource;
  readonly #ledger: string;
  #guard: LentConnection | undefined;

  constructor(source: LendingSource, ledger: string) {
    this.#source = source;
    this.#ledger = ledger;
  }

  /** Rejects with a DataError, or what `work` rejects with. */
  async locked<T>(
    prepare: (connection: LentConnection) => Promise<void>,
    work: () => Promise<T>,
    waitMs: number,
  ): Promise<T> {
    try {
      return await lend(this.#source, async (guard) => {
        try {
          await take(guard, this.#ledger, waitMs);
          this.#guard = guard;
          await prepare(guard);
          return await work();
        } finally {
          this.#guard = undefined;
          await give(guard, this.#ledger);
        }
      });
    } catch (error) {
      throw migrationError(error);
    }
  }

  async with<T>(work: (connection: LentConnection) => Promise<T>): Promise<T> {
    const guard = this.#guard;
    if (guard?.lost === true) throw lockLost();
    try {
      return guard === undefined ? await lend(this.#source, work) : await work(guard);
    } catch (error) {
      throw migrationError(error);
    }
  }

  /** All or nothing. */
  transaction<T>(work: (connection: LentConnection) => Promise<T>): Promise<T> {
    return this.with(async (connection) => {
      await connection.command("start transaction");
      try {
        const result = await work(connection);
        await connection.command("commit");
        return result;
      } catch (error) {
        if (!connection.lost) await connection.command("rollback");
        throw error;
      }
    });
  }
}

const lockLost = (): DataError =>
  new DataError({
    kind: "unavailable",
    operation: "migrate",
    message: "the connection that held the migrators' lock is gone",
    hint: "run it again: it goes on where it stopped",
  });
