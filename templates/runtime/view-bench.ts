import { programmingError } from "./errors.ts";
import type { CallOptions } from "./options.ts";
import type { ViewFeed, ViewRow } from "./view.ts";

/** How the nearest rows of a view are asked for, and what they are compared by. */
export interface NearestBench<T> {
  readonly vector: (item: T) => Float32Array | null;
  readonly distance: (a: Float32Array, b: Float32Array) => number;
  /** @param tenant of the row that the query comes from, where rows have one */
  readonly nearest: (
    query: Float32Array,
    limit: number,
    tenant: string | undefined,
  ) => Promise<readonly { readonly item: T }[]>;
}

export interface BenchOptions extends CallOptions {
  /** Default 100. */
  readonly queries?: number | undefined;
  /** Neighbours wanted. Default 10. */
  readonly k?: number | undefined;
  /** Queries at a time. Default 8. */
  readonly callers?: number | undefined;
  /** Told after each page of rows that was compared. */
  readonly onProgress?: ((rows: number) => void) | undefined;
}

export interface BenchReport {
  /** Rows with a vector in the authority. */
  readonly rows: number;
  readonly queries: number;
  readonly k: number;
  readonly callers: number;
  /** Share of the true neighbours that were found, 0 to 1. */
  readonly recall: number;
  /** Milliseconds a query took, as the caller sees it. */
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly perSecond: number;
}

interface Query {
  readonly vector: Float32Array;
  readonly tenant: string | undefined;
  /** Distances of the nearest rows so far, nearest first. */
  readonly best: number[];
}

const pageSize = 500;
/** A query lies near a row and on none: this share of its length away. */
const away = 0.1;
/** Distances that differ by less are equal: servers compute in single precision. */
const tolerance = 1e-5;

/**
 * Recall and latency of a view, against the truth: every row of the authority is compared with every query, which takes some seconds per
 * million comparisons of a few hundred dimensions. A neighbour counts as found when it is as near as the k-th true one, so equal rows do not
 * count against the index (the rule of ann-benchmarks).
 *
 * @throws DataError programming when no row has a vector
 */
export async function benchNearest<T>(
  feed: ViewFeed<T>,
  bench: NearestBench<T>,
  options: BenchOptions = {},
): Promise<BenchReport> {
  const { queries: wanted = 100, k = 10, callers = 8 } = options;
  const queries = await sampled(feed, bench, wanted, options);
  if (queries.length === 0) throw programmingError("no row has a vector to ask with");
  let rows = 0;
  for await (const row of rowsOf(feed, options)) {
    const vector = bench.vector(row.item);
    if (vector === null) continue;
    rows += 1;
    for (const query of queries)
      if (query.tenant === row.tenant) keep(query.best, bench.distance(query.vector, vector), k);
    if (rows % pageSize === 0) options.onProgress?.(rows);
  }
  // The first calls open connections and fill caches, which no later one does.
  for (const query of queries.slice(0, callers)) await bench.nearest(query.vector, k, query.tenant);
  const times: number[] = [];
  let hits = 0;
  const began = performance.now();
  const waiting = queries.values();
  const caller = async (): Promise<void> => {
    for (const query of waiting) {
      const asked = performance.now();
      const found = await bench.nearest(query.vector, k, query.tenant);
      times.push(performance.now() - asked);
      hits += found.filter(({ item }) => isNear(bench, query, item)).length;
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  const seconds = (performance.now() - began) / 1_000;
  const possible = queries.reduce((sum, { best }) => sum + best.length, 0);
  times.sort((a, b) => a - b);
  return {
    rows,
    queries: queries.length,
    k,
    callers,
    recall: hits / possible,
    p50Ms: quantile(times, 0.5),
    p95Ms: quantile(times, 0.95),
    p99Ms: quantile(times, 0.99),
    perSecond: Math.round(queries.length / seconds),
  };
}

function isNear<T>(bench: NearestBench<T>, { vector, best }: Query, item: T): boolean {
  const found = bench.vector(item);
  const last = best.at(-1);
  if (found === null || last === undefined) return false;
  return bench.distance(vector, found) <= last + tolerance * Math.max(1, Math.abs(last));
}

/** Inserts a distance in its place, if it is among the k nearest. */
function keep(best: number[], distance: number, k: number): void {
  if (best.length === k && distance >= (best[k - 1] ?? Infinity)) return;
  const at = best.findIndex((each) => each > distance);
  best.splice(at === -1 ? best.length : at, 0, distance);
  if (best.length > k) best.pop();
}

/** Every row has the same chance; the same rows give the same queries. */
async function sampled<T>(
  feed: ViewFeed<T>,
  { vector }: NearestBench<T>,
  wanted: number,
  options: CallOptions,
): Promise<readonly Query[]> {
  const random = seeded();
  const kept: Query[] = [];
  let seen = 0;
  for await (const { item, tenant } of rowsOf(feed, options)) {
    const own = vector(item);
    if (own === null) continue;
    seen += 1;
    const at = kept.length < wanted ? kept.length : Math.floor(random() * seen);
    if (at < wanted) kept[at] = { vector: moved(own, random), tenant, best: [] };
  }
  return kept;
}

function moved(vector: Float32Array, random: () => number): Float32Array {
  const size = Math.hypot(...vector) / Math.sqrt(vector.length);
  return vector.map((element) => element + (random() * 2 - 1) * away * size);
}

async function* rowsOf<T>(feed: ViewFeed<T>, options: CallOptions): AsyncGenerator<ViewRow<T>> {
  const { signal, deadlineMs } = options;
  for (let after: string | undefined, more = true; more;) {
    const page = await feed.page(after, pageSize, { signal, deadlineMs });
    yield* page.rows;
    after = page.next;
    more = after !== undefined;
  }
}

const quantile = (sorted: readonly number[], share: number): number =>
  Math.round((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0) * 100) /
  100;

/** Numbers from 0 to 1 that are the same in every run: mulberry32. */
function seeded(): () => number {
  let state = 1;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
