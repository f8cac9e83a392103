import { createHash } from "node:crypto";
import { programmingError } from "../../runtime/errors.ts";
import {
  cosineDistance,
  euclideanDistance,
  hasDirection,
  negativeInnerProduct,
} from "../../runtime/hybrid.ts";
import type { ViewDefinition } from "./definition.ts";

/** @throws DataError programming before anything is sent */
export function checkedVector(
  vector: Float32Array,
  { dimensions, metric }: Pick<ViewDefinition, "dimensions" | "metric">,
): Float32Array {
  if (!(vector instanceof Float32Array) || vector.length !== dimensions) {
    const given = vector instanceof Float32Array ? `${vector.length}` : "no";
    throw programmingError(`the vector must have ${dimensions} dimensions; it has ${given}`);
  }
  if (!vector.every(Number.isFinite)) throw programmingError("the vector holds what is no number");
  if (hasNoDirection(vector, { metric }))
    throw programmingError("a vector of zeros, or far from length 1, has no direction to compare");
  return vector;
}

/** Cosine compares directions, and a vector of zeros has none; nor one whose squares single precision does not hold. */
export const hasNoDirection = (
  vector: Float32Array,
  { metric }: Pick<ViewDefinition, "metric">,
): boolean => metric === "COSINE" && !hasDirection(vector);

/**
 * Distances as the port promises them, from the vectors themselves: a server's score of L2 is the square (Milvus) or its root (Milvus Lite),
 * and has single precision.
 */
export const distances: Readonly<
  Record<ViewDefinition["metric"], (a: Float32Array, b: Float32Array) => number>
> = { COSINE: cosineDistance, L2: euclideanDistance, IP: negativeInnerProduct };

/** Higher is better, whatever the metric. */
export function scoreOf(metric: ViewDefinition["metric"], distance: number): number {
  if (metric === "COSINE") return 1 - distance;
  return metric === "L2" ? 1 / (1 + distance) : -distance;
}

/**
 * The vector of a tombstone, which no read returns: a direction of its own for each key, since many points in one place would cut a graph
 * index in two.
 */
export function tombstoneVector(key: string, dimensions: number): Float32Array {
  const bits = createHash("sha256").update(key).digest();
  const size = 1 / Math.sqrt(dimensions);
  return Float32Array.from({ length: dimensions }, (_, at) => {
    const byte = bits[(at >> 3) % bits.length] ?? 0;
    return ((byte >> (at & 7)) & 1) === 1 ? size : -size;
  });
}
