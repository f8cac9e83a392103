import { createHash } from "node:crypto";
import { prepared } from "./prepared.ts";
import type { Value, ValueRow } from "./statement.ts";

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

/** Written in the transaction of the change: both or neither. A replay violates its primary key, or finds no row, and then reads it. */
export const recordOperation = prepared(
  "insert into operation (tenant, name, id, fingerprint, result) values ($1, $2, $3, $4, $5)",
);

export const storedOperation = prepared(
  "select fingerprint, result from operation where tenant = $1 and name = $2 and id = $3",
);

const purgeBatch = 1_000;

/** Operations older than 7 days, so many that a purge never holds many row locks. */
export const purgeOperations = `delete from operation where at < now(3) - interval 7 day limit ${purgeBatch}`;

/**
 * A value that this call made itself: its position; of a list of rows the position, the column, and what the caller gave for it in each row,
 * `undefined` where it was made.
 */
export type Made = number | readonly [position: number, column: number, given: readonly unknown[]];

/** Fingerprint of a write: its shape (which fields it sets) and its values, without those (`made`) that each call makes anew. */
export const fingerprintOf = (
  shape: string,
  values: readonly Value[],
  made: readonly Made[] = [],
): string => {
  const given: unknown[] = values.map(plain);
  for (const one of made) {
    if (typeof one === "number") given[one] = null;
    else given[one[0]] = withoutMade(given[one[0]], one[1], one[2]);
  }
  return createHash("sha256")
    .update(JSON.stringify([shape, given]))
    .digest("base64url");
};

/** The rows of a list (`rowsOf`), or of one that went through here before, without what was made of a column. */
const withoutMade = (list: unknown, column: number, given: readonly unknown[]): unknown => {
  const rows: unknown = typeof list === "string" ? JSON.parse(list) : list;
  if (!Array.isArray(rows)) return list;
  return rows.map((row: readonly unknown[], at) =>
    given[at] === undefined ? row.with(column, null) : row,
  );
};

/** Rows as the JSON text that is stored. */
export const resultText = (rows: readonly ValueRow[]): string =>
  JSON.stringify(rows.map((row) => row.map(plain)));

interface StoredBytes {
  readonly bytes: string;
}

/** Bytes have no JSON form of their own, and no other value is an object. */
const plain = (value: Value): string | number | null | StoredBytes => {
  if (typeof value === "bigint") return `${value}`;
  return value instanceof Uint8Array ? { bytes: Buffer.from(value).toString("base64") } : value;
};

/** The rows of a stored result. @throws TypeError for anything else */
export const storedRows = (result: Value | undefined): readonly ValueRow[] => {
  const parsed: unknown = JSON.parse(typeof result === "string" ? result : "null");
  if (!Array.isArray(parsed) || !parsed.every(Array.isArray)) {
    throw new TypeError("a stored result of an operation that is no list of rows");
  }
  return parsed.map((row: readonly (Value | StoredBytes)[]) => row.map(restored));
};

const restored = (value: Value | StoredBytes): Value =>
  typeof value === "object" && value !== null && "bytes" in value
    ? Buffer.from(value.bytes, "base64")
    : value;
