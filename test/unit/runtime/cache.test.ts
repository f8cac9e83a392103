import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Cache, type CacheOptions } from "../../../templates/runtime/cache.ts";
import { matchesGlob } from "../../../templates/runtime/glob.ts";
import { FakeTier } from "./fake-tier.ts";
import { stopwatch } from "../../support/stopwatch.ts";

const options: CacheOptions = { ttlMs: 60_000 };
const found = (text: string) => () => Promise.resolve(text);
const none = () => Promise.resolve(undefined);
const unexpected = () => Promise.reject(new Error("must not be loaded"));

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe("one level", () => {
  test("loads once, then hits", async () => {
    const cache = new Cache(options);
    expect(await cache.read("a", found("1"))).toBe("1");
    expect(await cache.read("a", unexpected)).toBe("1");
    expect(cache.stats()).toMatchObject({ localHits: 1, loads: 1, entries: 1 });
  });

  test("100 concurrent misses load once", async () => {
    const cache = new Cache(options);
    let loads = 0;
    const load = async () => `${++loads}`;
    expect(
      new Set(await Promise.all(Array.from({ length: 100 }, () => cache.read("a", load)))),
    ).toEqual(new Set(["1"]));
  });

  test("a load that fails is not remembered", async () => {
    const cache = new Cache(options);
    await expect(cache.read("a", () => Promise.reject(new Error("source down")))).rejects.toThrow(
      "source down",
    );
    expect(await cache.read("a", found("1"))).toBe("1");
  });

  test("an entry ends between nine tenths and all of its time, a missing one sooner", async () => {
    const cache = new Cache({ ttlMs: 10_000, negativeTtlMs: 1_000 });
    await cache.read("a", found("1"));
    await cache.read("none", none);
    vi.advanceTimersByTime(899);
    expect(await cache.read("none", unexpected)).toBeUndefined();
    vi.advanceTimersByTime(101);
    expect(await cache.read("none", found("now"))).toBe("now");
    vi.advanceTimersByTime(7_999);
    expect(await cache.read("a", unexpected)).toBe("1");
    vi.advanceTimersByTime(1_001);
    expect(await cache.read("a", found("2"))).toBe("2");
  });

  test("the least recently used goes first, and bytes stay under the limit", async () => {
    const cache = new Cache({ ttlMs: 60_000, maxBytes: 10_000 });
    const text = "x".repeat(1_000);
    for (const key of ["a", "b", "c", "d"]) await cache.set(key, text);
    await cache.get("a");
    await cache.set("e", text);
    expect([await cache.get("a"), await cache.get("b"), await cache.get("e")]).toEqual([
      text,
      undefined,
      text,
    ]);
    expect(cache.stats().bytes).toBeLessThanOrEqual(10_000);
    await cache.set("huge", "x".repeat(10_000));
    expect(await cache.get("huge")).toBeUndefined();
  });

  test("keys, tags, patterns and all are removed, each only what it names", async () => {
    const cache = new Cache(options);
    const fill = async () => {
      await cache.set("user:1", "1", { tags: ["red", "blue"] });
      await cache.set("user:2", "2", { tags: ["blue"] });
      await cache.set("item:1", "3");
    };
    const left = async () =>
      (await Promise.all(["user:1", "user:2", "item:1"].map((key) => cache.get(key)))).map(Boolean);
    await fill();
    await cache.invalidate({ keys: ["user:1", "absent"] });
    expect(await left()).toEqual([false, true, true]);
    await fill();
    await cache.invalidate({ tag: "blue" });
    expect(await left()).toEqual([false, false, true]);
    await fill();
    await cache.invalidate({ pattern: "*:1" });
    expect(await left()).toEqual([false, true, false]);
    await fill();
    await cache.invalidate({ all: true });
    expect([await left(), cache.stats().bytes]).toEqual([[false, false, false], 0]);
  });

  test("a load under way when its key is invalidated is not kept, and not joined by later readers", async () => {
    const cache = new Cache(options);
    let answer: (text: string) => void = () => {};
    const early = cache.read("a", () => new Promise<string>((resolve) => (answer = resolve)));
    await cache.invalidate({ keys: ["a"] });
    const late = cache.read("a", found("new"));
    answer("old");
    expect([await early, await late, await cache.read("a", unexpected)]).toEqual([
      "old",
      "new",
      "new",
    ]);
  });
});

