import { createHash, randomUUID } from "node:crypto";
import { BSON, type ClientSession, type Document } from "mongodb";
import { DataError } from "../../runtime/errors.ts";
import type { Collections } from "./place.ts";
import { bytesOf, documentBytes } from "./size.ts";

/** Collection of recorded operations; its documents expire after seven days by a TTL index of the first migration. */
export const operationCollection = "operation";

/** What an operation id stands for. */
export interface Operation {
  /** Empty where the session is bound to no tenant. */
  readonly tenant: string;
  /** `orders.place` */
  readonly name: string;
  readonly id: string;
  /** The caller's input without what the call made itself. */
  readonly stands: unknown;
}

interface OperationRecord extends Document {
  /** Tenant, method and operation id, as the JSON array of the three. */
  readonly _id: string;
  readonly fingerprint: string;
  readonly result: readonly Document[];
  /** Keys of the records that hold a result which is too large for one, in its order. */
  readonly parts?: readonly string[];
  readonly at: Date;
}

/** A record may be larger than its result by this much. */
const overheadBytes = 1_024;
const partBytes = 8 * 1024 * 1024;
/** Parts expire after the record that names them. */
const partLaterMs = 3_600_000;

const keyOf = ({ tenant, name, id }: Operation): string => JSON.stringify([tenant, name, id]);

const fingerprintOf = ({ stands }: Operation): string =>
  createHash("sha256")
    .update(BSON.EJSON.stringify({ stands }, { relaxed: false }))
    .digest("base64url");

/** The result of an earlier call with this operation id. @throws DataError conflict when that one had other content */
export async function storedResult(
  collections: Collections,
  operation: Operation,
  session?: ClientSession,
): Promise<readonly Document[] | undefined> {
  const record = (await collections
    .of(operationCollection)
    .findOne({ _id: keyOf(operation) as never }, session && { session })) as OperationRecord | null;
  if (record === null) return undefined;
  if (record.fingerprint === fingerprintOf(operation))
    return record.parts === undefined ? record.result : joined(collections, record.parts, session);
  throw new DataError({
    kind: "conflict",
    message: "this operation id was used with other content",
    hint: "an operation id stands for one call with one content; make a new id for another",
  });
}

async function joined(
  collections: Collections,
  keys: readonly string[],
  session?: ClientSession,
): Promise<readonly Document[]> {
  const results: Document[] = [];
  for (const key of keys) {
    const part = await collections
      .of(operationCollection)
      .findOne({ _id: key as never }, session && { session });
    if (part === null) throw partMissing();
    results.push(...(part["result"] as readonly Document[]));
  }
  return results;
}

/**
 * Records the result in the transaction of the change: of two calls with one id, one finds its record there and is undone.
 *
 * @throws DataError constraint when one document of the result, with the lists that are kept beside it, is too large for a record
 */
export async function recordOperation(
  collections: Collections,
  operation: Operation,
  result: readonly Document[],
  session: ClientSession,
): Promise<void> {
  const records = collections.of(operationCollection);
  const { whole, parts } = packed(result);
  const at = new Date();
  const later = new Date(at.getTime() + partLaterMs);
  const keys: string[] = [];
  // One by one: together they may be more than a command of the driver holds.
  for (const part of parts) {
    const key = `part:${randomUUID()}`;
    await records.insertOne({ _id: key as never, result: part, at: later }, { session });
    keys.push(key);
  }
  const record = {
    _id: keyOf(operation) as never,
    fingerprint: fingerprintOf(operation),
    result: whole,
    ...(keys.length > 0 && { parts: keys }),
    at,
  };
  await records.insertOne(record, { session });
}

/** A result that fits into one record, or the parts of a larger one. */
function packed(result: readonly Document[]): {
  readonly whole: readonly Document[];
  readonly parts: readonly (readonly Document[])[];
} {
  const parts: Document[][] = [];
  let left = 0;
  for (const document of result) {
    const bytes = bytesOf(document);
    if (bytes > documentBytes - overheadBytes) throw tooLargeToRecord();
    if (bytes > left) {
      parts.push([]);
      left = partBytes;
    }
    parts.at(-1)?.push(document);
    left -= bytes;
  }
  return parts.length > 1 ? { whole: [], parts } : { whole: result, parts: [] };
}

const partMissing = (): DataError =>
  new DataError({
    kind: "unavailable",
    message: "this operation was applied before, and a part of its recorded result is gone",
    hint: "read what it stored by its keys",
  });

const tooLargeToRecord = (): DataError =>
  new DataError({
    kind: "constraint",
    message: "with an operation id its result is recorded, and one document of it does not fit",
    hint: "a record holds 16 MB: call it without an operation id, or keep large content elsewhere",
  });
