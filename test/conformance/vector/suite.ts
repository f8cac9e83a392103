/** What the vector port promises, told once and run against every engine that claims it. */
import { randomUUID } from "node:crypto";
import { expect } from "vitest";
import { cosine, type Distance, l2, negativeInner, randomVectors, ranked } from "./brute-force.ts";
import { expectCaller } from "../caller.ts";
import { expectRefused, untyped, untypedFilters } from "../untyped-filters.ts";
import type { VectorLayer, View } from "./layer.ts";

export interface VectorCase {
  /** Row of the closing table. */
  readonly method: string;
  readonly name: string;
  run(data: VectorLayer): Promise<void>;
}

const count = 300;
const vectors = randomVectors(count, 8, 1);
const queries = randomVectors(10, 8, 2);

/** The same vectors in every field, in a group of their own. */
async function placed(data: VectorLayer, of: readonly Float32Array[] = vectors): Promise<string> {
  const group = randomUUID();
  await data.points.addAll(
    of.map((vector, number) => ({
      number,
      label: number % 10 === 0 ? "a rare bird" : "a common thing",
      group,
      angle: vector,
      place: vector,
      force: vector,
    })),
  );
  return group;
}

const metrics: readonly (readonly [string, (data: VectorLayer) => View, Distance])[] = [
  ["cosine", (data) => data.byAngle, cosine],
  ["l2", (data) => data.byPlace, l2],
  ["ip", (data) => data.byForce, negativeInner],
];

const exactness = metrics.map(([metric, viewOf, distance]): VectorCase => ({
  method: `nearest by ${metric}`,
  name: "the order and the distances of a computation by hand, and falling scores",
  run: async (data) => {
    const group = await placed(data);
    for (const query of queries) {
      const found = await viewOf(data).nearest(query, { group }, { limit: 20 });
      const expected = ranked(vectors, query, distance).slice(0, 20);
      expect(found.map(({ item }) => item.number)).toEqual(expected.map(({ number }) => number));
      found.forEach((one, at) =>
        expect(one.distance).toBeCloseTo(expected[at]?.distance ?? Number.NaN, 4),
      );
      const scores = found.map(({ score }) => score);
      expect(scores).toEqual(scores.toSorted((a, b) => b - a));
    }
  },
}));

