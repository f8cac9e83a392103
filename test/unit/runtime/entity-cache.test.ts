import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { callOp } from "../../../templates/runtime/call.ts";
import { ChangeFeed } from "../../../templates/runtime/changes.ts";
import { type CacheStore, EntityCache } from "../../../templates/runtime/entity-cache.ts";
import type { CacheTier } from "../../../templates/runtime/shared-cache.ts";
import type { OpRuntime } from "../../../templates/runtime/op.ts";
import { runTransaction } from "../../../templates/runtime/unit-of-work.ts";
import { dataError, read, rootRuntime, write } from "./support.ts";

type Row = { readonly title: string };

const cacheOf = (
  runtime: OpRuntime,
  load: (key: string) => Promise<Row | undefined>,
  level: Pick<CacheStore, "tier" | "onError"> = {},
) =>
  new EntityCache<string, Row>(
    { runtime, ...level },
    {
      name: "widgetCache",
      namespace: "widget",
      ttlMs: 60_000,
      key: (key) => key,
      load,
      encode: (row) => row,
      decode: (json) => json,
    },
  );

const target = {
  begin: () => Promise.resolve("session"),
  commit: () => Promise.resolve({ told: Promise.resolve() }),
  rollback: () => Promise.resolve(),
  abandon: () => {},
};
const transaction = { operation: "transaction", effect: "write" } as const;

describe("while the data layer drains", () => {
  test("a write in flight still invalidates, and the close waits for it", async () => {
    const runtime = rootRuntime();
    const errors: unknown[] = [];
    const feed = new ChangeFeed((error) => errors.push(error));
    let stored = "old";
    const cache = cacheOf(runtime, async () => ({ title: stored }));
    feed.onChanged(({ keys }) => cache.changed(keys));
    expect(await cache.get("a")).toEqual({ title: "old" });

    let unlock: () => void = () => {};
    const locked = new Promise<void>((resolve) => (unlock = resolve));
    const events: string[] = [];
    runtime.lifecycle.onClose(async () => void events.push("cache store closed"));
    const writing = callOp(runtime, write, undefined, async () => {
      await locked;
      stored = "new";
      await feed.emit("Widget", ["a"]);
      events.push("invalidated");
    });
    const closing = runtime.lifecycle.close();
    unlock();
    await Promise.all([writing, closing]);
    expect(errors).toEqual([]);
    expect(events).toEqual(["invalidated", "cache store closed"]);
    expect(cache.stats().entries).toBe(0);
  });

  test("a call of the application is still refused, and after the close an invalidation too", async () => {
    const runtime = rootRuntime();
    const cache = cacheOf(runtime, () => Promise.resolve(undefined));
    runtime.lifecycle.enter("write");
    const closing = runtime.lifecycle.close();
    expect(await dataError(cache.invalidate("a"))).toMatchObject({ kind: "unavailable" });
    expect(await dataError(cache.get("a"))).toMatchObject({ kind: "unavailable" });
    await cache.changed(["a"]);
    runtime.lifecycle.leave();
    await closing;
    expect(await dataError(cache.changed(["a"]))).toMatchObject({ kind: "programming" });
  });
});

describe("what the shared level was not told when the data layer closes", () => {
  /** A level that cannot be reached until it is mended. */
  function setUp() {
    const runtime = rootRuntime({ drainMs: 400 });
    const told: unknown[] = [];
    const errors: unknown[] = [];
    const level = { away: true };
    const tier: CacheTier = {
      coherent: true,
      read: () => Promise.resolve({ lease: undefined }),
      fill: () => Promise.resolve(false),
      put: () => Promise.resolve(),
      invalidate: async (what) => {
        if (level.away) throw new Error("away");
        told.push(what);
      },
      onInvalidated: () => () => {},
    };
    const onError = (error: unknown): void => void errors.push(String(error));
    const cache = cacheOf(runtime, () => Promise.resolve(undefined), { tier: () => tier, onError });
    return { runtime, told, errors, level, cache };
  }

  test("is told before the end", async () => {
    const { runtime, told, level, cache } = setUp();
    await cache.changed(["a"]);
    await cache.changed(["b"]);
    level.away = false;
    await runtime.lifecycle.close();
    expect(told).toEqual([{ keys: ["a", "b"] }]);
  });

  test("is reported when the time is over, and nothing is tried any more", async () => {
    const { runtime, told, errors, level, cache } = setUp();
    await cache.changed(["a"]);
    await runtime.lifecycle.close();
    await expect.poll(() => errors.at(-1)).toContain("could not be told of changes before the end");
    level.away = false;
    const count = errors.length;
    await sleep(1_300);
    expect([told, errors.length]).toEqual([[], count]);
  });
});

describe("inside a transaction of its source store", () => {
  const setUp = () => {
    const source = rootRuntime();
    const load = () => callOp(source, read, undefined, () => Promise.resolve({ title: "1" }));
    return { source, load, cache: cacheOf(rootRuntime(), load) };
  };

  test("a miss loads as a hit hits, while the root itself stays refused", async () => {
    const { source, load, cache } = setUp();
    await runTransaction(source, transaction, target, async () => {
      expect(await cache.get("a")).toEqual({ title: "1" });
      expect(await cache.get("a")).toEqual({ title: "1" });
      expect(await dataError(load())).toMatchObject({ kind: "programming" });
    });
    expect(cache.stats()).toMatchObject({ loads: 1, localHits: 1 });
  });

  test("within transactions of two stores as well", async () => {
    const { source, cache } = setUp();
    const other = rootRuntime();
    await runTransaction(source, transaction, target, () =>
      runTransaction(other, transaction, target, async () => {
        expect(await cache.get("a")).toEqual({ title: "1" });
      }),
    );
  });

  test("a store with one session refuses the load at once: it would wait for its own transaction", async () => {
    const { source, cache } = setUp();
    source.scope.exclusive = true;
    await runTransaction(source, transaction, target, async () => {
      expect(await dataError(cache.get("a"))).toMatchObject({ kind: "programming" });
    });
    expect(await cache.get("a")).toEqual({ title: "1" });
  });
});
