import { LocalCache, type CacheEntry, type Invalidation } from "./local-cache.ts";
import { SharedCache, type CacheTier } from "./shared-cache.ts";

export type { Invalidation } from "./local-cache.ts";
export type { CacheTier, TierAnswer } from "./shared-cache.ts";

export interface CacheOptions {
  /** Milliseconds an entry lives; shortened at random by up to a tenth, so that entries made together do not end together. */
  readonly ttlMs: number;
  /** Milliseconds that "there is none" lives. Default 5,000, at most `ttlMs`. */
  readonly negativeTtlMs?: number | undefined;
  /** Bytes of the first level. Default 32 MiB; 0 turns it off. */
  readonly maxBytes?: number | undefined;
  /** Milliseconds an entry lives in the first level when there is a second. Default 60,000. */
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

/** Something under way that wants to keep a result; an invalidation meanwhile makes it void. */
interface Ticket {
  void: boolean;
}

interface Flight extends Ticket {
  readonly result: Promise<string | undefined>;
}

/**
 * A cache of texts in one or two levels. A read that begins after an invalidation has resolved never sees what was there before (what other
 * processes hold in their first level goes when the invalidation reaches them); concurrent misses of one key load once; a second level that
 * is down or slow costs its budget, not an error.
 */
export class Cache {
  readonly #options: CacheOptions;
  readonly #local: LocalCache;
  readonly #shared: SharedCache | undefined;
  readonly #stop: () => void;
  readonly #flights = new Map<string, Flight>();
  readonly #tickets = new Map<string, Set<Ticket>>();
  #localHits = 0;
  #sharedHits = 0;
  #loads = 0;

  constructor(options: CacheOptions, tier?: CacheTier) {
    this.#options = options;
    this.#local = new LocalCache(options.maxBytes ?? 32 * 1_024 * 1_024);
    this.#shared =
      tier === undefined
        ? undefined
        : new SharedCache(tier, options.budgetMs ?? 100, options.onError ?? (() => {}));
    this.#stop = tier?.onInvalidated((what) => this.#forget(what)) ?? (() => {});
  }

  /** The text, or undefined when there is none; loads nothing. */
  async get(key: string): Promise<string | undefined> {
    const hit = this.#hit(key);
    if (hit !== undefined) return hit.text;
    if (this.#shared === undefined) return undefined;
    const ticket = this.#open(key, { void: false });
    const answer = await this.#shared.read(key, false);
    const entry = "entry" in answer ? answer.entry : undefined;
    if (entry !== undefined) this.#sharedHits += 1;
    this.#close(key, ticket, entry);
    return entry?.text;
  }

  /** The text, loaded on a miss; a load that gives undefined is remembered for `negativeTtlMs`. Rejects only as `load` does. */
  read(
    key: string,
    load: () => Promise<string | undefined>,
    options?: EntryOptions,
  ): Promise<string | undefined> {
    const hit = this.#hit(key);
    if (hit !== undefined) return Promise.resolve(hit.text);
    return (this.#flights.get(key) ?? this.#takeOff(key, load, options)).result;
  }

  /** Stores a text in both levels; what was being loaded for the key is not kept. */
  async set(key: string, text: string, options?: EntryOptions): Promise<void> {
    const entry = this.#entry(text, options);
    this.#forget({ keys: [key] });
    const ticket = this.#open(key, { void: false });
    await this.#shared?.put(key, entry);
    const latest = !ticket.void;
    // Whoever read the shared level before the put may hold the old text.
    if (latest) this.#forget({ keys: [key] });
    ticket.void = !latest;
    this.#close(key, ticket, entry);
  }

  /** Removes entries from both levels. Resolves also when the second level is down; it is then not believed until it has been told. */
  async invalidate(what: Invalidation): Promise<void> {
    this.#forget(what);
    if (this.#shared === undefined) return;
    await this.#shared.invalidate(what);
    // Whoever read the shared level before it was told may hold what is now removed.
    this.#forget(what);
  }

  stats(): CacheStats {
    return {
      localHits: this.#localHits,
      sharedHits: this.#sharedHits,
      loads: this.#loads,
      entries: this.#local.size,
      bytes: this.#local.bytes,
    };
  }

  /** Says within `ms` what the second level was not told yet, then closes. */
  async finish(ms: number): Promise<void> {
    await this.#shared?.finish(ms);
    this.close();
  }

  /** Ends the subscription to other processes and drops the first level. */
  close(): void {
    this.#stop();
    this.#shared?.close();
    this.#forget({ all: true });
  }

  #hit(key: string): CacheEntry | undefined {
    if (this.#shared?.coherent === false) return undefined;
    const entry = this.#local.get(key);
    if (entry !== undefined) this.#localHits += 1;
    return entry;
  }

  #takeOff(
    key: string,
    load: () => Promise<string | undefined>,
    options: EntryOptions | undefined,
  ): Flight {
    const ticket = { void: false };
    const result = this.#fly(key, load, options, ticket).finally(() => {
      if (this.#flights.get(key) === flight) this.#flights.delete(key);
    });
    const flight: Flight = Object.assign(ticket, { result });
    this.#flights.set(key, flight);
    return flight;
  }

  async #fly(
    key: string,
    load: () => Promise<string | undefined>,
    options: EntryOptions | undefined,
    ticket: Ticket,
  ): Promise<string | undefined> {
    this.#open(key, ticket);
    let entry: CacheEntry | undefined;
    try {
      const answer = await this.#shared?.read(key, true);
      if (answer !== undefined && "entry" in answer) {
        this.#sharedHits += 1;
        entry = answer.entry;
      } else {
        this.#loads += 1;
        entry = this.#entry(await load(), options);
        if (answer?.lease !== undefined) await this.#shared?.fill(key, answer.lease, entry);
      }
    } finally {
      this.#close(key, ticket, entry);
    }
    return entry.text;
  }

  #entry(text: string | undefined, options: EntryOptions | undefined): CacheEntry {
    const ttlMs = options?.ttlMs ?? this.#options.ttlMs;
    const lives =
      text === undefined ? Math.min(this.#options.negativeTtlMs ?? 5_000, ttlMs) : ttlMs;
    return {
      text,
      tags: options?.tags ?? [],
      expiresAt: Date.now() + lives * (1 - Math.random() / 10),
    };
  }

  #open(key: string, ticket: Ticket): Ticket {
    const open = this.#tickets.get(key);
    if (open === undefined) this.#tickets.set(key, new Set([ticket]));
    else open.add(ticket);
    return ticket;
  }

  /** Keeps the entry in the first level, unless an invalidation came in between. */
  #close(key: string, ticket: Ticket, entry: CacheEntry | undefined): void {
    const open = this.#tickets.get(key);
    open?.delete(ticket);
    if (open?.size === 0) this.#tickets.delete(key);
    if (entry === undefined || ticket.void || this.#shared?.coherent === false) return;
    const limit =
      this.#shared === undefined ? Infinity : Date.now() + (this.#options.localTtlMs ?? 60_000);
    this.#local.set(key, { ...entry, expiresAt: Math.min(entry.expiresAt, limit) });
  }

  /** A tag, a pattern and `all` void everything under way: what it will be tagged with is not known yet. */
  #forget(what: Invalidation): void {
    this.#local.remove(what);
    const keys = "keys" in what ? what.keys : [...this.#tickets.keys()];
    for (const key of keys) {
      for (const ticket of this.#tickets.get(key) ?? []) ticket.void = true;
      this.#flights.delete(key);
    }
  }
}
