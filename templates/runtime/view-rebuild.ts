import { DataError } from "./errors.ts";
import type { CallOptions } from "./options.ts";
import {
  benchNearest,
  type BenchOptions,
  type BenchReport,
  type NearestBench,
} from "./view-bench.ts";
import { whileBeating } from "./view-claim.ts";
import type {
  ViewFeed,
  ViewGeneration,
  ViewOutcome,
  ViewProgress,
  ViewRow,
  ViewState,
  ViewTarget,
} from "./view.ts";

export interface RebuildOptions extends CallOptions {
  /** Rows per page of the feed and per write. Default 500. */
  readonly pageSize?: number | undefined;
  /** Begins anew, although an earlier run broke off or still lives. Default false. */
  readonly fresh?: boolean | undefined;
  /** Runs the beginning while no migration does. Default: as it is. */
  readonly exclusively?: (<R>(work: () => Promise<R>) => Promise<R>) | undefined;
  /** Told after each page. */
  readonly onProgress?: ((progress: ViewProgress) => void) | undefined;
}

export interface RebuildReport {
  /** The generation that answers now. */
  readonly generation: string;
  readonly rows: number;
  /** Rows that an earlier run had written and the authority still has as they were; 0 for a fresh start. */
  readonly kept: number;
}

/** A view that can be filled again from its authority. */
export interface RebuildableView {
  /** As the spec calls it: `product-search`. */
  readonly name: string;
  /** The store that holds it. */
  readonly store: string;
  state(options?: CallOptions | undefined): Promise<ViewState>;
  rebuild(options?: RebuildOptions | undefined): Promise<RebuildReport>;
  /** Recall and latency against the authority's rows; only of a view of vectors. */
  readonly bench?: (options?: BenchOptions) => Promise<BenchReport>;
}

const defaultPageSize = 500;
/** A page of large rows, or a sink that makes an index, takes longer than a request of a user may. */
const patienceMs = 60_000;
/** Keys named in a failure. */
const namedKeys = 5;

/**
 * Fills a new generation beside the one that answers and lets it answer when it is whole: it then holds every row of the authority as it
 * was when this run began, or later. Broken off, the next call reads the authority from its start again, and writes what has changed since;
 * where rows are gone, or changed without a newer revision, it begins anew.
 */
export function rebuildableView<T>(
  name: string,
  store: string,
  feed: ViewFeed<T>,
  target: ViewTarget<T>,
  nearest?: NearestBench<T>,
): RebuildableView {
  return {
    name,
    store,
    ...(nearest !== undefined && {
      bench: (options) => benchNearest(feed, nearest, { deadlineMs: patienceMs, ...options }),
    }),
    state: (options) => target.state(options),
    rebuild: async ({
      pageSize = defaultPageSize,
      fresh = false,
      exclusively = asItIs,
      onProgress = () => {},
      ...call
    } = {}) => {
      const options = { deadlineMs: patienceMs, ...call };
      const run = { name, store, feed, pageSize, onProgress, options };
      const begin = (anew: boolean): Promise<ViewGeneration<T>> =>
        exclusively(() => target.begin({ ...options, fresh: anew }));
      const generation = await begin(fresh);
      const report = await rebuildInto(run, generation);
      if (report !== undefined) return report;
      const whole = await rebuildInto(run, await begin(true));
      if (whole !== undefined) return whole;
      throw new DataError({ kind: "programming", message: "a fresh generation was outdated" });
    },
  };
}

const asItIs = <R>(work: () => Promise<R>): Promise<R> => work();

interface Run<T> {
  readonly name: string;
  readonly store: string;
  readonly feed: ViewFeed<T>;
  readonly pageSize: number;
  readonly onProgress: (progress: ViewProgress) => void;
  readonly options: CallOptions;
}

/** Undefined for a generation that an earlier run began and that cannot be made whole; it is still claimed. */
async function rebuildInto<T>(
  run: Run<T>,
  generation: ViewGeneration<T>,
): Promise<RebuildReport | undefined> {
  const { options } = run;
  try {
    const filled = await fill(run, generation);
    if (filled === undefined) return undefined;
    const { fed, kept } = filled;
    const noted = { rows: fed };
    const held = await beating(generation, noted, options, () => generation.settle(options));
    if (held !== fed) {
      if (generation.resumed !== undefined) return undefined;
      throw disturbed(run, held, fed);
    }
    const { rows } = await generation.publish(options);
    return { generation: generation.name, rows, kept };
  } catch (error) {
    // What went wrong is what the caller has to hear; a claim that is not given back falls silent.
    await generation.release(options).catch(() => {});
    throw error;
  }
}

