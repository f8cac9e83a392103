/** What the cache port promises, told once and run against every engine that claims it. */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { type Instance, type Item, Source } from "./layer.ts";

export interface CacheCase {
  /** Row of the closing table. */
  readonly method: string;
  readonly name: string;
  run(open: (source: Source) => Promise<Instance>): Promise<void>;
}

const item = (more: Partial<Item> = {}): Item => ({
  id: randomUUID(),
  title: `quote ' " \\ \` \${x} \u2028 ünï 🐘 \n`,
  amount: "1234567890.10",
  views: 9_007_199_254_740_993n,
  madeAt: new Date("2026-02-28T23:59:59.999Z"),
  createdAt: new Date("2026-03-01T00:00:00Z"),
  updatedAt: new Date("2026-03-01T00:00:01Z"),
  ...more,
});

const sourceOf = (...items: readonly Item[]): Source => {
  const source = new Source();
  for (const one of items) source.items.set(one.id, one);
  return source;
};

const key = (name: string): string => `${name}:${randomUUID()}`;

export const cases: readonly CacheCase[] = [
  {
    method: "read-through",
    name: "loads what is missing once and gives it back type by type",
    run: async (open) => {
      const stored = item();
      const source = sourceOf(stored);
      const { itemCache } = await open(source);
      for (let read = 0; read < 3; read += 1)
        expect(await itemCache.get(stored.id)).toEqual(stored);
      expect(source.loads).toBe(1);
    },
  },
  {
    method: "single flight",
    name: "100 callers that miss at once share one load, and its failure too, which is not kept",
    run: async (open) => {
      const stored = item();
      const source = sourceOf(stored);
      const { itemCache } = await open(source);
      source.delayMs = 50;
      source.failure = new Error("the source is away");
      const together = () => Array.from({ length: 100 }, () => itemCache.get(stored.id));
      const refused = await Promise.allSettled(together());
      expect(refused.every(({ status }) => status === "rejected")).toBe(true);
      expect(source.loads).toBe(1);
      source.failure = undefined;
      const found = await Promise.all(together());
      expect(new Set(found.map((one) => one?.id))).toEqual(new Set([stored.id]));
      expect(source.loads).toBe(2);
    },
  },
  {
    method: "invalidate",
    name: "a read after it never gives what was there before",
    run: async (open) => {
      const stored = item({ title: "0" });
      const source = sourceOf(stored);
      const { itemCache } = await open(source);
      for (let version = 1; version <= 20; version += 1) {
        await itemCache.get(stored.id);
        source.items.set(stored.id, { ...stored, title: String(version) });
        if (version % 2 === 0) await itemCache.changed([stored.id]);
        else await itemCache.invalidate(stored.id);
        expect((await itemCache.get(stored.id))?.title).toBe(String(version));
      }
      const other = item();
      source.items.set(other.id, other);
      await itemCache.get(other.id);
      await itemCache.invalidate([stored.id, other.id]);
      const before = source.loads;
      await Promise.all([itemCache.get(stored.id), itemCache.get(other.id)]);
      expect(source.loads - before).toBe(2);
    },
  },
  {
    method: "invalidate in flight",
    name: "a slow load that began before it is neither kept nor joined",
    run: async (open) => {
      const stored = item({ title: "old" });
      const source = sourceOf(stored);
      const { itemCache } = await open(source);
      source.delayMs = 150;
      const slow = itemCache.get(stored.id);
      await sleep(50);
      source.items.set(stored.id, { ...stored, title: "new" });
      await itemCache.invalidate(stored.id);
      expect((await itemCache.get(stored.id))?.title).toBe("new");
      await slow;
      expect((await itemCache.get(stored.id))?.title).toBe("new");
    },
  },
  {
    method: "invalidateAll",
    name: "forgets everything, also what is being loaded",
    run: async (open) => {
      const kept = [item({ title: "old" }), item({ title: "old" })];
      const source = sourceOf(...kept);
      const { itemCache } = await open(source);
      await itemCache.get(kept[0]?.id ?? "");
      source.delayMs = 150;
      const slow = itemCache.get(kept[1]?.id ?? "");
      await sleep(50);
      for (const one of kept) source.items.set(one.id, { ...one, title: "new" });
      await itemCache.invalidateAll();
      await slow;
      for (const one of kept) expect((await itemCache.get(one.id))?.title).toBe("new");
    },
  },
  {
    method: "changed",
    name: "told that any row may have changed, it forgets them all",
    run: async (open) => {
      const stored = [item({ title: "old" }), item({ title: "old" })];
      const source = sourceOf(...stored);
      const { itemCache } = await open(source);
      for (const one of stored) await itemCache.get(one.id);
      for (const one of stored) source.items.set(one.id, { ...one, title: "new" });
      await itemCache.changed([], true);
      for (const one of stored) expect((await itemCache.get(one.id))?.title).toBe("new");
    },
  },
  {
    method: "time to live",
    name: "an entry ends with it, also one that says that there is none",
    run: async (open) => {
      const stored = item({ title: "old" });
      const absent = item();
      const source = sourceOf(stored);
      const { briefCache } = await open(source);
      await briefCache.get(stored.id);
      expect(await briefCache.get(absent.id)).toBeUndefined();
      source.items.set(stored.id, { ...stored, title: "new" });
      source.items.set(absent.id, absent);
      await sleep(1_050);
      expect((await briefCache.get(stored.id))?.title).toBe("new");
      expect((await briefCache.get(absent.id))?.id).toBe(absent.id);
    },
  },
  {
    method: "negative entry",
    name: "that there is none is remembered, and forgotten by an invalidation",
    run: async (open) => {
      const stored = item();
      const source = sourceOf();
      const { itemCache } = await open(source);
      for (let read = 0; read < 5; read += 1)
        expect(await itemCache.get(stored.id)).toBeUndefined();
      expect(source.loads).toBe(1);
      source.items.set(stored.id, stored);
      await itemCache.changed([stored.id]);
      expect(await itemCache.get(stored.id)).toEqual(stored);
    },
  },
  {
    method: "get and set",
    name: "any JSON under any key; a missing key is undefined; the last value stands",
    run: async (open) => {
      const { scratch } = await open(sourceOf());
      const value = { list: [1, null, "'\"\\"], text: "é\r\n$5", "__proto__.x": { deep: true } };
      const name = key(`a b*?[x]{y}\r\n'";`);
      expect(await scratch.get(name)).toBeUndefined();
      await scratch.set(name, value);
      expect(await scratch.get(name)).toEqual(value);
      for (const next of [null, 0, "", false, []]) {
        await scratch.set(name, next);
        expect(await scratch.get(name)).toEqual(next);
      }
      await scratch.invalidate(name);
      expect(await scratch.get(name)).toBeUndefined();
      const circle: object[] = [];
      circle.push(circle);
      for (const none of [undefined, 1n, circle, () => 1])
        await expect(scratch.set(name, none)).rejects.toMatchObject({ kind: "programming" });
    },
  },
  {
    method: "set with ttl",
    name: "an own time to live ends before the cache's",
    run: async (open) => {
      const { scratch } = await open(sourceOf());
      const [short, long] = [key("short"), key("long")];
      await scratch.set(short, 1, { ttlMs: 400 });
      await scratch.set(long, 2);
      expect(await scratch.get(short)).toBe(1);
      await sleep(450);
      expect(await scratch.get(short)).toBeUndefined();
      expect(await scratch.get(long)).toBe(2);
      for (const ttlMs of [Number.NaN, 0, -1])
        await expect(scratch.set(long, 3, { ttlMs })).rejects.toMatchObject({
          kind: "programming",
        });
      expect(await scratch.get(long)).toBe(2);
    },
  },
  {
    method: "tags",
    name: "an invalidated tag takes every key that was set with it, and no other",
    run: async (open) => {
      const { scratch } = await open(sourceOf());
      const tags = [key("red"), key("round")];
      const names = Array.from({ length: 40 }, (_, at) => key(`t${at}`));
      await Promise.all(
        names.map((name, at) =>
          scratch.set(name, at, { tags: at % 4 === 0 ? tags : tags.slice(1) }),
        ),
      );
      await scratch.invalidateTag(tags[0] ?? "");
      const values = await Promise.all(names.map((name) => scratch.get(name)));
      values.forEach((value, at) => expect(value).toBe(at % 4 === 0 ? undefined : at));
      await scratch.invalidateTag(tags[1] ?? "");
      expect(await Promise.all(names.map((name) => scratch.get(name)))).toEqual(
        names.map(() => undefined),
      );
    },
  },
  {
    method: "tags",
    name: "what is set beside an invalidation is found by the next",
    run: async (open) => {
      const { scratch } = await open(sourceOf());
      const tag = key("beside");
      for (let round = 0; round < 20; round += 1) {
        const names = Array.from({ length: 20 }, (_, at) => key(`b${at}`));
        const sets = names.map(async (name, at) => {
          for (let turn = 0; turn < at % 4; turn += 1) await new Promise(setImmediate);
          await scratch.set(name, "old", { tags: [tag] });
        });
        const forgotten = Array.from({ length: 5 }, () => scratch.invalidateTag(tag));
        await Promise.all([...sets, ...forgotten]);
        await scratch.invalidateTag(tag);
        const left = await Promise.all(names.map((name) => scratch.get(name)));
        expect(left.filter((value) => value !== undefined)).toEqual([]);
      }
    },
  },
  {
    method: "pattern",
    name: "* is any text, ? one character, and everything else is itself",
    run: async (open) => {
      const { scratch } = await open(sourceOf());
      const own = randomUUID();
      const names = ["user:1", "user:22", "users:1", "u[s]er:1", "user\\:1", "x*y", "xzy"];
      const fill = () => Promise.all(names.map((name) => scratch.set(`${own}/${name}`, name)));
      const left = async (): Promise<readonly unknown[]> => {
        const values = await Promise.all(names.map((name) => scratch.get(`${own}/${name}`)));
        return values.filter((value) => value !== undefined);
      };
      const gone = async (pattern: string): Promise<readonly string[]> => {
        await fill();
        await scratch.invalidatePattern(`${own}/${pattern}`);
        const stay = await left();
        return names.filter((name) => !stay.includes(name));
      };
      expect(await gone("user:*")).toEqual(["user:1", "user:22"]);
      expect(await gone("user:?")).toEqual(["user:1"]);
      expect(await gone("u[s]er:1")).toEqual(["u[s]er:1"]);
      expect(await gone("user\\:1")).toEqual(["user\\:1"]);
      expect(await gone("x?y")).toEqual(["x*y", "xzy"]);
      expect(await gone("*")).toEqual(names);
    },
  },
  {
    method: "eviction",
    name: "memory stays bounded: what was used least recently is let go or asked for again, never an error",
    run: async (open) => {
      const source = sourceOf(
        ...Array.from({ length: 60 }, () => item({ title: "x".repeat(200) })),
      );
      const { itemCache, scratch } = await open(source);
      const large = key("large");
      await scratch.set(large, "y".repeat(200_000));
      expect([undefined, "y".repeat(200_000)]).toContain(await scratch.get(large));
      for (let at = 0; at < 400; at += 1) await scratch.set(key(`fill${at}`), "z".repeat(500));
      const last = key("last");
      await scratch.set(last, "kept");
      expect(await scratch.get(last)).toBe("kept");
      for (const [id, stored] of source.items) expect(await itemCache.get(id)).toEqual(stored);
    },
  },
  {
    method: "health",
    name: "says that it is up",
    run: async (open) => {
      expect(await (await open(sourceOf())).store.health()).toMatchObject({ state: "up" });
    },
  },
  {
    method: "close",
    name: "reads in flight end, later ones are refused, and nothing keeps the process",
    run: async (open) => {
      const stored = item();
      const source = sourceOf(stored);
      const instance = await open(source);
      source.delayMs = 100;
      const reads = Array.from({ length: 100 }, () => instance.itemCache.get(stored.id));
      await sleep(20);
      await instance.close();
      expect((await Promise.all(reads)).every((one) => one?.id === stored.id)).toBe(true);
      await expect(instance.itemCache.get(stored.id)).rejects.toMatchObject({
        kind: "programming",
      });
    },
  },
];

