import { expect, test } from "vitest";
import { indexPlan } from "../../../src/engines/milvus/index-plan.ts";
import type { VectorViewIr } from "../../../src/ir/types.ts";

const plan = (rows: number | undefined, dimensions: number) =>
  indexPlan({ ...(rows === undefined ? {} : { rows }), dimensions } as VectorViewIr);

test.each([
  [undefined, 384, "FLAT"],
  [9_999, 1_536, "FLAT"],
  [10_000, 1_536, "HNSW"],
  [50_000_000, 768, "HNSW"],
  [200_000_000, 768, "IVF_FLAT"],
] as const)("%s rows of %i dimensions: %s", (rows, dimensions, type) => {
  const { index, reason } = plan(rows, dimensions);
  expect(index.type).toBe(type);
  expect(reason.startsWith(`${type}: `)).toBe(true);
});

test("parameters are within what the server takes", () => {
  for (const rows of [1, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10]) {
    const { index } = plan(rows, 768);
    const { M = 16, efConstruction = M, nlist = 1 } = index.parameters;
    expect(M).toBeGreaterThanOrEqual(2);
    expect(M).toBeLessThanOrEqual(2_048);
    expect(efConstruction).toBeGreaterThanOrEqual(M);
    expect(nlist).toBeLessThanOrEqual(65_536);
    expect(index.search["nprobe"] ?? 1).toBeLessThanOrEqual(nlist);
  }
});
