// Runtime of async-db-starter 0.1.0, sha256 a8285613f666d140; a fix comes with a newer version of the generator.
import assert from "node:assert/strict";
import { inOrder, refused, valueOf } from "./comparing.ts";
import { given, singleChanges, type Values } from "./samples.ts";
import { type Call, type Children, rowOf, rowsOf, type Subject } from "./subject.ts";

/** What was given is what is stored, under the same properties; children in the order of their key. */
export function checkStored(row: object, given: object, children: Children = {}): void {
  for (const [property, value] of Object.entries(given)) {
    const key = children[property];
    if (key === undefined || !Array.isArray(value))
      assert.deepEqual(valueOf(row, property), value, property);
    else checkChildren(rowsOf(valueOf(row, property)), rowsOf(value), key);
  }
}

function checkChildren(
  stored: readonly object[],
  given: readonly object[],
  key: readonly string[],
): void {
  const expected = inOrder(
    given,
    key.map((property) => [property, "asc"] as const),
  );
  assert.equal(stored.length, expected.length);
  for (const [at, child] of expected.entries()) checkStored(stored[at] ?? {}, child);
}

/** Stores rows one after the other, so that their order in the store is that of the list. */
export async function insertAll(
  { store }: Subject,
  samples: readonly object[],
): Promise<readonly object[]> {
  const rows: object[] = [];
  for (const sample of samples) rows.push(await store(sample));
  return rows;
}

/** Each row holds what its sample gave. */
export function checkAllStored({ rows, children }: Subject, stored: readonly object[]): void {
  const samples = rows();
  assert.equal(stored.length, samples.length);
  for (const [at, sample] of samples.entries()) checkStored(stored[at] ?? {}, sample, children);
}

/** A change touches its own row and no other. */
async function others({ keyOf, find }: Subject, rows: readonly object[]): Promise<void> {
  for (const row of rows)
    assert.deepEqual(await find(keyOf(row)), row, "a row that was not meant has changed");
}

/** Rows beside the one that is changed. */
const bystanders = (subject: Subject, n: number): Promise<readonly object[]> =>
  insertAll(subject, [
    subject.sample(n + 1),
    subject.sample(n + 2),
    ...(subject.beside?.(n) ?? []),
  ]);

/** The stored row comes back, equals what a read gives, and its key cannot be taken again. */
export async function checkInsert(subject: Subject, n: number): Promise<void> {
  const given = subject.sample(n);
  const row = await subject.store(given);
  checkStored(row, given, subject.children);
  assert.deepEqual(await subject.find(subject.keyOf(row)), row);
  await refused("conflict", () => subject.store(given));
}

/** A change under an operation id happens once; the same id with other content is refused. */
export async function checkReplay(
  apply: Call,
  operation: string,
  given: unknown,
  other: unknown,
): Promise<void> {
  const once = await apply(given, { operation });
  assert.deepEqual(
    await apply(given, { operation }),
    once,
    "the replay gives what the first call gave",
  );
  await refused("conflict", () => apply(other, { operation }));
}

/** Each of the values alone, then of several properties the last ones together. */
export function changesOf(others: Values): readonly object[] {
  const last = Object.entries(others).flatMap(([property, values]) => {
    const value = values.findLast((one) => one !== null);
    return value === undefined ? [] : [[property, value] as const];
  });
  return [...singleChanges(others), ...(last.length > 1 ? [Object.fromEntries(last)] : [])];
}

/** Each change alone and all together: the given properties change, nothing else does. */
export async function checkPatch(
  subject: Subject,
  patch: Call,
  n: number,
  changes: readonly object[],
): Promise<void> {
  let row = await subject.store(subject.sample(n));
  const beside = await bystanders(subject, n);
  for (const change of changes) {
    await pause();
    const changed = rowOf(await patch(subject.keyOf(row), change));
    assert.deepEqual(changed, { ...row, ...change, ...raised(row, changed) });
    assert.deepEqual(await subject.find(subject.keyOf(row)), changed);
    row = changed;
  }
  const [change] = changes;
  assert.ok(change !== undefined, "a change to make");
  if ("version" in row)
    await checkVersion(row, (options) => patch(subject.keyOf(row), change, options));
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
  change: (options: { readonly ifVersion: number }) => Promise<unknown>,
): Promise<void> {
  const version = Number(valueOf(row, "version"));
  await refused("conflict", () => change({ ifVersion: version - 1 }));
  await refused("conflict", () => change({ ifVersion: version + 1 }));
  await change({ ifVersion: version });
}

