import { DataError } from "../../runtime/errors.ts";
import { patiently } from "../../runtime/migration-patience.ts";
import { splitSteps } from "../../runtime/migration-text.ts";
import type {
  BatchPosition,
  BatchResult,
  Described,
  LedgerEntry,
  LedgerHost,
  LedgerNote,
  MigrationTarget,
  Objects,
  RunContext,
  StepText,
} from "../../runtime/migration.ts";
import { readCatalogue } from "./catalogue.ts";
import { foundObjects } from "./described-found.ts";
import { describedTexts } from "./described-made.ts";
import { wantedObjects, type WantedPart } from "./described-wanted.ts";
import { lockRule, migrationError, placeText, type StatementPlace } from "./migration-error.ts";
import { mysqlGuestLedger } from "./migration-guest.ts";
import { makeLedger, ownLedger, readLedger, recordObjects, writeNote } from "./migration-ledger.ts";
import { MigrationSession } from "./migration-session.ts";
import { type MigrationStatement, statementsOf } from "./migration-statements.ts";
import { prepared } from "./prepared.ts";
import type { Dialect } from "./session-settings.ts";
import type { LendingSource, LentConnection } from "./lend.ts";
import type { Value } from "./statement.ts";

/**
 * Migrations on MySQL and MariaDB: DDL commits by itself, so every step runs alone, is noted before it begins, and is looked at (`verify`) or
 * run again after it broke off. GET_LOCK lets one migrator work at a time.
 */
export class MysqlMigrations implements MigrationTarget {
  readonly transactional = false;
  readonly split = splitSteps;
  readonly #source: LendingSource;
  readonly #dialect: Dialect;
  readonly #session: MigrationSession;
  readonly described: Described = {
    found: () =>
      this.#session.with((connection) =>
        foundObjects(async (text) => (await connection.command(text)).rows, this.#dialect),
      ),
    wanted: (_part, content) => wantedObjects(content as WantedPart, this.#dialect),
    texts: (parts) =>
      this.#session.with((connection) =>
        describedTexts(async (text) => (await connection.command(text)).rows, parts),
      ),
  };

  constructor(source: LendingSource, dialect: Dialect) {
    this.#source = source;
    this.#dialect = dialect;
    this.#session = new MigrationSession(source, ownLedger);
  }

  locked<T>(work: () => Promise<T>, waitMs: number): Promise<T> {
    return this.#session.locked((guard) => makeLedger(guard, this.#dialect), work, waitMs);
  }

  ledger(): Promise<readonly LedgerEntry[]> {
    return this.#session.with((connection) => readLedger(connection));
  }

  async run(steps: readonly StepText[], note: LedgerNote, context: RunContext): Promise<void> {
    for (const step of steps) await this.runAlone(step, context);
    await this.#session.transaction((connection) => writeNote(connection, note));
    if (note.state === "half-way") return;
    await this.#session.with(async (connection) =>
      recordObjects(connection, note.adopt(await readCatalogue(connection, this.#dialect))),
    );
  }

  /** Statement by statement: one that got no lock is tried again without those before it. */
  runAlone(step: StepText, context: RunContext): Promise<void> {
    return this.#session.with(async (connection) => {
      await connection.command(lockTimeouts(context));
      await recordedAfter(connection, async () => {
        for (const statement of statementsOf(step.text)) {
          const place = { file: context.file, step, line: statement.line };
          const attempt = (): Promise<void> => runOne(connection, statement, place);
          await patiently(attempt, lockRule, context.lock, context.waiting);
        }
      });
    });
  }

  async holds(query: string): Promise<boolean> {
    const { rows } = await this.#session.with((connection) => connection.command(query));
    const [value] = rows[0] ?? [];
    return value !== undefined && value !== null && Number(value) !== 0;
  }

  /**
   * Its first statement answers `done, key…` of the rows after `$1…$k`, at most `$k+1` of them; those that follow change these rows, with
   * the new key as `$k+2…`.
   */
  batch(
    step: StepText,
    { key, size }: BatchPosition,
    note: (result: BatchResult) => LedgerNote,
    context: RunContext,
  ): Promise<BatchResult | undefined> {
    const [choose, ...changes] = statementsOf(step.text);
    if (choose === undefined) return Promise.resolve(undefined);
    const attempt = (): Promise<BatchResult | undefined> =>
      this.#session.transaction((connection) =>
        recordedAfter(connection, async () => {
          const run = (statement: MigrationStatement, values: readonly Value[]) =>
            located({ file: context.file, step, line: statement.line }, () =>
              connection.run(prepared(statement.text), values),
            );
          const [row] = (await run(choose, [...key, size])).rows;
          const done = Number(row?.[0] ?? 0);
          if (row === undefined || done === 0) return undefined;
          const next = row.slice(1, 1 + key.length).map(keyText);
          for (const change of changes) await run(change, [...key, size, ...next]);
          const result = { done, key: next };
          await writeNote(connection, note(result));
          return result;
        }),
      );
    return patiently(attempt, lockRule, context.lock, context.waiting);
  }

  async count(query: string): Promise<number> {
    const { rows } = await this.#session.with((connection) => connection.command(query));
    return Number(rows[0]?.[0] ?? 0);
  }

  objects(): Promise<Objects> {
    return this.#session.with((connection) => readCatalogue(connection, this.#dialect));
  }

  host(store: string): LedgerHost {
    return mysqlGuestLedger(this.#source, this.#dialect, store);
  }
}

/** A step that broke off leaves no connection behind whose writes no history records. */
const recordedAfter = async <T>(connection: LentConnection, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    if (!connection.lost) await connection.command("set @app_backfill = null");
    throw error;
  }
};

/** For metadata and for rows; whole seconds are all that the server takes. */
const lockTimeouts = ({ lock }: RunContext): string => {
  const seconds = Math.max(1, Math.ceil(lock.timeoutMs / 1_000));
  return `set session lock_wait_timeout = ${seconds}, innodb_lock_wait_timeout = ${seconds}`;
};

const keyText = (value: Value): string | null => (value === null ? null : String(value));

const runOne = (
  connection: LentConnection,
  { text, refusal }: MigrationStatement,
  place: StatementPlace,
): Promise<void> =>
  located(place, async () => {
    const { rows } = await connection.command(text);
    const [row] = rows;
    if (refusal === undefined || row === undefined) return;
    throw new DataError({
      kind: "constraint",
      operation: "migrate",
      message: `${placeText(place)}: ${refusal}; first seen at ${String(row[0])}`,
      hint: "mend the rows, then run it again: it goes on there",
    });
  });

const located = async <T>(place: StatementPlace, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    throw migrationError(error, place);
  }
};
