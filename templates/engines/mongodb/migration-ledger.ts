import type { Db, Document } from "mongodb";
import type { LedgerEntry, LedgerNote, Objects, Phase, Progress } from "../../runtime/migration.ts";

/** `progress` and `objects` are JSON texts: names in them hold dots. */
interface LedgerDocument extends Document {
  readonly _id: string;
  readonly hash: string;
  readonly parents: readonly string[];
  readonly appliedAt: Date;
  readonly dirty: boolean;
  readonly phase?: Phase;
  readonly step?: string;
  readonly progress?: string;
  readonly objects?: string;
}

/** Collections that are the runner's own. */
export const ledgerName = "schema_migration";
export const lockName = "schema_migration_lock";

/** Of another store, which cannot keep its own. */
export const guestName = (own: string, store: string): string => `${own}_of_${store}`;

/** A collection that this runner writes, for its own store or for another. */
export const isOwn = (name: string): boolean =>
  [ledgerName, lockName].some((own) => name === own || name.startsWith(guestName(own, "")));

const ledgerOf = (db: Db, name: string) => db.collection<LedgerDocument>(name);

/** Oldest first. */
export async function readLedger(db: Db, name = ledgerName): Promise<readonly LedgerEntry[]> {
  const found = await ledgerOf(db, name).find().sort({ appliedAt: 1, _id: 1 }).toArray();
  return found.map(({ _id, hash, parents, appliedAt, dirty, phase, step, progress, objects }) => ({
    id: _id,
    hash,
    parents,
    appliedAt: new Date(appliedAt),
    dirty: Boolean(dirty),
    phase,
    step,
    progress: progress === undefined ? undefined : (JSON.parse(progress) as Progress),
    objects: objects === undefined ? undefined : (JSON.parse(objects) as Objects),
  }));
}

/** Writes what became of a migration; the newest document keeps the catalogue. */
export async function writeNote(
  db: Db,
  note: LedgerNote,
  objects: () => Promise<Objects>,
  name = ledgerName,
): Promise<void> {
  const { id, hash, parents, phase } = note.migration;
  const entry = { hash, parents, appliedAt: new Date(), ...(phase !== undefined && { phase }) };
  const ledger = ledgerOf(db, name);
  const put = (set: Partial<LedgerDocument>, unset: Partial<LedgerDocument> = {}) =>
    ledger.updateOne({ _id: id }, { $set: { ...entry, ...set }, $unset: unset }, { upsert: true });
  if (note.state === "half-way") {
    await put({ dirty: true, step: note.step, progress: JSON.stringify(note.progress) });
    return;
  }
  const kept = JSON.stringify(note.adopt(await objects()));
  if (note.state === "reverted") await ledger.deleteOne({ _id: id });
  else await put({ dirty: false, objects: kept }, { step: "", progress: "" });
  const newest = await ledger.findOne({}, { sort: { appliedAt: -1, _id: -1 } });
  if (newest === null) return;
  await ledger.updateOne({ _id: newest._id }, { $set: { objects: kept } });
  await ledger.updateMany({ _id: { $ne: newest._id } }, { $unset: { objects: "" } });
}
