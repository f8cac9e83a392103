import { classify } from "../../../templates/engines/redis/errors.ts";
import { defineEngine } from "../engine.ts";
import { type RedisRuntime, storeFiles } from "../redis/adapter/store.ts";
import redis from "../redis/index.ts";
import { capabilities } from "./capabilities.ts";
import { compose } from "./compose.ts";
import { credentials } from "./credentials.ts";

const runtime: RedisRuntime = {
  id: "redis-cluster",
  folder: "redis",
  type: "RedisStore",
  open: "openRedisCluster",
};

/** The same adapters over several primaries: what one script names together carries one hash tag on a single server too. */
export default defineEngine({
  id: "redis-cluster",
  title: "Redis Cluster",
  extends: "redis",
  ports: redis.ports,
  capabilities,
  types: redis.types,
  dsn: {
    schemes: [
      { scheme: "redis:", meaning: "nodes of a cluster; any that answers tells of the others" },
      { scheme: "rediss:", meaning: "nodes over TLS, their certificates verified" },
    ],
    parameters: redis.dsn.parameters,
    examples: [
      {
        dsn: "redis://127.0.0.1:7000,127.0.0.1:7001,127.0.0.1:7002",
        comment: "a local cluster; database 0 is its only one",
      },
      {
        dsn: "rediss://app:password@cluster.example:6380",
        comment: "TLS and an ACL user, one name for all nodes",
      },
    ],
  },
  credentials,
  transports: redis.transports,
  classify,
  emit: (store, ir) => storeFiles(runtime, store, ir),
  keyPerTenant: true,
  compose,
  ...(redis.refuse === undefined ? {} : { refuse: redis.refuse }),
});
