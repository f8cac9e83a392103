import { describe, expect, test } from "vitest";
import {
  cosineDistance,
  directed,
  euclideanDistance,
  fuse,
  negativeInnerProduct,
} from "../../../templates/runtime/hybrid.ts";

const vector = (...values: readonly number[]): Float32Array => new Float32Array(values);

describe("fusion by rank", () => {
  const asked: number[] = [];
  const near = ["a", "b", "c"].map((item, at) => ({ item, distance: at / 10, score: 1 - at / 10 }));
  const found = ["c", "d", "none"].map((item) => ({ item }));
  const fused = (limit: number) =>
    fuse({
      limit,
      nearest: async (most) => {
        asked.push(most);
        return near;
      },
      found: async () => found,
      keyOf: (item) => item,
      distanceOf: (item) => (item === "none" ? undefined : 9),
    });

  test("a row in both lists beats one that leads a single list", async () => {
    const answer = await fused(10);
    expect(answer.map(({ item }) => item)).toEqual(["c", "a", "b", "d"]);
    expect(answer[0]).toEqual({ item: "c", distance: 0.2, score: 1 / 63 + 1 / 61 });
    expect(answer.at(-1)).toEqual({ item: "d", distance: 9, score: 1 / 62 });
  });

  test("each side is asked for four candidates a row, a thousand at most", async () => {
    asked.length = 0;
    expect(await fused(2)).toHaveLength(2);
    await fused(900);
    expect(asked).toEqual([8, 1_000]);
  });
});

test("the distances are those of the metrics", () => {
  expect(cosineDistance(vector(1, 0), vector(0, 2))).toBeCloseTo(1, 12);
  expect(cosineDistance(vector(1, 1), vector(2, 2))).toBeCloseTo(0, 6);
  expect(cosineDistance(vector(1, 0), vector(0, 0))).toBeNaN();
  expect(euclideanDistance(vector(1, 2), vector(4, 6))).toBe(5);
  expect(negativeInnerProduct(vector(1, 2), vector(3, 4))).toBe(-11);
});

test("a vector has a direction where single precision holds the square of its length", () => {
  const of = (element: number): Float32Array => new Float32Array(16).fill(element);
  for (const element of [0, 1e-40, 1e-18, 1e18, 1e38]) expect(directed(of(element))).toBe(null);
  expect(directed(null)).toBe(null);
  for (const element of [1e-12, 0.5, -1, 1e12]) expect(directed(of(element))).toEqual(of(element));
});
