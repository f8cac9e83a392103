import { setTimeout as sleep } from "node:timers/promises";
import type { Redis } from "ioredis";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { EntityCache, ValueCache } from "../../templates/runtime/entity-cache.ts";
import type { FaultProxy } from "../support/fault-proxy.ts";
import { between, seeded } from "../support/random.ts";
import { bare, onPrivateRedis, openStore, type OpenedRedis, proxyTo } from "./redis-server.ts";
import { until, verdict } from "./suite.ts";
import { stopwatch } from "../support/stopwatch.ts";

interface Versioned {
  readonly version: number;
}

/** A read-through cache of one process over a shared source. */
function cacheOn({ store }: OpenedRedis, source: Map<string, number>, loadMs = 0) {
  const loads = { count: 0 };
  const cache = new EntityCache<string, Versioned>(store, {
    name: "cache",
    namespace: "faulty",
    ttlMs: 60_000,
    key: (key) => key,
    load: async (key) => {
      loads.count += 1;
      const version = source.get(key) ?? 0;
      if (loadMs > 0) await sleep(loadMs);
      return { version };
    },
    encode: (entity) => entity,
    decode: (json: Versioned) => json,
  });
  return { cache, loads };
}

await onPrivateRedis("caches over a server that fails", (server) => {
  let admin: Redis;
  let proxy: FaultProxy;
  const opened: OpenedRedis[] = [];
  const open = async (dsn: string): Promise<OpenedRedis> => {
    const one = openStore(dsn, { deadlineMs: 2_000 });
    opened.push(one);
    await one.store.read("ping");
    return one;
  };

  beforeAll(async () => {
    admin = bare(server.dsn);
    proxy = await proxyTo(server.dsn);
  });
  beforeEach(async () => {
    await Promise.all(opened.splice(0).map((one) => one.close()));
    proxy.clear();
    await admin.flushall();
  });
  afterAll(async () => {
    await Promise.all(opened.map((one) => one.close()));
    admin.disconnect();
    await proxy.stop();
  });

  it("a second level that is down, cut or silent costs its budget, not an error, and is used again", async () => {
    for (const toxic of [{ kind: "down" }, { kind: "blackhole" }] as const) {
      const source = new Map([["k", 1]]);
      const { cache, loads } = cacheOn(await open(proxy.through(server.dsn)), source);
      const fault = proxy.add(toxic);
      if (toxic.kind === "down") proxy.cut();
      for (let read = 0; read < 30; read += 1) {
        const began = stopwatch();
        expect(await cache.get(`key-${read}`)).toEqual({ version: 0 });
        expect(began.elapsed()).toBeLessThan(100 + 250);
      }
      const writing = await verdict(cache.invalidate("k"));
      expect([writing.kind, writing.elapsed < 1_250]).toEqual(["ok", true]);
      fault.remove();
      const before = loads.count;
      const shared = async (): Promise<boolean> => {
        await cache.get(`probe-${performance.now()}`);
        return (await admin.keys("faults:faulty:e:probe-*")).length > 0;
      };
      expect(await until(8_000, shared)).toBeLessThan(6_000);
      expect(loads.count).toBeGreaterThan(before);
      await admin.flushall();
    }
  });

  it("while connections are cut, no process reads what it has invalidated itself", async () => {
    const random = seeded(11);
    const source = new Map<string, number>();
    const caches = await Promise.all(
      [1, 2, 3].map(async () => cacheOn(await open(proxy.through(server.dsn)), source, 2)),
    );
    const floors = caches.map(() => new Map<string, number>());
    const cutter = setInterval(() => proxy.cut(), 150);
    const end = performance.now() + 2_500;
    let reads = 0;
    const worker = async (who: number): Promise<void> => {
      while (performance.now() < end) {
        const key = `k${between(random, 0, 4)}`;
        const own = caches[who];
        if (random() < 0.2) {
          const version = (source.get(key) ?? 0) + 1;
          source.set(key, version);
          await own?.cache.changed([key]);
          floors[who]?.set(key, Math.max(version, floors[who]?.get(key) ?? 0));
        } else {
          const floor = floors[who]?.get(key) ?? 0;
          const found = await own?.cache.get(key);
          expect(found?.version, `${who} ${key}`).toBeGreaterThanOrEqual(floor);
          reads += 1;
        }
      }
    };
    await Promise.all([0, 1, 2, 0, 1, 2].map(worker));
    clearInterval(cutter);
    expect(reads).toBeGreaterThan(100);
    const settled = async (): Promise<boolean> => {
      const versions = await Promise.all(
        [...source.keys()].flatMap((key) =>
          caches.map(async ({ cache }) => (await cache.get(key))?.version === source.get(key)),
        ),
      );
      return versions.every(Boolean);
    };
    expect(await until(8_000, settled)).toBeLessThan(6_000);
  });

  it("a process that can no longer be told stops believing what it holds", async () => {
    const source = new Map([["k", 1]]);
    const writer = cacheOn(await open(server.dsn), source);
    const deaf = cacheOn(await open(proxy.through(server.dsn)), source);
    const hears = async (): Promise<boolean> => {
      await deaf.cache.get("k");
      return deaf.cache.stats().localHits > 0;
    };
    await until(3_000, hears);
    proxy.add({ kind: "blackhole" });
    source.set("k", 2);
    await writer.cache.changed(["k"]);
    const corrected = async (): Promise<boolean> => (await deaf.cache.get("k"))?.version === 2;
    expect(await until(8_000, corrected)).toBeLessThan(5_000);
  });

  it("patterns are found by SCAN: KEYS is never sent, and other names stay", async () => {
    const { store } = await open(server.dsn);
    const cache = new ValueCache(store, "plain", "plain", {
      ttlMs: 60_000,
      budgetMs: 10_000,
    });
    for (let at = 0; at < 1_500; at += 3)
      await Promise.all([
        cache.set(`user:${at}`, at),
        cache.set(`other:${at}`, at),
        cache.set(`users${at}`, at),
      ]);
    await admin.set("faults:plain:e", "not ours");
    await admin.config("RESETSTAT");
    await cache.invalidatePattern("user:*");
    const stats = await admin.info("commandstats");
    expect(stats).toMatch(/cmdstat_scan:calls=/);
    expect(stats).not.toMatch(/cmdstat_keys:|cmdstat_flush/);
    expect(await cache.get("user:3")).toBeUndefined();
    expect(await cache.get("other:3")).toBe(3);
    expect(await admin.dbsize()).toBeGreaterThan(1_000);
    cache.close();
  });
});