describe("two levels", () => {
  test("a second process hits what the first one filled, negative answers too", async () => {
    const tier = new FakeTier();
    const [one, two] = [new Cache(options, tier.client()), new Cache(options, tier.client())];
    await one.read("a", found("1"), { tags: ["t"] });
    await one.read("none", none);
    expect([await two.read("a", unexpected), await two.read("none", unexpected)]).toEqual([
      "1",
      undefined,
    ]);
    expect(two.stats()).toMatchObject({ sharedHits: 2, loads: 0 });
  });

  test("processes that miss together load once: the others wait for the lease's holder", async () => {
    const tier = new FakeTier();
    let loads = 0;
    const load = () =>
      new Promise<string>((resolve) => setTimeout(() => resolve(`${++loads}`), 100));
    const reads = Array.from({ length: 8 }, () =>
      new Cache(options, tier.client()).read("a", load),
    );
    await vi.advanceTimersByTimeAsync(500);
    expect(await Promise.all(reads)).toEqual(Array.from({ length: 8 }, () => "1"));
  });

  test("an invalidation reaches the first level of other processes", async () => {
    const tier = new FakeTier();
    const [one, two] = [new Cache(options, tier.client()), new Cache(options, tier.client())];
    await one.read("a", found("1"), { tags: ["t"] });
    await two.read("a", unexpected);
    await one.invalidate({ tag: "t" });
    expect(await two.read("a", found("2"))).toBe("2");
  });

  test("the first level is not believed while other processes may go unheard", async () => {
    const tier = new FakeTier();
    const client = tier.client();
    const cache = new Cache(options, client);
    await cache.set("a", "1");
    client.coherent = false;
    await tier.client().put("a", "foreign", 1_000, []);
    expect(await cache.read("a", found("2"))).toBe("2");
  });

  test("an entry that nobody here wrote is a miss", async () => {
    const tier = new FakeTier();
    for (const [index, junk] of [
      "",
      "junk",
      "{}\n+x",
      '["a"]\n+x',
      "[1]\n?x",
      "[1,2]\n+x",
    ].entries()) {
      await tier.client().put(`k${index}`, junk, 60_000, []);
      expect(await new Cache(options, tier.client()).read(`k${index}`, found("loaded"))).toBe(
        "loaded",
      );
    }
  });
});

describe("a second level that is down", () => {
  test("costs no error: reads go to the source, at its budget, then not at all for a second", async () => {
    const tier = new FakeTier();
    const client = tier.client();
    const errors: unknown[] = [];
    const cache = new Cache(
      { ...options, maxBytes: 0, budgetMs: 50, onError: (error) => errors.push(error) },
      client,
    );
    client.hang = true;
    const first = cache.read("a", found("1"));
    await vi.advanceTimersByTimeAsync(50);
    expect([await first, client.calls]).toEqual(["1", 1]);
    for (let index = 0; index < 100; index++)
      expect(await cache.read(`k${index}`, found("2"))).toBe("2");
    expect([client.calls, errors.length]).toEqual([1, 1]);
  });

  test("set and invalidate resolve; what could not be removed is not believed, and is removed when it is back", async () => {
    const tier = new FakeTier();
    const client = tier.client();
    const cache = new Cache({ ...options, maxBytes: 0 }, client);
    await cache.read("a", found("old"));
    client.fail = true;
    await cache.invalidate({ keys: ["a"] });
    client.fail = false;
    await vi.advanceTimersByTimeAsync(999);
    expect(await cache.read("a", found("new"))).toBe("new");
    await vi.advanceTimersByTimeAsync(2_500);
    expect(tier.entries.has("a")).toBe(false);
    expect(await cache.read("a", found("newer"))).toBe("newer");
    expect(await cache.read("a", unexpected)).toBe("newer");
  });

  test("is not believed about it when its rest is over before it was told, nor while it is being told", async () => {
    let held = false;
    const tier = new FakeTier((step) =>
      held && step === "invalidate" ? new Promise(() => {}) : Promise.resolve(),
    );
    const client = tier.client();
    const cache = new Cache({ ...options, maxBytes: 0 }, client);
    await cache.read("a", found("old"));
    client.fail = true;
    await cache.invalidate({ keys: ["a"] });
    client.fail = false;
    vi.setSystemTime(Date.now() + 5_000);
    expect(await cache.read("a", found("new"))).toBe("new");
    held = true;
    await vi.advanceTimersByTimeAsync(1_500);
    expect(await cache.read("a", found("newer"))).toBe("newer");
  });

  test("keeps trying, with one timer", async () => {
    const tier = new FakeTier();
    const client = tier.client();
    const cache = new Cache({ ...options, maxBytes: 0 }, client);
    client.fail = true;
    await cache.set("b", "1");
    await cache.invalidate({ pattern: "*" });
    await vi.advanceTimersByTimeAsync(30_000);
    expect(vi.getTimerCount()).toBe(1);
    cache.close();
    expect(vi.getTimerCount()).toBe(0);
  });
});

