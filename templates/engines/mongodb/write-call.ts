import type { Document, MongoClient } from "mongodb";
import type { Attempt } from "../../runtime/call.ts";
import { DataError, isDataError } from "../../runtime/errors.ts";
import { atomically } from "./atomic.ts";
import type { CollectionDeclaration } from "./declaration.ts";
import { classify, FaultError } from "./errors.ts";
import { type Deed, recordHistory } from "./history.ts";
import { type Operation, operationCollection, recordOperation, storedResult } from "./keyed.ts";
import type { Place } from "./place.ts";

/** A change of documents, as a method of a repository makes it. */
export interface Change {
  readonly of: CollectionDeclaration<unknown>;
  readonly deed: Deed;
  /** More than one command, or more than one document: all or nothing. */
  readonly several: boolean;
  readonly operation: Operation | undefined;
  /** The documents as they are now; as they were, for a delete. */
  readonly run: (place: Place) => Promise<readonly Document[]>;
}

/** The change is one command, which is all or nothing by itself. */
export const isSingle = ({ operation, several, of }: Change): boolean =>
  operation === undefined && !several && of.history === undefined && of.children === undefined;

/** One attempt outside of a transaction of the caller's, in one of its own. */
export async function change(
  place: Place,
  client: MongoClient,
  attempt: Attempt,
  asked: Change,
): Promise<readonly Document[]> {
  const { operation } = asked;
  if (operation === undefined) return changeAtomically(place, client, attempt, asked);
  const known = await storedResult(place.collections, operation);
  if (known !== undefined) return known;
  try {
    return await changeAtomically(place, client, attempt, asked);
  } catch (error) {
    // It raced its original, or found what that one left: a key that exists, a version that is another.
    const settled = isDataError(error) || classify(error).kind === "constraint";
    const original = settled ? await storedResult(place.collections, operation) : undefined;
    if (original === undefined) throw error;
    return original;
  }
}

const changeAtomically = (
  place: Place,
  client: MongoClient,
  attempt: Attempt,
  asked: Change,
): Promise<readonly Document[]> =>
  atomically(client, attempt, (session) =>
    recorded({ ...place, limits: { ...place.limits, session } }, asked),
  );

/** Inside a transaction that somebody else commits. */
export async function changeWithin(place: Place, asked: Change): Promise<readonly Document[]> {
  const { operation } = asked;
  const { session } = place.limits;
  if (operation === undefined) return recorded(place, asked);
  const known = await storedResult(place.collections, operation, session);
  if (known !== undefined) return known;
  return recorded(place, asked).catch((error: unknown) => {
    throw racing(error);
  });
}

/** The change, its history and its operation id. */
async function recorded(place: Place, asked: Change): Promise<readonly Document[]> {
  const { session } = place.limits;
  const result = await asked.run(place);
  if (session === undefined) return result;
  await recordHistory(place, asked.of, asked.deed, result, session);
  if (asked.operation !== undefined) {
    const kept =
      asked.deed === "delete" ? result.map(({ _id }) => ({ _id: _id as unknown })) : result;
    await recordOperation(place.collections, asked.operation, kept, session);
  }
  return result;
}

/** A run that lost the race for its operation id finds the stored result when it is run again. */
function racing(error: unknown): unknown {
  if (!(error instanceof Error) || classify(error).violated !== "unique") return error;
  if (!error.message.includes(`.${operationCollection} `)) return error;
  return new FaultError(
    "another call with this operation id was faster",
    { kind: "conflict", outcome: "not-applied", transient: true, fatal: false, code: "11000" },
    error,
  );
}

/** Whether the store may hold something else than the caller was told. */
export const leavesDoubt = (error: unknown): boolean =>
  !isDataError(error) || error.kind === "outcome-unknown";

export const onlyDocument = (documents: readonly Document[]): Document => {
  const [document] = documents;
  if (document !== undefined) return document;
  throw new DataError({ kind: "unavailable", message: "the store returned no document" });
};
