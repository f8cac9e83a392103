import { randomUUID } from "node:crypto";
import type { CacheTier, Invalidation, TierAnswer } from "../../runtime/cache.ts";
import type { RedisCaller, Reply } from "./op.ts";
import type { RedisRouter } from "./router.ts";
import { runScript, script } from "./script.ts";
import { slotOf } from "./slot.ts";

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

/** KEYS: a tag, then entries that it names. In one, so that an entry stored beside it is named for as long as it is there. */
const dropTagged = script(`
redis.call('srem', KEYS[1], unpack(KEYS, 2))
return redis.call('unlink', unpack(KEYS, 2))`);

const scanCount = 500;
/**
 * Hash tags that a cache's keys are spread over where one script must not reach across slots: an entry, its lease, its tags and its epoch
 * share one. Enough to even out some dozens of nodes, few enough to go over for a tag.
 */
const tagCount = 256;
const partsAtOnce = 64;

/**
 * The shared level of a cache on Redis. Entries are plain strings under `<namespace>:e:<key>`, so that `redis-cli` shows them; leases,
 * tags and the epoch lie beside them. Repeating any of these commands has the effect of one, so all of them are retried like reads.
 */
export class RedisTier implements CacheTier {
  readonly #router: RedisRouter;
  /** Whatever reaches the tier is part of a cache's call, which was admitted. */
  readonly #calls: RedisCaller;
  readonly #namespace: string;
  /** Prefixes of keys that may stand in one script; one, where all may. */
  readonly #parts: readonly string[];
  readonly #channel: string;
  readonly #self = randomUUID();
  readonly #listeners = new Set<(what: Invalidation) => void>();
  #unsubscribe: (() => void) | undefined;
  #coherent = false;

  constructor(router: RedisRouter, namespace: string) {
    this.#router = router;
    this.#calls = router.nested;
    this.#namespace = namespace;
    this.#parts = router.partitioned
      ? Array.from({ length: tagCount }, (_, at) => `${namespace}:{${at}}`)
      : [namespace];
    this.#channel = `${namespace}:invalidated`;
  }

  get coherent(): boolean {
    return this.#coherent;
  }

  async read(key: string, leaseMs: number): Promise<TierAnswer> {
    const entry = await this.#calls.call(read, "get", [this.#entry(key)]);
    if (typeof entry === "string") return { entry };
    if (leaseMs === 0) return { lease: undefined };
    const keys = [this.#lease(key), this.#epoch(this.#part(key))];
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
      this.#epoch(this.#part(key)),
      ...tags.map((tag) => this.#tag(this.#part(key), tag)),
    ];
    const args = [granted, entry, Math.ceil(ttlMs)];
    return (await runScript(this.#calls, fill, fillUnderLease, keys, args)) === 1;
  }

  async put(key: string, entry: string, ttlMs: number, tags: readonly string[]): Promise<void> {
    const part = this.#part(key);
    const keys = [this.#entry(key), this.#lease(key), ...tags.map((tag) => this.#tag(part, tag))];
    await runScript(this.#calls, put, putAnyway, keys, [entry, Math.ceil(ttlMs)]);
    await this.#tell({ keys: [key] });
  }

  async invalidate(what: Invalidation): Promise<void> {
    if ("keys" in what)
      await this.#unlink(what.keys.flatMap((key) => [this.#entry(key), this.#lease(key)]));
    else {
      await this.#overParts((part) => this.#calls.call(invalidate, "incr", [this.#epoch(part)]));
      if ("tag" in what)
        await this.#overParts((part) => this.#unlinkTag(this.#tag(part, what.tag)));
      else await this.#unlinkMatching("pattern" in what ? what.pattern : "*");
    }
    await this.#tell(what);
  }

  onInvalidated(listener: (what: Invalidation) => void): () => void {
    this.#listeners.add(listener);
    this.#unsubscribe ??= this.#router.subscribe(this.#channel, {
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

  /** Part by part, a few at a time: their commands leave together. */
  async #overParts(work: (part: string) => Promise<unknown>): Promise<void> {
    for (let at = 0; at < this.#parts.length; at += partsAtOnce)
      await Promise.all(this.#parts.slice(at, at + partsAtOnce).map(work));
  }

  async #unlink(keys: readonly string[]): Promise<void> {
    for (const group of this.#router.together(keys)) {
      for (let at = 0; at < group.length; at += scanCount)
        await this.#calls.call(invalidate, "unlink", group.slice(at, at + scanCount));
    }
  }

  async #unlinkTag(tag: string): Promise<void> {
    const members = await this.#scan(this.#calls, "sscan", [tag], []);
    for (let at = 0; at < members.length; at += scanCount) {
      const keys = [tag, ...members.slice(at, at + scanCount)];
      await runScript(this.#calls, invalidate, dropTagged, keys, []);
    }
  }

  /** SCAN, never KEYS: the servers stay responsive however many keys there are. */
  async #unlinkMatching(pattern: string): Promise<void> {
    const match =
      this.#parts.length === 1 ? globOf(this.#namespace) : `${globOf(this.#namespace)}:{*}`;
    for (const server of await this.#router.everywhere())
      await this.#unlink(
        await this.#scan(server, "scan", [], ["match", `${match}:e:${globOf(pattern)}`]),
      );
  }

  async #scan(
    server: RedisCaller,
    command: "scan" | "sscan",
    before: readonly string[],
    after: readonly string[],
  ): Promise<readonly string[]> {
    const found = new Set<string>();
    let cursor = "0";
    do {
      const args = [...before, cursor, ...after, "count", scanCount];
      const reply: Reply = await server.call(invalidate, command, args);
      const [next, keys] = reply as readonly [string, readonly string[]];
      for (const key of keys) found.add(key);
      cursor = next;
    } while (cursor !== "0");
    return [...found];
  }

  /** The part that a key and all that belongs to it lie in. */
  #part(key: string): string {
    const { length } = this.#parts;
    return this.#parts[length === 1 ? 0 : slotOf(key) % length] ?? this.#namespace;
  }

  #entry(key: string): string {
    return `${this.#part(key)}:e:${key}`;
  }

  #lease(key: string): string {
    return `${this.#part(key)}:l:${key}`;
  }

  #tag(part: string, tag: string): string {
    return `${part}:t:${tag}`;
  }

  #epoch(part: string): string {
    return `${part}:epoch`;
  }
}

/** Redis glob of a pattern in which only `*` and `?` are special. */
const globOf = (pattern: string): string => pattern.replaceAll(/[[\]\\^]/g, String.raw`\$&`);
