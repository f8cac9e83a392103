import {
  cosineDistance,
  euclideanDistance,
  fuse,
  negativeInnerProduct,
  type Neighbour,
} from "../../runtime/hybrid.ts";
import { type Hit, itemOf } from "./answer.ts";
import type { Metric, NearestDeclaration } from "./declaration.ts";

/** A neighbour with the key of its document. */
export interface KeyedNeighbour<T> extends Neighbour<T> {
  readonly key: string;
}

const distances = { cosine: cosineDistance, l2: euclideanDistance, ip: negativeInnerProduct };

/** Higher is better, whatever the metric. */
function scoreOf(metric: Metric, distance: number): number {
  if (metric === "cosine") return 1 - distance;
  return metric === "l2" ? 1 / (1 + distance) : -distance;
}

/** Hits nearest first. The server's score has lost digits on its way: distances are computed from the vectors of the items. */
export function ranked<T>(
  method: NearestDeclaration<T>,
  to: Float32Array,
  hits: readonly Hit[],
): readonly KeyedNeighbour<T>[] {
  return hits
    .flatMap((hit) => {
      const item = itemOf(method.of, hit.item);
      const vector = method.vectorOf(item);
      if (vector === null) return [];
      const distance = distances[method.metric](to, vector);
      return [{ key: hit.key, item, distance, score: scoreOf(method.metric, distance) }];
    })
    .toSorted((a, b) => a.distance - b.distance);
}

export const withoutKey = <T>({ item, distance, score }: KeyedNeighbour<T>): Neighbour<T> => ({
  item,
  distance,
  score,
});

/** Both lists as one. */
export async function fusedByRank<T>(
  method: NearestDeclaration<T>,
  to: Float32Array,
  {
    limit,
    nearest,
    found,
  }: {
    readonly limit: number;
    readonly nearest: (limit: number) => Promise<readonly KeyedNeighbour<T>[]>;
    readonly found: (limit: number) => Promise<readonly Hit[]>;
  },
): Promise<readonly Neighbour<T>[]> {
  const keyed = ({ key, item, distance, score }: KeyedNeighbour<T>) => ({
    item: { key, item },
    distance,
    score,
  });
  const fused = await fuse({
    limit,
    nearest: async (most) => (await nearest(most)).map(keyed),
    found: async (most) =>
      (await found(most)).map(({ key, item }) => ({
        item: { key, item: itemOf(method.of, item) },
      })),
    keyOf: ({ key }) => key,
    distanceOf: ({ item }) => {
      const vector = method.vectorOf(item);
      return vector === null ? undefined : distances[method.metric](to, vector);
    },
  });
  return fused.map(({ item, distance, score }) => ({ item: item.item, distance, score }));
}
