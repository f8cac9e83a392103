import { type ClientSession, type Document, Long } from "mongodb";
import type { CollectionDeclaration } from "./declaration.ts";
import { keyText, owned, type Place } from "./place.ts";

export type ChangeKind = "insert" | "update" | "delete";

/** One change of one document. `revision` counts the changes of a key, over its deletion too. */
export interface HistoryDocument extends Document {
  /** `_id` of the document. */
  readonly key: unknown;
  readonly revision: Long;
  readonly change: ChangeKind;
  readonly at: Date;
  /** As it was after the change; before it, for a delete. */
  readonly state: Document;
}

interface Last {
  readonly revision: bigint;
  readonly change: ChangeKind;
  readonly at: Date;
}

/** What was done; an upsert is an insert for a key that is not there. */
export type Deed = ChangeKind | "upsert";

/**
 * Records what became of documents, in the transaction of their change. Two transactions that change one document exclude each other, so
 * its revisions have no gap and no double; the unique index over key and revision holds it.
 */
export async function recordHistory(
  place: Place,
  of: CollectionDeclaration<unknown>,
  deed: Deed,
  documents: readonly Document[],
  session: ClientSession,
): Promise<void> {
  if (of.history === undefined || documents.length === 0) return;
  const collection = place.collections.of(of.history);
  const known = await lastChanges(place, of, documents, session);
  const now = new Date();
  const entries = documents.map((state) => entryOf(of, deed, state, known, now));
  await collection.insertMany(entries, { session });
}

function entryOf(
  { tenant }: CollectionDeclaration<unknown>,
  deed: Deed,
  state: Document,
  known: Map<string, Last>,
  now: Date,
): Document {
  const key: unknown = state["_id"];
  const last = known.get(keyText(key));
  const there = last !== undefined && last.change !== "delete";
  const change = deed === "upsert" ? (there ? "update" : "insert") : deed;
  const revision = (last?.revision ?? 0n) + 1n;
  // Clocks of two processes differ; the changes of one document do not go back in time.
  const at = last !== undefined && last.at > now ? last.at : now;
  known.set(keyText(key), { revision, change, at });
  return {
    ...(tenant === undefined ? {} : { [tenant.property]: state[tenant.property] as unknown }),
    key,
    revision: Long.fromBigInt(revision),
    change,
    at,
    state,
  };
}

/** The last change of each key, found by the index over key and revision. */
async function lastChanges(
  place: Place,
  of: CollectionDeclaration<unknown>,
  documents: readonly Document[],
  session: ClientSession,
): Promise<Map<string, Last>> {
  const collection = place.collections.of(of.history ?? "");
  const known = new Map<string, Last>();
  for (const { _id } of documents) {
    const found = await collection.findOne(owned(place, of, { key: _id as unknown }), {
      session,
      sort: { revision: -1 },
      projection: { revision: 1, change: 1, at: 1 },
    });
    if (found === null) continue;
    const { revision, change, at } = found as unknown as HistoryDocument;
    known.set(keyText(_id), { revision: BigInt(String(revision)), change, at: new Date(at) });
  }
  return known;
}
