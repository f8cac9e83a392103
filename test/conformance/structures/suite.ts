/** What the structures of a key-value workload promise, told once and run against every engine that has them. */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import type { StructuresLayer } from "./layer.ts";

type Rooms = ReturnType<StructuresLayer["forTenant"]>["rooms"];

export interface Case {
  /** Row of the closing table. */
  readonly method: string;
  readonly name: string;
  run(data: StructuresLayer["live"], roomsOf: (tenant: string) => Rooms): Promise<void>;
}

const ofKind = (kind: string) => expect.objectContaining({ name: "DataError", kind });

export const cases: readonly Case[] = [
  {
    method: "tenants",
    name: "what belongs to one is not seen by another, whatever keys and tenants are called",
    run: async (_, roomsOf) => {
      const key = randomUUID();
      const [one, other] = [roomsOf("a"), roomsOf("a:b")];
      await one.points.add(`b:${key}`, [{ member: "ann", score: 1 }]);
      await one.people.set(`b:${key}`, { ann: 1 });
      await one.events.append(`b:${key}`, { at: 1 });
      expect(await other.points.size(key)).toBe(0);
      expect((await other.people.getAll(key)).size).toBe(0);
      expect(await other.events.read(key)).toEqual([]);
      expect(await roomsOf("{a}").points.size(`b:${key}`)).toBe(0);
      expect(await one.points.score(`b:${key}`, "ann")).toBe(1);
      const operation = randomUUID();
      for (const rooms of [one, other])
        expect(await rooms.people.increment(key, "n", 2, { operation })).toBe(2);
      const heard = await other.calls.subscribe(key);
      await one.calls.publish(key, "one's");
      await other.calls.publish(key, "the other's");
      expect((await heard.next()).value).toBe("the other's");
      await heard.return?.();
      expect(() => roomsOf("")).toThrow("tenant");
    },
  },
  {
    method: "hash",
    name: "fields are set, read one by one and together, and removed, whatever they are called",
    run: async ({ presence }) => {
      const key = randomUUID();
      const odd = ["__proto__", "", "a:b", "{x}", "ünï 🐘"];
      expect(await presence.get(key, "ann")).toBeUndefined();
      expect(await presence.getAll(key)).toEqual(new Map());
      const values = Object.fromEntries(odd.slice(1).map((name) => [name, { at: name, x: 0.5 }]));
      await presence.set(key, values);
      await presence.set(key, JSON.parse('{"__proto__": {"at": "p"}}') as typeof values);
      expect(await presence.get(key, "a:b")).toEqual({ at: "a:b", x: 0.5 });
      expect([...(await presence.getAll(key)).keys()].toSorted()).toEqual(odd.toSorted());
      expect(await presence.remove(key, ["a:b", "none"])).toBe(1);
      expect(await presence.remove(key, [])).toBe(0);
      expect((await presence.getAll(key)).size).toBe(4);
    },
  },
  {
    method: "hash",
    name: "values keep their type exactly; one that is none is refused",
    run: async ({ seen, visits }) => {
      const key = randomUUID();
      const at = new Date("2038-01-19T03:14:07.123Z");
      await seen.set(key, { ann: at });
      expect(await seen.get(key, "ann")).toEqual(at);
      await expect(seen.set(key, { bob: new Date(Number.NaN) })).rejects.toEqual(
        ofKind("constraint"),
      );
      await expect(seen.set(key, { bob: null as never })).rejects.toEqual(ofKind("constraint"));
      await visits.set(key, { big: 9_007_199_254_740_993n });
      expect(await visits.get(key, "big")).toBe(9_007_199_254_740_993n);
    },
  },
  {
    method: "hash",
    name: "null is a value of JSON, as it is a message of a stream and of a channel",
    run: async ({ presence, moves, room }) => {
      const key = randomUUID();
      const nothing = null as never;
      await presence.set(key, { ann: nothing, bob: { at: "b" } });
      expect(await presence.get(key, "ann")).toBeNull();
      expect(await presence.getAll(key)).toEqual(
        new Map([
          ["ann", null],
          ["bob", { at: "b" }],
        ]),
      );
      await moves.append(key, nothing);
      expect((await moves.read(key)).map(({ message }) => message)).toEqual([null]);
      const heard = await room.subscribe(key);
      await room.publish(key, nothing);
      expect(await heard.next()).toEqual({ value: null, done: false });
      await heard.return?.();
    },
  },
  {
    method: "hash increment",
    name: "counts to the last of 64 bits, at once, and once for an operation id",
    run: async ({ visits }) => {
      const key = randomUUID();
      expect(await visits.increment(key, "n", 9_007_199_254_740_993n)).toBe(9_007_199_254_740_993n);
      expect(await visits.increment(key, "n", -9_007_199_254_740_990n)).toBe(3n);
      const operation = randomUUID();
      const all = await Promise.all(
        Array.from({ length: 20 }, () => visits.increment(key, "n", 2n, { operation })),
      );
      expect(new Set(all)).toEqual(new Set([5n]));
      await expect(visits.increment(key, "n", 3n, { operation })).rejects.toEqual(
        ofKind("conflict"),
      );
      await Promise.all(Array.from({ length: 50 }, () => visits.increment(key, "m", 1n)));
      expect(await visits.get(key, "m")).toBe(50n);
    },
  },
  {
    method: "hash increment",
    name: "beyond the range of the type is refused, and nothing is added",
    run: async ({ visits }, roomsOf) => {
      const key = randomUUID();
      const { people } = roomsOf("a");
      const outside = ofKind("constraint");
      const most = 2n ** 63n - 1n;
      await visits.set(key, { n: most });
      await expect(visits.increment(key, "n", 1n)).rejects.toEqual(outside);
      await expect(visits.increment(key, "m", 2n ** 63n)).rejects.toEqual(outside);
      expect(await visits.getAll(key)).toEqual(new Map([["n", most]]));
      await people.set(key, { n: 2_147_483_647 });
      const operation = randomUUID();
      await expect(people.increment(key, "n", 1, { operation })).rejects.toEqual(outside);
      await expect(people.increment(key, "m", -2_147_483_649)).rejects.toEqual(outside);
      expect(await people.getAll(key)).toEqual(new Map([["n", 2_147_483_647]]));
      expect(await people.increment(key, "n", -1)).toBe(2_147_483_646);
    },
  },
  {
    method: "sorted set",
    name: "ranks, pages from the top, ranges by score, counts",
    run: async ({ board }) => {
      const key = randomUUID();
      const members = Array.from({ length: 30 }, (_, score) => ({ member: `p${score}`, score }));
      expect(await board.add(key, members)).toBe(30);
      expect(await board.add(key, [{ member: "p0", score: 100 }])).toBe(0);
      expect(await board.rank(key, "p0")).toBe(0);
      expect(await board.rank(key, "nobody")).toBeUndefined();
      expect(await board.score(key, "nobody")).toBeUndefined();
      expect(await board.top(key, { limit: 2 })).toEqual([
        { member: "p0", score: 100 },
        { member: "p29", score: 29 },
      ]);
      expect((await board.top(key, { limit: 2, offset: 2 })).map(({ member }) => member)).toEqual([
        "p28",
        "p27",
      ]);
      expect((await board.range(key, { min: 10, max: 12 })).map(({ score }) => score)).toEqual([
        10, 11, 12,
      ]);
      expect(await board.range(key, { min: 28 }, { limit: 2 })).toHaveLength(2);
      expect(await board.increment(key, "p5", 0.25)).toBe(5.25);
      expect(await board.score(key, "p5")).toBe(5.25);
      expect(await board.remove(key, ["p5", "none"])).toBe(1);
      expect(await board.size(key)).toBe(29);
      expect(await board.size(randomUUID())).toBe(0);
    },
  },
  {
    method: "sorted set",
    name: "scores go to the infinities; no number is refused",
    run: async ({ board }) => {
      const key = randomUUID();
      await board.add(key, [
        { member: "top", score: Infinity },
        { member: "bottom", score: -Infinity },
        { member: "third", score: 0.1 + 0.2 },
      ]);
      expect((await board.top(key)).map(({ score }) => score)).toEqual([
        Infinity,
        0.1 + 0.2,
        -Infinity,
      ]);
      expect(await board.score(key, "top")).toBe(Infinity);
      await expect(board.add(key, [{ member: "x", score: Number.NaN }])).rejects.toEqual(
        ofKind("programming"),
      );
      await expect(board.top(key, { limit: 0 })).rejects.toEqual(ofKind("programming"));
      await expect(board.size("")).rejects.toEqual(ofKind("programming"));
    },
  },
  {
    method: "sorted set with operation id",
    name: "twenty racing replays count once",
    run: async ({ board }) => {
      const key = randomUUID();
      const operation = randomUUID();
      const all = await Promise.all(
        Array.from({ length: 20 }, () => board.increment(key, "ann", 7, { operation })),
      );
      expect(new Set(all)).toEqual(new Set([7]));
      expect(await board.score(key, "ann")).toBe(7);
    },
  },
  {
    method: "ttl",
    name: "a structure is gone that long after its last change",
    run: async ({ brief }) => {
      const key = randomUUID();
      await brief.add(key, [{ member: "a", score: 1 }]);
      await sleep(600);
      await brief.increment(key, "a", 1);
      await sleep(600);
      expect(await brief.score(key, "a")).toBe(2);
      await sleep(700);
      expect(await brief.score(key, "a")).toBeUndefined();
    },
  },
  {
    method: "stream",
    name: "keeps messages in order, reads on from an id, and no more than about its length",
    run: async ({ moves }) => {
      const key = randomUUID();
      const ids: string[] = [];
      for (let n = 0; n < 5; n += 1) ids.push(await moves.append(key, { from: `${n}`, to: "é🐘" }));
      const read = await moves.read(key);
      expect(read.map(({ id }) => id)).toEqual(ids);
      expect(read[4]?.message).toEqual({ from: "4", to: "é🐘" });
      const rest = await moves.read(key, { after: ids[1], limit: 2 });
      expect(rest.map(({ message }) => message.from)).toEqual(["2", "3"]);
      expect(await moves.read(randomUUID())).toEqual([]);
      for (let n = 0; n < 600; n += 50)
        await Promise.all(
          Array.from({ length: 50 }, () => moves.append(key, { from: "x", to: "y" })),
        );
      const kept = (await moves.read(key, { limit: 1_000 })).length;
      expect(kept).toBeGreaterThanOrEqual(100);
      expect(kept).toBeLessThan(400);
    },
  },
  {
    method: "stream with operation id",
    name: "a replay appends nothing and gives the first id",
    run: async ({ moves }) => {
      const key = randomUUID();
      const operation = randomUUID();
      const ids = await Promise.all(
        Array.from({ length: 10 }, () => moves.append(key, { from: "a", to: "b" }, { operation })),
      );
      expect(new Set(ids).size).toBe(1);
      expect(await moves.read(key)).toHaveLength(1);
    },
  },
  {
    method: "stream",
    name: "what JSON does not hold is refused before it is sent",
    run: async ({ moves, room }) => {
      const key = randomUUID();
      for (const wrong of [undefined, 1n, { from: 1n }, () => 1] as never[]) {
        await expect(moves.append(key, wrong)).rejects.toEqual(ofKind("constraint"));
        await expect(room.publish(key, wrong)).rejects.toEqual(ofKind("constraint"));
      }
      expect(await moves.read(key)).toEqual([]);
    },
  },
  {
    method: "stream groups",
    name: "share the messages, hold what is not acknowledged, and let others claim it",
    run: async ({ moves }) => {
      const key = randomUUID();
      await expect(moves.take(key, "workers", "one")).rejects.toEqual(ofKind("not-found"));
      await moves.join(key, "workers");
      await moves.join(key, "workers");
      for (let n = 0; n < 6; n += 1) await moves.append(key, { from: `${n}`, to: "" });
      const one = await moves.take(key, "workers", "one", 4);
      const two = await moves.take(key, "workers", "two", 4);
      expect([one.length, two.length]).toEqual([4, 2]);
      expect(await moves.take(key, "workers", "one")).toEqual([]);
      const ids = one.map(({ id }) => id);
      expect(await moves.acknowledge(key, "workers", ids.slice(0, 3))).toBe(3);
      expect(await moves.acknowledge(key, "workers", ids.slice(0, 3))).toBe(0);
      await sleep(30);
      expect(await moves.claim(key, "workers", "three", 60_000)).toEqual([]);
      const claimed = await moves.claim(key, "workers", "three", 20);
      expect(claimed.map(({ message }) => message.from)).toEqual(["3", "4", "5"]);
      expect(await moves.claim(key, "workers", "one", 60_000)).toEqual([]);
    },
  },
  {
    method: "stream groups",
    name: "what has lain idle is found behind what another consumer keeps",
    run: async ({ moves }) => {
      const key = randomUUID();
      await moves.join(key, "workers");
      await Promise.all(
        Array.from({ length: 60 }, (_, n) => moves.append(key, { from: `${n}`, to: "" })),
      );
      const kept = await moves.take(key, "workers", "busy", 55);
      const left = await moves.take(key, "workers", "gone", 5);
      expect([kept.length, left.length]).toEqual([55, 5]);
      const idleMs = 2_000;
      await sleep(idleMs + 200);
      expect(await moves.claim(key, "workers", "busy", idleMs, 55)).toEqual(kept);
      expect(await moves.claim(key, "workers", "other", idleMs, 3)).toEqual(left.slice(0, 3));
      expect(await moves.claim(key, "workers", "other", idleMs, 3)).toEqual(left.slice(3));
    },
  },
  {
    method: "channel",
    name: "reaches everyone who listens to that room, and nobody else",
    run: async ({ room }) => {
      const key = randomUUID();
      const [ann, bob, other] = await Promise.all([
        room.subscribe(key),
        room.subscribe(key),
        room.subscribe(randomUUID()),
      ]);
      await room.publish(key, { text: "hello" });
      await room.publish(key, { text: "é🐘" });
      for (const reader of [ann, bob]) {
        expect((await reader.next()).value).toEqual({ text: "hello" });
        expect((await reader.next()).value).toEqual({ text: "é🐘" });
      }
      await bob.return?.();
      await room.publish(key, { text: "still" });
      expect((await ann.next()).value).toEqual({ text: "still" });
      expect((await bob.next()).done).toBe(true);
      await ann.return?.();
      const waiting = other.next();
      await other.return?.();
      expect((await waiting).done).toBe(true);
    },
  },
  {
    method: "channel",
    name: "ends with its signal or its loop, and tells a slow reader what it missed",
    run: async ({ room }) => {
      const key = randomUUID();
      const gaps: string[] = [];
      const controller = new AbortController();
      const slow = await room.subscribe(key, {
        signal: controller.signal,
        onGap: (why) => gaps.push(why),
      });
      const quick = await room.subscribe(key);
      for (let n = 0; n < 8; n += 1) await room.publish(key, { text: `${n}` });
      const read: string[] = [];
      for await (const { text } of quick) {
        read.push(text);
        if (text === "7") break;
      }
      expect(read.at(-1)).toBe("7");
      await expect.poll(() => gaps.length).toBe(3);
      expect((await slow.next()).value).toEqual({ text: "3" });
      controller.abort();
      expect((await slow.next()).done).toBe(true);
      const late = room.subscribe(key, { signal: AbortSignal.abort(new Error("enough")) });
      await expect(late).rejects.toThrow("enough");
    },
  },
];
