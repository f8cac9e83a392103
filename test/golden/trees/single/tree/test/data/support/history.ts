// Runtime of async-db-starter 0.1.0, sha256 c1afec20f6d90968; a fix comes with a newer version of the generator.
import assert from "node:assert/strict";
import { checkParts, type Part, type PartRequest } from "./reading.ts";
import type { Subject } from "./writing.ts";

interface Revision<Row> {
  readonly change: "insert" | "update" | "delete";
  readonly changedAt: Date;
  readonly state: Row;
}

/** What can be done to a row, and how its past is read. */
export interface HistoryCase<Row, Key> {
  readonly n: number;
  readonly changes: readonly ((key: Key) => Promise<Row>)[];
  readonly remove?: (key: Key) => Promise<void>;
  readonly history: (key: Key, part: PartRequest) => Promise<Part<Revision<Row>>>;
  readonly asOf: (key: Key, at: Date) => Promise<Row | undefined>;
}

/** Every change is recorded once, newest first, and the row can be read as it was between any two of them. */
export async function checkHistory<Row extends object, New extends object, Key>(
  subject: Subject<Row, New, Key>,
  { n, changes, remove, history, asOf }: HistoryCase<Row, Key>,
): Promise<void> {
  const row = await subject.insert(subject.sample(n));
  const beside = await subject.insert(subject.sample(n + 1));
  const key = subject.key(row);
  const states: Row[] = [row];
  for (const change of changes) {
    await pause();
    states.push(await change(key));
  }
  await pause();
  if (remove !== undefined) await remove(key);
  const { items: revisions } = await history(key, { limit: 100 });
  const deleted = remove === undefined ? [] : ["delete"];
  assert.deepEqual(
    revisions.map(({ change }) => change),
    [...deleted, ...changes.map(() => "update"), "insert"],
  );
  const kept = revisions.slice(deleted.length);
  assert.deepEqual(
    kept.map(({ state }) => state),
    states.toReversed(),
  );
  await checkParts(revisions, (part) => history(key, part));
  await checkMoments(revisions.toReversed(), (at) => asOf(key, at));
  assert.deepEqual(
    (await history(subject.key(beside), { limit: 10 })).items.map(({ state }) => state),
    [beside],
  );
}

/** Just before each change the row was as the change before had left it. */
async function checkMoments<Row>(
  revisions: readonly Revision<Row>[],
  asOf: (at: Date) => Promise<Row | undefined>,
): Promise<void> {
  for (const [at, { changedAt }] of revisions.entries()) {
    const before = revisions[at - 1];
    assert.deepEqual(await asOf(new Date(changedAt.getTime() - 5)), before?.state);
  }
  const last = revisions.at(-1);
  const now = await asOf(new Date(Date.now() + 60_000));
  assert.deepEqual(now, last?.change === "delete" ? undefined : last?.state);
}

/** Longer than the steps between the moments that are asked for. */
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));
