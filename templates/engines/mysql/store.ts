import { ChangeFeed, type ChangeListener } from "../../runtime/changes.ts";
import { Pool } from "../../runtime/connection-pool.ts";
import { programmingError } from "../../runtime/errors.ts";
import { located, type StoreHealth } from "../../runtime/health.ts";
import type { MigrationTarget } from "../../runtime/migrate.ts";
import type { OpRuntime } from "../../runtime/op.ts";
import type { TransactionOptions } from "../../runtime/options.ts";
import {
  type OpenedStore,
  opRuntime,
  type RuntimeContext,
  type StoreConfig,
} from "../../runtime/store.ts";
import { runTransaction, type TransactionScope } from "../../runtime/unit-of-work.ts";
import { connectorOf } from "./connector.ts";
import { classify } from "./errors.ts";
import { checkHealth, probeText } from "./health.ts";
import { type LentConnection, lend } from "./lend.ts";
import { MysqlMigrations } from "./migrations.ts";
import type { MysqlConnection } from "./mysql-connection.ts";
import { purgeOperations } from "./operation.ts";
import type { Dialect } from "./session-settings.ts";
import type { MysqlSession, RawOptions, RawResult, RawSession } from "./session.ts";
import { StatementSession } from "./statement-session.ts";
import type { Value } from "./statement.ts";
import { Transactions } from "./transaction.ts";

/** What a generated store says of itself. */
export interface MysqlIdentity {
  /** `main` */
  readonly name: string;
  /** The engine's id: an engine that extends this one passes its own. */
  readonly engine: string;
  readonly dialect: Dialect;
  /** Some entity has tenants. */
  readonly tenants?: boolean;
  /** Some write takes an operation id: what is older than 7 days is purged. */
  readonly operations?: boolean;
}

/** The session of a transaction: repositories are made on it. */
export type MysqlTransaction = MysqlSession & RawSession;

/** Statements and transactions under one binding. */
export interface MysqlBinding {
  readonly session: MysqlSession & RawSession;
  transaction<T>(
    work: (tx: MysqlTransaction) => Promise<T>,
    options?: TransactionOptions,
  ): Promise<T>;
  raw(text: string, values?: readonly Value[], options?: RawOptions): Promise<RawResult>;
}

const purgeEveryMs = 3_600_000;
const closeMs = 2_000;
const maxWaiting = 10_000;

/**
 * An opened store: the root binding, and one per tenant. Ten connections per process unless configured; the driver's own pool is not used,
 * since it lets callers wait for ever.
 */
export class MysqlStore implements OpenedStore, MysqlBinding {
  readonly name: string;
  readonly engine: string;
  readonly session: MysqlSession & RawSession;
  readonly #identity: MysqlIdentity;
  readonly #runtime: OpRuntime & { readonly scope: TransactionScope };
  readonly #pool: Pool<MysqlConnection>;
  readonly #lockWaitMs: number;
  readonly #feed: ChangeFeed;
  readonly #root: MysqlBinding;
  readonly #purge: NodeJS.Timeout | undefined;
  readonly #unobserve: () => void;
  #closing: Promise<void> | undefined;

