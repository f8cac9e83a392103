// Runtime of async-db-starter 0.1.0, sha256 1d7f87f0bebe18b5; a fix comes with a newer version of the generator.
import assert from "node:assert/strict";
import type { Keyed } from "./reading.ts";
import { inOrder, refused, valueOf } from "./comparing.ts";

/** One kind of rows under test, and how it is reached. */
export interface Subject<Row, New, Key> extends Keyed<Row, Key> {
  /** A new row; every number makes another one. */
  readonly sample: (n: number) => New;
  /** For a composite key: rows whose key differs from that of a sample in one part only. */
  readonly beside?: (n: number) => readonly New[];
  readonly insert: (row: New, options?: { readonly operation: string }) => Promise<Row>;
  /** Reads one row anew. */
  readonly read: (key: Key) => Promise<Row | undefined>;
  /** Owned children, with the properties of their own key: they come in its order. */
  readonly children?: Readonly<Record<string, readonly string[]>>;
}

interface Versioned {
  readonly ifVersion?: number;
}

/** What was given is what is stored, under the same properties; children in the order of their key. */
export function checkStored(
  row: object,
  given: object,
  children: Readonly<Record<string, readonly string[]>> = {},
): void {
  for (const [property, value] of Object.entries(given)) {
    const key = children[property];
    if (key === undefined || !isRows(value))
      assert.deepEqual(valueOf(row, property), value, property);
    else checkChildren(valueOf(row, property), value, key);
  }
}

const isRows = (value: unknown): value is readonly object[] => Array.isArray(value);

function checkChildren(stored: unknown, given: readonly object[], key: readonly string[]): void {
  assert.ok(isRows(stored), "children are stored");
  const expected = inOrder(
    given,
    key.map((property) => [property, "asc"] as const),
  );
  assert.equal(stored.length, expected.length);
  for (const [at, child] of expected.entries()) checkStored(stored[at] ?? {}, child);
}

/** Stores rows one after the other, so that their order in the store is that of the list. */
export async function insertAll<Row, New, Key>(
  { insert }: Subject<Row, New, Key>,
  samples: readonly New[],
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const sample of samples) rows.push(await insert(sample));
  return rows;
}

/** Each row holds what its sample gave. */
export function checkAllStored<Row extends object, New extends object, Key>(
  { children }: Subject<Row, New, Key>,
  rows: readonly Row[],
  samples: readonly New[],
): void {
  assert.equal(rows.length, samples.length);
  for (const [at, sample] of samples.entries()) checkStored(rows[at] ?? {}, sample, children);
}

/** A change touches its own row and no other. */
async function others<Row, New, Key>(
  { key, read }: Subject<Row, New, Key>,
  rows: readonly Row[],
): Promise<void> {
  for (const row of rows)
    assert.deepEqual(await read(key(row)), row, "a row that was not meant has changed");
}

/** Rows beside the one that is changed. */
const bystanders = <Row, New, Key>(
  subject: Subject<Row, New, Key>,
  n: number,
): Promise<readonly Row[]> =>
  insertAll(subject, [
    subject.sample(n + 1),
    subject.sample(n + 2),
    ...(subject.beside?.(n) ?? []),
  ]);

/** The stored row comes back, equals what a read gives, and its key cannot be taken again. */
export async function checkInsert<Row extends object, New extends object, Key>(
  subject: Subject<Row, New, Key>,
  n: number,
): Promise<void> {
  const given = subject.sample(n);
  const row = await subject.insert(given);
  checkStored(row, given, subject.children);
  assert.deepEqual(await subject.read(subject.key(row)), row);
  await refused("conflict", () => subject.insert(given));
}

/** The row is not stored, and the error says why. */
export async function checkRefused<Row, New, Key>(
  { insert }: Subject<Row, New, Key>,
  kind: "conflict" | "constraint",
  row: New,
): Promise<void> {
  await refused(kind, () => insert(row));
}

/** A change under an operation id happens once; the same id with other content is refused. */
export async function checkReplay<Row>({
  operation,
  apply,
  applyOther,
}: {
  readonly operation: string;
  readonly apply: (options: { readonly operation: string }) => Promise<Row>;
  readonly applyOther: (options: { readonly operation: string }) => Promise<unknown>;
}): Promise<void> {
  const once = await apply({ operation });
  assert.deepEqual(await apply({ operation }), once, "the replay gives what the first call gave");
  await refused("conflict", () => applyOther({ operation }));
}

/** Each change alone and all together: the given properties change, nothing else does. */
export async function checkPatch<Row extends object, New extends object, Key, Patch extends object>(
  subject: Subject<Row, New, Key>,
  {
    n,
    changes,
    patch,
  }: {
    readonly n: number;
    readonly changes: readonly NoInfer<Patch>[];
    readonly patch: (key: Key, change: Patch, options?: Versioned) => Promise<Row>;
  },
): Promise<void> {
  let row = await subject.insert(subject.sample(n));
  const beside = await bystanders(subject, n);
  for (const change of changes) {
    await pause();
    const changed = await patch(subject.key(row), change);
    assert.deepEqual(changed, { ...row, ...change, ...raised(row, changed) });
    assert.deepEqual(await subject.read(subject.key(row)), changed);
    row = changed;
  }
  const [change] = changes;
  assert.ok(change !== undefined, "a change to make");
  if ("version" in row)
    await checkVersion(row, (options) => patch(subject.key(row), change, options));
  await refused("not-found", () => patch(subject.missing, change));
  await others(subject, beside);
}

