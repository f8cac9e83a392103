import { DataError } from "../../runtime/errors.ts";
import type {
  BatchPosition,
  BatchResult,
  Described,
  LedgerEntry,
  LedgerHost,
  LedgerNote,
  MigrationTarget,
  Objects,
  PartitionNote,
  PartitionRequest,
  RunContext,
  StepText,
} from "../../runtime/migration.ts";
import { patiently } from "../../runtime/migration-patience.ts";
import { splitSteps } from "../../runtime/migration-text.ts";
import { ask, askScript } from "./ask.ts";
import { readCatalogue, readUnproven } from "./catalogue.ts";
import { foundObjects } from "./described-found.ts";
import { describedTexts } from "./described-made.ts";
import { wantedObjects, type WantedPart } from "./described-wanted.ts";
import { duplicatesOf } from "./migration-duplicates.ts";
import { ledgerError, migrationError } from "./migration-error.ts";
import {
  makeLedger,
  readLedger,
  recordObjects,
  shareLedger,
  writeNote,
} from "./migration-ledger.ts";
import { lend, PostgresGuestLedger } from "./migration-guest.ts";
import { give, sessionLock, take, transactionLock } from "./migration-lock.ts";
import { lockRule } from "./migration-patience.ts";
import { makePartitions, type PartitionAttempt, type PartitionedTable } from "./partitions.ts";
import type { Connection, ConnectionSource } from "./wire.ts";

export interface PostgresMigrationOptions {
  /** Behind PgBouncer in transaction mode, where a session's settings and locks are not its own. */
  readonly pooler: boolean;
  /** The application's role: it may read the ledger. */
  readonly role?: string | undefined;
  /** Tables that are partitioned by time. */
  readonly partitioned?: readonly PartitionedTable[] | undefined;
}

