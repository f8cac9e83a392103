/** What the keyvalue port promises, told once and run against every engine that claims it. */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { expectCaller } from "../caller.ts";
import type { KeyvalueLayer, SettingInput } from "./layer.ts";

export interface Case {
  /** Row of the closing table. */
  readonly method: string;
  readonly name: string;
  run(data: KeyvalueLayer): Promise<void>;
}

const at = new Date("2038-01-19T03:14:07.123Z");
const setting = (more: Partial<SettingInput> = {}): SettingInput => ({
  title: "A title",
  amount: "1.50",
  at,
  tags: [],
  extra: {},
  ...more,
});
const session = (more: object = {}) => ({ id: randomUUID(), data: { a: 1 }, ...more });
const ofKind = (kind: string) => expect.objectContaining({ name: "DataError", kind });

export const cases: readonly Case[] = [
  {
    method: "get",
    name: "a missing key is undefined",
    run: async (data) => expect(await data.sessions.get(randomUUID())).toBeUndefined(),
  },
  {
    method: "insert",
    name: "every type comes back as it went in, extremes and hostile text included",
    run: async (data) => {
      const given = setting({
        level: "high",
        title: `quote ' " \\ \` \${x} -- */ \u2028 ünïcødé 🐘 \n tab\t \0 nil`,
        amount: "-1234567890.10",
        views: 9_223_372_036_854_775_807n,
        ratio: 0.1 + 0.2,
        on: true,
        day: "2024-02-29",
        tags: ["", "null", '"', "\\", "{a,b}", " spaced "],
        extra: { deep: [1, { "a.b": null, $set: "x" }], text: "'\"\\", big: 1e300 },
        seal: new Uint8Array([0, 1, 2, 255]),
        spot: new Float32Array([0.1, -2, 3e30]),
      });
      const stored = await data.settings.add(given);
      const read = await data.settings.get(stored.id);
      expect(read).toEqual(stored);
      const { seal, spot, ...rest } = given;
      expect(read).toMatchObject(rest);
      expect([...(read?.seal ?? [])]).toEqual([...(seal ?? [])]);
      expect([...(read?.spot ?? [])]).toEqual([...(spot ?? [])]);
    },
  },
  {
    method: "insert",
    name: "defaults, nulls, version and timestamps are filled in; the id is a version 7 uuid of the client",
    run: async (data) => {
      const stored = await data.settings.add(setting());
      expect(stored).toMatchObject({
        level: "low",
        views: 0n,
        on: false,
        ratio: null,
        day: null,
        seal: null,
        spot: null,
        version: 1,
      });
      expect(stored.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
      expect(Math.abs(stored.createdAt.getTime() - Date.now())).toBeLessThan(60_000);
      expect(stored.updatedAt).toEqual(stored.createdAt);
    },
  },
  {
    method: "insert",
    name: "a float of -0 is kept as 0",
    run: async (data) => {
      const stored = await data.settings.add(setting({ ratio: -0 }));
      expect(stored.ratio).toBe(0);
      expect((await data.settings.get(stored.id))?.ratio).toBe(0);
    },
  },
  {
    method: "insert",
    name: "the stack of its error names the line of the call",
    run: async (data) => {
      const first = await data.sessions.start(session());
      await expectCaller(async function startAgain() {
        return await data.sessions.start({ id: first.id, data: "second" });
      });
    },
  },
  {
    method: "insert",
    name: "a key that exists is a conflict, and the first record stays",
    run: async (data) => {
      const first = await data.sessions.start(session({ data: "first" }));
      await expect(data.sessions.start({ id: first.id, data: "second" })).rejects.toEqual(
        ofKind("conflict"),
      );
      expect((await data.sessions.get(first.id))?.data).toBe("first");
    },
  },
  {
    method: "insert",
    name: "of twenty that race for a key one wins",
    run: async (data) => {
      const id = randomUUID();
      const tries = Array.from({ length: 20 }, (_, n) =>
        data.sessions.start({ id, data: n }).then(
          () => 1,
          () => 0,
        ),
      );
      expect((await Promise.all(tries)).reduce<number>((sum, one) => sum + one, 0)).toBe(1);
    },
  },
  {
    method: "constraint",
    name: "a value that its type or its bounds forbid is refused, and names its field",
    run: async (data) => {
      const wrong = async (more: object, constraint: string): Promise<void> =>
        expect(data.settings.add(setting(more))).rejects.toMatchObject({
          kind: "constraint",
          constraint: expect.stringContaining(constraint),
        });
      await wrong({ title: "x".repeat(201) }, "title");
      await wrong({ level: "none" }, "level");
      await wrong({ amount: "12345678901.00" }, "amount");
      await wrong({ views: 9_223_372_036_854_775_808n }, "views");
      const shop = data.forTenant(randomUUID());
      await expect(shop.quotas.put({ region: "eu", name: "n", used: -1 })).rejects.toEqual(
        ofKind("constraint"),
      );
    },
  },
  {
    method: "insert with operation id",
    name: "a replay gives the first result; other content under the id is a conflict",
    run: async (data) => {
      const operation = randomUUID();
      const given = setting({ title: "once" });
      const first = await data.settings.add(given, { operation });
      expect(await data.settings.add(given, { operation })).toEqual(first);
      await expect(data.settings.add({ ...given, title: "other" }, { operation })).rejects.toEqual(
        ofKind("conflict"),
      );
      expect((await data.settings.get(first.id))?.title).toBe("once");
      const elsewhere = { ...given, id: randomUUID() };
      await expect(data.settings.add(elsewhere, { operation })).rejects.toEqual(ofKind("conflict"));
      expect(await data.settings.get(elsewhere.id)).toBeUndefined();
    },
  },
  {
    method: "insert with operation id",
    name: "of twenty racing replays one writes and all get its result",
    run: async (data) => {
      const operation = randomUUID();
      const given = setting();
      const results = await Promise.all(
        Array.from({ length: 20 }, () => data.settings.add(given, { operation })),
      );
      expect(new Set(results.map(({ id, createdAt }) => `${id} ${createdAt.getTime()}`)).size).toBe(
        1,
      );
    },
  },
  {
    method: "getMany",
    name: "gives them in the order of the keys and leaves out what is missing",
    run: async (data) => {
      const stored = await Promise.all(
        [1, 2, 3].map((n) => data.sessions.start(session({ data: n }))),
      );
      const ids = [stored[2]?.id ?? "", randomUUID(), stored[0]?.id ?? ""];
      expect((await data.sessions.getMany(ids)).map((one) => one.data)).toEqual([3, 1]);
      expect(await data.sessions.getMany([])).toEqual([]);
    },
  },
  {
    method: "getMany",
    name: "of three hundred keys, wherever they lie",
    run: async (data) => {
      const all = await Promise.all(
        Array.from({ length: 300 }, (_, n) => data.sessions.start(session({ data: n }))),
      );
      const read = await data.sessions.getMany(all.map(({ id }) => id));
      expect(read.map((one) => one.data)).toEqual(all.map((one) => one.data));
    },
  },
  {
    method: "upsert",
    name: "inserts, then replaces the whole record, keeps createdAt and raises the version",
    run: async (data) => {
      const first = await data.settings.put(setting({ ratio: 1.5, title: "first" }));
      const second = await data.settings.put(setting({ id: first.id, title: "second" }));
      expect(second).toMatchObject({ title: "second", ratio: null, version: 2 });
      expect(second.createdAt).toEqual(first.createdAt);
      expect(second.updatedAt.getTime()).toBeGreaterThanOrEqual(first.updatedAt.getTime());
      expect(await data.settings.get(first.id)).toEqual(second);
    },
  },
  {
    method: "upsert with operation id",
    name: "a replay raises no version a second time",
    run: async (data) => {
      const operation = randomUUID();
      const id = randomUUID();
      const first = await data.settings.put(setting({ id }), { operation });
      expect(await data.settings.put(setting({ id }), { operation })).toEqual(first);
      expect((await data.settings.get(id))?.version).toBe(1);
    },
  },
  {
    method: "upsert with operation id",
    name: "an empty key is a key like any other",
    run: async (data) => {
      const operation = randomUUID();
      const empty = session({ id: "" });
      expect(await data.sessions.save(empty, { operation })).toMatchObject(empty);
      expect(await data.sessions.save(empty, { operation })).toMatchObject(empty);
      expect(await data.sessions.get("")).toMatchObject(empty);
      expect(await data.sessions.get("%")).toBeUndefined();
    },
  },
  {
    method: "upsert with ttl",
    name: "the record expires; written again without one it stays; a change does not prolong it",
    run: async (data) => {
      const [gone, kept] = [session(), session()];
      await data.sessions.save(gone);
      await data.sessions.save(kept);
      await data.sessions.keep(kept);
      await data.sessions.change(gone.id, { data: 2 });
      expect((await data.sessions.get(gone.id))?.data).toBe(2);
      await sleep(1_200);
      expect(await data.sessions.get(gone.id)).toBeUndefined();
      expect(await data.sessions.get(kept.id)).toBeDefined();
      await expect(data.sessions.change(gone.id, { data: 3 })).rejects.toEqual(ofKind("not-found"));
      expect((await data.sessions.start({ id: gone.id, data: 4 })).data).toBe(4);
    },
  },
  {
    method: "patch",
    name: "changes the given fields only, raises the version, can set null",
    run: async (data) => {
      const stored = await data.settings.add(setting({ ratio: 1.5, tags: ["a"] }));
      const changed = await data.settings.change(stored.id, { title: "New", ratio: null });
      expect(changed).toMatchObject({ title: "New", ratio: null, tags: ["a"], version: 2 });
      expect(await data.settings.get(stored.id)).toEqual(changed);
      expect(changed.createdAt).toEqual(stored.createdAt);
      expect(changed.updatedAt.getTime()).toBeGreaterThanOrEqual(stored.updatedAt.getTime());
    },
  },
  {
    method: "patch",
    name: "a key that the method does not change is refused and named, and nothing is changed",
    run: async (data) => {
      const { createdAt, ...stored } = await data.settings.add(setting());
      const patches = [
        { title: "New", titel: "x" },
        { createdAt },
        JSON.parse('{"__proto__":{"title":"New"}}') as object,
      ];
      for (const patch of patches)
        await expect(data.settings.change(stored.id, patch)).rejects.toMatchObject({
          kind: "programming",
          operation: "settings.change",
          message: expect.stringMatching(/the patch has "(titel|createdAt|__proto__)".*title/),
        });
      expect(await data.settings.get(stored.id)).toEqual({ ...stored, createdAt });
      const undefinedKey = { title: "New", titel: undefined };
      expect((await data.settings.change(stored.id, undefinedKey)).title).toBe("New");
    },
  },
  {
    method: "patch",
    name: "a missing key is not found, and nothing comes about",
    run: async (data) => {
      const id = randomUUID();
      await expect(data.settings.change(id, { title: "x" })).rejects.toEqual(ofKind("not-found"));
      expect(await data.settings.get(id)).toBeUndefined();
    },
  },
  {
    method: "patch with ifVersion",
    name: "a stale version is a conflict and changes nothing; of racing ones each version is taken once",
    run: async (data) => {
      const stored = await data.settings.add(setting());
      await data.settings.change(stored.id, { title: "second" }, { ifVersion: 1 });
      await expect(
        data.settings.change(stored.id, { title: "lost" }, { ifVersion: 1 }),
      ).rejects.toEqual(ofKind("conflict"));
      const tries = Array.from({ length: 10 }, (_, n) =>
        data.settings.change(stored.id, { title: `${n}` }, { ifVersion: 2 }).then(
          () => 1,
          () => 0,
        ),
      );
      expect((await Promise.all(tries)).reduce<number>((sum, one) => sum + one, 0)).toBe(1);
      expect((await data.settings.get(stored.id))?.version).toBe(3);
      await expect(
        data.settings.change(randomUUID(), { title: "x" }, { ifVersion: 1 }),
      ).rejects.toEqual(ofKind("not-found"));
    },
  },
  {
    method: "patch with operation id",
    name: "a replay of a versioned change gives its first result, not a false conflict",
    run: async (data) => {
      const stored = await data.settings.add(setting({ ratio: 1 }));
      const options = { ifVersion: 1, operation: randomUUID() };
      const patch = { title: "second", ratio: null };
      const first = await data.settings.change(stored.id, patch, options);
      expect(await data.settings.change(stored.id, patch, options)).toEqual(first);
      expect((await data.settings.get(stored.id))?.version).toBe(2);
      await expect(
        data.settings.change(stored.id, { ...patch, title: "third" }, options),
      ).rejects.toEqual(ofKind("conflict"));
    },
  },
  {
    method: "increment",
    name: "adds and takes atomically, never past its bounds",
    run: async (data) => {
      const shop = data.forTenant(randomUUID());
      const key = { region: "eu", name: "calls" };
      await shop.quotas.put({ ...key, used: 50 });
      const takes = Array.from({ length: 60 }, () =>
        shop.quotas.free(key, -1).then(
          () => 1,
          () => 0,
        ),
      );
      expect((await Promise.all(takes)).reduce<number>((sum, one) => sum + one, 0)).toBe(50);
      expect((await shop.quotas.get(key))?.used).toBe(0);
      await expect(shop.quotas.free(key, -1)).rejects.toEqual(ofKind("constraint"));
      expect((await shop.quotas.use(key, 50)).used).toBe(50);
      await expect(shop.quotas.use(key, 1)).rejects.toEqual(ofKind("constraint"));
      await expect(shop.quotas.use(key, -1)).rejects.toEqual(ofKind("programming"));
      const missing = { ...key, name: "none" };
      await expect(shop.quotas.use(missing, 1)).rejects.toEqual(ofKind("not-found"));
    },
  },
  {
    method: "increment",
    name: "of 64 bits to the last digit, from null, and of binary fractions as JavaScript adds them",
    run: async (data) => {
      const shop = data.forTenant(randomUUID());
      const key = { region: "us", name: "sums" };
      await shop.quotas.put(key);
      expect((await shop.quotas.sum(key, 9_007_199_254_740_993n)).total).toBe(
        9_007_199_254_740_993n,
      );
      expect((await shop.quotas.sum(key, 9_214_364_837_600_034_814n)).total).toBe(
        9_223_372_036_854_775_807n,
      );
      for (const by of [1n, 2n ** 63n])
        await expect(shop.quotas.sum(key, by)).rejects.toEqual(ofKind("constraint"));
      expect((await shop.quotas.get(key))?.total).toBe(9_223_372_036_854_775_807n);
      await shop.quotas.split(key, 0.1);
      expect((await shop.quotas.split(key, 0.2)).share).toBe(0.1 + 0.2);
    },
  },
  {
    method: "increment with operation id",
    name: "twenty racing replays count once",
    run: async (data) => {
      const { id } = await data.settings.add(setting());
      const operation = randomUUID();
      const results = await Promise.all(
        Array.from({ length: 20 }, () => data.settings.view(id, 3n, { operation })),
      );
      expect(new Set(results.map(({ views }) => views))).toEqual(new Set([3n]));
      expect(await data.settings.get(id)).toMatchObject({ views: 3n, version: 2 });
    },
  },
  {
    method: "delete",
    name: "removes the record; a second one is not found; a stale version is a conflict",
    run: async (data) => {
      const { id } = await data.settings.add(setting());
      await expect(data.settings.remove(id, { ifVersion: 2 })).rejects.toEqual(ofKind("conflict"));
      await data.settings.remove(id, { ifVersion: 1 });
      expect(await data.settings.get(id)).toBeUndefined();
      await expect(data.settings.remove(id)).rejects.toEqual(ofKind("not-found"));
    },
  },
  {
    method: "delete with operation id",
    name: "a replay of a delete is not a false not-found",
    run: async (data) => {
      const { id } = await data.sessions.start(session());
      const operation = randomUUID();
      await data.sessions.end(id, { operation });
      await data.sessions.end(id, { operation });
      expect(await data.sessions.get(id)).toBeUndefined();
    },
  },
  {
    method: "composite key",
    name: "is found by all of its parts; no two keys are one, whatever they hold",
    run: async (data) => {
      const { quotas } = data.forTenant(randomUUID());
      const keys = [
        { region: "a:b", name: "c" },
        { region: "a", name: "b:c" },
        { region: "{a}", name: "b" },
        { region: "a", name: "%3ab" },
        { region: "}", name: "{" },
      ];
      for (const [used, key] of keys.entries()) await quotas.put({ ...key, used });
      expect((await quotas.getMany(keys)).map(({ used }) => used)).toEqual([0, 1, 2, 3, 4]);
      expect(await quotas.get({ region: "a", name: "c" })).toBeUndefined();
    },
  },
  {
    method: "tenants",
    name: "see only their own records; there is no way without a tenant",
    run: async (data) => {
      const [one, other] = [data.forTenant(randomUUID()), data.forTenant(randomUUID())];
      const key = { region: "eu", name: "calls" };
      await one.quotas.put({ ...key, used: 7 });
      expect(await other.quotas.get(key)).toBeUndefined();
      await expect(other.quotas.drop(key)).rejects.toEqual(ofKind("not-found"));
      expect((await one.quotas.get(key))?.used).toBe(7);
      expect("quotas" in data).toBe(false);
      // What would be a part of another tenant's key is no tenant.
      for (const text of ["a:eu", `${randomUUID()}:eu`, ""])
        expect(() => data.forTenant(text)).toThrow(/the tenant must be a UUID/);
    },
  },
  {
    method: "abort and deadline",
    name: "an aborted call rejects with its reason; a deadline that is none is refused",
    run: async (data) => {
      const reason = new Error("enough");
      await expect(
        data.sessions.get(randomUUID(), { signal: AbortSignal.abort(reason) }),
      ).rejects.toBe(reason);
      await expect(data.sessions.get(randomUUID(), { deadlineMs: 0 })).rejects.toEqual(
        ofKind("programming"),
      );
    },
  },
  {
    method: "onChanged",
    name: "a read-through cache over it never serves what a write has replaced",
    run: async (data) => {
      const { id } = await data.sessions.start(session({ data: "first" }));
      expect((await data.sessionCache.get(id))?.data).toBe("first");
      await data.sessions.change(id, { data: "second" });
      expect((await data.sessionCache.get(id))?.data).toBe("second");
      await data.sessions.end(id);
      expect(await data.sessionCache.get(id)).toBeUndefined();
    },
  },
  {
    method: "health",
    name: "is ready",
    run: async (data) => expect(await data.health.ready()).toMatchObject({ ok: true }),
  },
];