/** What a change raises by itself: the version by one, and the time of the last change. */
function raised(before: object, after: object): object {
  const managed: Record<string, unknown> = {};
  if ("version" in before) managed["version"] = Number(before.version) + 1;
  if ("updatedAt" in before && "updatedAt" in after) {
    assert.ok(Number(after.updatedAt) > Number(before.updatedAt), "updatedAt has not been set");
    managed["updatedAt"] = after.updatedAt;
  }
  return managed;
}

/** Times are kept in milliseconds: two changes must not share one. */
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 3));

/** An older version is refused, the stored one is taken. */
async function checkVersion(
  row: object,
  change: (options: Versioned) => Promise<unknown>,
): Promise<void> {
  const version = Number(valueOf(row, "version"));
  await refused("conflict", () => change({ ifVersion: version - 1 }));
  await refused("conflict", () => change({ ifVersion: version + 1 }));
  await change({ ifVersion: version });
}

/** Inserts what is not there, replaces what is, in one call as often as it takes. */
export async function checkUpsert<Row extends object, New extends object, Key>(
  subject: Subject<Row, New, Key>,
  {
    n,
    upsert,
    keyed,
  }: {
    readonly n: number;
    readonly upsert: (rows: readonly New[]) => Promise<readonly Row[]>;
    /** The new row, other in every respect, under the key of a stored one. */
    readonly keyed: (sample: New, row: Row) => New;
  },
): Promise<void> {
  const [before] = await upsert([subject.sample(n)]);
  assert.ok(before !== undefined, "the upserted row comes back");
  checkStored(before, subject.sample(n), subject.children);
  assert.deepEqual(await subject.read(subject.key(before)), before);
  const beside = await upsert([subject.sample(n + 1), ...(subject.beside?.(n) ?? [])]);
  await pause();
  const given = keyed(subject.sample(n + 2), before);
  const [after] = await upsert([given]);
  assert.ok(after !== undefined, "the replaced row comes back");
  checkStored(after, given, subject.children);
  checkStored(after, { ...raised(before, after), ...madeAt(before) });
  assert.deepEqual(await subject.read(subject.key(before)), after);
  await others(subject, beside);
}

const madeAt = (row: object): object => ("createdAt" in row ? { createdAt: row.createdAt } : {});

/** Several rows in one call come back in the order they were given, each its own. */
export async function checkBulk<Row extends object, New extends object, Key>(
  subject: Subject<Row, New, Key>,
  {
    n,
    write,
  }: {
    readonly n: number;
    readonly write: (rows: readonly New[]) => Promise<readonly Row[]>;
  },
): Promise<void> {
  const given = [n + 2, n, n + 1].map(subject.sample);
  const rows = await write(given);
  assert.equal(rows.length, given.length);
  for (const [at, sample] of given.entries()) checkStored(rows[at] ?? {}, sample, subject.children);
  await others(subject, rows);
}

/** The row is gone for every read; the others stay. */
export async function checkDelete<Row extends object, New extends object, Key>(
  subject: Subject<Row, New, Key>,
  {
    n,
    remove,
  }: {
    readonly n: number;
    readonly remove: (key: Key, options?: Versioned) => Promise<void>;
  },
): Promise<void> {
  const row = await subject.insert(subject.sample(n));
  const beside = await bystanders(subject, n);
  const key = subject.key(row);
  if ("version" in row) {
    await checkVersion(row, async (options) => remove(key, options));
  } else await remove(key);
  assert.equal(await subject.read(key), undefined);
  await refused("not-found", () => remove(key));
  await refused("not-found", () => remove(subject.missing));
  await others(subject, beside);
}

/** What an increment may do. */
export interface IncrementCase<Row, Key, Amount> {
  readonly n: number;
  readonly field: string;
  /** An amount that fits, its double, and one with the wrong sign. */
  readonly by: Amount;
  readonly wrong?: Amount;
  /** From the value of a row, the amount that reaches the floor or the ceiling, and one that goes too far. */
  readonly limits?: (value: number) => readonly (readonly [reach: Amount, tooFar: Amount])[];
  readonly increment: (key: Key, by: Amount) => Promise<Row>;
}

/** Adds on the server, keeps within its limits, and only in the row that is meant. */
export async function checkIncrement<Row extends object, New extends object, Key, Amount>(
  subject: Subject<Row, New, Key>,
  { n, field, by, wrong, limits, increment }: IncrementCase<Row, Key, Amount>,
): Promise<void> {
  const row = await subject.insert(subject.sample(n));
  const beside = await bystanders(subject, n);
  const key = subject.key(row);
  const amount = (of: object): number => Number(valueOf(of, field));
  await pause();
  const once = await increment(key, by);
  assert.equal(amount(once), amount(row) + Number(by));
  assert.deepEqual(once, { ...row, [field]: valueOf(once, field), ...raised(row, once) });
  const twice = await increment(key, by);
  assert.equal(amount(twice), amount(row) + 2 * Number(by));
  assert.deepEqual(await subject.read(key), twice);
  if (wrong !== undefined) await refused("programming", () => increment(key, wrong));
  for (const [reach, tooFar] of limits?.(amount(twice)) ?? []) {
    await refused("constraint", () => increment(key, tooFar));
    assert.deepEqual(await subject.read(key), twice, "a refused increment has changed the row");
    const limit = await increment(key, reach);
    assert.equal(amount(limit), amount(twice) + Number(reach));
  }
  await refused("not-found", () => increment(subject.missing, by));
  await others(subject, beside);
}
