import { createHash } from "node:crypto";
import { BSON, type ClientSession, type Document } from "mongodb";
import { DataError } from "../../runtime/errors.ts";
import type { Collections } from "./place.ts";

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
  readonly at: Date;
}

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
  if (record.fingerprint === fingerprintOf(operation)) return record.result;
  throw new DataError({
    kind: "conflict",
    message: "this operation id was used with other content",
    hint: "an operation id stands for one call with one content; make a new id for another",
  });
}

/** Records the result in the transaction of the change: of two calls with one id, one finds its record there and is undone. */
export async function recordOperation(
  collections: Collections,
  operation: Operation,
  result: readonly Document[],
  session: ClientSession,
): Promise<void> {
  const record = {
    _id: keyOf(operation) as never,
    fingerprint: fingerprintOf(operation),
    result,
    at: new Date(),
  };
  await collections.of(operationCollection).insertOne(record, { session });
}