/** Migrations on PostgreSQL: DDL is transactional, an advisory lock lets one migrator work at a time. */
export class PostgresMigrations implements MigrationTarget {
  readonly transactional = true;
  readonly split = splitSteps;
  readonly described: Described = {
    found: () => this.#with((connection) => foundObjects((text) => ask(connection, text))),
    wanted: (_part, content) => wantedObjects(content as WantedPart),
    texts: (parts) =>
      this.#with((connection) =>
        describedTexts(
          {
            query: (text) => ask(connection, text),
            script: (text) => askScript(connection, text),
          },
          parts,
        ),
      ),
  };
  readonly partitions?: NonNullable<MigrationTarget["partitions"]>;
  readonly #source: ConnectionSource;
  readonly #options: PostgresMigrationOptions;
  #guard: Connection | undefined;

  constructor(source: ConnectionSource, options: PostgresMigrationOptions) {
    this.#source = source;
    this.#options = options;
    const { partitioned = [] } = options;
    if (partitioned.length > 0)
      this.partitions = (request) => this.#partition(partitioned, request);
  }

  async locked<T>(work: () => Promise<T>, waitMs: number): Promise<T> {
    const guard = await lend(this.#source);
    const lock = this.#options.pooler ? transactionLock : sessionLock;
    try {
      await take(lock, guard, waitMs);
      this.#guard = guard;
      if (!this.#options.pooler) await ask(guard, ledgerLockTimeout);
      await this.#with(makeLedger);
      const result = await work();
      await this.#with((connection) => this.#share(connection, "grant"));
      return result;
    } catch (error) {
      throw migrationError(error);
    } finally {
      this.#guard = undefined;
      await give(lock, guard);
      this.#source.release(guard);
    }
  }

  ledger(): Promise<readonly LedgerEntry[]> {
    return this.#with(async (connection) => {
      try {
        return await readLedger(connection);
      } catch (error) {
        const [login] = await ask(connection, "select quote_ident(current_user)");
        throw ledgerError(error, login?.[0] ?? "");
      }
    });
  }

  /** The catalogue is read after the commit: in a large schema that takes longer than others should wait for the locks. */
  async run(steps: readonly StepText[], note: LedgerNote, context: RunContext): Promise<void> {
    await this.#attempts(context, async (connection) => {
      if (note.state === "reverted") await this.#share(connection, "revoke");
      for (const [index, step] of steps.entries()) {
        await ask(connection, lockTimeout(context, index));
        await located(context.file, step, () => askScript(connection, step.text));
      }
      await writeNote(connection, note);
    });
    if (note.state === "half-way") return;
    await this.#with(async (connection) =>
      recordObjects(connection, note.adopt(await readCatalogue(connection))),
    );
  }

  /** Waits for locks without end: what runs in no transaction (`create index concurrently`) blocks no reader or writer while it waits. */
  runAlone(step: StepText, { file }: RunContext): Promise<void> {
    return this.#with(async (connection) => {
      if (!this.#options.pooler) await askScript(connection, unlimited);
      try {
        await askScript(connection, step.text);
      } catch (error) {
        throw migrationError(error, { file, step }, await duplicatesOf(connection, error));
      }
    });
  }

  async holds(query: string): Promise<boolean> {
    const [row] = await this.#with((connection) => ask(connection, query));
    return row?.[0] === "t";
  }

  batch(
    step: StepText,
    { key, size }: BatchPosition,
    note: (result: BatchResult) => LedgerNote,
    context: RunContext,
  ): Promise<BatchResult | undefined> {
    return this.#attempts(context, async (connection) => {
      await ask(connection, lockTimeout(context, 0));
      const values = [...key, String(size)];
      const [row] = await located(context.file, step, () => ask(connection, step.text, values));
      if (row === undefined) return undefined;
      const result = { done: Number(row[0]), key: row.slice(1, 1 + key.length) };
      if (result.done > 0) await writeNote(connection, note(result));
      return result;
    });
  }

  async count(query: string): Promise<number> {
    const [row] = await this.#with((connection) => ask(connection, query));
    return Number(row?.[0] ?? 0);
  }

  objects(): Promise<Objects> {
    return this.#with(readCatalogue);
  }

  unprovenObjects(): Promise<readonly (readonly [object: string, digest: string])[]> {
    return this.#with(readUnproven);
  }

  host(store: string): LedgerHost {
    return new PostgresGuestLedger(this.#source, this.#options.pooler, store);
  }

  async #partition(
    tables: readonly PartitionedTable[],
    request: PartitionRequest,
  ): Promise<readonly PartitionNote[]> {
    const context = { file: "", lock: request.lock, waiting: () => {} };
    const attempt: PartitionAttempt = (work) =>
      this.#attempts(context, async (connection) => {
        await ask(connection, lockTimeout(context, 0));
        return work(connection);
      });
    const notes: PartitionNote[] = [];
    for (const table of tables) notes.push(...(await makePartitions(table, request, attempt)));
    return notes;
  }

  /** One transaction, again and again until it gets its locks. */
  #attempts<T>(
    { lock, waiting }: RunContext,
    work: (connection: Connection) => Promise<T>,
  ): Promise<T> {
    const attempt = (): Promise<T> =>
      this.#with(async (connection) => {
        await askScript(connection, "begin; set local statement_timeout = 0");
        try {
          const result = await work(connection);
          await ask(connection, "commit");
          return result;
        } catch (error) {
          if (!connection.lost) await ask(connection, "rollback");
          throw error;
        }
      });
    return patiently(attempt, lockRule, lock, waiting);
  }

  async #share(connection: Connection, change: "grant" | "revoke"): Promise<void> {
    const { role } = this.#options;
    if (role !== undefined) await shareLedger(connection, role, change);
  }

  /** On the connection that holds the lock; behind a pooler on another, as long as that one lives. */
  async #with<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    const guard = this.#guard;
    if (guard?.lost === true) throw lockLost();
    if (guard !== undefined && !this.#options.pooler) return work(guard);
    const connection = await lend(this.#source);
    try {
      return await work(connection);
    } catch (error) {
      throw migrationError(error);
    } finally {
      this.#source.release(connection);
    }
  }
}

/** For the ledger itself, which others read. */
const ledgerLockTimeout = "set lock_timeout = '5s'";

const unlimited = "set lock_timeout = 0; set statement_timeout = 0";

/** The first step of a transaction waits with nothing in its hands; the next ones hold locks, behind which others queue already. */
const lockTimeout = ({ lock }: RunContext, index: number): string =>
  `set local lock_timeout = ${Math.ceil(index === 0 ? lock.timeoutMs : lock.timeoutMs / 4)}`;

const located = async <T>(file: string, step: StepText, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    throw migrationError(error, { file, step });
  }
};

const lockLost = (): DataError =>
  new DataError({
    kind: "unavailable",
    operation: "migrate",
    message: "the connection that held the migrators' lock is gone",
    hint: "run it again: it goes on where it stopped",
  });
