/** What a server is configured with. */
import { Redis } from "ioredis";

/** Memory is written with a unit and shown in bytes. */
export function shownMemory(
  values: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const [, megabytes] = /^(\d+)mb$/.exec(values["maxmemory"] ?? "") ?? [];
  return megabytes === undefined ? {} : { maxmemory: String(Number(megabytes) * 1024 * 1024) };
}

export const configuration = (
  dsn: string,
  names: readonly string[],
): Promise<Readonly<Record<string, string>>> =>
  onServer(dsn, async (redis) => {
    const pairs = await Promise.all(names.map((name) => redis.call("config", "get", name)));
    return Object.fromEntries(pairs.map((pair) => pair as [string, string]));
  });

/** One connection to one server. @throws when it does not answer */
export async function onServer<T>(dsn: string, work: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(dsn, {
    lazyConnect: true,
    connectTimeout: 2_000,
    commandTimeout: 5_000,
    retryStrategy: () => null,
  });
  redis.on("error", () => undefined);
  try {
    await redis.connect();
    return await work(redis);
  } finally {
    redis.disconnect();
  }
}
