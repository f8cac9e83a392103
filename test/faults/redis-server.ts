import { Redis } from "ioredis";
import redis from "../../src/engines/redis/index.ts";
import { openRedis, type RedisStore } from "../../templates/engines/redis/store.ts";
import { parseDsn } from "../../templates/runtime/dsn.ts";
import { Lifecycle } from "../../templates/runtime/lifecycle.ts";
import type { StoreConfig } from "../../templates/runtime/store.ts";
import { redisFramer } from "../engines/redis/frames.ts";
import type { PrivateServer, ServerNeed } from "../engines/servers.ts";
import { type FaultProxy, startFaultProxy } from "../support/fault-proxy.ts";
import { onPrivate } from "./suite.ts";

export const onPrivateRedis = (
  name: string,
  suite: (server: PrivateServer) => void,
  need: ServerNeed = {},
): Promise<void> => onPrivate("redis", name, suite, { need });

/** A fault proxy before a server that knows which reply is whose. */
export const proxyTo = (dsn: string, seed = 1): Promise<FaultProxy> =>
  startFaultProxy({ target: dsn, framer: redisFramer, seed });

export interface OpenedRedis {
  readonly store: RedisStore;
  readonly lifecycle: Lifecycle;
  /** What had no caller to reject. */
  readonly stray: unknown[];
  close(): Promise<void>;
}

/** How a store is opened, where it is not one server of caches. */
export interface StoreKind {
  readonly open?: typeof openRedis;
  /** It holds records. */
  readonly authority?: boolean;
}

/** A store as a generated project opens it, without its signal handlers. */
export function openStore(
  dsn: string,
  config: Omit<StoreConfig, "dsn"> = {},
  { open = openRedis, authority = false }: StoreKind = {},
): OpenedRedis {
  const lifecycle = new Lifecycle({ signals: false, drainMs: 1_000 });
  const stray: unknown[] = [];
  const context = { lifecycle, telemetry: {}, onError: (error: unknown) => stray.push(error) };
  const identity = {
    name: "cache",
    namespace: "faults",
    ...(authority && { authority: true as const }),
  };
  const store = open(identity, { ...config, dsn: parseDsn(dsn, redis.dsn) }, context);
  lifecycle.onClose(() => store.close());
  return { store, lifecycle, stray, close: () => lifecycle.close() };
}

/** A plain client beside the store, for what the test itself asks. */
export function bare(dsn: string): Redis {
  const client = new Redis(dsn, { maxRetriesPerRequest: 0, commandTimeout: 5_000 });
  client.on("error", () => undefined);
  return client;
}
