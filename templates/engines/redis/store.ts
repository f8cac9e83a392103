import { ChangeFeed, type ChangeListener } from "../../runtime/changes.ts";
import type { CacheStore } from "../../runtime/entity-cache.ts";
import { located, type StoreHealth } from "../../runtime/health.ts";
import type { OpRuntime, OpSpec } from "../../runtime/op.ts";
import type { ReadOptions, WriteOptions } from "../../runtime/options.ts";
import {
  opRuntime,
  type OpenedStore,
  type RuntimeContext,
  type StoreConfig,
} from "../../runtime/store.ts";
import { clearKeys } from "./clear.ts";
import { refuseEviction } from "./authority.ts";
import { endpointOf, type Greeting, greetings, RedisConnection } from "./connection.ts";
import { choosing } from "./database.ts";
import { classify } from "./errors.ts";
import { healthOf } from "./health.ts";
import { runOnce } from "./keyed.ts";
import type { Argument, Reply } from "./op.ts";
import type { RedisRouter } from "./router.ts";
import { RedisSession } from "./session.ts";
import { RedisTier } from "./tier.ts";

/** Which store this is. */
export interface RedisIdentity {
  /** Name in the data layer: `cache`. */
  readonly name: string;
  /** Prefix of every key the data layer makes: the project. */
  readonly namespace: string;
  /** Records are kept here that are nowhere else: a server that evicts is refused. */
  readonly authority?: true;
}

/** What makes a store one server's or a cluster's. */
export interface RedisKind {
  /** Engine, as health and plan name it. */
  readonly engine: string;
  readonly connect: (
    config: StoreConfig,
    runtime: OpRuntime,
    onError: (error: unknown) => void,
    greeting: Greeting | undefined,
  ) => RedisRouter;
}

const oneServer: RedisKind = {
  engine: "redis",
  connect: ({ dsn }, runtime, onError, greeting) => {
    const endpoint = endpointOf(dsn, runtime.store);
    const first = choosing(endpoint.database, dsn.variable);
    return new RedisConnection(endpoint, runtime, onError, greetings(first, greeting));
  },
};

/** Connects at the first call. */
export function openRedis(
  identity: RedisIdentity,
  config: StoreConfig,
  context: RuntimeContext,
): RedisStore {
  return new RedisStore(oneServer, identity, config, context);
}

/**
 * One Redis server or one Redis Cluster: records, structures and caches are kept in it, and any command may be sent with the deadline,
 * retry rule and trace of the rest.
 */
export class RedisStore implements OpenedStore, CacheStore {
  readonly name: string;
  readonly engine: string;
  /** What the application sees of it. */
  readonly store: this = this;
  readonly repositories = {};
  readonly runtime: OpRuntime;
  readonly onError: (error: unknown) => void;
  readonly router: RedisRouter;
  readonly changes: ChangeFeed;
  /** Prefix of every key. */
  readonly namespace: string;
  readonly #authority: boolean;
  readonly #specs = { read: new Map<string, OpSpec>(), write: new Map<string, OpSpec>() };

  constructor(
    kind: RedisKind,
    identity: RedisIdentity,
    config: StoreConfig,
    context: RuntimeContext,
  ) {
    const [host] = config.dsn.hosts;
    this.name = identity.name;
    this.engine = kind.engine;
    this.namespace = identity.namespace;
    this.onError = context.onError;
    this.#authority = identity.authority === true;
    this.changes = new ChangeFeed(context.onError);
    this.runtime = opRuntime(
      {
        store: identity.name,
        system: "redis",
        namespace: config.dsn.path || "0",
        address: host?.host,
        port: host?.port,
      },
      classify,
      config,
      context,
    );
    const greeting = this.#authority ? refuseEviction : undefined;
    this.router = kind.connect(config, this.runtime, context.onError, greeting);
  }

  get dispensable(): boolean {
    return !this.#authority;
  }

  /** Runs the methods of records that belong to this tenant, or to none. */
  session(tenant?: string): RedisSession {
    return new RedisSession(this, tenant);
  }

  /** A reading command; retried freely. Names and arguments as in the Redis reference. */
  read(command: string, args: readonly Argument[] = [], options?: ReadOptions): Promise<Reply> {
    return this.router.call(this.#spec("read", command), command, args, options);
  }

  /**
   * A writing command. With an `operation` id it runs once, however often it is replayed; without one it is never replayed after a
   * lost reply.
   *
   * @throws DataError outcome-unknown when the reply is lost and there is no operation id
   */
  command(command: string, args: readonly Argument[] = [], options?: WriteOptions): Promise<Reply> {
    const spec = this.#spec("write", command);
    if (options?.operation === undefined) return this.router.call(spec, command, args, options);
    return runOnce(this.router, spec, this.namespace, command, args, {
      ...options,
      operation: options.operation,
    });
  }

  /** One per command: telemetry keeps what it publishes of a spec with it. */
  #spec(effect: OpSpec["effect"], command: string): OpSpec {
    const specs = this.#specs[effect];
    let spec = specs.get(command);
    if (spec === undefined) {
      spec = { operation: `${this.name}.${command}`, effect };
      specs.set(command, spec);
    }
    return spec;
  }

  tier(namespace: string): RedisTier {
    return new RedisTier(this.router, `${this.namespace}:${namespace}`);
  }

  async health(): Promise<StoreHealth> {
    const began = performance.now();
    const { state, detail } = await healthOf(this.router, this.#authority);
    const latencyMs = Math.round(performance.now() - began);
    const answer = { store: this.name, engine: this.engine, state, latencyMs };
    return located(detail === undefined ? answer : { ...answer, detail }, this.runtime.address);
  }

  /** Every key that the data layer has made, on every server. */
  async clear(): Promise<void> {
    await clearKeys(this.router, this.namespace);
  }

  close(): Promise<void> {
    this.router.close();
    return Promise.resolve();
  }

  /** Of records kept here; a cache is the authority of nothing. */
  onChanged(listener: ChangeListener): () => void {
    return this.changes.onChanged(listener);
  }
}
