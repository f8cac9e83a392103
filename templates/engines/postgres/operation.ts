import { createHash } from "node:crypto";
import type { TextRow, Text } from "./statement.ts";

/** What an operation id is recorded under. */
export interface OperationKey {
  /** Empty where the session is bound to no tenant. */
  readonly tenant: string;
  /** `orders.place` */
  readonly name: string;
  readonly id: string;
  /** Of the statement's shape and its values: the same id with other content is a conflict. */
  readonly fingerprint: string;
}

/** A value that this call made itself: its position; of an array also what the caller gave of it, `undefined` where an element was made. */
export type Made = number | readonly [position: number, given: readonly unknown[]];

/** Fingerprint of a write: its shape (which fields it sets) and its values, without those (`made`) that each call makes anew. */
export const fingerprintOf = (
  shape: string,
  values: readonly Text[],
  made: readonly Made[] = [],
): string => {
  const given: unknown[] = [...values];
  for (const one of made) {
    if (typeof one === "number") given[one] = null;
    else given[one[0]] = one[1];
  }
  return createHash("sha256")
    .update(JSON.stringify([shape, given]))
    .digest("base64url");
};

/** The rows of a stored result: a json array of arrays of texts. @throws TypeError for anything else */
export const storedRows = (result: Text | undefined): readonly TextRow[] => {
  const parsed: unknown = JSON.parse(result ?? "null");
  if (!Array.isArray(parsed) || !parsed.every(isTextRow)) {
    throw new TypeError("a stored result of an operation that is no list of rows");
  }
  return parsed;
};

const isTextRow = (row: unknown): row is TextRow =>
  Array.isArray(row) && row.every((value) => value === null || typeof value === "string");
