import { ChangeFeed, type ChangeListener } from "../../runtime/changes.ts";
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
import { feedBinding, tenantBinding } from "./binding.ts";
import { classify } from "./errors.ts";
import { checkHealth } from "./health.ts";
import { PostgresMigrations } from "./migrations.ts";
import { purgeOperations } from "./operation-purge.ts";
import type { PartitionedTable } from "./partitions.ts";
import { pgliteTransport } from "./pglite-transport.ts";
import { serverTransport } from "./server-transport.ts";
import type { PostgresSession, RawOptions, RawResult, RawSession } from "./session.ts";
import { type SessionContext, StatementSession } from "./statement-session.ts";
import type { Text } from "./statement.ts";
import { Transactions } from "./transaction.ts";
import type { Transport } from "./transport.ts";
import type { Bound } from "./wire.ts";

/** What a generated store says of itself. */
export interface PostgresIdentity {
  /** `main` */
  readonly name: string;
  /** The engine's id: an engine that extends this one passes its own. */
  readonly engine: string;
  /** Role that tenant-bound statements run as, whoever logged in: it owns nothing and has no BYPASSRLS. */
  readonly role?: string;
  /** Some write takes an operation id: what is older than 7 days is purged. */
  readonly operations?: boolean;
  /** Tables that are partitioned by time: migrations make their partitions. */
  readonly partitioned?: readonly PartitionedTable[];
}

/** The session of a transaction: repositories are made on it. */
export type PostgresTransaction = PostgresSession & RawSession;

/** Statements and transactions under one binding. */
export interface PostgresBinding {
  readonly session: PostgresSession & RawSession;
  transaction<T>(
    work: (tx: PostgresTransaction) => Promise<T>,
    options?: TransactionOptions,
  ): Promise<T>;
  raw(text: string, values?: readonly Text[], options?: RawOptions): Promise<RawResult>;
}

const purgeEveryMs = 3_600_000;
const closeMs = 2_000;
// The first call starts the database itself, which on a busy machine takes longer than any server may take to answer.
const embeddedDeadlineMs = 30_000;

/** An opened store: the root binding, and one per tenant. */
export class PostgresStore implements OpenedStore, PostgresBinding {
  readonly name: string;
  readonly engine: string;
  readonly session: PostgresSession & RawSession;
  readonly #identity: PostgresIdentity;
  readonly #pooler: boolean;
  readonly #runtime: OpRuntime & { readonly scope: TransactionScope };
  readonly #transport: Transport;
  readonly #feed: ChangeFeed;
  readonly #root: PostgresBinding;
  readonly #purge: NodeJS.Timeout | undefined;
  readonly #unobserve: () => void;
  #closing: Promise<void> | undefined;

  constructor(identity: PostgresIdentity, config: StoreConfig, context: RuntimeContext) {
    const { dsn } = config;
    this.name = identity.name;
    this.engine = identity.engine;
    this.#identity = identity;
    this.#pooler = dsn.parameters.get("pgbouncer") === "true";
    const limits =
      dsn.scheme === "pglite" ? { deadlineMs: config.deadlineMs ?? embeddedDeadlineMs } : config;
    this.#runtime = opRuntime(telemetryIdentity(identity, config), classify, limits, context);
    this.#runtime.scope.exclusive = dsn.scheme === "pglite";
    this.#feed = new ChangeFeed(context.onError);
    const open = dsn.scheme === "pglite" ? pgliteTransport : serverTransport;
    this.#transport = open(identity.name, config, context.onError);
    this.#unobserve = this.#runtime.telemetry.observePool(identity.name, this.#transport.poolState);
    this.#root = this.#bind(undefined, "");
    this.session = this.#root.session;
    this.#purge = identity.operations === true ? this.#purgeHourly() : undefined;
  }

  transaction<T>(
    work: (tx: PostgresTransaction) => Promise<T>,
    options?: TransactionOptions,
  ): Promise<T> {
    return this.#root.transaction(work, options);
  }

  raw(text: string, values?: readonly Text[], options?: RawOptions): Promise<RawResult> {
    return this.#root.raw(text, values, options);
  }

  /** The same store as one tenant sees it: row-level security with `app.current_tenant`. @throws DataError programming for an empty tenant */
  forTenant(tenant: string): PostgresBinding {
    const { role, name } = this.#identity;
    if (tenant === "" || role === undefined) {
      throw programmingError(
        role === undefined ? `store "${name}" has no tenants` : "the tenant is empty",
        { operation: "forTenant", store: name },
      );
    }
    return this.#bind(tenantBinding(role, tenant), tenant);
  }

  /** For what fills views: it reads the rows of every tenant, and no policy lets it write one. */
  acrossTenants(): PostgresSession {
    return this.#bind(feedBinding, "").session;
  }

  onChanged(listener: ChangeListener): () => void {
    return this.#feed.onChanged(listener);
  }

  async load(): Promise<void> {
    await this.#transport.load?.();
  }

  async health(): Promise<StoreHealth> {
    const who = { store: this.name, engine: this.engine };
    const { probe, opened } = this.#transport;
    const starts = this.#runtime.scope.exclusive && !opened;
    return located(await checkHealth(who, probe, starts), this.#runtime.address);
  }

  migrationTarget(): MigrationTarget {
    const { role, partitioned } = this.#identity;
    const { source } = this.#transport;
    return new PostgresMigrations(source, { pooler: this.#pooler, role, partitioned });
  }

  /** Ends all connections: after their work, or after 2 s. A second call is the same promise. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    clearInterval(this.#purge);
    this.#unobserve();
    const force = setTimeout(
      () => this.#transport.destroy(new Error("Connection terminated")),
      closeMs,
    );
    await this.#transport.close();
    clearTimeout(force);
  }

  #bind(binding: Bound | undefined, tenant: string): PostgresBinding {
    const runtime = this.#runtime;
    const context: SessionContext = {
      runtime,
      binding,
      tenant,
      lanes: this.#transport.lanes,
      inTransaction: false,
      changed: (entity, keys) => this.#feed.emit(entity, keys),
    };
    const session = new StatementSession(context);
    const { source } = this.#transport;
    const transactions = new Transactions({ runtime, source, binding, tenant, feed: this.#feed });
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
      if (this.#transport.opened) purgeOperations(this.#transport.lanes.pooled).catch(() => {});
    }, purgeEveryMs);
    return timer.unref();
  }
}

const telemetryIdentity = (
  { name }: PostgresIdentity,
  { dsn }: StoreConfig,
): { store: string; system: string; namespace: string; address?: string; port?: number } => {
  const [first] = dsn.hosts;
  const identity = { store: name, system: "postgresql", namespace: dsn.path };
  return first === undefined
    ? identity
    : { ...identity, address: first.host, port: first.port ?? 5432 };
};

/** Opens a store lazily: nothing is connected before the first call. */
export const openPostgres = (
  config: StoreConfig,
  context: RuntimeContext,
  identity: PostgresIdentity,
): PostgresStore => new PostgresStore(identity, config, context);
