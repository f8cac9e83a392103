// Runtime of async-db-starter 0.1.0, sha256 81af1c95840d89ca; a fix comes with a newer version of the generator.
import assert from "node:assert/strict";
import { valueOf } from "./comparing.ts";
import { checkParts } from "./reading.ts";
import { type Call, partOf, rowOf, type Subject } from "./subject.ts";

/** What can be done to a row, and how its past is read. */
export interface HistoryCalls {
  readonly change?: Call;
  readonly remove?: Call;
  readonly history: Call;
  readonly asOf: Call;
}

/** Every change is recorded once, newest first, and the row can be read as it was between any two of them. */
export async function checkHistory(
  subject: Subject,
  { change: patch, remove, history, asOf }: HistoryCalls,
  n: number,
  changes: readonly object[],
): Promise<void> {
  const row = await subject.store(subject.sample(n));
  const beside = await subject.store(subject.sample(n + 1));
  const key = subject.keyOf(row);
  const states: object[] = [row];
  for (const change of changes) {
    await pause();
    states.push(rowOf(await patch?.(key, change)));
  }
  await pause();
  if (remove !== undefined) await remove(key);
  const { items: revisions } = partOf(await history(key, { limit: 100 }));
  const deleted = remove === undefined ? [] : ["delete"];
  assert.deepEqual(
    revisions.map((revision) => valueOf(revision, "change")),
    [...deleted, ...changes.map(() => "update"), "insert"],
  );
  const kept = revisions.slice(deleted.length);
  assert.deepEqual(kept.map(stateOf), states.toReversed());
  await checkParts(revisions, async (part) => partOf(await history(key, part)));
  await checkMoments(revisions.toReversed(), (at) => asOf(key, at));
  assert.deepEqual(partOf(await history(subject.keyOf(beside), { limit: 10 })).items.map(stateOf), [
    beside,
  ]);
}

/** Just before each change the row was as the change before had left it. */
async function checkMoments(
  revisions: readonly object[],
  asOf: (at: Date) => Promise<unknown>,
): Promise<void> {
  for (const [at, revision] of revisions.entries()) {
    const changedAt = Number(valueOf(revision, "changedAt"));
    const before = revisions[at - 1];
    assert.deepEqual(await asOf(new Date(changedAt - 5)), before && stateOf(before));
  }
  const last = revisions.at(-1) ?? {};
  const now = await asOf(new Date(Date.now() + 60_000));
  assert.deepEqual(now, valueOf(last, "change") === "delete" ? undefined : stateOf(last));
}

const stateOf = (revision: object): unknown => valueOf(revision, "state");

/** Longer than the steps between the moments that are asked for. */
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));
