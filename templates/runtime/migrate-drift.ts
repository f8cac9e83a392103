import type { DriftedObject, LedgerEntry, MigrationTarget, Objects } from "./migration.ts";

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

/**
 * What others have changed since the last migration; undefined where none was recorded, or nobody can read the catalogue. Rejects with what
 * the target rejects with.
 */
export async function ledgerDrift(
  target: MigrationTarget,
  ledger: readonly LedgerEntry[],
): Promise<readonly DriftedObject[] | undefined> {
  const recorded = ledger.find(({ objects }) => objects !== undefined)?.objects;
  const found = recorded === undefined ? undefined : await target.objects?.();
  if (recorded === undefined || found === undefined) return undefined;
  const drift = driftOf(recorded, found);
  if (drift.length === 0) return drift;
  const before = (await target.unprovenObjects?.()) ?? [];
  return drift.filter(
    (each) => !before.some(([object, was]) => object === each.object && was === each.recorded),
  );
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