/** What a level that processes share adds; an engine in process has none. */
export const sharedCases: readonly CacheCase[] = [
  {
    method: "shared level",
    name: "a second process hits what the first one has loaded, and waits for a load under way",
    run: async (open) => {
      const stored = item();
      const first = sourceOf(stored);
      const second = sourceOf(stored);
      const [a, b] = [await open(first), await open(second)];
      await a.itemCache.get(stored.id);
      expect(await b.itemCache.get(stored.id)).toEqual(stored);
      expect([first.loads, second.loads]).toEqual([1, 0]);
      await a.itemCache.invalidate(stored.id);
      first.delayMs = 100;
      const loading = a.itemCache.get(stored.id);
      // It asks its source only once the lease is its own.
      await expect.poll(() => first.loads, { interval: 5 }).toBe(2);
      expect(await b.itemCache.get(stored.id)).toEqual(stored);
      await loading;
      expect([first.loads, second.loads]).toEqual([2, 0]);
    },
  },
  {
    method: "coherence",
    name: "an invalidation by one process reaches what the others hold in themselves",
    run: async (open) => {
      const stored = item({ title: "0" });
      const source = sourceOf(stored);
      const instances = await Promise.all([open(source), open(source), open(source)]);
      const titles = () =>
        Promise.all(
          instances.map(async ({ itemCache }) => (await itemCache.get(stored.id))?.title),
        );
      await titles();
      await sleep(200);
      for (let version = 1; version <= 10; version += 1) {
        await titles();
        source.items.set(stored.id, { ...stored, title: String(version) });
        const writer = instances[version % 3];
        if (version % 2 === 0) await writer?.itemCache.invalidateAll();
        else await writer?.itemCache.changed([stored.id]);
        await expect
          .poll(titles, { timeout: 2_000, interval: 5 })
          .toEqual([String(version), String(version), String(version)]);
      }
    },
  },
  {
    method: "coherence of plain values",
    name: "a set, a tag and a pattern are heard by the others",
    run: async (open) => {
      const [a, b] = [await open(sourceOf()), await open(sourceOf())];
      const own = randomUUID();
      const [name, tag] = [`${own}:value`, `${own}:tag`];
      await b.scratch.get(name);
      await sleep(200);
      const seen = (expected: unknown) =>
        expect.poll(() => b.scratch.get(name), { timeout: 2_000, interval: 5 }).toEqual(expected);
      for (const next of [1, 2, 3]) {
        await a.scratch.set(name, next, { tags: [tag] });
        await seen(next);
      }
      await a.scratch.invalidateTag(tag);
      await seen(undefined);
      await b.scratch.set(name, 4);
      await b.scratch.get(name);
      await a.scratch.invalidatePattern(`${own}:*`);
      await seen(undefined);
    },
  },
  {
    method: "invalidate in flight elsewhere",
    name: "what another process was loading before an invalidation is never stored",
    run: async (open) => {
      const stored = item({ title: "old" });
      const slow = sourceOf(stored);
      const fresh = sourceOf({ ...stored, title: "new" });
      const [a, b] = [await open(slow), await open(fresh)];
      slow.delayMs = 200;
      const loading = a.itemCache.get(stored.id);
      await sleep(80);
      await b.itemCache.invalidate(stored.id);
      await loading;
      slow.items.set(stored.id, { ...stored, title: "new" });
      expect((await b.itemCache.get(stored.id))?.title).toBe("new");
      await expect
        .poll(async () => (await a.itemCache.get(stored.id))?.title, { timeout: 2_000 })
        .toBe("new");
    },
  },
];
