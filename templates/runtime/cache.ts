/** What is removed from a cache. */
export type Invalidation =
  | { readonly keys: readonly string[] }
  | { readonly tag: string }
  /** `*` any text, `?` one character. */
  | { readonly pattern: string }
  | { readonly all: true };

/** What the shared level answers to a read. */
export type TierAnswer =
  | { readonly entry: string }
  /** A miss; the lease is the right to fill it, undefined when another process holds it. */
  | { readonly lease: string | undefined };

/**
 * The shared, second level of a cache; an engine gives it. All texts are opaque to it. Any method may reject: the cache then goes to the source.
 * Its one duty: **after `invalidate` resolves, no `fill` under a lease granted before is stored** (a tag, a pattern and `all` end all leases).
 */
export interface CacheTier {
  /** False while invalidations of other processes may be missed: the first level is then not used. */
  readonly coherent: boolean;
  read(key: string, leaseMs: number): Promise<TierAnswer>;
  /** Stores under a lease; false when the lease has ended. */
  fill(
    key: string,
    lease: string,
    entry: string,
    ttlMs: number,
    tags: readonly string[],
  ): Promise<boolean>;
  /** Stores in any case, and ends the leases of the key. */
  put(key: string, entry: string, ttlMs: number, tags: readonly string[]): Promise<void>;
  /** Removes entries and leases, and tells the other processes. */
  invalidate(what: Invalidation): Promise<void>;
  /** Invalidations by other processes; `all` after any gap. Returns the function that ends it. */
  onInvalidated(listener: (what: Invalidation) => void): () => void;
}

export interface CacheOptions {
  /** Milliseconds an entry lives; shortened at random by up to a tenth, so that entries made together do not end together. */
  readonly ttlMs: number;
  /** Milliseconds that "there is none" lives. Default 5,000, at most `ttlMs`. */
  readonly negativeTtlMs?: number | undefined;
  /** Bytes of the first level. Default 32 MiB; 0 turns it off. */
  readonly maxBytes?: number | undefined;
  /** Milliseconds an entry lives in the first level when there is a second. Default: as long as in the second. */
  readonly localTtlMs?: number | undefined;
  /** Milliseconds the second level may take before the source is asked. Default 100. */
  readonly budgetMs?: number | undefined;
  /** Takes the second level's failures, which no caller sees. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

export interface EntryOptions {
  readonly ttlMs?: number | undefined;
  readonly tags?: readonly string[] | undefined;
}

/** Counts since the cache was made. */
export interface CacheStats {
  readonly localHits: number;
  readonly sharedHits: number;
  readonly loads: number;
  readonly entries: number;
  readonly bytes: number;
}

/**
 * A cache of texts in one or two levels. A read that begins after an invalidation has resolved never sees what was there before;
 * concurrent misses of one key load once; a second level that is down or slow costs its budget, not an error.
 */
export class Cache {
  constructor(_options: CacheOptions, _tier?: CacheTier) {}

  /** The text, or undefined when there is none; loads nothing. */
  get(_key: string): Promise<string | undefined> {
    return Promise.resolve(undefined);
  }

  /** The text, loaded on a miss; a load that gives undefined is remembered for `negativeTtlMs`. Rejects only as `load` does. */
  read(
    _key: string,
    load: () => Promise<string | undefined>,
    _options?: EntryOptions,
  ): Promise<string | undefined> {
    return load();
  }

  set(_key: string, _text: string, _options?: EntryOptions): Promise<void> {
    return Promise.resolve();
  }

  invalidate(_what: Invalidation): Promise<void> {
    return Promise.resolve();
  }

  stats(): CacheStats {
    return { localHits: 0, sharedHits: 0, loads: 0, entries: 0, bytes: 0 };
  }

  /** Ends the subscription to other processes and drops the first level. */
  close(): void {}
}
