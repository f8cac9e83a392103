import { matchesGlob } from "./glob.ts";

/** A cached text; undefined text: it is known that there is none. */
export interface CacheEntry {
  readonly text: string | undefined;
  readonly tags: readonly string[];
  /** Unix milliseconds. */
  readonly expiresAt: number;
}

/** What is removed from a cache. */
export type Invalidation =
  | { readonly keys: readonly string[] }
  | { readonly tag: string }
  /** `*` any text, `?` one character. */
  | { readonly pattern: string }
  | { readonly all: true };

/** What the engine keeps per entry besides the texts, roughly. */
const overheadBytes = 160;

/** The level in this process: least recently used entries go first when the bytes run out. */
export class LocalCache {
  readonly #maxBytes: number;
  readonly #entries = new Map<string, CacheEntry>();
  readonly #tagged = new Map<string, Set<string>>();
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get size(): number {
    return this.#entries.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get(key: string): CacheEntry | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    if (entry.expiresAt <= Date.now()) {
      this.#delete(key);
      return undefined;
    }
    // A Map keeps the order of insertion: the first key is the one unused for longest.
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry;
  }

  set(key: string, entry: CacheEntry): void {
    this.#delete(key);
    const bytes = bytesOf(key, entry);
    if (bytes > this.#maxBytes) return;
    this.#entries.set(key, entry);
    this.#bytes += bytes;
    for (const tag of entry.tags) this.#keysOf(tag).add(key);
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= this.#maxBytes) break;
      this.#delete(oldest);
    }
  }

  remove(what: Invalidation): void {
    if ("keys" in what) for (const key of what.keys) this.#delete(key);
    else if ("tag" in what) for (const key of this.#tagged.get(what.tag) ?? []) this.#delete(key);
    else if ("pattern" in what) this.#deleteMatching(what.pattern);
    else this.clear();
  }

  clear(): void {
    this.#entries.clear();
    this.#tagged.clear();
    this.#bytes = 0;
  }

  #deleteMatching(pattern: string): void {
    for (const key of this.#entries.keys()) if (matchesGlob(pattern, key)) this.#delete(key);
  }

  #delete(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#bytes -= bytesOf(key, entry);
    for (const tag of entry.tags) {
      const keys = this.#tagged.get(tag);
      keys?.delete(key);
      if (keys?.size === 0) this.#tagged.delete(tag);
    }
  }

  #keysOf(tag: string): Set<string> {
    let keys = this.#tagged.get(tag);
    if (keys === undefined) {
      keys = new Set();
      this.#tagged.set(tag, keys);
    }
    return keys;
  }
}

function bytesOf(key: string, entry: CacheEntry): number {
  return 2 * (key.length + (entry.text?.length ?? 0)) + overheadBytes * (1 + entry.tags.length);
}