test("glob: any text, one character, nothing else, and no pattern is slow", () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ["user:*", "user:1", true],
    ["user:*", "users:1", false],
    ["*", "", true],
    ["a?c", "abc", true],
    ["a?c", "ac", false],
    ["a*b*c", "a--b--c", true],
    ["a.c", "abc", false],
    ["[ab]", "a", false],
  ];
  for (const [pattern, text, matches] of cases)
    expect(matchesGlob(pattern, text), `${pattern} ${text}`).toBe(matches);
  vi.useRealTimers();
  const began = stopwatch();
  expect(matchesGlob(`${"*a".repeat(40)}b`, "a".repeat(50_000))).toBe(false);
  expect(began.elapsed()).toBeLessThan(1_000);
});

/**
 * Two processes with one shared level. Every step of the tier and of the source is one that the scheduler may delay; the source is written before
 * the cache is told; what one lane does is in order, lanes are not;
 * each read knows the oldest version it may return: the one at the last invalidation that had resolved when it began. What
 * another process invalidated binds a read here as soon as its message is heard, so there it is only asked of the shared level.
 */
describe("property: no read returns what an invalidation that had resolved before it removed", () => {
  const removals = {
    keys: { keys: ["a"] },
    tag: { tag: "t" },
    pattern: { pattern: "*" },
    all: { all: true },
  } as const;
  const action = fc.record({
    kind: fc.constantFrom("read", "read", "read", "write", "write", "outage"),
    process: fc.constantFrom(0, 1),
    removal: fc.constantFrom("keys", "tag", "pattern", "all"),
  });
  type Action = {
    readonly kind: string;
    readonly process: number;
    readonly removal: keyof typeof removals;
  };

  async function replay(
    scheduler: fc.Scheduler,
    lanes: readonly (readonly Action[])[],
    maxBytes: number,
    outages: boolean,
  ) {
    const tier = new FakeTier((step) => scheduler.schedule(Promise.resolve(), step));
    const processes = (outages ? [0] : [0, 1]).map(() => {
      const client = tier.client();
      return {
        client,
        cache: new Cache({ ttlMs: 600_000, maxBytes, budgetMs: 600_000 }, client),
        floor: 0,
      };
    });
    let version = 0;
    const run = async (next: Action): Promise<void> => {
      await scheduler.schedule(Promise.resolve(), next.kind);
      const own = processes[next.process % processes.length];
      if (own === undefined) return;
      if (next.kind === "outage") {
        if (outages) own.client.fail = !own.client.fail;
      } else if (next.kind === "write") {
        const written = ++version;
        await own.cache.invalidate(removals[next.removal]);
        for (const each of maxBytes === 0 ? processes : [own])
          each.floor = Math.max(each.floor, written);
      } else {
        const oldest = own.floor;
        const load = async () => {
          const seen = version;
          await scheduler.schedule(Promise.resolve(), "load");
          return `${seen}`;
        };
        expect(Number(await own.cache.read("a", load, { tags: ["t"] }))).toBeGreaterThanOrEqual(
          oldest,
        );
      }
    };
    let settled = false;
    const lane = async (list: readonly Action[]): Promise<void> => {
      for (const next of list) await run(next);
    };
    const done = Promise.all(lanes.map(lane)).finally(() => (settled = true));
    done.catch(() => {});
    while (!settled) {
      if (scheduler.count() > 0) await scheduler.waitOne();
      else await vi.advanceTimersByTimeAsync(40);
    }
    await done;
    for (const { cache } of processes) cache.close();
  }

  test.each([
    ["two processes, first level off", 0, false],
    ["two processes, first level on", 1_000_000, false],
    ["outages of the shared level, first level off", 0, true],
    ["outages of the shared level, first level on", 1_000_000, true],
  ])(
    "%s",
    async (_name, maxBytes, outages) => {
      const lanes = fc.array(fc.array(action, { maxLength: 6 }), { minLength: 2, maxLength: 4 });
      const property = fc.asyncProperty(fc.scheduler(), lanes, (scheduler, lists) =>
        replay(scheduler, lists, maxBytes, outages),
      );
      await fc.assert(property, { seed: 20261121, numRuns: 1_000 });
    },
    30_000,
  );
});
