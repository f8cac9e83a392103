import { callOp } from "./call.ts";
import {
  Cache,
  type CacheOptions,
  type CacheStats,
  type CacheTier,
  type EntryOptions,
  type Invalidation,
} from "./cache.ts";
import { programmingError } from "./errors.ts";
import { nestedRuntime, type OpRuntime, type OpSpec } from "./op.ts";
import type { CallOptions } from "./options.ts";
import { outsideTransactions } from "./unit-of-work.ts";

/** A store that can hold caches: in this process only, or with a shared level. */
export interface CacheStore {
  readonly runtime: OpRuntime;
  /** The shared level for entries of one namespace; absent in process. */
  tier?(namespace: string): CacheTier;
  /** Takes failures of the shared level, which no caller sees. */
  readonly onError?: (error: unknown) => void;
}

/** What a read-through cache of one entity is made of. */
export interface EntityCacheDefinition<K, E> extends CacheOptions {
  /** `productCache` */
  readonly name: string;
  /** Prefix of its keys; changes with the entity's shape, so that an older entry is never decoded as a newer one. */
  readonly namespace: string;
  /** One text per key. */
  readonly key: (key: K) => string;
  readonly load: (key: K) => Promise<E | undefined>;
  readonly encode: (entity: E) => unknown;
  readonly decode: (json: never) => E;
}

/** A view that hears which keys of its entity have changed, or that any may have. */
export interface FedByChanges {
  changed(keys: readonly string[], all?: boolean): Promise<void>;
}

/** Read-through over an authority: `get` loads what is missing, nobody but the authority's own changes removes. */
export class EntityCache<K, E> {
  readonly #definition: EntityCacheDefinition<K, E>;
  readonly #runtime: OpRuntime;
  readonly #nested: OpRuntime;
  readonly #cache: Cache;
  readonly #get: OpSpec;
  readonly #invalidate: OpSpec;

  constructor(store: CacheStore, definition: EntityCacheDefinition<K, E>) {
    this.#definition = definition;
    this.#runtime = store.runtime;
    this.#nested = nestedRuntime(store.runtime);
    this.#cache = cacheOn(store, definition.namespace, definition);
    this.#get = { operation: `${definition.name}.get`, effect: "read" };
    this.#invalidate = { operation: `${definition.name}.invalidate`, effect: "read" };
  }

  /** The entity, from the nearest level that has it. Never older than the last invalidation that had resolved when it was called; inside a transaction too, it is what is committed. */
  get(key: K, options?: CallOptions): Promise<E | undefined> {
    return callOp(this.#runtime, this.#get, options, () => this.#read(key));
  }

  invalidate(keys: K | readonly K[], options?: CallOptions): Promise<void> {
    const list = Array.isArray(keys) ? (keys as readonly K[]) : [keys as K];
    const what = { keys: list.map((key) => this.#definition.key(key)) };
    return this.#drop(this.#runtime, what, options);
  }

  /** What a store's `onChanged` tells: keys as text. Part of the write it comes from, so close() waits for it. */
  changed(keys: readonly string[], all = false): Promise<void> {
    return this.#drop(this.#nested, all ? { all } : { keys }, undefined);
  }

  invalidateAll(options?: CallOptions): Promise<void> {
    return this.#drop(this.#runtime, { all: true }, options);
  }

  stats(): CacheStats {
    return this.#cache.stats();
  }

  close(): void {
    this.#cache.close();
  }

  async #read(key: K): Promise<E | undefined> {
    const { encode, decode, load } = this.#definition;
    const text = await this.#cache.read(this.#definition.key(key), async () => {
      const entity = await outsideTransactions(() => load(key));
      return entity === undefined ? undefined : JSON.stringify(encode(entity));
    });
    return text === undefined ? undefined : decode(JSON.parse(text) as never);
  }

  #drop(runtime: OpRuntime, what: Invalidation, options: CallOptions | undefined): Promise<void> {
    return callOp(runtime, this.#invalidate, options, () => this.#cache.invalidate(what));
  }
}

/** A cache that ends with its data layer, after the calls that tell it of changes. */
function cacheOn(store: CacheStore, namespace: string, options: CacheOptions): Cache {
  const cache = new Cache({ onError: store.onError, ...options }, store.tier?.(namespace));
  store.runtime.lifecycle.onDrain((ms) => cache.finish(ms));
  return cache;
}

/** A cache that the application fills itself: JSON values under text keys. */
export class ValueCache {
  readonly #store: CacheStore;
  readonly #cache: Cache;
  readonly #name: string;

  constructor(store: CacheStore, name: string, namespace: string, options: CacheOptions) {
    this.#store = store;
    this.#name = name;
    this.#cache = cacheOn(store, namespace, options);
  }

  /** The value, or undefined when there is none or it has expired. */
  get(key: string, options?: CallOptions): Promise<unknown> {
    return this.#call("get", options, async () => {
      const text = await this.#cache.get(key);
      return text === undefined ? undefined : (JSON.parse(text) as unknown);
    });
  }

  /** Rejects with a DataError programming for a value that JSON cannot hold, and for a `ttlMs` that is no number of milliseconds above 0. */
  set(key: string, value: unknown, options?: EntryOptions & CallOptions): Promise<void> {
    return this.#call("set", options, async () => {
      const { ttlMs } = options ?? {};
      if (ttlMs !== undefined && !(ttlMs > 0)) throw programmingError("ttlMs must be more than 0");
      return this.#cache.set(key, jsonOf(value), options);
    });
  }

  invalidate(keys: string | readonly string[], options?: CallOptions): Promise<void> {
    const list = typeof keys === "string" ? [keys] : keys;
    return this.#call("invalidate", options, () => this.#cache.invalidate({ keys: list }));
  }

  invalidateTag(tag: string, options?: CallOptions): Promise<void> {
    return this.#call("invalidateTag", options, () => this.#cache.invalidate({ tag }));
  }

  /** `*` any text, `?` one character. */
  invalidatePattern(pattern: string, options?: CallOptions): Promise<void> {
    return this.#call("invalidatePattern", options, () => this.#cache.invalidate({ pattern }));
  }

  stats(): CacheStats {
    return this.#cache.stats();
  }

  close(): void {
    this.#cache.close();
  }

  #call<T>(method: string, options: CallOptions | undefined, work: () => Promise<T>): Promise<T> {
    return callOp(
      this.#store.runtime,
      { operation: `${this.#name}.${method}`, effect: "read" },
      options,
      work,
    );
  }
}

/** @throws DataError programming */
function jsonOf(value: unknown): string {
  let text: string | undefined;
  let cause: unknown;
  try {
    text = JSON.stringify(value) as string | undefined;
  } catch (error) {
    cause = error;
  }
  if (text !== undefined) return text;
  throw programmingError("the value is not JSON", {
    hint: "give what JSON holds: no bigint, no circle, no function, not undefined",
    cause,
  });
}
