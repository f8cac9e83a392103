import { DataError } from "./errors.ts";
import type { CallOptions } from "./options.ts";
import {
  benchNearest,
  type BenchOptions,
  type BenchReport,
  type NearestBench,
} from "./view-bench.ts";
import type {
  FeedPage,
  ViewFeed,
  ViewGeneration,
  ViewOutcome,
  ViewProgress,
  ViewState,
  ViewTarget,
} from "./view.ts";

export interface RebuildOptions extends CallOptions {
  /** Rows per page of the feed and per write. Default 500. */
  readonly pageSize?: number | undefined;
  /** Told after each page. */
  readonly onProgress?: ((progress: ViewProgress) => void) | undefined;
}

export interface RebuildReport {
  /** The generation that answers now. */
  readonly generation: string;
  readonly rows: number;
  /** Rows that an attempt before had written; 0 for a fresh start. */
  readonly resumedAt: number;
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
 * Fills a new generation beside the one that answers and lets it answer when it is whole. Broken off, the next call goes on after the
 * last page that was noted; rows of that page are written a second time, which changes nothing.
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
    rebuild: async ({ pageSize = defaultPageSize, onProgress, ...call } = {}) => {
      const options = { deadlineMs: patienceMs, ...call };
      const generation = await target.begin(options);
      const refused: Refused[] = [];
      let { progress } = generation;
      for (let more = true; more;) {
        const page = await feed.page(progress.after, pageSize, options);
        refused.push(...(await writePage(generation, page, options)));
        progress = progressAfter(progress, page);
        more = page.next !== undefined;
        // The note stays before the first row that was refused: once mended, it is written by the next run.
        if (refused.length === 0) await generation.checkpoint(progress, options);
        onProgress?.(progress);
      }
      if (refused.length > 0) throw incomplete(name, store, refused);
      const { rows } = await generation.publish(options);
      return { generation: generation.name, rows, resumedAt: generation.progress.rows };
    },
  };
}

interface Refused {
  readonly key: string;
  readonly error: DataError;
}

async function writePage<T>(
  { writer }: ViewGeneration<T>,
  { rows }: FeedPage<T>,
  options: CallOptions,
): Promise<readonly Refused[]> {
  if (rows.length === 0) return [];
  const outcomes = await writer.write(
    rows.map((row) => ({ kind: "upsert", ...row })),
    options,
  );
  return rows.flatMap(({ key }, at) => refusal(key, outcomes[at]));
}

/** `stale` is no refusal: the row, or a newer one, was written by an attempt before. */
function refusal(key: string, outcome: ViewOutcome | undefined): readonly Refused[] {
  if (outcome === undefined) {
    const message = "the view's writer answered for fewer rows than it was given";
    return [{ key, error: new DataError({ kind: "programming", message }) }];
  }
  return outcome.kind === "failed" ? [{ key, error: outcome.error }] : [];
}

const progressAfter = <T>({ rows }: ViewProgress, page: FeedPage<T>): ViewProgress => ({
  rows: rows + page.rows.length,
  ...(page.next !== undefined && { after: page.next }),
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
    hint: "the generation that answered before still does; mend the rows and run it again",
    ...(first !== undefined && { code: first.error.code, cause: first.error }),
  });
}
