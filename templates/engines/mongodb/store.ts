import { MongoClient, type Db, type MongoClientOptions } from "mongodb";
import { ChangeFeed, type ChangeListener } from "../../runtime/changes.ts";
import { isDataError } from "../../runtime/errors.ts";
import { callOp } from "../../runtime/call.ts";
import type { StoreHealth } from "../../runtime/health.ts";
import type { MigrationTarget } from "../../runtime/migrate.ts";
import type { OpRuntime } from "../../runtime/op.ts";
import {
  opRuntime,
  type OpenedStore,
  type RuntimeContext,
  type StoreConfig,
} from "../../runtime/store.ts";
import { classify } from "./errors.ts";
import { mongoMigrations } from "./migrations.ts";
import { MongoSession, type MongoConnection } from "./session.ts";

/** Connects at the first call. */
export function openMongo(
  identity: { readonly name: string },
  config: StoreConfig,
  context: RuntimeContext,
): MongoStore {
  return new MongoStore(identity.name, config, context);
}

const defaultPool = 10;

/** One MongoDB database. The driver's own retries are off: deadline and retry are the runtime's. */
export class MongoStore implements OpenedStore, MongoConnection {
  readonly name: string;
  readonly engine = "mongodb";
  readonly runtime: OpRuntime;
  readonly changes: ChangeFeed;
  /** Runs the methods of entities that belong to no tenant. */
  readonly session: MongoSession;
  readonly #client: MongoClient;
  readonly #database: string;
  #connected: Promise<Db> | undefined;

  constructor(name: string, config: StoreConfig, context: RuntimeContext) {
    const [host] = config.dsn.hosts;
    this.name = name;
    this.#database = config.dsn.path === "" ? name : config.dsn.path;
    const identity = {
      store: name,
      system: "mongodb",
      namespace: this.#database,
      address: host?.host,
      port: host?.port,
    };
    this.runtime = opRuntime(identity, classify, config, context);
    this.changes = new ChangeFeed(context.onError);
    this.session = new MongoSession(this);
    this.#client = new MongoClient(config.dsn.reveal(), clientOptions(config));
  }

  /** Runs the methods of entities that belong to this tenant. */
  sessionFor(tenant: string): MongoSession {
    return new MongoSession(this, tenant);
  }

  /** Of several first callers one connects; after a failure the next call tries again. */
  database(): Promise<Db> {
    this.#connected ??= this.#client.connect().then(
      (client) => client.db(this.#database),
      (error: unknown) => {
        this.#connected = undefined;
        throw error;
      },
    );
    return this.#connected;
  }

  async health(): Promise<StoreHealth> {
    const began = performance.now();
    const answer = (state: StoreHealth["state"], detail?: string): StoreHealth => ({
      store: this.name,
      engine: this.engine,
      state,
      latencyMs: Math.round(performance.now() - began),
      ...(detail === undefined ? {} : { detail }),
    });
    const spec = { operation: `${this.name}.health`, effect: "read" } as const;
    try {
      const hello = await callOp(
        this.runtime,
        spec,
        { deadlineMs: 1_000, retry: "never" },
        async () => (await this.database()).admin().command({ hello: 1 }),
      );
      return hello["isWritablePrimary"] === false
        ? answer("degraded", "not the primary")
        : answer("up");
    } catch (error) {
      return answer("down", isDataError(error) ? error.kind : undefined);
    }
  }

  migrationTarget(): MigrationTarget {
    return mongoMigrations(() => this.database());
  }

  async close(): Promise<void> {
    await this.#client.close();
  }

  onChanged(listener: ChangeListener): () => void {
    return this.changes.onChanged(listener);
  }
}

function clientOptions({ pool, deadlineMs = 5_000 }: StoreConfig): MongoClientOptions {
  return {
    retryWrites: false,
    retryReads: false,
    maxPoolSize: pool?.max ?? defaultPool,
    waitQueueTimeoutMS: pool?.acquireTimeoutMs ?? deadlineMs,
    serverSelectionTimeoutMS: Math.min(deadlineMs, 2_000),
    connectTimeoutMS: Math.min(deadlineMs, 2_000),
    ...(pool?.idleTimeoutMs === undefined ? {} : { maxIdleTimeMS: pool.idleTimeoutMs }),
    // Documents are decoded by the adapter's codecs: int64 must not lose digits on its way.
    promoteLongs: false,
    ignoreUndefined: true,
  };
}
