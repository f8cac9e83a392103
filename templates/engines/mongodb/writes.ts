import type { Document, UpdateFilter } from "mongodb";
import { DataError, programmingError } from "../../runtime/errors.ts";
import { attached, removeLists, replaceLists, split } from "./children.ts";
import { insertDocument } from "./commands.ts";
import type { CollectionDeclaration } from "./declaration.ts";
import { keyText, owned, type Place, seen } from "./place.ts";

type Of = CollectionDeclaration<unknown>;

/** A document of a new entity, with what the adapter keeps itself. */
export function stamped(place: Place, of: Of, document: Document, now: Date): Document {
  const { version, createdAt, updatedAt } = of;
  const whole = { ...owned(place, of, document) };
  if (version !== undefined) whole[version] = 1;
  if (createdAt !== undefined) whole[createdAt] = now;
  if (updatedAt !== undefined) whole[updatedAt] = now;
  return whole;
}

/** @throws MongoServerError 11000 when the key, or a unique value, exists */
export function insertOne(place: Place, of: Of, document: Document): Promise<readonly Document[]> {
  const { root } = split(of, document);
  const whole = stamped(place, of, root, new Date());
  const inserted = insertDocument(place, of.collection, whole);
  if (root === document) return inserted.then(() => [whole]);
  return inserted
    .then(() => replaceLists(place, of, [document], true))
    .then(() => [{ ...document, ...whole }]);
}

/** The driver splits the list into commands of at most 100,000 documents or 48 MB. */
export async function insertAll(
  place: Place,
  of: Of,
  documents: readonly Document[],
): Promise<readonly Document[]> {
  if (documents.length === 0) return [];
  const now = new Date();
  const roots = of.children === undefined ? documents : documents.map((one) => split(of, one).root);
  const whole = roots.map((root) => stamped(place, of, root, now));
  await place.collections.of(of.collection).insertMany(whole, place.limits);
  if (of.children === undefined) return whole;
  await replaceLists(place, of, documents, true);
  return documents.map((document, at) => ({ ...document, ...whole[at] }));
}

/** Inserts, or replaces every declared property and raises the version. A deleted document of this key lives again. */
export async function upsertOne(
  place: Place,
  of: Of,
  document: Document,
  ttlMs: number | undefined,
): Promise<Document> {
  const collection = place.collections.of(of.collection);
  const { root } = split(of, document);
  const { filter, update } = replacement(place, of, root, ttlMs);
  const run = (): Promise<Document | null> =>
    collection.findOneAndUpdate(filter, update, {
      ...place.limits,
      upsert: true,
      returnDocument: "after",
    });
  const stored = await run().catch((error: unknown) => {
    // Two inserts of one key at once: the one that lost finds it there now. Inside a transaction it is over.
    if (place.limits.session === undefined && lostKeyRace(error)) return run();
    throw error;
  });
  if (stored === null)
    throw new DataError({ kind: "unavailable", message: "the store returned no document" });
  if (root === document) return stored;
  await replaceLists(place, of, [document], false);
  return { ...document, ...stored };
}

/** In the order given. @throws DataError programming when a key is there twice */
export async function upsertAll(
  place: Place,
  of: Of,
  documents: readonly Document[],
  ttlMs: number | undefined,
): Promise<readonly Document[]> {
  const [first] = documents;
  if (first === undefined) return [];
  if (documents.length === 1) return [await upsertOne(place, of, first, ttlMs)];
  refuseTwice(documents);
  const collection = place.collections.of(of.collection);
  await collection.bulkWrite(
    documents.map((document) => ({
      updateOne: {
        ...replacement(place, of, split(of, document).root, ttlMs),
        upsert: true,
      },
    })),
    place.limits,
  );
  await replaceLists(place, of, documents, false);
  const keys = documents.map(({ _id }) => _id as unknown);
  const roots = await collection
    .find(owned(place, of, { _id: { $in: keys } }), place.limits)
    .toArray();
  const found = await attached(place, of, roots);
  const byKey = new Map(found.map((stored) => [keyText(stored["_id"]), stored]));
  return keys.flatMap((key) => byKey.get(keyText(key)) ?? []);
}

/** The server would make one document of both, and count its version twice. */
function refuseTwice(documents: readonly Document[]): void {
  const places = new Map<string, number>();
  for (const [place, { _id }] of documents.entries()) {
    const text = keyText(_id);
    const earlier = places.get(text);
    if (earlier !== undefined)
      throw programmingError(`documents ${earlier} and ${place} have one key`, {
        hint: "give each key once in a batch, with the state that it is to have",
      });
    places.set(text, place);
  }
}

