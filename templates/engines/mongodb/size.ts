import { BSON, type Document } from "mongodb";
import { isDataError } from "../../runtime/errors.ts";
import { split } from "./children.ts";
import { bsonTypes } from "./client.ts";
import type { CollectionDeclaration } from "./declaration.ts";
import { classify, tooLargeError } from "./errors.ts";

/** Bytes of BSON that a document may have. Source: MongoDB manual, "Limits and Thresholds". */
export const documentBytes = 16 * 1024 * 1024;

export const bytesOf = (document: Document): number =>
  BSON.calculateObjectSize(document, { ignoreUndefined: bsonTypes.ignoreUndefined });

/**
 * The error of a write, or that one of its documents is too large: such a command may end in several ways, also in one that leaves doubt.
 * Measured only where it failed, so that no write pays for it.
 */
export function sizeJudged(
  error: unknown,
  of: Pick<CollectionDeclaration<unknown>, "children">,
  documents: readonly Document[],
): unknown {
  if (isDataError(error)) return error;
  const { kind } = classify(error);
  if (kind === "constraint" || kind === "conflict") return error;
  const tooLarge = documents.some((one) => bytesOf(split(of, one).root) > documentBytes);
  return tooLarge ? tooLargeError(error) : error;
}
