import { inThousands } from "../../ir/digits.ts";
import type { VectorViewIr } from "../../ir/types.ts";

/** How the vectors of a view are searched. */
export interface VectorPlan {
  /** Every vector is compared. */
  readonly exact: boolean;
  readonly engine: "lucene" | "faiss";
  /** Parameters of the graph. */
  readonly parameters: Readonly<Record<string, number>>;
  readonly shards: number;
  readonly reason: string;
}

/** As on any engine: a scan has recall 1.0, and 10,000 vectors of 1,536 dimensions are 60 MB. */
const exactRows = 10_000;
/** OS-03: Lucene for fewer than 10 million vectors, Faiss beyond. */
const luceneRows = 10_000_000;
/** OS-01: a shard of 10 to 50 GB. */
const shardBytes = 30e9;

/** Engine, parameters and shards for a number of rows; without one, as for a few thousand. */
export function vectorPlan({ rows = 0, dimensions }: VectorViewIr): VectorPlan {
  if (rows < exactRows)
    return {
      exact: true,
      engine: "lucene",
      parameters: {},
      shards: 1,
      reason: `up to ${inThousands(exactRows)} rows every vector is compared, which is fast and misses nothing`,
    };
  const large = rows > 1_000_000;
  const m = large ? 24 : 16;
  const engine = rows < luceneRows ? "lucene" : "faiss";
  return {
    exact: false,
    engine,
    parameters: { m, ef_construction: large ? 200 : 100 },
    shards: Math.max(1, Math.ceil((1.1 * (4 * dimensions + 8 * m) * rows) / shardBytes)),
    reason:
      engine === "lucene"
        ? `HNSW of Lucene, which filters while it walks; sized for ${inThousands(rows)} rows`
        : `HNSW of Faiss, whose graph lies outside of the heap; sized for ${inThousands(rows)} rows`,
  };
}
