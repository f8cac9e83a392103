/** A neighbour of a vector view. */
export interface Neighbour<T> {
  readonly item: T;
  readonly distance: number;
  /** Higher is better. */
  readonly score: number;
}

/** What is fused: a vector view and a text view of one entity, in stores that know nothing of each other. */
export interface Fusion<T> {
  /** Rows wanted. */
  readonly limit: number;
  readonly nearest: (limit: number) => Promise<readonly Neighbour<T>[]>;
  /** Best match first. */
  readonly found: (limit: number) => Promise<readonly { readonly item: T }[]>;
  readonly keyOf: (item: T) => string;
  /** Of a row that only the text has found; undefined for one without a vector, which is no neighbour. */
  readonly distanceOf: (item: T) => number | undefined;
}

/** Constant of reciprocal rank fusion, from the paper that proposed it (Cormack, Clarke, Büttcher 2009). */
const fusionConstant = 60;
/** Candidates of each side per row wanted: a row may be far down in one list and high in the other. */
const candidatesPerRow = 4;
/** What either view gives at most. */
const mostCandidates = 1_000;

/** Both views are asked at once; each row scores 1 / (60 + its place) in every list that it is in, best score first. */
export async function fuse<T>({
  limit,
  nearest,
  found,
  keyOf,
  distanceOf,
}: Fusion<T>): Promise<readonly Neighbour<T>[]> {
  const candidates = Math.min(mostCandidates, limit * candidatesPerRow);
  const [near, texts] = await Promise.all([nearest(candidates), found(candidates)]);
  const fused = new Map<string, Neighbour<T>>();
  const add = (place: number, item: T, distance: number): void => {
    const key = keyOf(item);
    const before = fused.get(key);
    const score = 1 / (fusionConstant + place) + (before?.score ?? 0);
    fused.set(key, { item, distance, ...before, score });
  };
  for (const [at, { item, distance }] of near.entries()) add(at + 1, item, distance);
  for (const [at, { item }] of texts.entries()) {
    const distance = distanceOf(item);
    if (distance !== undefined && !Number.isNaN(distance)) add(at + 1, item, distance);
  }
  return [...fused]
    .toSorted(([a, left], [b, right]) => right.score - left.score || (a < b ? -1 : 1))
    .slice(0, limit)
    .map(([, neighbour]) => neighbour);
}

/** Squares of lengths whose products single precision holds, which servers compute in. */
const comparableSquare = { min: 2 ** -100, max: 2 ** 100 };

/** Whether a cosine can be computed of it: not of zeros, nor of elements whose squares vanish or overflow in single precision. */
export function hasDirection(vector: ArrayLike<number>): boolean {
  const square = dot(vector, vector);
  return square >= comparableSquare.min && square <= comparableSquare.max;
}

/** The vector if a view by cosine holds it; null for one that it leaves out. */
export const directed = (vector: Float32Array | null): Float32Array | null =>
  vector !== null && hasDirection(vector) ? vector : null;

/** The same direction at length 1, so that no product with a row's length overflows. */
export function unit(vector: Float32Array): Float32Array {
  const length = Math.sqrt(dot(vector, vector));
  return vector.map((element) => element / length);
}

/** 0 is the same direction, 2 the opposite; NaN for a vector without length. */
export function cosineDistance(a: Float32Array, b: Float32Array): number {
  return 1 - dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

export function euclideanDistance(a: Float32Array, b: Float32Array): number {
  return Math.sqrt(a.reduce((sum, value, at) => sum + (value - (b[at] ?? 0)) ** 2, 0));
}

/** Lower is nearer, as with the other distances. */
export const negativeInnerProduct = (a: Float32Array, b: Float32Array): number => -dot(a, b);

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let at = 0; at < a.length; at += 1) sum += (a[at] ?? 0) * (b[at] ?? 0);
  return sum;
}
