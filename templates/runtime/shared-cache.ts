import { setTimeout as sleep } from "node:timers/promises";
import type { CacheEntry, Invalidation } from "./local-cache.ts";

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
  /** False while invalidations of other processes may be missed: the first level is then not used. After a gap, tell `all` first. */
  readonly coherent: boolean;
  /** `leaseMs` 0 asks for no lease. */
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

/** A miss that asks the source and stores nothing in the shared level. */
const bypass: TierAnswer = { lease: undefined };
const restMs = 1_000;
const invalidateBudgetMs = 1_000;
const leaseMs = 10_000;
/** Between two attempts to tell at the end what was not told before. */
const lastPauseMs = 500;
/** While another process loads the same key, its result is looked for this often. */
const polls = 5;
const pollMs = 40;
/** More failed removals than this are remembered as "all". */
const mostUnsaid = 10_000;

/**
 * A tier that never rejects: it is asked for at most its budget, left alone for a second after a failure, and not believed about
 * anything it could not be told to remove, until it has been told.
 */
export class SharedCache {
  readonly #tier: CacheTier;
  readonly #budgetMs: number;
  readonly #onError: (error: unknown) => void;
  #restsUntil = 0;
  /** Keys whose removal the tier has not confirmed; `true`: all of them. */
  #unsaid: Set<string> | true = new Set();
  #saying: Set<string> | true | undefined;
  #retry: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(tier: CacheTier, budgetMs: number, onError: (error: unknown) => void) {
    this.#tier = tier;
    this.#budgetMs = budgetMs;
    this.#onError = onError;
  }

  get coherent(): boolean {
    return this.#tier.coherent;
  }

  /** An entry, or a lease to fill it; a miss without lease means: ask the source and keep the result to yourself. */
  async read(
    key: string,
    fills: boolean,
  ): Promise<{ entry: CacheEntry } | { lease: string | undefined }> {
    for (let poll = 0; ; poll++) {
      const answer = await this.#readOnce(key, fills);
      const entry = "entry" in answer ? decodeEntry(answer.entry) : undefined;
      if (entry !== undefined) return { entry };
      const taken = answer !== bypass && "lease" in answer && answer.lease === undefined;
      if (!fills || !taken || poll === polls)
        return { lease: "lease" in answer ? answer.lease : undefined };
      await new Promise((resolve) => setTimeout(resolve, pollMs));
    }
  }

  async fill(key: string, lease: string, entry: CacheEntry): Promise<void> {
    const ttlMs = Math.max(1, entry.expiresAt - Date.now());
    const filled = this.#ask(this.#budgetMs, () =>
      this.#tier.fill(key, lease, encodeEntry(entry), ttlMs, entry.tags),
    );
    await filled.catch(() => {});
  }

  async put(key: string, entry: CacheEntry): Promise<void> {
    const ttlMs = Math.max(1, entry.expiresAt - Date.now());
    const put = this.#ask(this.#budgetMs, () =>
      this.#tier.put(key, encodeEntry(entry), ttlMs, entry.tags),
    );
    await put.catch(() => this.#remember({ keys: [key] }));
  }

  async invalidate(what: Invalidation): Promise<void> {
    const told = this.#ask(invalidateBudgetMs, () => this.#tier.invalidate(what));
    await told.catch(() => this.#remember(what));
  }

  /** Tells the tier what it could not be told before, for so many milliseconds; what then remains is reported. */
  async finish(ms: number): Promise<void> {
    const end = Date.now() + ms;
    while (this.#owes() && Date.now() < end) {
      clearTimeout(this.#retry);
      this.#restsUntil = 0;
      if (this.#saying === undefined) await this.#say(end - Date.now());
      if (this.#owes()) await sleep(Math.max(0, Math.min(lastPauseMs, end - Date.now())));
    }
    if (this.#owes())
      this.#onError(
        new Error(
          "the shared cache level could not be told of changes before the end: other processes may be given what was before, until it expires",
        ),
      );
    this.close();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#retry);
  }

  #owes(): boolean {
    return this.#saying !== undefined || this.#unsaid === true || this.#unsaid.size > 0;
  }

  async #readOnce(key: string, fills: boolean): Promise<TierAnswer> {
    if (distrusts(this.#unsaid, key) || distrusts(this.#saying, key)) return bypass;
    const answer = this.#ask(this.#budgetMs, () => this.#tier.read(key, fills ? leaseMs : 0));
    return answer.catch(() => bypass);
  }

  /** Rejects at once while the tier rests, and when it fails or takes longer than the budget. */
  async #ask<T>(budgetMs: number, call: () => Promise<T>): Promise<T> {
    if (Date.now() < this.#restsUntil)
      throw new Error("the shared cache level rests after a failure");
    try {
      return await within(budgetMs, call());
    } catch (error) {
      this.#restsUntil = Date.now() + restMs;
      this.#onError(error);
      throw error;
    }
  }

  #remember(what: Invalidation): void {
    if (this.#unsaid !== true) {
      if ("keys" in what) for (const key of what.keys) this.#unsaid.add(key);
      if (!("keys" in what) || this.#unsaid.size > mostUnsaid) this.#unsaid = true;
    }
    this.#schedule();
  }

  #schedule(): void {
    if (this.#retry !== undefined || this.#closed) return;
    this.#retry = setTimeout(() => void this.#say(), restMs);
    this.#retry.unref();
  }

  /** Tells the tier what it missed. What is added meanwhile is a later removal and waits for the next round. */
  async #say(budgetMs = invalidateBudgetMs): Promise<void> {
    const saying = this.#unsaid;
    this.#saying = saying;
    this.#unsaid = new Set();
    const what: Invalidation = saying === true ? { all: true } : { keys: [...saying] };
    const budget = Math.min(invalidateBudgetMs, budgetMs);
    const told = await this.#ask(budget, () => this.#tier.invalidate(what)).then(
      () => true,
      () => false,
    );
    this.#saying = undefined;
    this.#retry = undefined;
    if (!told) this.#remember(what);
    else if (this.#unsaid.size > 0) this.#schedule();
  }
}

function distrusts(unsaid: Set<string> | true | undefined, key: string): boolean {
  return unsaid === true || (unsaid !== undefined && unsaid.has(key));
}

async function within<T>(budgetMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new Error(`the shared cache level took more than ${budgetMs} ms`)),
      budgetMs,
    );
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** One line of expiry and tags, then `+` and the text, or `-` for "there is none". */
function encodeEntry(entry: CacheEntry): string {
  const head = JSON.stringify([entry.expiresAt, ...entry.tags]);
  return `${head}\n${entry.text === undefined ? "-" : `+${entry.text}`}`;
}

/** Undefined for anything this version did not write: a miss, never an error. */
function decodeEntry(stored: string): CacheEntry | undefined {
  const end = stored.indexOf("\n");
  const [expiresAt, ...tags] = end === -1 ? [] : parseHead(stored.slice(0, end));
  if (typeof expiresAt !== "number" || !tags.every((tag) => typeof tag === "string"))
    return undefined;
  const mark = stored[end + 1];
  if (mark !== "+" && mark !== "-") return undefined;
  return { text: mark === "+" ? stored.slice(end + 2) : undefined, tags, expiresAt };
}

function parseHead(head: string): readonly unknown[] {
  try {
    const parsed: unknown = JSON.parse(head);
    return Array.isArray(parsed) ? parsed : [];
  } catch {
    return [];
  }
}
