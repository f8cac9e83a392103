/** Distances computed in this process: what an engine's answers are held against. */
import { seeded } from "../../support/random.ts";

export type Distance = (a: Float32Array, b: Float32Array) => number;

const dot: Distance = (a, b) => a.reduce((sum, one, at) => sum + one * (b[at] ?? 0), 0);

export const cosine: Distance = (a, b) => 1 - dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
export const l2: Distance = (a, b) => {
  const between = a.map((one, at) => one - (b[at] ?? 0));
  return Math.sqrt(dot(between, between));
};
export const negativeInner: Distance = (a, b) => -dot(a, b);

/** Vectors with elements between -1 and 1. */
export function randomVectors(count: number, dimensions: number, seed: number): Float32Array[] {
  const random = seeded(seed);
  return Array.from({ length: count }, () =>
    Float32Array.from({ length: dimensions }, () => random() * 2 - 1),
  );
}

export interface Ranked {
  readonly number: number;
  readonly distance: number;
}

/** All of them, nearest first. */
export function ranked(
  vectors: readonly Float32Array[],
  to: Float32Array,
  distance: Distance,
): readonly Ranked[] {
  return vectors
    .map((vector, number) => ({ number, distance: distance(vector, to) }))
    .toSorted((a, b) => a.distance - b.distance);
}