export const cases: readonly VectorCase[] = [
  ...exactness,
  {
    method: "filter",
    name: "the nearest of those within it, both ends included",
    run: async (data) => {
      const group = await placed(data);
      const [query = new Float32Array(8)] = queries;
      const number = { min: 100, max: 149 };
      const found = await data.byAngle.nearest(query, { group, number }, { limit: 50 });
      const expected = ranked(vectors, query, cosine).filter(
        (one) => one.number >= 100 && one.number <= 149,
      );
      expect(found.map(({ item }) => item.number)).toEqual(expected.map((one) => one.number));
      expect(await data.byAngle.nearest(query, { group, number: { min: 400 } })).toEqual([]);
    },
  },
  {
    method: "filter",
    name: "a decimal of finer digits than the field has is equal to none, and what is none is refused",
    run: async (data) => {
      const group = randomUUID();
      const [vector = new Float32Array(8)] = vectors;
      const point = { number: 1, label: "", group, angle: null, place: vector, force: null };
      await data.points.add({ ...point, cost: "2.50" });
      const found = (cost: string) => data.byPlace.nearest(vector, { group, cost });
      for (const cost of ["2.50", "2.5", "2.500"]) expect(await found(cost), cost).toHaveLength(1);
      for (const cost of ["2.501", "2.499", "2.50000000001"])
        expect(await found(cost), cost).toEqual([]);
      const refused = { name: "DataError", kind: "programming" };
      await expect(found("2,5")).rejects.toMatchObject(refused);
    },
  },
  {
    method: "filter",
    name: "one that untyped code gets wrong is refused and named, and nothing is searched",
    run: async (data) => {
      const [query = new Float32Array(8)] = queries;
      const nearest = untyped(data.byAngle, "nearest");
      const valid = { group: randomUUID() };
      const all = [
        ...untypedFilters("filter", valid, "number"),
        ...[[], new Date(0), new Map(), Promise.resolve(valid)].map(
          (given) => [given, "`filter`"] as const,
        ),
        [{ ...valid, cost: "nobody's" }, "group, number only"],
      ] as const;
      await expectRefused("byAngle.nearest", (filter) => nearest(query, filter), all);
      await expectRefused(
        "byAngle.nearest",
        (filter) => nearest(query, filter, { text: "bird" }),
        all,
      );
      expect(await nearest(query, { ...valid, number: {}, other: undefined })).toEqual([]);
    },
  },
  {
    method: "limit",
    name: "10 unless said otherwise; beyond its bounds refused",
    run: async (data) => {
      const group = await placed(data);
      const [query = new Float32Array(8)] = queries;
      const found = (options?: object) => data.byPlace.nearest(query, { group }, options);
      expect(await found()).toHaveLength(10);
      expect(await found({ limit: 1 })).toHaveLength(1);
      expect(await found({ limit: 1_000 })).toHaveLength(count);
      for (const limit of [0, -1, 1.5, 1_001, Number.NaN])
        await expect(found({ limit }), String(limit)).rejects.toMatchObject({
          kind: "programming",
        });
    },
  },
  {
    method: "missing vector",
    name: "a row without one is left out",
    run: async (data) => {
      const group = randomUUID();
      const [vector = new Float32Array(8)] = vectors;
      const point = { number: 1, label: "", group, angle: null, place: vector, force: null };
      await data.points.add(point);
      expect(await data.byAngle.nearest(vector, { group })).toEqual([]);
      expect(await data.byForce.nearest(vector, { group })).toEqual([]);
      expect(await data.byPlace.nearest(vector, { group })).toHaveLength(1);
    },
  },
  {
    method: "dimensions",
    name: "the stack of the error names the line of the call",
    run: async (data) => {
      await expectCaller(async function nearestOfSeven() {
        return await data.byAngle.nearest(new Float32Array(7), { group: randomUUID() });
      });
    },
  },
  {
    method: "dimensions",
    name: "another number of them, or no number, is a programming error on both ways",
    run: async (data) => {
      const group = randomUUID();
      const seven = new Float32Array(7);
      const wrong = { kind: "programming" };
      await expect(data.byAngle.nearest(seven, { group })).rejects.toMatchObject(wrong);
      await expect(data.nearStars.nearest(new Float32Array(8), {})).rejects.toMatchObject(wrong);
      const notNumbers = new Float32Array(8).fill(Number.NaN);
      await expect(data.byAngle.nearest(notNumbers, { group })).rejects.toMatchObject(wrong);
      const point = { number: 1, label: "", group, angle: seven, place: null, force: null };
      await expect(data.points.add(point)).rejects.toMatchObject(wrong);
    },
  },
  {
    method: "hybrid",
    name: "a text lifts what it matches, and what only one side finds is found",
    run: async (data) => {
      const group = await placed(data);
      const [query = new Float32Array(8)] = queries;
      const plain = await data.byAngle.nearest(query, { group }, { limit: 10 });
      const fused = await data.byAngle.nearest(query, { group }, { limit: 10, text: "rare bird" });
      const rare = (found: typeof fused): number =>
        found.filter(({ item }) => item.label === "a rare bird").length;
      expect(fused).toHaveLength(10);
      expect(rare(fused)).toBeGreaterThan(rare(plain));
      const scores = fused.map(({ score }) => score);
      expect(scores).toEqual(scores.toSorted((a, b) => b - a));
      const numbers = fused.map(({ item }) => item.number);
      expect(new Set(numbers).size).toBe(10);
      fused.forEach(({ item, distance }) =>
        expect(distance).toBeCloseTo(cosine(vectors[item.number] ?? query, query), 4),
      );
      const nothing = await data.byAngle.nearest(query, { group }, { limit: 10, text: "zebra" });
      expect(nothing.map(({ item }) => item.number)).toEqual(plain.map(({ item }) => item.number));
    },
  },
  {
    method: "follows writes",
    name: "an added row is found at once, a removed one no longer",
    run: async (data) => {
      const group = await placed(data);
      const [query = new Float32Array(8)] = queries;
      const point = { number: 999, label: "", group, angle: null, place: query, force: null };
      const { id } = await data.points.add(point);
      const [first] = await data.byPlace.nearest(query, { group });
      expect([first?.item.id, first?.distance]).toEqual([id, 0]);
      await data.points.remove(id);
      const [next] = await data.byPlace.nearest(query, { group });
      expect(next?.item.number).not.toBe(999);
    },
  },
  {
    method: "recall",
    name: "an approximate index over 5,000 rows finds 95 of 100 true neighbours, filtered too",
    run: async (data) => {
      const stars = randomVectors(5_000, 16, 3);
      for (let at = 0; at < stars.length; at += 1_000)
        await data.stars.addAll(
          stars.slice(at, at + 1_000).map((embedding, more) => ({ number: at + more, embedding })),
        );
      const asked = randomVectors(20, 16, 4);
      const recall = async (filter: object, within: (number: number) => boolean) => {
        let hits = 0;
        for (const query of asked) {
          const found = await data.nearStars.nearest(query, filter, { limit: 10 });
          const near = ranked(stars, query, cosine).filter(({ number }) => within(number));
          const expected = new Set(near.slice(0, 10).map(({ number }) => number));
          hits += found.filter(({ item }) => expected.has(item.number)).length;
        }
        return hits / (10 * asked.length);
      };
      expect(await recall({}, () => true)).toBeGreaterThanOrEqual(0.95);
      const narrow = { number: { min: 0, max: 99 } };
      expect(await recall(narrow, (number) => number < 100)).toBeGreaterThanOrEqual(0.95);
    },
  },
];
