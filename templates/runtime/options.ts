/** What every call accepts. */
export interface CallOptions {
  /** Aborts the call; it then rejects with `signal.reason`. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds until the call rejects, retries included. Default: the store's (5,000 unless configured). */
  readonly deadlineMs?: number | undefined;
}

/**
 * When a failed call may be tried again: `safe` only when it is known not to have been applied, `always` also when that is unknown
 * (a read, or a write with an operation id), `never` not at all.
 */
export type RetryMode = "always" | "safe" | "never";

/** Options of a read. Default `always`: reading twice harms nobody. */
export interface ReadOptions extends CallOptions {
  readonly retry?: RetryMode | undefined;
}

/**
 * Options of a write. With an `operation` id the change and its id are recorded together, so a replay returns the stored result:
 * such a write is retried like a read. Without one, only what is known not to have been applied is retried.
 */
export type WriteOptions = CallOptions &
  (
    | { readonly operation: string; readonly retry?: RetryMode | undefined }
    | { readonly operation?: undefined; readonly retry?: "safe" | "never" | undefined }
  );

/** A write that is refused with `conflict` when the stored version is another one than `ifVersion`. */
export type VersionedWriteOptions = WriteOptions & { readonly ifVersion?: number | undefined };

/** Which part of a list. */
export interface PageRequest {
  /** 1 to 1,000 items; default 50. */
  readonly limit?: number | undefined;
  /** `next` of the page before. */
  readonly after?: string | undefined;
}

/** A part of a list; `next` is there when more may follow. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next?: string;
}

/** Both ends inclusive. */
export interface Range<T> {
  readonly min?: T | undefined;
  readonly max?: T | undefined;
}

export type Isolation = "read committed" | "repeatable read" | "serializable";

export interface TransactionOptions extends CallOptions {
  readonly isolation?: Isolation | undefined;
  /** The callback may be run again from the start after a conflict or a fault before COMMIT; it must not have effects elsewhere. */
  readonly rerunnable?: boolean | undefined;
  readonly readOnly?: boolean | undefined;
  /** Milliseconds one run of the callback may hold its connection and locks. Default: the deadline. */
  readonly maxDurationMs?: number | undefined;
}
