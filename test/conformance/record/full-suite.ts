/** What an authority may offer beyond the common part; an engine that cannot be planned for it shows as not proven. */
import { randomInt, randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import type { FullLayer } from "./full-layer.ts";

export interface FullCase {
  readonly method: string;
  readonly name: string;
  run(data: FullLayer): Promise<void>;
}

const ofKind = (kind: string) => expect.objectContaining({ name: "DataError", kind });
const account = (more: object = {}) => ({
  owner: randomUUID(),
  openedAt: new Date(),
  entries: [{ no: 1, amount: 5 }],
  ...more,
});
const key = (): string => randomUUID().slice(0, 30);

/** Two neighbours that no double tells apart, and one that fits 32 bits. */
const farAndNear = (): readonly bigint[] => {
  const far = -9_007_199_254_740_993n - BigInt(randomInt(2 ** 40)) * 2n ** 22n;
  return [far, far - 1n, BigInt(randomInt(2 ** 31))];
};

type Call = (options: object) => Promise<unknown>;

/** Two ways in which a caller leaves a statement that was sent. */
const soonAborted = async (call: Call): Promise<void> => {
  const caller = new AbortController();
  const answer = call({ signal: caller.signal });
  caller.abort(new Error("enough"));
  await expect(answer).rejects.toThrow("enough");
};
const soonLate = async (call: Call): Promise<void> =>
  expect(call({ deadlineMs: 1 })).rejects.toEqual(ofKind("timeout"));

export const fullCases: readonly FullCase[] = [
  {
    method: "aggregate",
    name: "sums and counts by UTC day, in the order of the days, within the filter",
    run: async (data) => {
      const id = key();
      const other = key();
      await data.counters.addAll([{ id }, { id: other }]);
      const visit = (weight: number, at: string, counterId = id) =>
        data.visits.record({ counterId, weight, at: new Date(at) });
      await visit(2, "2026-03-29T00:30:00Z");
      await visit(3, "2026-03-28T23:30:00Z");
      await visit(4, "2026-03-29T23:59:59.999Z");
      await visit(100, "2026-03-29T12:00:00Z", other);
      expect(await data.visits.totals({ counterId: id })).toEqual([
        { atDay: "2026-03-28", sumWeight: 3n, count: 1 },
        { atDay: "2026-03-29", sumWeight: 6n, count: 2 },
      ]);
      const at = { min: new Date("2026-03-29T00:30:00Z"), max: new Date("2026-03-29T00:30:00Z") };
      expect(await data.visits.totals({ counterId: id, at })).toEqual([
        { atDay: "2026-03-29", sumWeight: 2n, count: 1 },
      ]);
    },
  },
  {
    method: "database sequence",
    name: "keys are made by the store, distinct and found again",
    run: async (data) => {
      const id = key();
      await data.counters.put({ id });
      const made = await Promise.all(
        [1, 2, 3].map((weight) => data.visits.record({ counterId: id, weight, at: new Date() })),
      );
      expect(new Set(made.map((visit) => visit.id)).size).toBe(3);
      expect((await data.visits.get(made[1]?.id ?? 0n))?.weight).toBe(2);
    },
  },
  {
    method: "reference",
    name: "a missing target and a target in use are constraint errors",
    run: async (data) => {
      await expect(
        data.visits.record({ counterId: "none", weight: 1, at: new Date() }),
      ).rejects.toEqual(ofKind("constraint"));
      const id = key();
      await data.counters.put({ id });
      await data.visits.record({ counterId: id, weight: 1, at: new Date() });
      await expect(data.counters.remove(id)).rejects.toEqual(ofKind("constraint"));
    },
  },
  {
    method: "upsert",
    name: "inserts with defaults, then replaces and raises the version",
    run: async (data) => {
      const id = key();
      expect(await data.counters.put({ id, label: "a" })).toMatchObject({
        id,
        value: 0,
        label: "a",
        version: 1,
      });
      expect(await data.counters.put({ id, value: 7 })).toMatchObject({
        id,
        value: 7,
        label: null,
        version: 2,
      });
    },
  },
  {
    method: "upsert with operation id",
    name: "a replay raises no version a second time",
    run: async (data) => {
      const id = key();
      const operation = randomUUID();
      await data.counters.put({ id, value: 1 });
      const first = await data.counters.put({ id, value: 2 }, { operation });
      expect(await data.counters.put({ id, value: 2 }, { operation })).toEqual(first);
      expect((await data.counters.get(id))?.version).toBe(2);
    },
  },
  {
    method: "bulk",
    name: "insert and upsert of many are all or nothing",
    run: async (data) => {
      const ids = Array.from({ length: 300 }, key);
      expect(await data.counters.addAll(ids.map((id, value) => ({ id, value })))).toHaveLength(300);
      const fresh = key();
      await expect(data.counters.addAll([{ id: fresh }, { id: ids[0] }])).rejects.toEqual(
        ofKind("conflict"),
      );
      expect(await data.counters.get(fresh)).toBeUndefined();
      const mixed = await data.counters.putAll([
        { id: fresh, value: 1 },
        { id: ids[0], value: 9 },
      ]);
      expect(mixed.map(({ value, version }) => [value, version]).toSorted()).toEqual([
        [1, 1],
        [9, 2],
      ]);
      expect(await data.counters.putAll([])).toEqual([]);
    },
  },
  {
    method: "increment",
    name: "adds and takes atomically, never below the floor",
    run: async (data) => {
      const id = key();
      await data.counters.put({ id, value: 50 });
      const takes = Array.from({ length: 60 }, () =>
        data.counters.take(id, -1).then(
          () => 1,
          () => 0,
        ),
      );
      expect((await Promise.all(takes)).reduce<number>((sum, one) => sum + one, 0)).toBe(50);
      expect((await data.counters.get(id))?.value).toBe(0);
      await expect(data.counters.take(id, -1)).rejects.toEqual(ofKind("constraint"));
      const [full, top] = [key(), 2 ** 31 - 1];
      await data.counters.put({ id: full, value: top });
      await expect(data.counters.add(full, 1)).rejects.toEqual(ofKind("constraint"));
      await expect(data.counters.add(full, top)).rejects.toEqual(ofKind("constraint"));
      expect((await data.counters.get(full))?.value).toBe(top);
      expect((await data.counters.add(id, 5)).value).toBe(5);
      await expect(data.counters.add(id, -5)).rejects.toEqual(ofKind("programming"));
      await expect(data.counters.add(key(), 5)).rejects.toEqual(ofKind("not-found"));
    },
  },
  {
    method: "increment",
    name: "an amount that the field does not take is refused before it is sent, with an operation id and without",
    run: async (data) => {
      const id = key();
      await data.counters.put({ id, value: 50 });
      const refused = {
        name: "DataError",
        kind: expect.stringMatching(/^(?:programming|constraint)$/),
      };
      const amounts = [
        0.5,
        Number.NaN,
        Infinity,
        2 ** 31,
        "x",
        undefined,
        null,
        -1,
      ] as readonly number[];
      for (const by of amounts)
        for (const options of [{}, { operation: randomUUID() }])
          await expect(data.counters.add(id, by, options), String(by)).rejects.toMatchObject(
            refused,
          );
      expect(await data.counters.get(id)).toMatchObject({ value: 50, version: 1 });
    },
  },
  {
    method: "increment with operation id",
    name: "twenty racing replays count once",
    run: async (data) => {
      const id = key();
      const operation = randomUUID();
      await data.counters.put({ id });
      await Promise.all(Array.from({ length: 20 }, () => data.counters.add(id, 3, { operation })));
      expect((await data.counters.get(id))?.value).toBe(3);
    },
  },
  {
    method: "delete",
    name: "removes the row and what it owns; a second one is not found; a stale version is a conflict",
    run: async (data) => {
      const shop = data.forTenant(randomUUID());
      const made = await shop.accounts.open(account());
      await expect(shop.accounts.shut(made.id, { ifVersion: 7 })).rejects.toEqual(
        ofKind("conflict"),
      );
      await shop.accounts.shut(made.id, { ifVersion: 1 });
      expect(await shop.accounts.get(made.id)).toBeUndefined();
      await expect(shop.accounts.shut(made.id)).rejects.toEqual(ofKind("not-found"));
    },
  },
  {
    method: "delete with operation id",
    name: "a replay of a delete is not a false not-found",
    run: async (data) => {
      const id = key();
      const operation = randomUUID();
      await data.counters.put({ id });
      await data.counters.remove(id, { operation });
      await data.counters.remove(id, { operation });
      expect(await data.counters.get(id)).toBeUndefined();
    },
  },
  {
    method: "soft delete",
    name: "hides the row from every read and frees its unique value",
    run: async (data) => {
      const path = `/${randomUUID()}`;
      const first = await data.wikiPages.add({ path });
      await data.wikiPages.drop(first.id);
      expect(await data.wikiPages.get(first.id)).toBeUndefined();
      expect((await data.wikiPages.list()).some(({ id }) => id === first.id)).toBe(false);
      await expect(data.wikiPages.drop(first.id)).rejects.toEqual(ofKind("not-found"));
      expect((await data.wikiPages.add({ path })).id).not.toBe(first.id);
    },
  },
  {
    method: "tenant",
    name: "no method of one tenant sees, changes or removes a row of another",
    run: async (data) => {
      const mine = data.forTenant(randomUUID());
      const theirs = data.forTenant(randomUUID());
      const made = await mine.accounts.open(account());
      expect(await theirs.accounts.get(made.id)).toBeUndefined();
      expect((await theirs.accounts.list({})).items).toEqual([]);
      expect((await theirs.accounts.history(made.id, {})).items).toEqual([]);
      expect(await theirs.accounts.asOf(made.id, new Date())).toBeUndefined();
      await expect(theirs.accounts.rename(made.id, { owner: "x" })).rejects.toEqual(
        ofKind("not-found"),
      );
      await expect(theirs.accounts.shut(made.id)).rejects.toEqual(ofKind("not-found"));
      expect((await mine.accounts.list({})).items.map(({ id }) => id)).toEqual([made.id]);
      // Unique per tenant, not over all of them.
      expect((await theirs.accounts.open(account({ owner: made.owner }))).owner).toBe(made.owner);
    },
  },
  {
    method: "tenant in the database",
    name: "SQL of one's own, bound to a tenant, sees its rows only",
    run: async (data) => {
      const mine = data.forTenant(randomUUID());
      const theirs = data.forTenant(randomUUID());
      await mine.accounts.open(account());
      const count = (tenant: typeof mine): Promise<string | null | undefined> =>
        tenant.main.transaction(
          async (tx) => (await tx.raw("select count(*) from accounts")).rows[0]?.[0],
        );
      expect([await count(mine), await count(theirs)]).toEqual(["1", "0"]);
      expect(() => data.forTenant("")).toThrow(ofKind("programming"));
    },
  },
  {
    method: "history",
    name: "tells every change, newest first, with the state and its children at that time",
    run: async (data) => {
      const shop = data.forTenant(randomUUID());
      const made = await shop.accounts.open(account({ owner: "a" }));
      await sleep(15);
      await shop.accounts.rename(made.id, { owner: "b" });
      await sleep(15);
      await shop.accounts.shut(made.id);
      const { items } = await shop.accounts.history(made.id, {});
      expect(items.map(({ change, state }) => [change, state.owner])).toEqual([
        ["delete", "b"],
        ["update", "b"],
        ["insert", "a"],
      ]);
      expect(items[2]?.state.entries).toEqual([{ no: 1, amount: 5 }]);
      const first = await shop.accounts.history(made.id, { limit: 2 });
      const rest = await shop.accounts.history(made.id, { limit: 2, after: first.next });
      expect([...first.items, ...rest.items]).toEqual(items);
    },
  },
  {
    method: "history",
    name: "tells the changes of one transaction apart, each with the children it left",
    run: async (data) => {
      const shop = data.forTenant(randomUUID());
      const saved = (id: string, ...numbers: readonly number[]) =>
        account({ id, owner: "a", entries: numbers.map((no) => ({ no, amount: no })) });
      const id = randomUUID();
      await shop.main.transaction(async (tx) => {
        await tx.accounts.save(saved(id, 1, 2));
        await tx.accounts.save(saved(id, 2, 3));
        await tx.accounts.rename(id, { owner: "b" });
        await tx.accounts.save(saved(id, 4));
        await tx.accounts.shut(id);
        await tx.accounts.save(saved(id, 5));
      });
      const { items } = await shop.accounts.history(id, {});
      expect(
        items.map(({ change, state }) => [change, ...state.entries.map(({ no }) => no)]),
      ).toEqual([
        ["insert", 5],
        ["delete", 4],
        ["update", 4],
        ["update", 2, 3],
        ["update", 2, 3],
        ["insert", 1, 2],
      ]);
      expect((await shop.accounts.asOf(id, new Date(Date.now() + 1_000)))?.entries).toEqual([
        { no: 5, amount: 5 },
      ]);
    },
  },
  {
    method: "upsert of an aggregate",
    name: "at once with another leaves one of both whole, never a mix of their children",
    run: async (data) => {
      const shop = data.forTenant(randomUUID());
      const id = randomUUID();
      const saved = (...numbers: readonly number[]) =>
        account({ id, balance: numbers.length, entries: numbers.map((no) => ({ no, amount: 0 })) });
      for (const before of [true, false]) {
        if (before) await shop.accounts.save(saved(9));
        const written = Promise.withResolvers<undefined>();
        const later = written.promise.then(() => shop.accounts.save(saved(3)));
        await shop.main.transaction(async (tx) => {
          await tx.accounts.save(saved(1, 2));
          written.resolve(undefined);
          await sleep(100);
        });
        await later;
        const { balance, entries } = (await shop.accounts.get(id)) ?? {};
        expect([balance, entries?.map(({ no }) => no)]).toEqual([1, [3]]);
        await shop.accounts.shut(id);
      }
    },
  },
  {
    method: "upsert",
    name: "of rows with a 64-bit integer as their key",
    run: async (data) => {
      const parcels = farAndNear().map((no) => ({ no, label: `${no}` }));
      expect(await data.parcels.putAll(parcels)).toEqual(parcels);
      const relabelled = parcels.map((one) => ({ ...one, label: "again" }));
      expect(await data.parcels.putAll(relabelled)).toEqual(relabelled);
      const keys = parcels.map(({ no }) => no).toReversed();
      expect(await data.parcels.getMany(keys)).toEqual(relabelled.toReversed());
      const twice = Promise.resolve().then(() => data.parcels.putAll([...parcels, ...parcels]));
      await expect(twice).rejects.toEqual(ofKind("programming"));
      await expect(data.parcels.addAll(parcels)).rejects.toEqual(ofKind("conflict"));
    },
  },
  {
    method: "composite key",
    name: "many rows with a 64-bit integer in it are written at once",
    run: async (data) => {
      const hall = key();
      const bays = farAndNear().map((no) => ({ hall, no, label: `${no}` }));
      expect(await data.bays.putAll(bays)).toEqual(bays);
      expect(await data.bays.putAll(bays.toReversed())).toEqual(bays.toReversed());
      expect(await data.bays.getMany(bays.map(({ no }) => ({ hall, no })))).toEqual(bays);
      const twice = Promise.resolve().then(() => data.bays.putAll([...bays, ...bays]));
      await expect(twice).rejects.toEqual(ofKind("programming"));
      await expect(data.bays.addAll(bays)).rejects.toEqual(ofKind("conflict"));
    },
  },
  {
    method: "asOf",
    name: "gives the state of any moment, and nothing before and after its life",
    run: async (data) => {
      const shop = data.forTenant(randomUUID());
      const before = new Date();
      await sleep(15);
      const made = await shop.accounts.open(account({ owner: "a" }));
      await sleep(15);
      const between = new Date();
      await sleep(15);
      await shop.accounts.rename(made.id, { owner: "b" });
      await sleep(15);
      const later = new Date();
      await sleep(15);
      await shop.accounts.shut(made.id);
      const at = async (moment: Date): Promise<string | undefined> =>
        (await shop.accounts.asOf(made.id, moment))?.owner;
      expect([
        await at(before),
        await at(between),
        await at(later),
        await at(new Date(Date.now() + 1_000)),
      ]).toEqual([undefined, "a", "b", undefined]);
    },
  },
  {
    method: "insert many with operation id",
    name: "stands for what was given of every row, whichever keys are made",
    run: async (data) => {
      const operation = key();
      const [first, second] = [{ id: randomUUID(), path: key() }, { path: key() }];
      const made = await data.wikiPages.addAll([first, second], { operation });
      expect(await data.wikiPages.addAll([first, second], { operation })).toEqual(made);
      const others = [
        [{ ...first, id: randomUUID() }, second],
        [first, { ...second, id: randomUUID() }],
        [first, { path: key() }],
        [{ path: first.path }, second],
      ];
      for (const other of others)
        await expect(data.wikiPages.addAll(other, { operation })).rejects.toEqual(
          ofKind("conflict"),
        );
      const pages = await data.wikiPages.list();
      const found = pages.filter(({ path }) => [first.path, second.path].includes(path));
      expect(found.map(({ id }) => id).toSorted()).toEqual(made.map(({ id }) => id).toSorted());
    },
  },
  {
    method: "insert with operation id",
    name: "a replay makes no new keys, its own or those of owned children",
    run: async (data) => {
      const given = { title: "a", photos: [{ caption: "1" }, { caption: "2" }] };
      for (const write of [data.albums.add, data.albums.save]) {
        const operation = key();
        const made = await write(given, { operation });
        expect(made.photos.map(({ caption }) => caption).toSorted()).toEqual(["1", "2"]);
        expect(await write(given, { operation })).toEqual(made);
        expect(await data.albums.get(made.id)).toEqual(made);
        const others = [
          { ...given, id: made.id },
          { ...given, photos: made.photos },
          { ...given, photos: given.photos.slice(1) },
        ];
        for (const other of others)
          await expect(write(other, { operation })).rejects.toEqual(ofKind("conflict"));
      }
    },
  },
  {
    method: "insert many with operation id",
    name: "a replay makes no new keys, its own or those of owned children",
    run: async (data) => {
      const operation = key();
      const [high, low] = [`f${randomUUID().slice(1)}`, `00000000${randomUUID().slice(8)}`];
      const given = [
        { title: "a", photos: [{ id: high, caption: "3" }, { caption: "2" }] },
        { id: randomUUID(), title: "b", photos: [{ caption: "2" }, { id: low, caption: "1" }] },
      ];
      const made = await data.albums.addAll(given, { operation });
      expect(await data.albums.addAll(given, { operation })).toEqual(made);
      const order = made.map(({ photos }) => photos.map(({ caption }) => caption));
      expect(order).toEqual([
        ["2", "3"],
        ["1", "2"],
      ]);
      for (const album of made) expect(await data.albums.get(album.id)).toEqual(album);
    },
  },
  {
    method: "upsert",
    name: "of a root with two children of one key is refused, and nothing is written",
    run: async (data) => {
      const album = { id: randomUUID(), title: "a", photos: [{ caption: "kept" }] };
      const kept = await data.albums.save(album);
      const id = randomUUID();
      const photos = ["1", "2"].map((caption) => ({ id, caption }));
      for (const given of [
        { ...album, title: "b", photos },
        { id: randomUUID(), title: "c", photos },
      ]) {
        const refused = Promise.resolve().then(() => data.albums.save(given));
        await expect(refused).rejects.toMatchObject({
          kind: expect.stringMatching(/^(?:conflict|programming)$/) as unknown,
        });
      }
      expect(await data.albums.get(album.id)).toEqual(kept);
      const several = Promise.resolve().then(() =>
        data.albums.addAll([
          { id, title: "c", photos: [] },
          { title: "d", photos },
        ]),
      );
      await expect(several).rejects.toThrow(/key/);
      expect(await data.albums.get(id)).toBeUndefined();
    },
  },
  {
    method: "transaction",
    name: "a tx that outlives it is refused, and changes nothing",
    run: async (data) => {
      const id = key();
      await data.counters.put({ id, value: 5 });
      const kept = await data.main.transaction(async (tx) => {
        await tx.counters.add(id, 1);
        return tx;
      });
      await expect(kept.counters.add(id, 10)).rejects.toEqual(ofKind("programming"));
      await data.main.transaction(async (tx) => {
        await tx.counters.add(id, 1);
        await expect(kept.counters.get(id)).rejects.toEqual(ofKind("programming"));
        await expect(kept.counters.add(id, 10)).rejects.toEqual(ofKind("programming"));
      });
      expect((await data.counters.get(id))?.value).toBe(7);
    },
  },
  {
    method: "transaction",
    name: "is all or nothing, and passes the callback's own error on",
    run: async (data) => {
      const id = key();
      const own = new Error("mine");
      await expect(
        data.main.transaction(async (tx) => {
          await tx.counters.put({ id, value: 1 });
          expect((await tx.counters.get(id))?.value).toBe(1);
          throw own;
        }),
      ).rejects.toBe(own);
      expect(await data.counters.get(id)).toBeUndefined();
      expect(
        await data.main.transaction(async (tx) => (await tx.counters.put({ id, value: 2 })).value),
      ).toBe(2);
      expect((await data.counters.get(id))?.value).toBe(2);
    },
  },
  {
    method: "transaction",
    name: "is not committed once a statement of it was given up, although the callback goes on",
    run: async (data) => {
      for (const leave of [soonAborted, soonLate]) {
        const [id, other] = [key(), key()];
        const rows = Array.from({ length: 2_000 }, () => ({ id: key(), value: 1 }));
        const committed = data.main.transaction(
          async (tx) => {
            await tx.counters.put({ id });
            await leave((options) => tx.counters.putAll(rows, options));
            await expect(tx.counters.put({ id: other })).rejects.toEqual(ofKind("programming"));
            return "committed";
          },
          { deadlineMs: 20_000 },
        );
        await expect(committed).rejects.toMatchObject({
          kind: "programming",
          message: expect.stringContaining("counters.putAll was given up") as string,
        });
        for (const { id: lost } of [{ id }, { id: other }, ...rows.slice(0, 3)])
          expect(await data.counters.get(lost)).toBeUndefined();
      }
    },
  },
  {
    method: "transaction",
    name: "a call on the root inside it is refused, not deadlocked",
    run: async (data) => {
      const id = key();
      await data.counters.put({ id });
      await expect(
        data.main.transaction(async (tx) => {
          await tx.counters.add(id, 1);
          await data.counters.add(id, 1);
        }),
      ).rejects.toEqual(ofKind("programming"));
      expect((await data.counters.get(id))?.value).toBe(0);
    },
  },
  {
    method: "transaction, rerunnable",
    name: "serializable counters lose no update",
    run: async (data) => {
      const id = key();
      await data.counters.put({ id });
      let runs = 0;
      const raise = () =>
        data.main.transaction(
          async (tx) => {
            runs += 1;
            const read = await tx.counters.get(id);
            await tx.counters.put({ id, value: (read?.value ?? 0) + 1 });
          },
          { isolation: "serializable", rerunnable: true, deadlineMs: 20_000 },
        );
      const done = await Promise.allSettled(Array.from({ length: 8 }, raise));
      const committed = done.filter(({ status }) => status === "fulfilled").length;
      expect((await data.counters.get(id))?.value).toBe(committed);
      expect(committed).toBeGreaterThan(0);
      expect(runs).toBeGreaterThanOrEqual(committed);
    },
  },
];
