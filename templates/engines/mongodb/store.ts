import { MongoClient } from "mongodb";
import { ChangeFeed, type ChangeListener } from "../../runtime/changes.ts";
import { programmingError } from "../../runtime/errors.ts";
import { located, type StoreHealth } from "../../runtime/health.ts";
import type { MigrationTarget } from "../../runtime/migrate.ts";
import type { OpRuntime } from "../../runtime/op.ts";
import {
  opRuntime,
  type OpenedStore,
  type RuntimeContext,
  type StoreConfig,
} from "../../runtime/store.ts";
import { runTransaction, type TransactionScope } from "../../runtime/unit-of-work.ts";
import { clientOptions, migrationOptions } from "./client.ts";
import { classify } from "./errors.ts";
import { checkHealth, modeHint } from "./health.ts";
import { mongoMigrations } from "./migrations.ts";
import { Collections } from "./place.ts";
import type { SessionContext } from "./session-call.ts";
import { MongoSession } from "./session.ts";
import { type MongoTransactionOptions, Transactions } from "./transaction.ts";

/** Methods and transactions under one binding. */
export interface MongoBinding {
  readonly session: MongoSession;
  transaction<T>(
    work: (session: MongoSession) => Promise<T>,
    options?: MongoTransactionOptions,
  ): Promise<T>;
}

/** Opens a store lazily: nothing is connected before the first call. */
export function openMongo(
  identity: { readonly name: string },
  config: StoreConfig,
  context: RuntimeContext,
): MongoStore {
  return new MongoStore(identity.name, config, context);
}

/** @throws DataError programming for a combination that the driver refuses: one host, found by DNS, and a port */
function clientOf(config: StoreConfig): MongoClient {
  const { dsn } = config;
  try {
    return new MongoClient(dsn.reveal(), clientOptions(config));
  } catch (error) {
    // The driver's message is not shown where it quotes the DSN, whose password it would hold.
    const message = error instanceof Error && !error.message.includes("://") ? error.message : "";
    throw programmingError(
      `${dsn.place}: the driver refuses this DSN${message && `: ${message}`}`,
      {
        operation: "configuration",
      },
    );
  }
}

const transactionSpec = (store: string) =>
  ({ operation: "transaction", effect: "write", collection: store, unkeyed: true }) as const;

/** One MongoDB database: the root binding, and one per tenant. */
export class MongoStore implements OpenedStore, MongoBinding {
  readonly name: string;
  readonly engine = "mongodb";
  /** Runs the methods of entities that belong to no tenant. */
  readonly session: MongoSession;
  readonly #config: StoreConfig;
  readonly #database: string;
  readonly #runtime: OpRuntime & { readonly scope: TransactionScope };
  readonly #feed: ChangeFeed;
  readonly #client: MongoClient;
  readonly #root: MongoBinding;
  #opened: Collections | undefined;
  #opening: Promise<Collections> | undefined;
  #migrator: MongoClient | undefined;

  constructor(name: string, config: StoreConfig, context: RuntimeContext) {
    const [host] = config.dsn.hosts;
    this.name = name;
    this.#config = config;
    this.#database = config.dsn.path === "" ? name : config.dsn.path;
    const identity = {
      store: name,
      system: "mongodb",
      namespace: this.#database,
      address: host?.host,
      port: host?.port,
    };
    this.#runtime = opRuntime(identity, classify, config, context);
    this.#feed = new ChangeFeed(context.onError);
    this.#client = clientOf(config);
    this.#root = this.#bind(undefined);
    this.session = this.#root.session;
  }

  /** All or nothing on the root's repositories. */
  transaction<T>(
    work: (session: MongoSession) => Promise<T>,
    options?: MongoTransactionOptions,
  ): Promise<T> {
    return this.#root.transaction(work, options);
  }

  /** The same store as one tenant sees it: every filter names it. @throws DataError programming for an empty tenant */
  forTenant(tenant: string): MongoBinding {
    if (tenant !== "") return this.#bind(tenant);
    throw programmingError("the tenant is empty", { operation: "forTenant", store: this.name });
  }

  async health(): Promise<StoreHealth> {
    const answer = await checkHealth(
      { store: this.name, engine: this.engine },
      async () => (await this.#open()).database.admin().command({ hello: 1 }),
      modeHint(this.#config.dsn),
    );
    return located(answer, this.#runtime.address);
  }

  migrationTarget(): MigrationTarget {
    return mongoMigrations(async () => {
      this.#migrator ??= new MongoClient(this.#config.dsn.reveal(), migrationOptions(this.#config));
      return (await this.#migrator.connect()).db(this.#database);
    });
  }

  async close(): Promise<void> {
    await Promise.all([this.#client.close(), this.#migrator?.close()]);
  }

  onChanged(listener: ChangeListener): () => void {
    return this.#feed.onChanged(listener);
  }

  #bind(tenant: string | undefined): MongoBinding {
    const feed = this.#feed;
    const context: SessionContext = {
      runtime: this.#runtime,
      tenant,
      client: this.#client,
      opened: () => this.#opened,
      open: () => this.#open(),
      changed: (entity, keys) => (feed.heard ? feed.emit(entity, keys()) : undefined),
    };
    const transactions = new Transactions({ context, feed });
    return {
      session: new MongoSession(context),
      transaction: (work, options) =>
        runTransaction(
          this.#runtime,
          transactionSpec(this.name),
          transactions,
          (open) => work(open.session),
          options,
        ),
    };
  }

  /** Of several first callers one connects; after a failure the next call tries again. */
  #open(): Promise<Collections> {
    this.#opening ??= this.#client.connect().then(
      (client) => (this.#opened = new Collections(client.db(this.#database))),
      (error: unknown) => {
        this.#opening = undefined;
        throw error;
      },
    );
    return this.#opening;
  }
}
