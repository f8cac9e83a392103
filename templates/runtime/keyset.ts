import { type DataError, programmingError } from "./errors.ts";
import type { PageRequest } from "./options.ts";
import { otherKeys } from "./other-keys.ts";

/** A value of the order as the database writes it; null where the column is. */
export type CursorValue = string | null;

/** Makes and reads the cursors of one order of one list or search. */
export interface Keyset {
  /** @param answer what the cursor belongs to beside the order: tenant, filters, query */
  encode(values: readonly CursorValue[], answer?: Answer): string;
  /** @throws DataError programming: not a cursor, or one of another list or answer */
  decode(cursor: string, answer?: Answer): readonly CursorValue[];
}

/** The values of a call, of which a cursor carries no more than a fingerprint. */
export type Answer = readonly unknown[];

/** What is paged: a list goes on by the values of its order, a search by the score of its query. */
export type Paged = "list" | "search";

const maxLength = 8_192;

/**
 * Cursors are base64url JSON of a fingerprint of `order` and of what was asked for, and the values of the last row, so that a cursor made under
 * another one is refused instead of giving a page of something else. They are not secret and not signed: their values are bound as parameters
 * like any other input.
 */
export function keyset(
  operation: string,
  order: string,
  columns: number,
  paged: Paged = "list",
): Keyset {
  const ofOrder = hashOfText(`${operation} ${order}`, offsetBasis);
  const print = (answer: Answer): string => (hashOf(answer, ofOrder) >>> 0).toString(36);
  return {
    encode: (values, answer = []) =>
      Buffer.from(JSON.stringify([print(answer), ...values]), "utf8").toString("base64url"),
    decode: (cursor, answer = []) => {
      const [made, ...values] = isReadable(cursor) ? parse(cursor) : [];
      if (made !== print(answer) || values.length !== columns) throw wrongCursor(operation, paged);
      return values;
    },
  };
}

const alphabet = /^[\w-]+$/;

/** Untyped code may give anything; `Buffer` passes over what is no base64url, and over a last character that makes no byte. */
const isReadable = (cursor: unknown): boolean =>
  typeof cursor === "string" &&
  cursor.length <= maxLength &&
  cursor.length % 4 !== 1 &&
  alphabet.test(cursor);

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

const sameAsked: Readonly<Record<Paged, string>> = {
  list: "the same filters",
  search: "the same query and the same filters",
};

const wrongCursor = (operation: string, paged: Paged): DataError =>
  programmingError(`${operation}: \`after\` is not a cursor of this ${paged}`, {
    operation,
    hint: `pass \`next\` of the page before, with ${sameAsked[paged]}; begin without \`after\` when they change`,
  });

/** FNV-1a, 32 bits: tells what was asked for apart, guards nothing. */
const offsetBasis = 0x811c9dc5;
const mixed = (hash: number, more: number): number => Math.imul(hash ^ more, 0x01000193);

function hashOfText(text: string, before: number): number {
  let hash = mixed(before, text.length);
  for (let index = 0; index < text.length; index++) hash = mixed(hash, text.charCodeAt(index));
  return hash;
}

/** Of a value with its type, behind what was hashed before: a filter that is not given is another one than null. */
function hashOf(value: unknown, before: number): number {
  if (typeof value === "string") return hashOfText(value, mixed(before, 1));
  if (value === undefined) return mixed(before, 2);
  if (Array.isArray(value))
    return value.reduce<number>(
      (hash, one) => hashOf(one, hash),
      mixed(mixed(before, 3), value.length),
    );
  if (typeof value !== "object" || value === null)
    return hashOfText(String(value), mixed(before, typeof value === "bigint" ? 4 : 5));
  const entries = isOfJson(value) ? [] : Object.entries(value);
  if (entries.length === 0) return hashOfText(JSON.stringify(value), mixed(before, 6));
  return entries.reduce<number>(
    (hash, [key, one]) => hashOf(one, hashOfText(key, hash)),
    mixed(mixed(before, 7), entries.length),
  );
}

/** A date, bytes, a value of a driver: they say themselves what they are. */
const isOfJson = (value: object): boolean => "toJSON" in value || ArrayBuffer.isView(value);

/** The page size asked for: default 50, 1 to 1,000. @throws DataError programming */
export function pageLimit(operation: string, limit: number | undefined): number {
  if (limit === undefined) return 50;
  if (Number.isInteger(limit) && limit >= 1 && limit <= 1_000) return limit;
  throw programmingError(`${operation}: limit must be an integer from 1 to 1,000`, { operation });
}

const pageKeys: readonly string[] = ["limit", "after"];

/**
 * The part of a list that is asked for; its size is checked by `pageLimit`.
 *
 * @throws DataError programming for what is none, or names more: an `offset` that is passed over gives the first page again
 */
export function pageOf(operation: string, page: PageRequest): PageRequest {
  const given: unknown = page;
  if (typeof given !== "object" || given === null)
    throw programmingError(`${operation}: \`page\` must be an object`, {
      operation,
      hint: "it takes limit and after; {} is the first page",
    });
  const others = otherKeys(given, pageKeys);
  if (others.length === 0) return page;
  throw programmingError(
    `${operation}: \`page\` has ${others.join(", ")}, and takes limit and after only`,
    { operation, hint: "pass `next` of the page before as `after`" },
  );
}
