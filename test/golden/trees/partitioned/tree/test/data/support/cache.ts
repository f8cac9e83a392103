// Runtime of async-db-starter 0.1.0, sha256 6f146916529c5755; a fix comes with a newer version of the generator.
import assert from "node:assert/strict";

/** A read-through cache, and how often it has asked its source. */
export interface CacheCase<Row, Key> {
  readonly row: Row;
  readonly key: Key;
  readonly missing: Key;
  /** Makes the cache over a source. */
  readonly over: (source: { get(key: Key): Promise<Row | undefined> }) => {
    get(key: Key): Promise<Row | undefined>;
    invalidate(keys: Key | readonly Key[]): Promise<void>;
    invalidateAll(): Promise<void>;
    changed(keys: readonly string[]): Promise<void>;
  };
}

/** Reads the source once for any number of callers, and again after every kind of invalidation. */
export async function checkReadThrough<Row extends object, Key>({
  row,
  key,
  missing,
  over,
}: CacheCase<Row, Key>): Promise<void> {
  let reads = 0;
  const cache = over({
    get: async (asked) => {
      reads += 1;
      return asked === key ? row : undefined;
    },
  });
  await cache.invalidateAll();
  const answers = await Promise.all([cache.get(key), cache.get(key), cache.get(key)]);
  for (const answer of answers) assert.deepEqual(answer, row);
  assert.equal(reads, 1, "callers that miss at once share one read");
  assert.deepEqual(await cache.get(key), row);
  assert.equal(reads, 1, "what is cached is not read again");
  for (const forget of [
    () => cache.invalidate(key),
    () => cache.invalidate([key]),
    () => cache.invalidateAll(),
    () => cache.changed([String(key)]),
  ]) {
    const before: number = reads;
    await forget();
    assert.deepEqual(await cache.get(key), row);
    assert.equal(reads, before + 1, "after an invalidation the source is read anew");
  }
  assert.equal(await cache.get(missing), undefined);
}

/** A cache of values under text keys. */
export interface PlainCache {
  get(key: string): Promise<unknown>;
  set(
    key: string,
    value: { readonly n: number },
    options?: { readonly tags?: readonly string[] },
  ): Promise<void>;
  invalidate(keys: string | readonly string[]): Promise<void>;
  invalidateTag(tag: string): Promise<void>;
  invalidatePattern(pattern: string): Promise<void>;
}

/** Values come back as they were given; each way to forget forgets what it names, and nothing else. */
export async function checkPlain(cache: PlainCache): Promise<void> {
  const keys = ["user:1", "user:2", "order:1"];
  const fill = async (): Promise<void> => {
    for (const [n, key] of keys.entries())
      await cache.set(key, { n }, { tags: [n < 2 ? "people" : "sales"] });
  };
  const kept = async (): Promise<readonly string[]> => {
    const left: string[] = [];
    for (const [n, key] of keys.entries()) {
      const value = await cache.get(key);
      if (value === undefined) continue;
      assert.deepEqual(value, { n });
      left.push(key);
    }
    return left;
  };
  const cases: readonly (readonly [forget: () => Promise<void>, left: readonly string[]])[] = [
    [async () => {}, keys],
    [() => cache.invalidate("user:1"), ["user:2", "order:1"]],
    [() => cache.invalidate(["user:1", "order:1"]), ["user:2"]],
    [() => cache.invalidateTag("people"), ["order:1"]],
    [() => cache.invalidatePattern("user:*"), ["order:1"]],
  ];
  for (const [forget, left] of cases) {
    await fill();
    await forget();
    assert.deepEqual(await kept(), left);
  }
}
