import type { Port } from "./plan.ts";

/**
 * What an engine can do, as data. An entry that is missing means *no*, never *perhaps*; every entry cites the evidence card of the
 * engine (`references/engines/<engine>.md`).
 */
export interface Capabilities {
  /** Version the card was read for; its first part is the major version that the lock records. */
  readonly version: string;
  readonly ports: Partial<Readonly<Record<Port, Capability>>>;
  /** Features by name, e.g. `tenant-isolation`, `transactions`, `ranked-text`. */
  readonly features: Readonly<Record<string, Capability>>;
  /** Why a feature, `port:<port>` or `hosting:<hosting>` is missing, where a source says so; the absence alone is a *no* already. */
  readonly lacks: Readonly<Record<string, Capability>>;
  /** Hard limits by name with the largest value carried, e.g. `vector-dimensions`, `item-bytes`, `dataset-bytes`. */
  readonly limits: Readonly<Record<string, Limit>>;
  /** Smallest value reached, by name, e.g. `record-p99-ms`, `rpo-seconds`. */
  readonly floors: Readonly<Record<string, Floor>>;
  /** Hosting the engine can be had on. */
  readonly hosting: Readonly<Record<string, Hosting>>;
  /** Size of a vector index; absent when the engine has none. */
  readonly vectorIndex?: VectorIndex;
  /** Speed of a ranked text query; absent when the engine has none. */
  readonly textSearch?: TextSearch;
  /** The rows of the evidence card that the entries cite. */
  readonly sources: Readonly<Record<string, Source>>;
}

export interface Capability {
  readonly evidence: readonly string[];
  /** Short statement for the explanation. */
  readonly text: string;
}

export interface Limit extends Capability {
  /** Comfortable up to here: beyond it the cost rises. */
  readonly comfortable?: number;
  /** Impossible beyond here. */
  readonly max?: number;
  readonly unit: Unit;
  /** Cost of each doubling beyond `comfortable`; `strainPerDoubling` of assess.ts when not given. */
  readonly perDoubling?: number;
}

export interface Floor extends Capability {
  /** Comfortable down to here: below it the cost rises. */
  readonly comfortable?: number;
  /** Impossible below here. */
  readonly min: number;
  readonly unit: Unit;
}

/** How a number is shown. */
export type Unit =
  | "bytes"
  | "memory"
  | "per second"
  | "ms"
  | "seconds"
  | "duration"
  | "dimensions"
  | "processes"
  | "regions"
  | "percent"
  | "rows"
  | "factor";

export interface Hosting extends Capability {
  /** Cost of operating one more such store there, in points; see `solve.ts`. */
  readonly operation: number;
  /** Limits that hold on this hosting instead of the general ones. */
  readonly limits?: Readonly<Record<string, Limit>>;
}

/** Index bytes per vector: `bytesPerDimension × d + overhead`, packed into pages when the engine has such. */
export interface VectorIndex extends Capability {
  readonly bytesPerDimension: number;
  /** Bytes of an entry beside the vector: header and graph neighbours. */
  readonly overhead: number;
  /** An entry never spans pages: `usable` of `size` bytes hold whole entries. */
  readonly page?: { readonly size: number; readonly usable: number };
}

export interface TextSearch extends Capability {
  /** Documents in the index, or in one shard of it, per millisecond of one ranked query, one client. */
  readonly documentsPerMs: number;
  /** Where the index is cut: documents a shard holds at most, and shards that are searched at once. */
  readonly shards?: { readonly documents: number; readonly atOnce: number };
}

export interface Source {
  readonly fact: string;
  readonly source: string;
  /** General knowledge, to be verified: may set a weight, never meet or fail a hard requirement. */
  readonly general?: true;
}
