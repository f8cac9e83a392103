import { randomUUID } from "node:crypto";
import { Long } from "mongodb";
import type { CollectionDeclaration } from "./declaration.ts";
import type { Place } from "./place.ts";

/** Collection of the last number that was given out, by collection. */
export const sequenceCollection = "sequence";

/** So many new keys. A number that a failed call took is not given out again, so there may be gaps. */
export async function madeKeys(
  place: Place,
  collection: string,
  kind: NonNullable<CollectionDeclaration<unknown>["keys"]>,
  count: number,
): Promise<readonly unknown[]> {
  if (count === 0) return [];
  if (kind === "uuid") return Array.from({ length: count }, () => randomUUID());
  const last = await taken(place, collection, count);
  const keys = Array.from({ length: count }, (_, at) => last - BigInt(count - 1 - at));
  return kind === "int" ? keys.map(Number) : keys.map((key) => Long.fromBigInt(key));
}

/** Outside of every transaction: two would exclude each other until the first ends. */
async function taken(
  { collections, limits: { session: _outside, ...limits } }: Place,
  collection: string,
  count: number,
): Promise<bigint> {
  const raise = () =>
    collections
      .of(sequenceCollection)
      .findOneAndUpdate(
        { _id: collection as never },
        { $inc: { last: Long.fromNumber(count) } },
        { ...limits, upsert: true, returnDocument: "after" },
      );
  // Two first calls at once: the one that lost finds the sequence there now.
  const found = await raise().catch(raise);
  return BigInt(String(found?.["last"]));
}
