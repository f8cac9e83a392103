import { expect, test } from "vitest";
import { euclideanDistance } from "../../../templates/runtime/hybrid.ts";
import { benchNearest } from "../../../templates/runtime/view-bench.ts";
import type { ViewFeed } from "../../../templates/runtime/view.ts";

interface Item {
  readonly id: number;
  readonly at: Float32Array | null;
}

const items = Array.from({ length: 1_200 }, (_, number): Item => ({
  id: number,
  at: number % 6 === 5 ? null : Float32Array.of(number, (number * 37) % 101),
}));

/** Two tenants, row by row. */
const feed: ViewFeed<Item> = {
  page: (after, limit) => {
    const from = Number(after ?? 0);
    const rows = items.slice(from, from + limit).map((item, at) => ({
      key: String(from + at),
      tenant: (from + at) % 2 === 0 ? "even" : "odd",
      revision: 1n,
      item,
    }));
    const next = from + limit < items.length ? { next: String(from + limit) } : {};
    return Promise.resolve({ rows, ...next });
  },
};

const exact = (query: Float32Array, limit: number, tenant: string | undefined) =>
  items
    .filter(({ at }, number) => at !== null && (number % 2 === 0 ? "even" : "odd") === tenant)
    .toSorted(
      (a, b) => euclideanDistance(query, a.at ?? query) - euclideanDistance(query, b.at ?? query),
    )
    .slice(0, limit)
    .map((item) => ({ item }));

const bench = (nearest: typeof exact) =>
  benchNearest(
    feed,
    {
      key: ({ id }) => String(id),
      vector: ({ at }) => at,
      distance: euclideanDistance,
      nearest: (...asked) => Promise.resolve(nearest(...asked)),
    },
    { queries: 40, k: 10, callers: 4 },
  );

test("an exact view has a recall of 1, of the rows of its tenant; rows without vector do not count", async () => {
  expect(await bench(exact)).toMatchObject({ rows: 1_000, queries: 40, k: 10, recall: 1 });
});

test("what is not among the nearest is no hit", async () => {
  const half = (query: Float32Array, limit: number, tenant: string | undefined) =>
    exact(query, 2 * limit, tenant).filter((_, at) => at % 2 === 0);
  expect((await bench(half)).recall).toBe(0.5);
  expect((await bench(() => [])).recall).toBe(0);
});

test("rows that the view still holds and the authority no more are none of the true neighbours", async () => {
  const gone = (query: Float32Array, limit: number) =>
    Array.from({ length: limit }, () => ({ item: { id: -1, at: query } }));
  expect((await bench(gone)).recall).toBe(0);
  const beside = (query: Float32Array, limit: number, tenant: string | undefined) => [
    ...exact(query, limit, tenant),
    ...gone(query, limit),
  ];
  expect((await bench(beside)).recall).toBe(1);
  const twice = (query: Float32Array, limit: number, tenant: string | undefined) =>
    exact(query, limit / 2, tenant).flatMap((hit) => [hit, hit]);
  expect((await bench(twice)).recall).toBe(0.5);
});

test("the same rows are asked for in the same way", async () => {
  const asked = async (): Promise<readonly number[]> => {
    const firsts: number[] = [];
    await bench((query, limit, tenant) => {
      firsts.push(query[0] ?? 0);
      return exact(query, limit, tenant);
    });
    return firsts.toSorted((a, b) => a - b);
  };
  expect(await asked()).toEqual(await asked());
});

test("a feed without vectors is told so", async () => {
  const none: ViewFeed<Item> = { page: () => Promise.resolve({ rows: [] }) };
  const call = benchNearest(none, {
    key: ({ id }) => String(id),
    vector: ({ at }) => at,
    distance: euclideanDistance,
    nearest: () => Promise.resolve([]),
  });
  await expect(call).rejects.toMatchObject({ kind: "programming" });
});
