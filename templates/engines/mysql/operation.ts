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

/** Fingerprint of a write: its shape (which fields it sets) and its values, without those (`made`) that each call makes anew. */
export const fingerprintOf = (
  shape: string,
  values: readonly Value[],
  made: readonly number[] = [],
): string => {
  const given = values.map((value, at) => (made.includes(at) ? null : plain(value)));
  return createHash("sha256")
    .update(JSON.stringify([shape, given]))
    .digest("base64url");
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
