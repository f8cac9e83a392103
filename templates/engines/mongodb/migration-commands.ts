import { BSON, MongoServerError, type Db, type Document } from "mongodb";
import { DataError } from "../../runtime/errors.ts";
import type { MigrationCommand } from "./migration-step.ts";
import { sequenceCollection } from "./sequence.ts";

const namespaceExists = 48;
const namespaceNotFound = 26;
const indexNotFound = 27;

/** Runs one command over all it concerns. @throws DataError constraint when it refuses the documents that are there */
export async function runCommand(db: Db, command: MigrationCommand): Promise<void> {
  if ("createCollection" in command)
    await createCollection(db, command.createCollection, command.validator);
  else if ("dropCollection" in command)
    await unless([namespaceNotFound], () => db.command({ drop: command.dropCollection }));
  else if ("renameCollection" in command)
    await renameCollection(db, command.renameCollection, command.to);
  else if ("createIndexes" in command)
    await db.command({ createIndexes: command.createIndexes, indexes: command.indexes });
  else if ("dropIndex" in command)
    await unless([namespaceNotFound, indexNotFound], () =>
      db.command({ dropIndexes: command.dropIndex, index: command.name }),
    );
  else if ("setValidator" in command)
    await db.command({ collMod: command.setValidator, validator: command.validator });
  else if ("updateMany" in command) await update(db, command, command.filter);
  else await refuse(db, command);
}

type UpdateMany = Extract<MigrationCommand, { readonly updateMany: string }>;

/** What one batch of an update came to. */
export interface UpdatedBatch {
  readonly done: number;
  /** The last `_id` as canonical Extended JSON: the key of the next batch. */
  readonly key: string;
}

/**
 * One batch of an update, in the order of `_id`.
 *
 * @param after key of the batch before, null for the first
 * @returns undefined when no document was left
 */
export async function runBatch(
  db: Db,
  command: UpdateMany,
  after: string | null,
  size: number,
): Promise<UpdatedBatch | undefined> {
  const beyond: readonly Document[] = after === null ? [] : [{ _id: { $gt: parseKey(after) } }];
  const found = await db
    .collection<Document>(command.updateMany)
    .find({ $and: [...beyond, command.filter] }, { projection: { _id: 1 } })
    .sort({ _id: 1 })
    .limit(size)
    .toArray();
  const last = found.at(-1);
  if (last === undefined) return undefined;
  const keys = found.map(({ _id }) => _id as unknown);
  // The filter once more: a document that others changed meanwhile is left alone.
  await update(db, command, { $and: [{ _id: { $in: keys } }, command.filter] });
  return {
    done: found.length,
    key: BSON.EJSON.stringify({ key: last["_id"] }, { relaxed: false }),
  };
}

const parseKey = (text: string): unknown => {
  const { key }: Document = BSON.EJSON.parse(text, { relaxed: false });
  return key;
};

async function update(db: Db, command: UpdateMany, filter: Document): Promise<void> {
  const { updateMany: collection, update: change, arrayFilters } = command;
  await db
    .collection<Document>(collection)
    .updateMany(
      filter,
      isPipeline(change) ? [...change] : change,
      arrayFilters === undefined ? {} : { arrayFilters: [...arrayFilters] },
    );
}

const isPipeline = (change: Document | readonly Document[]): change is readonly Document[] =>
  Array.isArray(change);

type Refuse = Extract<MigrationCommand, { readonly refuse: string }>;

/** The documents' values are the users', and are not told. */
async function refuse(db: Db, { refuse: name, filter, reason, mend }: Refuse): Promise<void> {
  const collection = db.collection<Document>(name);
  const found = await collection.findOne(filter, { projection: { _id: 1 } });
  if (found === null) return;
  const amount = await collection.countDocuments(filter);
  const query = `db.getCollection(${JSON.stringify(name)}).find(${shellText(filter)})`;
  throw new DataError({
    kind: "constraint",
    operation: "migrate",
    message: `${name}: ${reason}; first seen at _id ${BSON.EJSON.stringify(found["_id"])}, documents: ${amount}; this finds them: ${query}`,
    hint: mend ?? "mend the documents, then run the migration again",
  });
}

/** As the shell reads it, for which a number that JSON does not hold exactly is Extended JSON. */
function shellText(filter: Document): string {
  const whole = BSON.EJSON.stringify(filter, { relaxed: false });
  const text = whole.replaceAll(/\{"\$numberInt":"(-?\d+)"\}/g, "$1");
  return tagged.test(text) ? `EJSON.parse(${JSON.stringify(whole)})` : text;
}

const tagged = /"\$(?:number\w+|date|binary|regularExpression)":/;

async function createCollection(
  db: Db,
  name: string,
  validator: Document | undefined,
): Promise<void> {
  const rules = validator === undefined ? {} : { validator };
  const existed = await unless([namespaceExists], () => db.command({ create: name, ...rules }));
  if (existed && validator !== undefined) await db.command({ collMod: name, validator });
}

async function renameCollection(db: Db, from: string, to: string): Promise<void> {
  const names = new Set(
    (await db.listCollections({ name: { $in: [from, to] } }, { nameOnly: true }).toArray()).map(
      ({ name }) => name,
    ),
  );
  await carrySequence(db, from, to);
  if (names.has(to) && !names.has(from)) return;
  await db.renameCollection(from, to);
}

/** The last key that the store made is kept by the collection's name; without it the first keys would be made again. */
async function carrySequence(db: Db, from: string, to: string): Promise<void> {
  const sequences = db.collection<Document>(sequenceCollection);
  const last = await sequences.findOne({ _id: from as never });
  if (last === null) return;
  await sequences.updateOne(
    { _id: to as never },
    { $max: { last: last["last"] as unknown } },
    { upsert: true },
  );
}

/** Whether the command failed with one of these codes; any other failure is thrown. */
async function unless(codes: readonly number[], command: () => Promise<unknown>): Promise<boolean> {
  try {
    await command();
    return false;
  } catch (error) {
    if (error instanceof MongoServerError && codes.includes(Number(error.code))) return true;
    throw error;
  }
}