const beating = <T, R>(
  generation: ViewGeneration<T>,
  progress: ViewProgress,
  options: CallOptions,
  work: () => Promise<R>,
): Promise<R> => whileBeating(() => generation.checkpoint(progress, options), work);

interface Filled {
  /** Rows that the authority had. */
  readonly fed: number;
  readonly kept: number;
}

/** Writes every row of the authority that is not there yet; undefined when a revision of an earlier run does not tell which is newer. */
async function fill<T>(run: Run<T>, generation: ViewGeneration<T>): Promise<Filled | undefined> {
  const { name, store, feed, pageSize, onProgress, options } = run;
  const { resumed } = generation;
  const refused: Refused[] = [];
  let [fed, kept] = [0, 0];
  let after: string | undefined;
  do {
    const noted = { rows: Math.max(fed, resumed?.rows ?? 0) };
    const page = await beating(generation, noted, options, async () => {
      const { rows, next } = await feed.page(after, pageSize, options);
      return { rows, next, written: await writePage(generation, rows, options) };
    });
    if (resumed !== undefined && page.written.stale > 0) return undefined;
    refused.push(...page.written.refused);
    fed += page.rows.length;
    kept += page.written.kept;
    after = page.next;
    await generation.checkpoint({ rows: Math.max(fed, resumed?.rows ?? 0) }, options);
    onProgress({ rows: fed });
  } while (after !== undefined);
  if (refused.length > 0) throw incomplete(name, store, refused);
  return { fed, kept };
}

interface Refused {
  readonly key: string;
  readonly error: DataError;
}

interface Written {
  readonly kept: number;
  /** Rows of which the generation has another form under this revision, or a newer one. */
  readonly stale: number;
  readonly refused: readonly Refused[];
}

async function writePage<T>(
  generation: ViewGeneration<T>,
  rows: readonly ViewRow<T>[],
  options: CallOptions,
): Promise<Written> {
  const there = generation.resumed === undefined ? [] : await generation.holds(rows, options);
  const missing = rows.filter((_, at) => there[at] !== true);
  const outcomes =
    missing.length === 0
      ? []
      : await generation.writer.write(
          missing.map((row) => ({ kind: "upsert", ...row })),
          options,
        );
  return {
    kept: rows.length - missing.length,
    stale: outcomes.filter(({ kind }) => kind === "stale").length,
    refused: missing.flatMap(({ key }, at) => refusal(key, outcomes[at])),
  };
}

/** In a fresh generation `stale` is no refusal: the row was written by an attempt whose reply was lost. */
function refusal(key: string, outcome: ViewOutcome | undefined): readonly Refused[] {
  if (outcome === undefined) {
    const message = "the view's writer answered for fewer rows than it was given";
    return [{ key, error: new DataError({ kind: "programming", message }) }];
  }
  return outcome.kind === "failed" ? [{ key, error: outcome.error }] : [];
}

const disturbed = <T>({ name, store }: Run<T>, held: number, fed: number): DataError =>
  new DataError({
    kind: "conflict",
    operation: "views.rebuild",
    store,
    message: `the new generation of ${name} holds ${held} rows, and ${fed} were written: somebody else writes there`,
    hint: "the generation that answered before still does; run it again",
  });

function incomplete(name: string, store: string, refused: readonly Refused[]): DataError {
  const [first] = refused;
  const named = refused.slice(0, namedKeys).map(({ key }) => key);
  const more = refused.length > named.length ? ` and ${refused.length - named.length} more` : "";
  return new DataError({
    kind: first?.error.kind ?? "programming",
    operation: "views.rebuild",
    store,
    message: `${refused.length} ${refused.length === 1 ? "row" : "rows"} of ${name} could not be written (${named.join(", ")}${more}): ${first?.error.message ?? ""}`,
    hint: `the generation that answered before still does; ${first?.error.hint ?? "mend the rows"}, then run it again`,
    ...(first !== undefined && { code: first.error.code, cause: first.error }),
  });
}
