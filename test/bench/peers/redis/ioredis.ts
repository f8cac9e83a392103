import { Cluster, Redis } from "ioredis";
import type { OpenCalls } from "../../harness/contender-process.ts";
import { anyKey, prove, value } from "./keys.ts";
import { columns, decoded, encoded, session, ttlMs } from "./session-record.ts";

const recordKey = (id: string): string => `bench:sessions:{${id}}`;

/** The driver as it comes. */
export const open: OpenCalls = async ({ dsn, engine }) => {
  const redis = engine === "redis-cluster" ? clusterOf(String(dsn)) : new Redis(String(dsn));
  await prove(
    (key) => redis.get(key),
    (key, text) => redis.set(key, text, "PX", 60_000),
  );
  /** What our script does, as the driver offers it: replaced as a whole with its time to live, or not at all. */
  const save = (one: ReturnType<typeof session>) => {
    const key = recordKey(one.id);
    const pairs = encoded(one).flatMap((text, at) => [columns[at] ?? "", text ?? ""]);
    return redis
      .multi()
      .del(key)
      .hset(key, ...pairs)
      .pexpire(key, ttlMs)
      .exec();
  };
  await Promise.all(Array.from({ length: 200 }, () => save(session(anyKey()))));
  return {
    calls: {
      get: () => redis.get(anyKey()),
      set: () => redis.set(anyKey(), value, "PX", 60_000),
      recordGet: async () => {
        const row = await redis.hmget(recordKey(anyKey()), ...columns);
        return row[0] === null ? undefined : decoded(row);
      },
      recordUpsert: () => save(session(anyKey())),
    },
    close: async () => redis.disconnect(),
  };
};

/** @param dsn with a host and port for each node: `redis://127.0.0.1:7001,127.0.0.1:7002` */
function clusterOf(dsn: string): Cluster {
  const places = dsn.replace("redis://", "").split(",");
  return new Cluster(
    places.map((place) => {
      const [host = "", port] = place.split(":");
      return { host, port: Number(port) };
    }),
  );
}
