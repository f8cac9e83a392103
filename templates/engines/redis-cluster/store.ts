import type { RuntimeContext, StoreConfig } from "../../runtime/store.ts";
import { type RedisIdentity, type RedisKind, RedisStore } from "../redis/store.ts";
import { ClusterConnection } from "./connection.ts";

export type { RedisStore } from "../redis/store.ts";

const cluster: RedisKind = {
  engine: "redis-cluster",
  connect: ({ dsn }, runtime, onError, greeting) =>
    new ClusterConnection(dsn, runtime, onError, greeting),
};

/** Connects at the first call: the hosts of the DSN are asked, one after the other, where the slots are. */
export function openRedisCluster(
  identity: RedisIdentity,
  config: StoreConfig,
  context: RuntimeContext,
): RedisStore {
  return new RedisStore(cluster, identity, config, context);
}
