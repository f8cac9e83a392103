import { ChangeFeed, type ChangeListener } from "../../runtime/changes.ts";
import { callOp } from "../../runtime/call.ts";
import { located, reasonOf, type StoreHealth } from "../../runtime/health.ts";
import type { MigrationTarget, LedgerHost } from "../../runtime/migration.ts";
import type { OpRuntime } from "../../runtime/op.ts";
import {
  opRuntime,
  type OpenedStore,
  type RuntimeContext,
  type StoreConfig,
} from "../../runtime/store.ts";
import { MilvusChannel } from "./channel.ts";
import type { MilvusConnection } from "./connection.ts";
import { classify } from "./errors.ts";
import { CollectionFit } from "./fit.ts";
import { milvusMigrations } from "./migrations.ts";
import { MilvusSession } from "./session.ts";

/** Connects at the first call. */
export function openMilvus(
  identity: { readonly name: string },
  config: StoreConfig,
  context: RuntimeContext,
): MilvusStore {
  return new MilvusStore(identity.name, config, context);
}

/** Calls share a connection; two keep one large reply from holding up all others. */
const defaultConnections = 2;
const connectTimeoutMs = 2_000;
/** Milliseconds a probe waits for the driver, which takes its time to load. */
const loadPatienceMs = 500;
/** Milliseconds a probe waits for the server. */
const probeDeadlineMs = 900;

/** One Milvus database, which holds derived views only. */
export class MilvusStore implements OpenedStore, MilvusConnection {
  readonly name: string;
  readonly engine = "milvus";
  readonly runtime: OpRuntime;
  readonly channel: MilvusChannel;
  readonly fit: CollectionFit;
  /** Runs the methods of views that belong to no tenant. */
  readonly session: MilvusSession;
  readonly #changes: ChangeFeed;
  readonly #forgetPool: () => void;

  constructor(name: string, config: StoreConfig, context: RuntimeContext) {
    const { dsn, pool, deadlineMs = 5_000 } = config;
    const [host] = dsn.hosts;
    this.name = name;
    const identity = {
      store: name,
      system: "milvus",
      namespace: dsn.path === "" ? "default" : dsn.path,
      address: host?.host,
      port: host?.port,
    };
    this.runtime = opRuntime(identity, classify, config, context);
    const connections = pool?.max ?? defaultConnections;
    this.channel = new MilvusChannel(dsn, {
      connections,
      acquireTimeoutMs: pool?.acquireTimeoutMs ?? deadlineMs,
      connectTimeoutMs: Math.min(deadlineMs, connectTimeoutMs),
    });
    this.fit = new CollectionFit(this.channel);
    this.session = new MilvusSession(this);
    this.#changes = new ChangeFeed(context.onError);
    this.#forgetPool = this.runtime.telemetry.observePool(name, () => {
      const { used, pending } = this.channel.calls;
      return { idle: 0, used, max: connections, pending };
    });
  }

  /** Runs the methods of views that belong to this tenant. */
  sessionFor(tenant: string): MilvusSession {
    return new MilvusSession(this, tenant);
  }

  load(): Promise<void> {
    return this.channel.load();
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
      const loading = new Promise<"loading">((late) => {
        setTimeout(late, loadPatienceMs, "loading").unref();
      });
      if ((await Promise.race([this.channel.load(), loading])) === "loading")
        return answer("starting", "the driver is being loaded");
      const wrong = await callOp(
        this.runtime,
        spec,
        { deadlineMs: probeDeadlineMs, retry: "never" },
        async (attempt) => {
          const reply = await this.channel.call("CheckHealth", {}, attempt);
          if (reply["isHealthy"] !== true) return "the server reports itself as not healthy";
          return this.fit.misfit(attempt);
        },
      );
      return wrong === undefined ? answer("up") : answer("degraded", wrong);
    } catch (error) {
      return located(answer("down", reasonOf(error)), this.runtime.address);
    }
  }

  /** Ledger and lock are the host's: Milvus compares nothing while it writes. */
  migrationTarget(host?: LedgerHost): MigrationTarget {
    return milvusMigrations(this, host);
  }

  close(): Promise<void> {
    this.#forgetPool();
    this.channel.close();
    return Promise.resolve();
  }

  /** Views are the authority of nothing: nothing changes here that another store would have to hear of. */
  onChanged(listener: ChangeListener): () => void {
    return this.#changes.onChanged(listener);
  }
}
