import { DataError } from "../../runtime/errors.ts";
import type { LedgerEntry, Migration, MigrationTarget } from "../../runtime/migrate.ts";
import { ask, askScript } from "./ask.ts";
import { timestamp } from "./codec-time.ts";
import { classify } from "./errors.ts";
import { give, sessionLock, take, transactionLock } from "./migration-lock.ts";
import type { Connection, ConnectionSource } from "./wire.ts";

const lockTimeout = "set lock_timeout = '5s'";

const ledgerTable = `create table if not exists schema_migration (
  id text primary key,
  hash text not null,
  parents text not null,
  applied_at timestamptz(3) not null default now(),
  dirty boolean not null default false
)`;

/** `$4`: dirty. */
const record = `insert into schema_migration (id, hash, parents, dirty) values ($1, $2, $3, $4::boolean)
on conflict (id) do update set hash = excluded.hash, dirty = excluded.dirty, applied_at = now()`;
const soil = "update schema_migration set dirty = true where id = $1";
const forget = "delete from schema_migration where id = $1";

/** What the ledger is told before a step that runs in no transaction, and after any. */
interface Notes {
  readonly begun: readonly [text: string, values: readonly string[]];
  readonly done: readonly [text: string, values: readonly string[]];
}

/** Migrations on PostgreSQL: DDL is transactional, an advisory lock lets one migrator work at a time. */
export class PostgresMigrations implements MigrationTarget {
  readonly #source: ConnectionSource;
  readonly #pooler: boolean;
  #held: Connection | undefined;

  /** `pooler`: behind PgBouncer in transaction mode, where a session's settings and locks are not its own. */
  constructor(source: ConnectionSource, pooler: boolean) {
    this.#source = source;
    this.#pooler = pooler;
  }

  async locked<T>(work: () => Promise<T>, waitMs: number): Promise<T> {
    const guard = await this.#lend();
    const lock = this.#pooler ? transactionLock : sessionLock;
    try {
      await take(lock, guard, waitMs);
      if (!this.#pooler) {
        this.#held = guard;
        await ask(guard, lockTimeout);
      }
      await this.#with((connection) => ask(connection, ledgerTable));
      return await work();
    } catch (error) {
      throw migrationError(error);
    } finally {
      this.#held = undefined;
      await give(lock, guard);
      this.#source.release(guard);
    }
  }

  async ledger(): Promise<readonly LedgerEntry[]> {
    return this.#with(async (connection) => {
      const [known] = await ask(connection, "select to_regclass('schema_migration')::text");
      if (known?.[0] === null || known === undefined) return [];
      const rows = await ask(
        connection,
        "select id, hash, parents, applied_at, dirty from schema_migration order by applied_at, id",
      );
      return rows.map(([id, hash, parents, appliedAt, dirty]) => ({
        id: id ?? "",
        hash: hash ?? "",
        parents: (parents ?? "").split(",").filter((parent) => parent !== ""),
        appliedAt: timestamp.decode(appliedAt),
        dirty: dirty === "t",
      }));
    });
  }

  apply(migration: Migration): Promise<void> {
    const { id, hash, parents, up } = migration;
    const values = [id, hash, parents.join(",")];
    return this.#step(migration, up, {
      begun: [record, [...values, "t"]],
      done: [record, [...values, "f"]],
    });
  }

  revert(migration: Migration): Promise<void> {
    const { id, down } = migration;
    return this.#step(migration, down, { begun: [soil, [id]], done: [forget, [id]] });
  }

  /** In one transaction, or marked dirty before it: what PostgreSQL runs in none (`create index concurrently`) is one statement. */
  #step(migration: Migration, script: string, { begun, done }: Notes): Promise<void> {
    const transactional = migration.transactional ?? true;
    return this.#with(async (connection) => {
      try {
        await (transactional ? ask(connection, "begin") : ask(connection, ...begun));
        await askScript(connection, script);
        await ask(connection, ...done);
        if (transactional) await ask(connection, "commit");
      } catch (error) {
        if (transactional && !connection.lost) await ask(connection, "rollback");
        throw migrationError(error, migration.file);
      }
    });
  }

  async #with<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    if (this.#held !== undefined) return work(this.#held);
    const connection = await this.#lend();
    try {
      return await work(connection);
    } catch (error) {
      throw migrationError(error);
    } finally {
      this.#source.release(connection);
    }
  }

  #lend(): Promise<Connection> {
    return new Promise((resolve, reject) => {
      this.#source.acquire({
        settled: false,
        granted: resolve,
        refused: (error) => reject(migrationError(error)),
      });
    });
  }
}

/** A migration's own text may be told: it holds no values of users. */
const migrationError = (error: unknown, file?: string): unknown => {
  if (error instanceof DataError) return error;
  const { kind, code } = classify(error);
  const message = error instanceof Error ? error.message : String(error);
  const unavailable = kind === "connection" || kind === "overload";
  return new DataError({
    kind: unavailable ? "unavailable" : kind === "auth" ? "auth" : "programming",
    operation: "migrate",
    message: file === undefined ? message : `${file}: ${message}`,
    code,
  });
};