  constructor(identity: MysqlIdentity, config: StoreConfig, context: RuntimeContext) {
    const { name, engine, dialect } = identity;
    this.name = name;
    this.engine = engine;
    this.#identity = identity;
    this.#runtime = opRuntime(telemetryIdentity(identity, config), classify, config, context);
    this.#feed = new ChangeFeed(context.onError);
    const deadlineMs = config.deadlineMs ?? 5_000;
    const lockWaitSeconds = Math.max(1, Math.ceil(deadlineMs / 1_000) - 1);
    this.#lockWaitMs = 1_000 * lockWaitSeconds;
    this.#pool = new Pool({
      connect: connectorOf(config.dsn, { name, dialect, lockWaitSeconds }),
      classify,
      limits: {
        max: config.pool?.max ?? 10,
        maxWaiting,
        acquireTimeoutMs: config.pool?.acquireTimeoutMs ?? Math.ceil(deadlineMs * 0.6),
        idleTimeoutMs: config.pool?.idleTimeoutMs ?? 30_000,
      },
      onError: context.onError,
    });
    this.#unobserve = this.#runtime.telemetry.observePool(name, () => this.#pool.state);
    this.#root = this.#bind(undefined);
    this.session = this.#root.session;
    this.#purge = identity.operations === true ? this.#purgeHourly() : undefined;
  }

  transaction<T>(
    work: (tx: MysqlTransaction) => Promise<T>,
    options?: TransactionOptions,
  ): Promise<T> {
    return this.#root.transaction(work, options);
  }

  raw(text: string, values?: readonly Value[], options?: RawOptions): Promise<RawResult> {
    return this.#root.raw(text, values, options);
  }

  /** The same store as one tenant sees it: every statement carries the tenant. @throws DataError programming for an empty tenant */
  forTenant(tenant: string): MysqlBinding {
    const { tenants, name } = this.#identity;
    if (tenant === "" || tenants !== true) {
      throw programmingError(
        tenants === true ? "the tenant is empty" : `store "${name}" has no tenants`,
        { operation: "forTenant", store: name },
      );
    }
    return this.#bind(tenant);
  }

  onChanged(listener: ChangeListener): () => void {
    return this.#feed.onChanged(listener);
  }

  async health(): Promise<StoreHealth> {
    const answer = await checkHealth({ store: this.name, engine: this.engine }, () =>
      lend(this.#pool, async (connection) => (await connection.command(probeText)).rows[0] ?? []),
    );
    return located(answer, this.#runtime.address);
  }

  migrationTarget(): MigrationTarget {
    return new MysqlMigrations(this.#pool, this.#identity.dialect);
  }

  /** Ends all connections: after their work, or after 2 s. A second call is the same promise. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    clearInterval(this.#purge);
    this.#unobserve();
    const force = setTimeout(() => this.#pool.destroy(new Error("Connection lost")), closeMs);
    await this.#pool.close();
    clearTimeout(force);
  }

  #bind(tenant: string | undefined): MysqlBinding {
    const runtime = this.#runtime;
    const source = this.#pool;
    const feed = this.#feed;
    const lockWaitMs = this.#lockWaitMs;
    const session = new StatementSession({
      runtime,
      source,
      tenant,
      lockWaitMs,
      inTransaction: false,
      changed: (entity, keys) => feed.emit(entity, keys),
    });
    const transactions = new Transactions({ runtime, source, tenant, feed, lockWaitMs });
    const spec = {
      operation: "transaction",
      effect: "write",
      collection: this.name,
      unkeyed: true,
    } as const;
    return {
      session,
      raw: (text, values, options) => session.raw(text, values, options),
      transaction: (work, options) =>
        runTransaction(runtime, spec, transactions, (open) => work(open.session), options),
    };
  }

  /** Only while connected anyway: a purge is no reason to connect. */
  #purgeHourly(): NodeJS.Timeout {
    const timer = setInterval(() => {
      const { idle } = this.#pool.state;
      if (idle > 0) lend(this.#pool, purge).catch(() => {});
    }, purgeEveryMs);
    return timer.unref();
  }
}

const purge = async (connection: LentConnection): Promise<void> => {
  while ((await connection.command(purgeOperations)).found > 0);
};

const telemetryIdentity = (
  { name, dialect }: MysqlIdentity,
  { dsn }: StoreConfig,
): { store: string; system: string; namespace: string; address?: string; port?: number } => {
  const [first] = dsn.hosts;
  const identity = { store: name, system: dialect, namespace: dsn.path };
  return first === undefined
    ? identity
    : { ...identity, address: first.host, port: first.port ?? 3306 };
};

/** Opens a store lazily: nothing is connected before the first call. */
export const openMysql = (
  config: StoreConfig,
  context: RuntimeContext,
  identity: MysqlIdentity,
): MysqlStore => new MysqlStore(identity, config, context);
