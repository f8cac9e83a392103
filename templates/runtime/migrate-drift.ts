import type { DriftedObject, Objects } from "./migration.ts";

/** An object of the catalogue that is not as the last migration left it. */
export interface ObjectChange {
  /** `table orders` */
  readonly object: string;
  readonly change: "added" | "changed" | "dropped";
}

/** Objects whose digests differ, by name. */
export function driftOf(recorded: Objects, found: Objects): readonly DriftedObject[] {
  const names = new Set([...Object.keys(recorded), ...Object.keys(found)]);
  return [...names].sort().flatMap((object) => {
    const [was = null, is = null] = [recorded[object], found[object]];
    return was === is ? [] : [{ object, recorded: was, found: is }];
  });
}

/** The drift in words. */
export function changesOf(drift: readonly DriftedObject[]): readonly ObjectChange[] {
  return drift.map(({ object, recorded, found }) => ({
    object,
    change: recorded === null ? "added" : found === null ? "dropped" : "changed",
  }));
}

/**
 * What the ledger keeps of the catalogue after a migration. An object that others had changed before and that the migration left alone
 * stays on record as it was: a migration must not hide what `migrate verify` has to name.
 */
export function adopted(now: Objects, drift: readonly DriftedObject[]): Objects {
  const kept = new Map(Object.entries(now));
  for (const { object, recorded, found } of drift) {
    if ((now[object] ?? null) !== found) continue;
    if (recorded === null) kept.delete(object);
    else kept.set(object, recorded);
  }
  return Object.fromEntries([...kept].sort(([a], [b]) => (a < b ? -1 : 1)));
}
