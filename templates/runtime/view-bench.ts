import { programmingError } from "./errors.ts";
import type { CallOptions } from "./options.ts";
import type { ViewFeed, ViewRow } from "./view.ts";

/** How the nearest rows of a view are asked for, and what they are compared by. */
export interface NearestBench<T> {
  /** Tells the rows of one tenant apart. */
  readonly key: (item: T) => string;
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
  /** Share of the true neighbours that were found, 0 to 1. What the view holds and the authority does not is none. */
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
  /** Keys of the answer, with the distance of their rows in the authority as soon as those are known. */
  readonly found: Map<string, number | undefined>;
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
 * million comparisons of a few hundred dimensions. A row of the authority counts as found, once, when it is as near as the k-th true
 * neighbour, so equal rows do not count against the index (the rule of ann-benchmarks).
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
  // The first calls open connections and fill caches, which no later one does.
  for (const query of queries.slice(0, callers)) await bench.nearest(query.vector, k, query.tenant);
  const times: number[] = [];
  const began = performance.now();
  const waiting = queries.values();
  const caller = async (): Promise<void> => {
    for (const query of waiting) {
      const asked = performance.now();
      const found = await bench.nearest(query.vector, k, query.tenant);
      times.push(performance.now() - asked);
      for (const { item } of found) query.found.set(bench.key(item), undefined);
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  const seconds = (performance.now() - began) / 1_000;
  const rows = await compared(feed, bench, queries, { ...options, k });
  const hits = queries.reduce((sum, query) => sum + hitsOf(query), 0);
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

/** Compares every row of the authority with every query of its tenant. Resolves to the number of rows with a vector. */
async function compared<T>(
  feed: ViewFeed<T>,
  bench: NearestBench<T>,
  queries: readonly Query[],
  { k, ...options }: BenchOptions & { readonly k: number },
): Promise<number> {
  let rows = 0;
  for await (const { item, tenant } of rowsOf(feed, options)) {
    const vector = bench.vector(item);
    if (vector === null) continue;
    rows += 1;
    const key = bench.key(item);
    for (const query of queries) {
      if (query.tenant !== tenant) continue;
      const distance = bench.distance(query.vector, vector);
      keep(query.best, distance, k);
      if (query.found.has(key)) query.found.set(key, distance);
    }
    if (rows % pageSize === 0) options.onProgress?.(rows);
  }
  return rows;
}

/** Of equal rows at the end of the true neighbours, an answer may hold others than were kept, but no more. */
function hitsOf({ best, found }: Query): number {
  const last = best.at(-1) ?? -Infinity;
  const bound = last + tolerance * Math.max(1, Math.abs(last));
  const near = [...found.values()].filter((each) => each !== undefined && each <= bound);
  return Math.min(near.length, best.length);
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
    if (at < wanted) kept[at] = { vector: moved(own, random), tenant, found: new Map(), best: [] };
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
