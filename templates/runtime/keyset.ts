import { type DataError, programmingError } from "./errors.ts";

/** A value of the order as the database writes it; null where the column is. */
export type CursorValue = string | null;

/** Makes and reads the cursors of one order of one list. */
export interface Keyset {
  /** @param answer what the cursor belongs to beside the order: query and filters, where a position means nothing under other ones */
  encode(values: readonly CursorValue[], answer?: Answer): string;
  /** @throws DataError programming: not a cursor, or one of another list or answer */
  decode(cursor: string, answer?: Answer): readonly CursorValue[];
}

/** The values of a call, of which a cursor carries no more than a fingerprint. */
export type Answer = readonly unknown[];

const maxLength = 8_192;

/**
 * Cursors are base64url JSON of a fingerprint of `order`, of a ranked search also of its query and filters, and the values of the last row, so
 * that a cursor made under another one is refused instead of giving a wrong page. They are not secret and not signed: their values are bound as parameters like any other input.
 */
export function keyset(operation: string, order: string, columns: number): Keyset {
  const list = `${operation} ${order}`;
  const ofList = fingerprint(list);
  const print = (answer: Answer | undefined): string =>
    answer === undefined ? ofList : fingerprint(`${list} ${textOf(answer)}`);
  return {
    encode: (values, answer) =>
      Buffer.from(JSON.stringify([print(answer), ...values]), "utf8").toString("base64url"),
    decode: (cursor, answer) => {
      const [made, ...values] = cursor.length > maxLength ? [] : parse(cursor);
      if (made !== print(answer) || values.length !== columns)
        throw wrongCursor(operation, answer === undefined ? ofOneList : ofOneAnswer);
      return values;
    },
  };
}

/** A filter that is not given is another one than null. */
const textOf = (answer: Answer): string =>
  JSON.stringify(answer, (_, value: unknown) => {
    if (value === undefined) return {};
    return typeof value === "bigint" ? `${value}n` : value;
  });

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

interface Belonging {
  readonly of: string;
  readonly hint: string;
}

const ofOneList: Belonging = {
  of: "this list",
  hint: "pass `next` of the page before, with the same list and the same order",
};

const ofOneAnswer: Belonging = {
  of: "this search",
  hint: "pass `next` of the page before, with the same query and the same filters; begin without `after` when they change",
};

function wrongCursor(operation: string, { of, hint }: Belonging): DataError {
  return programmingError(`${operation}: \`after\` is not a cursor of ${of}`, { operation, hint });
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
