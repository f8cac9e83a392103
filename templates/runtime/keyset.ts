import { type DataError, programmingError } from "./errors.ts";

/** A value of the order as the database writes it; null where the column is. */
export type CursorValue = string | null;

/** Makes and reads the cursors of one order of one list. */
export interface Keyset {
  encode(values: readonly CursorValue[]): string;
  /** @throws DataError programming: not a cursor, or one of another list */
  decode(cursor: string): readonly CursorValue[];
}

const maxLength = 8_192;

/**
 * Cursors are base64url JSON of a fingerprint of `order` and the values of the last row, so that a cursor made under another order is refused
 * instead of giving a wrong page. They are not secret and not signed: their values are bound as parameters like any other input.
 */
export function keyset(operation: string, order: string, columns: number): Keyset {
  const print = fingerprint(`${operation} ${order}`);
  return {
    encode: (values) =>
      Buffer.from(JSON.stringify([print, ...values]), "utf8").toString("base64url"),
    decode: (cursor) => {
      const [made, ...values] = cursor.length > maxLength ? [] : parse(cursor);
      if (made !== print || values.length !== columns) throw wrongCursor(operation);
      return values;
    },
  };
}

function parse(cursor: string): readonly CursorValue[] {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
    return Array.isArray(parsed) && parsed.every(isValue) ? parsed : [];
  } catch {
    return [];
  }
}

function isValue(value: unknown): value is CursorValue {
  return value === null || typeof value === "string";
}

function wrongCursor(operation: string): DataError {
  return programmingError(`${operation}: \`after\` is not a cursor of this list`, {
    operation,
    hint: "pass `next` of the page before, with the same list and the same order",
  });
}

/** FNV-1a, 32 bits: tells orders apart, guards nothing. */
function fingerprint(text: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return (hash >>> 0).toString(36);
}

/** The page size asked for: default 50, 1 to 1,000. @throws DataError programming */
export function pageLimit(operation: string, limit: number | undefined): number {
  if (limit === undefined) return 50;
  if (Number.isInteger(limit) && limit >= 1 && limit <= 1_000) return limit;
  throw programmingError(`${operation}: limit must be an integer from 1 to 1,000`, { operation });
}
