import { randomUUID } from "node:crypto";
import { type Document, Long } from "mongodb";
import type { CollectionDeclaration } from "./declaration.ts";
import type { Place } from "./place.ts";

type Of = CollectionDeclaration<unknown>;

/** Collection of the last number that was given out, by collection. */
export const sequenceCollection = "sequence";

/** So many new keys. A number that a failed call took is not given out again, so there may be gaps. */
async function madeKeys(
  place: Place,
  collection: string,
  kind: NonNullable<CollectionDeclaration<unknown>["keys"]>,
  count: number,
): Promise<readonly unknown[]> {
  if (count === 0) return [];
  if (kind === "uuid") return Array.from({ length: count }, () => randomUUID());
  const last = await taken(place, collection, count);
  const keys = Array.from({ length: count }, (_, at) => last - BigInt(count - 1 - at));
  return kind === "int" ? keys.map(Number) : keys.map((key) => Long.fromBigInt(key));
}

/** Outside of every transaction: two would exclude each other until the first ends. */
async function taken(
  { collections, limits: { session: _outside, ...limits } }: Place,
  collection: string,
  count: number,
): Promise<bigint> {
  const raise = () =>
    collections
      .of(sequenceCollection)
      .findOneAndUpdate(
        { _id: collection as never },
        { $inc: { last: Long.fromNumber(count) } },
        { ...limits, upsert: true, returnDocument: "after" },
      );
  // Two first calls at once: the one that lost finds the sequence there now.
  const found = await raise().catch(raise);
  return BigInt(String(found?.["last"]));
}

/** The document with a key, where the store makes it and the caller gave none. */
export async function withKey(place: Place, of: Of, document: Document): Promise<Document> {
  return (await withKeys(place, of, [document]))[0] ?? document;
}

/** The documents with a key each, where the store makes them and the caller gave none. */
export async function withKeys(
  place: Place,
  of: Of,
  documents: readonly Document[],
): Promise<readonly Document[]> {
  if (of.keys === undefined) return documents;
  const missing = documents.filter(({ _id }) => _id === undefined).length;
  if (missing === 0) return documents;
  const keys = await madeKeys(place, of.collection, of.keys, missing);
  let next = 0;
  return documents.map((document) =>
    document["_id"] === undefined ? { ...document, _id: keys[next++] } : document,
  );
}