function replacement(
  place: Place,
  of: Of,
  { _id, ...document }: Document,
  ttlMs: number | undefined,
): { readonly filter: Document; readonly update: UpdateFilter<Document> } {
  const { version, createdAt, updatedAt, deletedAt, expiresAt } = of;
  const now = new Date();
  const set: Document = {
    ...document,
    ...(updatedAt === undefined ? {} : { [updatedAt]: now }),
    ...(deletedAt === undefined ? {} : { [deletedAt]: null }),
    ...(expiresAt === undefined
      ? {}
      : { [expiresAt]: ttlMs === undefined ? null : new Date(now.getTime() + ttlMs) }),
  };
  return {
    filter: owned(place, of, { _id: _id as unknown }),
    update: {
      // An empty one changes nothing; without any operator the driver takes the update for a document, and refuses it.
      $set: set,
      ...(version === undefined ? {} : { $inc: { [version]: 1 } }),
      ...(createdAt === undefined ? {} : { $setOnInsert: { [createdAt]: now } }),
    } as UpdateFilter<Document>,
  };
}

const lostKeyRace = (error: unknown): boolean =>
  error instanceof Error &&
  "code" in error &&
  error.code === 11_000 &&
  "keyPattern" in error &&
  JSON.stringify(error.keyPattern) === '{"_id":1}';

/** A change of one document that is there. */
export interface Alteration {
  readonly key: unknown;
  /** Conditions beyond key, tenant and version. */
  readonly when?: Document;
  readonly update: Document;
  readonly ifVersion?: number | undefined;
}

/** The document after the change, or null: key, version or a condition did not fit. */
export async function alter(
  place: Place,
  of: Of,
  { key, when, update, ifVersion }: Alteration,
): Promise<Document | null> {
  const filter = { ...keyed(place, of, key, ifVersion), ...when };
  const changed = await place.collections
    .of(of.collection)
    .findOneAndUpdate(filter, raised(of, update), { ...place.limits, returnDocument: "after" });
  if (changed === null || of.children === undefined) return changed;
  return (await attached(place, of, [changed]))[0] ?? changed;
}

/** The document as it was, or null. */
async function remove(
  place: Place,
  of: Of,
  key: unknown,
  ifVersion: number | undefined,
): Promise<Document | null> {
  const filter = keyed(place, of, key, ifVersion);
  const gone = await place.collections.of(of.collection).findOneAndDelete(filter, place.limits);
  if (gone !== null) await removeLists(place, of, key);
  return gone;
}

/** @throws DataError not-found, or conflict when the stored version is not `ifVersion` */
export async function patchOne(
  place: Place,
  of: Of,
  key: unknown,
  set: Document,
  ifVersion: number | undefined,
): Promise<Document> {
  const changed = await alter(place, of, { key, update: { $set: set }, ifVersion });
  if (changed === null) throw await refusal(place, of, key, stale());
  return changed;
}

/** Removes the document, or marks it as deleted. @throws as `patchOne` */
export async function deleteOne(
  place: Place,
  of: Of,
  key: unknown,
  ifVersion: number | undefined,
): Promise<Document> {
  const { deletedAt } = of;
  const gone =
    deletedAt === undefined
      ? await remove(place, of, key, ifVersion)
      : await alter(place, of, { key, update: { $set: { [deletedAt]: new Date() } }, ifVersion });
  if (gone === null) throw await refusal(place, of, key, stale());
  return gone;
}

/** What a change that found nothing means. */
export async function refusal(
  place: Place,
  of: Of,
  key: unknown,
  there: DataError,
): Promise<DataError> {
  const found = await place.collections
    .of(of.collection)
    .findOne(seen(place, of, { _id: key }), { ...place.limits, projection: { _id: 1 } });
  if (found !== null) return there;
  return new DataError({ kind: "not-found", message: "there is no document with this key" });
}

const stale = (): DataError =>
  new DataError({
    kind: "conflict",
    message: "the stored version is another one than ifVersion",
    hint: "read it again, decide again, and pass the version you read",
  });

function keyed(place: Place, of: Of, key: unknown, ifVersion: number | undefined): Document {
  const target = seen(place, of, { _id: key });
  return of.version === undefined || ifVersion === undefined
    ? target
    : { ...target, [of.version]: ifVersion };
}

function raised({ version, updatedAt }: Of, update: Document): UpdateFilter<Document> {
  const set = { ...(update["$set"] as Document | undefined) };
  if (updatedAt !== undefined) set[updatedAt] = new Date();
  const increments = { ...(update["$inc"] as Document | undefined) };
  if (version !== undefined) increments[version] = 1;
  return {
    $set: set,
    ...(Object.keys(increments).length === 0 ? {} : { $inc: increments }),
  };
}
