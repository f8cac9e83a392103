import { describe, expect, it } from "vitest";
import { openRedis } from "../../../templates/engines/redis/store.ts";
import { openRedisCluster } from "../../../templates/engines/redis-cluster/store.ts";
import redis from "../../../src/engines/redis/index.ts";
import { parseDsn } from "../../../templates/runtime/dsn.ts";
import { Lifecycle } from "../../../templates/runtime/lifecycle.ts";

const opening = (open: typeof openRedis, path: string) => () =>
  open(
    { name: "cache", namespace: "shop" },
    { dsn: parseDsn(`redis://127.0.0.1:1${path}`, redis.dsn, "CACHE_URL") },
    { lifecycle: new Lifecycle({ signals: false }), telemetry: {}, onError: () => {} },
  );

describe("the database of a DSN", () => {
  it.each(["/app", "/-1", "/1.5", "/0x1", "/1/2", "/%20", "/NaN"])("%s is no number", (path) => {
    expect(opening(openRedis, path)).toThrow(
      expect.objectContaining({
        kind: "programming",
        operation: "configuration",
        store: "cache",
        message: expect.stringContaining("CACHE_URL"),
        hint: expect.stringContaining("number"),
      }),
    );
  });

  it.each(["", "/", "/0", "/15"])("%s is one, known before anything connects", async (path) => {
    await opening(openRedis, path)().close();
  });

  it.each(["/1", "/app"])("%s is none of a cluster", (path) => {
    expect(opening(openRedisCluster, path)).toThrow(
      expect.objectContaining({
        kind: "programming",
        operation: "configuration",
        store: "cache",
        message: expect.stringMatching(/CACHE_URL.*cluster.*database 0 only/i),
        hint: expect.stringContaining("CACHE_URL"),
      }),
    );
  });
});