/** Inserts what is not there, replaces what is, in one call as often as it takes. */
export async function checkUpsert(
  subject: Subject,
  upsert: (rows: readonly object[]) => Promise<readonly object[]>,
  n: number,
  changed: object,
): Promise<void> {
  const [before] = await upsert([subject.sample(n)]);
  assert.ok(before !== undefined, "the upserted row comes back");
  checkStored(before, subject.sample(n), subject.children);
  assert.deepEqual(await subject.find(subject.keyOf(before)), before);
  const beside = await upsert([subject.sample(n + 1), ...(subject.beside?.(n) ?? [])]);
  await pause();
  const key = subject.key.map((property) => [property, valueOf(before, property)] as const);
  const given = { ...subject.sample(n + 2), ...changed, ...Object.fromEntries(key) };
  const [after] = await upsert([given]);
  assert.ok(after !== undefined, "the replaced row comes back");
  checkStored(after, given, subject.children);
  checkStored(after, { ...raised(before, after), ...madeAt(before) });
  assert.deepEqual(await subject.find(subject.keyOf(before)), after);
  await others(subject, beside);
}

const madeAt = (row: object): object => ("createdAt" in row ? { createdAt: row.createdAt } : {});

/** Several rows in one call come back in the order they were given, each its own. */
export async function checkBulk(subject: Subject, write: Call, n: number): Promise<void> {
  const given = [n + 2, n, n + 1].map(subject.sample);
  const rows = rowsOf(await write(given));
  assert.equal(rows.length, given.length);
  for (const [at, sample] of given.entries()) checkStored(rows[at] ?? {}, sample, subject.children);
  await others(subject, rows);
}

/** The row is gone for every read; the others stay. */
export async function checkDelete(subject: Subject, remove: Call, n: number): Promise<void> {
  const row = await subject.store(subject.sample(n));
  const beside = await bystanders(subject, n);
  const key = subject.keyOf(row);
  if ("version" in row) await checkVersion(row, (options) => remove(key, options));
  else await remove(key);
  assert.equal(await subject.find(key), undefined);
  await refused("not-found", () => remove(key));
  await refused("not-found", () => remove(subject.missing));
  await others(subject, beside);
}

/** What an increment may do. */
export interface Increment {
  readonly field: string;
  /** An amount that fits, and one with the wrong sign. */
  readonly by: unknown;
  readonly wrong?: unknown;
  /** From the value of a row, the amount that reaches the floor or the ceiling, and one that goes too far. */
  readonly limits?: (value: number) => readonly (readonly [reach: unknown, tooFar: unknown])[];
}

/** Adds on the server, keeps within its limits, and only in the row that is meant. */
export async function checkIncrement(
  subject: Subject,
  increment: Call,
  n: number,
  { field, by, wrong, limits }: Increment,
): Promise<void> {
  const row = await subject.store(subject.sample(n));
  const beside = await bystanders(subject, n);
  const key = subject.keyOf(row);
  const amount = (of: object): number => Number(valueOf(of, field));
  await pause();
  const once = rowOf(await increment(key, by));
  assert.equal(amount(once), amount(row) + Number(by));
  assert.deepEqual(once, { ...row, [field]: valueOf(once, field), ...raised(row, once) });
  const twice = rowOf(await increment(key, by));
  assert.equal(amount(twice), amount(row) + 2 * Number(by));
  assert.deepEqual(await subject.find(key), twice);
  if (wrong !== undefined) await refused("programming", () => increment(key, wrong));
  let last = twice;
  for (const at of (limits?.(amount(twice)) ?? []).keys()) {
    const [reach, tooFar] = given(limits?.(amount(last))[at]);
    await refused("constraint", () => increment(key, tooFar));
    assert.deepEqual(await subject.find(key), last, "a refused increment has changed the row");
    const limit = rowOf(await increment(key, reach));
    assert.equal(amount(limit), amount(last) + Number(reach));
    last = limit;
  }
  await refused("not-found", () => increment(subject.missing, by));
  await others(subject, beside);
}
