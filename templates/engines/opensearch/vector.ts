import { programmingError } from "../../runtime/errors.ts";
import { unit } from "../../runtime/hybrid.ts";
import type { Metric } from "./declaration.ts";

/** The names of the metrics in k-NN. */
export const spaces = { cosine: "cosinesimil", l2: "l2", ip: "innerproduct" } as const;

const isFar = (vector: Float32Array): boolean => {
  const size = Math.hypot(...vector);
  return size < 1e-3 || size > 1e3;
};

/** @throws DataError programming for another number of dimensions, or an element that is no number */
export function checkedVector(vector: Float32Array, dimensions: number, metric: Metric): number[] {
  if (vector.length !== dimensions)
    throw programmingError(`a vector of ${dimensions} dimensions is wanted, not ${vector.length}`);
  const elements = Array.from(vector);
  if (!elements.every(Number.isFinite))
    throw programmingError("an element of the vector is no finite number");
  if (metric !== "cosine") return elements;
  if (elements.every((element) => element === 0))
    throw programmingError("a vector of zeros has no direction to compare");
  // Only of one that is far from length 1: the elements of any other reach the server as they are.
  return isFar(vector) ? Array.from(unit(vector)) : elements;
}
