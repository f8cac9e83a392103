/**
 * The most frequent calls as commands of the database: what the driver's own methods send, without the cursor and the options that
 * they make anew for each call. Those cost as much as the rest of a keyed read.
 */
import { type Db, type Document, MongoServerError, WriteConcern } from "mongodb";
import { bsonTypes } from "./client.ts";
import type { CommandLimits, Place } from "./place.ts";

/** What a list asks for. */
export interface Query {
  readonly filter: Document;
  readonly sort?: Record<string, 1 | -1>;
  readonly limit: number;
}

interface FindReply extends Document {
  readonly cursor: { readonly firstBatch: Document[]; readonly id: unknown };
}

/** Commands under the concerns and the read preference of the client, which a command does not take over by itself. */
export class Commands {
  readonly #database: Db;
  readonly #readConcern: Document | undefined;
  readonly #writeConcern: Document | undefined;
  readonly #reading: Parameters<Db["command"]>[1];

  constructor(database: Db) {
    const { readConcern, writeConcern, readPreference } = database;
    this.#database = database;
    this.#readConcern = readConcern?.toJSON();
    this.#writeConcern = writeConcern && WriteConcern.apply({}, writeConcern)["writeConcern"];
    this.#reading = { ...bsonTypes, ...(readPreference && { readPreference }) };
  }

  find(collection: string, asked: Document, { maxTimeMS }: CommandLimits): Promise<FindReply> {
    const command = { find: collection, ...asked, readConcern: this.#readConcern, maxTimeMS };
    return this.#database.command(command, this.#reading) as Promise<FindReply>;
  }

  insert(collection: string, document: Document, { maxTimeMS }: CommandLimits): Promise<Document> {
    const documents = [document];
    const writeConcern = this.#writeConcern;
    const command = { insert: collection, documents, ordered: true, writeConcern, maxTimeMS };
    return this.#database.command(command, bsonTypes);
  }

  /** Frees a cursor that nobody reads to its end; the server does it by itself after ten minutes. */
  release(collection: string, cursor: unknown): void {
    const command = { killCursors: collection, cursors: [cursor] };
    this.#database.command(command, this.#reading).catch(() => {});
  }
}

/** The session of a transaction, and the socket's patience for a long deadline, are given to the driver's methods. */
const isPlain = ({ session, socketTimeoutMS }: CommandLimits): boolean =>
  session === undefined && socketTimeoutMS === undefined;

/** The document that fits, or null. */
export function oneDocument(
  { collections, limits }: Place,
  collection: string,
  filter: Document,
): Promise<Document | null> {
  if (!isPlain(limits)) return collections.of(collection).findOne(filter, limits);
  const asked = { filter, limit: 1, singleBatch: true };
  return collections.commands.find(collection, asked, limits).then(firstOf);
}

const firstOf = ({ cursor }: FindReply): Document | null => cursor.firstBatch[0] ?? null;

/** A list of more documents is read in several replies, which is the work of the driver's cursor. */
const mostAtOnce = 1_001;

/** The documents that fit. */
export function someDocuments(
  { collections, limits }: Place,
  collection: string,
  query: Query,
): Promise<Document[]> {
  const { filter, sort, limit } = query;
  const inBatches = (): Promise<Document[]> =>
    collections
      .of(collection)
      .find(filter, { ...limits, ...(sort && { sort }), limit })
      .toArray();
  if (limit > mostAtOnce || !isPlain(limits)) return inBatches();
  const { commands } = collections;
  // One more than the limit, so that the server keeps no cursor for what follows.
  const asked = { filter, sort, limit, batchSize: limit + 1 };
  return commands.find(collection, asked, limits).then(({ cursor: { firstBatch, id } }) => {
    if (Number(id) === 0) return firstBatch;
    // A reply holds 16 MB, and these documents are larger together.
    commands.release(collection, id);
    return inBatches();
  });
}

/** @throws MongoServerError 11000 when the key, or a unique value, exists */
export function insertDocument(
  { collections, limits }: Place,
  collection: string,
  document: Document,
): Promise<unknown> {
  // Where there is no key, the driver makes one.
  if (document["_id"] === undefined || !isPlain(limits))
    return collections.of(collection).insertOne(document, limits);
  return collections.commands.insert(collection, document, limits).then(refuseWriteError);
}

/** What the driver's method does with its reply: a refused document is no error of the command. */
function refuseWriteError({ writeErrors }: Document): void {
  if (Array.isArray(writeErrors)) throw new MongoServerError(writeErrors[0] as Document);
}
