/** What the provider asks a running server, through the driver. */
import { randomBytes } from "node:crypto";
import { Redis } from "ioredis";
import type { Namespace, ServerFacts } from "../contract.ts";

/** Where this kind of server that we start ourselves keeps the number of the next free database. */
const counter = "test:next-database";

/** Facts of whatever server answers at `dsn`. */
export async function describe(dsn: string): Promise<ServerFacts> {
  const version = await ask(dsn, async (redis) => {
    const info = await redis.info("server");
    return /redis_version:(\S+)/.exec(info)?.[1] ?? "unknown";
  });
  return { engine: "redis", dsn, kind: "real", version, origin: "TEST_REDIS_URL", features: [] };
}

/** Resolves when the server answers a PING. */
export async function probe(dsn: string): Promise<void> {
  await ask(dsn, (redis) => redis.ping());
}

/** On a server of ours a numbered database; on a given server the given database, where only the prefix separates. */
export async function namespace(server: ServerFacts): Promise<Namespace> {
  const name = `t_${randomBytes(6).toString("hex")}`;
  if (server.origin === "TEST_REDIS_URL")
    return { name, dsn: server.dsn, drop: () => dropPrefix(server.dsn, `${name}*`) };
  const number = await ask(server.dsn, (redis) => redis.incr(counter));
  const url = new URL(server.dsn);
  url.pathname = `/${number}`;
  return {
    name,
    dsn: url.href,
    drop: async () => {
      await ask(url.href, (redis) => redis.flushdb());
    },
  };
}

async function dropPrefix(dsn: string, pattern: string): Promise<void> {
  await ask(dsn, async (redis) => {
    for await (const keys of redis.scanStream({ match: pattern, count: 500 }))
      if (Array.isArray(keys) && keys.length > 0) await redis.unlink(...keys.map(String));
  });
}

async function ask<T>(dsn: string, work: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(dsn, {
    lazyConnect: true,
    connectTimeout: 5000,
    commandTimeout: 10_000,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
  });
  redis.on("error", () => undefined);
  try {
    await redis.connect();
    return await work(redis);
  } finally {
    redis.disconnect();
  }
}
