import { randomUUID } from "node:crypto";
import type { CacheTier, Invalidation, TierAnswer } from "../../runtime/cache.ts";
import type { RedisCaller, RedisConnection, Reply } from "./connection.ts";
import { runScript, script } from "./script.ts";

const read = { operation: "cache.read", effect: "read" } as const;
const lease = { operation: "cache.lease", effect: "read" } as const;
const fill = { operation: "cache.fill", effect: "read" } as const;
const put = { operation: "cache.put", effect: "read" } as const;
const invalidate = { operation: "cache.invalidate", effect: "read" } as const;

/** A lease carries the epoch it was granted in: raising the epoch ends all leases at once. */
const grantLease = script(`
local lease = (redis.call('get', KEYS[2]) or '0') .. ':' .. ARGV[1]
if redis.call('set', KEYS[1], lease, 'nx', 'px', ARGV[2]) then return lease end
return false`);

const fillUnderLease = script(`
local epoch = redis.call('get', KEYS[3]) or '0'
if redis.call('get', KEYS[2]) ~= ARGV[1] or string.match(ARGV[1], '^(.-):') ~= epoch then return 0 end
redis.call('del', KEYS[2])
redis.call('set', KEYS[1], ARGV[2], 'px', ARGV[3])
for i = 4, #KEYS do
  redis.call('sadd', KEYS[i], KEYS[1])
  if redis.call('pttl', KEYS[i]) < tonumber(ARGV[3]) then redis.call('pexpire', KEYS[i], ARGV[3]) end
end
return 1`);

const putAnyway = script(`
redis.call('del', KEYS[2])
redis.call('set', KEYS[1], ARGV[1], 'px', ARGV[2])
for i = 3, #KEYS do
  redis.call('sadd', KEYS[i], KEYS[1])
  if redis.call('pttl', KEYS[i]) < tonumber(ARGV[2]) then redis.call('pexpire', KEYS[i], ARGV[2]) end
end
return 1`);

const scanCount = 500;

/**
 * The shared level of a cache on Redis. Entries are plain strings under `<namespace>:e:<key>`, so that `redis-cli` shows them; leases,
 * tags and the epoch lie beside them. Repeating any of these commands has the effect of one, so all of them are retried like reads.
 */
export class RedisTier implements CacheTier {
  readonly #connection: RedisConnection;
  /** Whatever reaches the tier is part of a cache's call, which was admitted. */
  readonly #calls: RedisCaller;
  readonly #namespace: string;
  readonly #channel: string;
  readonly #self = randomUUID();
  readonly #listeners = new Set<(what: Invalidation) => void>();
  #unsubscribe: (() => void) | undefined;
  #coherent = false;

  constructor(connection: RedisConnection, namespace: string) {
    this.#connection = connection;
    this.#calls = connection.nested;
    this.#namespace = namespace;
    this.#channel = `${namespace}:invalidated`;
  }

  get coherent(): boolean {
    return this.#coherent;
  }

  async read(key: string, leaseMs: number): Promise<TierAnswer> {
    const entry = await this.#calls.call(read, "get", [this.#entry(key)]);
    if (typeof entry === "string") return { entry };
    if (leaseMs === 0) return { lease: undefined };
    const keys = [this.#lease(key), this.#epoch()];
    const granted = await runScript(this.#calls, lease, grantLease, keys, [randomUUID(), leaseMs]);
    return { lease: typeof granted === "string" ? granted : undefined };
  }

  async fill(
    key: string,
    granted: string,
    entry: string,
    ttlMs: number,
    tags: readonly string[],
  ): Promise<boolean> {
    const keys = [
      this.#entry(key),
      this.#lease(key),
      this.#epoch(),
      ...tags.map((tag) => this.#tag(tag)),
    ];
    const args = [granted, entry, Math.ceil(ttlMs)];
    return (await runScript(this.#calls, fill, fillUnderLease, keys, args)) === 1;
  }

  async put(key: string, entry: string, ttlMs: number, tags: readonly string[]): Promise<void> {
    const keys = [this.#entry(key), this.#lease(key), ...tags.map((tag) => this.#tag(tag))];
    await runScript(this.#calls, put, putAnyway, keys, [entry, Math.ceil(ttlMs)]);
    await this.#tell({ keys: [key] });
  }

  async invalidate(what: Invalidation): Promise<void> {
    if ("keys" in what)
      await this.#unlink(what.keys.flatMap((key) => [this.#entry(key), this.#lease(key)]));
    else {
      await this.#calls.call(invalidate, "incr", [this.#epoch()]);
      if ("tag" in what) await this.#unlinkTag(what.tag);
      else await this.#unlinkMatching("pattern" in what ? what.pattern : "*");
    }
    await this.#tell(what);
  }

  onInvalidated(listener: (what: Invalidation) => void): () => void {
    this.#listeners.add(listener);
    this.#unsubscribe ??= this.#connection.subscribe(this.#channel, {
      heard: () => this.#believe(),
      lost: () => (this.#coherent = false),
      message: (text) => this.#heard(text),
    });
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#leave();
    };
  }

  /** A subscription that was away may have missed a message, so everything local ends when it is back. */
  #believe(): void {
    this.#announce({ all: true });
    this.#coherent = true;
  }

  #leave(): void {
    this.#coherent = false;
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
  }

  #heard(message: string): void {
    const { from, what } = JSON.parse(message) as { from: string; what: Invalidation };
    if (from !== this.#self) this.#announce(what);
  }

  #announce(what: Invalidation): void {
    for (const listener of this.#listeners) listener(what);
  }

  async #tell(what: Invalidation): Promise<void> {
    const message = JSON.stringify({ from: this.#self, what });
    await this.#calls.call(invalidate, "publish", [this.#channel, message]);
  }

  async #unlink(keys: readonly string[]): Promise<void> {
    for (let at = 0; at < keys.length; at += scanCount) {
      await this.#calls.call(invalidate, "unlink", keys.slice(at, at + scanCount));
    }
  }

  async #unlinkTag(tag: string): Promise<void> {
    const members = await this.#scan("sscan", [this.#tag(tag)], []);
    await this.#unlink([...members, this.#tag(tag)]);
  }

  /** SCAN, never KEYS: the server stays responsive however many keys there are. */
  async #unlinkMatching(pattern: string): Promise<void> {
    await this.#unlink(
      await this.#scan("scan", [], ["match", this.#entry(globOf(pattern), globOf)]),
    );
  }

  async #scan(
    command: "scan" | "sscan",
    before: readonly string[],
    after: readonly string[],
  ): Promise<readonly string[]> {
    const found = new Set<string>();
    let cursor = "0";
    do {
      const args = [...before, cursor, ...after, "count", scanCount];
      const reply: Reply = await this.#calls.call(invalidate, command, args);
      const [next, keys] = reply as readonly [string, readonly string[]];
      for (const key of keys) found.add(key);
      cursor = next;
    } while (cursor !== "0");
    return [...found];
  }

  #entry(key: string, encode: (text: string) => string = (text) => text): string {
    return `${encode(this.#namespace)}:e:${key}`;
  }

  #lease(key: string): string {
    return `${this.#namespace}:l:${key}`;
  }

  #tag(tag: string): string {
    return `${this.#namespace}:t:${tag}`;
  }

  #epoch(): string {
    return `${this.#namespace}:epoch`;
  }
}

/** Redis glob of a pattern in which only `*` and `?` are special. */
const globOf = (pattern: string): string => pattern.replaceAll(/[[\]\\^]/g, String.raw`\$&`);
