import type { ChangeListener } from "../../runtime/changes.ts";
import type { CacheStore } from "../../runtime/entity-cache.ts";
import { isDataError } from "../../runtime/errors.ts";
import type { StoreHealth } from "../../runtime/health.ts";
import type { OpRuntime, OpSpec } from "../../runtime/op.ts";
import type { ReadOptions, WriteOptions } from "../../runtime/options.ts";
import {
  opRuntime,
  type OpenedStore,
  type RuntimeContext,
  type StoreConfig,
} from "../../runtime/store.ts";
import { type Argument, RedisConnection, type Reply } from "./connection.ts";
import { classify } from "./errors.ts";
import { runOnce } from "./keyed.ts";
import { RedisTier } from "./tier.ts";

/** Which store this is. */
export interface RedisIdentity {
  /** Name in the data layer: `cache`. */
  readonly name: string;
  /** Prefix of every key the data layer makes: the project. */
  readonly namespace: string;
}

/** Connects at the first call. */
export function openRedis(
  identity: RedisIdentity,
  config: StoreConfig,
  context: RuntimeContext,
): RedisStore {
  return new RedisStore(identity, config, context);
}

/** One Redis server: caches are made over it, and any command may be sent with the deadline, retry rule and trace of the rest. */
export class RedisStore implements OpenedStore, CacheStore {
  readonly name: string;
  readonly engine = "redis";
  /** What the application sees of it. */
  readonly store: this = this;
  /** A cache is the authority of nothing. */
  readonly repositories = {};
  readonly runtime: OpRuntime;
  readonly onError: (error: unknown) => void;
  readonly #connection: RedisConnection;
  readonly #namespace: string;
  readonly #specs = { read: new Map<string, OpSpec>(), write: new Map<string, OpSpec>() };

  constructor(identity: RedisIdentity, config: StoreConfig, context: RuntimeContext) {
    const [host] = config.dsn.hosts;
    this.name = identity.name;
    this.#namespace = identity.namespace;
    this.onError = context.onError;
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
    this.#connection = new RedisConnection(config.dsn, this.runtime, context.onError);
  }

  /** A reading command; retried freely. Names and arguments as in the Redis reference. */
  read(command: string, args: readonly Argument[] = [], options?: ReadOptions): Promise<Reply> {
    return this.#connection.call(this.#spec("read", command), command, args, options);
  }

  /**
   * A writing command. With an `operation` id it runs once, however often it is replayed; without one it is never replayed after a
   * lost reply.
   *
   * @throws DataError outcome-unknown when the reply is lost and there is no operation id
   */
  command(command: string, args: readonly Argument[] = [], options?: WriteOptions): Promise<Reply> {
    const spec = this.#spec("write", command);
    if (options?.operation === undefined)
      return this.#connection.call(spec, command, args, options);
    return runOnce(this.#connection, spec, this.#namespace, command, args, {
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
    return new RedisTier(this.#connection, `${this.#namespace}:${namespace}`);
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
    try {
      const info = await this.read("info", ["replication"], { retry: "never", deadlineMs: 1_000 });
      return /^role:(slave|replica)/m.test(String(info))
        ? answer("degraded", "read-only replica")
        : answer("up");
    } catch (error) {
      if (!isDataError(error)) return answer("down");
      return error.code === "LOADING"
        ? answer("starting", "loading its data set")
        : answer("down", error.kind);
    }
  }

  close(): Promise<void> {
    this.#connection.close();
    return Promise.resolve();
  }

  /** A cache is no authority: nothing changes here that another store would have to hear of. */
  onChanged(_listener: ChangeListener): () => void {
    return () => {};
  }
}
