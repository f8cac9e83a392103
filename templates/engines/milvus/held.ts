import { isDataError } from "../../runtime/errors.ts";
import type { ViewRow } from "../../runtime/view.ts";
import type { Ask } from "./collections.ts";
import { textsOf, vectorsOf } from "./columns.ts";
import { consistencyLevel } from "./connection.ts";
import { field, type VectorView } from "./definition.ts";
import { keysExpression } from "./expression.ts";
import { rowKey, rowOf } from "./writer.ts";

/** Rows of one reply: their vectors are large. */
const chunk = 100;

interface Held {
  readonly revision: string;
  readonly item: string;
  readonly vector: readonly number[];
}

/** Which rows a collection holds exactly so, with their revisions. The item's text is empty where a row is held without a vector. */
export async function heldRows<T, J>(
  ask: Ask,
  view: VectorView<T, J>,
  collection: string,
  rows: readonly ViewRow<T>[],
): Promise<readonly boolean[]> {
  const held: boolean[] = [];
  for (let from = 0; from < rows.length; from += chunk) {
    const asked = rows.slice(from, from + chunk);
    const there = await read(ask, view, collection, asked);
    for (const row of asked) held.push(isHeld(view, row, there));
  }
  return held;
}

async function read<T, J>(
  ask: Ask,
  { definition: { dimensions } }: VectorView<T, J>,
  collection: string,
  rows: readonly ViewRow<T>[],
): Promise<ReadonlyMap<string, Held>> {
  const reply = await ask("Query", {
    collection_name: collection,
    expr: keysExpression(rows.map(({ key, tenant }) => rowKey(key, tenant))),
    output_fields: [field.key, field.revision, field.item, field.vector],
    consistency_level: consistencyLevel.Strong,
  });
  const fields = reply["fields_data"];
  const revisions = textsOf(fields, field.revision);
  const items = textsOf(fields, field.item);
  const vectors = vectorsOf(fields, field.vector);
  return new Map(
    textsOf(fields, field.key).map((key, row) => [
      key,
      {
        revision: revisions[row] ?? "",
        item: items[row] ?? "",
        vector: vectors.slice(row * dimensions, (row + 1) * dimensions),
      },
    ]),
  );
}

function isHeld<T, J>(
  view: VectorView<T, J>,
  change: ViewRow<T>,
  there: ReadonlyMap<string, Held>,
): boolean {
  const key = rowKey(change.key, change.tenant);
  const held = there.get(key);
  if (held === undefined) return false;
  const row = rowOf(view, key, { kind: "upsert", ...change });
  if (isDataError(row)) return false;
  return (
    held.revision === String(row.revision) &&
    held.item === row.item &&
    held.vector.length === row.vector.length &&
    row.vector.every((element, at) => element === Math.fround(held.vector[at] ?? Number.NaN))
  );
}
