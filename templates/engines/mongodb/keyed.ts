import { createHash } from "node:crypto";
import { BSON, type ClientSession, type Db, type Document } from "mongodb";
import { DataError } from "../../runtime/errors.ts";

/** Collection of recorded operations; its documents expire after seven days by a TTL index of the first migration. */
export const operationCollection = "operation";

/** What an operation id stands for. */
export interface Operation {
  readonly tenant: string;
  readonly name: string;
  readonly id: string;
  /** The caller's input without what the call made itself. */
  readonly stands: Document;
}

interface OperationRecord extends Document {
  /** Tenant, method and operation id, as the JSON array of the three. */
  readonly _id: string;
  readonly fingerprint: string;
  readonly result: Document;
  readonly at: Date;
}

const duplicateKey = 11_000;

/**
 * Runs `change` and records its result in one transaction; a replay, also one that races its original, gets the stored result.
 * Needs a replica set or a sharded cluster: MongoDB has no transactions on a standalone (manual, "Production Considerations").
 *
 * @throws DataError conflict when the id was used for other content
 */
export async function runOnce(
  database: Db,
  operation: Operation,
  change: (session: ClientSession) => Promise<Document>,
): Promise<Document> {
  const _id = JSON.stringify([operation.tenant, operation.name, operation.id]);
  const fingerprint = createHash("sha256")
    .update(BSON.EJSON.stringify(operation.stands, { relaxed: false }))
    .digest("base64url");
  const records = database.collection<OperationRecord>(operationCollection);
  const known = await records.findOne({ _id });
  if (known !== null) return storedResult(known, fingerprint);
  const session = database.client.startSession();
  try {
    session.startTransaction();
    const result = await change(session);
    await records.insertOne({ _id, fingerprint, result, at: new Date() }, { session });
    await session.commitTransaction();
    return result;
  } catch (error) {
    if (session.inTransaction()) await session.abortTransaction().catch(() => {});
    const original = isDuplicate(error) ? await records.findOne({ _id }) : null;
    if (original === null) throw error;
    return storedResult(original, fingerprint);
  } finally {
    await session.endSession();
  }
}

function storedResult(record: OperationRecord, fingerprint: string): Document {
  if (record.fingerprint === fingerprint) return record.result;
  throw new DataError({
    kind: "conflict",
    message: "this operation id was used for other content",
    hint: "use a new operation id for a new request",
  });
}

const isDuplicate = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === duplicateKey;
