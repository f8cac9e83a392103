import { DataError, isDataError } from "../../runtime/errors.ts";
import type { ViewChange, ViewOutcome, ViewWriter } from "../../runtime/view.ts";
import { type Ask, asker, isAbsentCause } from "./collections.ts";
import { columnData, dataType, textsOf } from "./columns.ts";
import { consistencyLevel, type MilvusConnection, neverBuilt } from "./connection.ts";
import { field, textBytes, type VectorView, type ViewDefinition } from "./definition.ts";
import { keysExpression } from "./expression.ts";
import { checkedVector, hasNoDirection, tombstoneVector } from "./vector.ts";

/** One row as the collection holds it. */
export interface StoredRow {
  readonly key: string;
  readonly tenant: string;
  readonly revision: bigint;
  readonly deleted: boolean;
  readonly item: string;
  readonly columns: Readonly<Record<string, unknown>>;
  readonly vector: Float32Array;
}

/** Rows of one upsert at most; a quarter of what a request may hold leaves room for the encoding. */
const chunk = { rows: 1_000, bytes: 16 * 2 ** 20 };

/** The key of a row in its collection: of its kind, so that the collection's own row has none of theirs. */
export const rowKey = (key: string, tenant: string | undefined): string =>
  tenant === undefined ? `k:${key}` : `t:${JSON.stringify([tenant, key])}`;

/**
 * Writes into one collection, or the one behind an alias. Milvus compares nothing while it writes, so the revisions that are there are
 * read before: between that and the upsert another writer of the same key may be overwritten by an older revision. One writer per key
 * closes that window.
 *
 * An upsert of the same rows changes nothing more, so one whose reply was lost is sent again.
 *
 * @param gone what it means that the collection is not there
 */
export function viewWriter<T, J>(
  connection: MilvusConnection,
  view: VectorView<T, J>,
  collection: string,
  gone: () => DataError = () => neverBuilt(view.name),
): ViewWriter<T> {
  return {
    write: async (changes, options) => {
      if (changes.length === 0) return [];
      const ask = asker(connection, options, true);
      try {
        const known = await revisionsOf(ask, collection, changes);
        const { rows, outcomes } = settle(view, changes, known);
        await upsertRows(ask, view.definition, collection, rows);
        return outcomes;
      } catch (error) {
        throw isAbsentCause(error) ? gone() : error;
      }
    },
  };
}

/** The revisions that the collection holds of the keys of these changes. */
async function revisionsOf<T>(
  ask: Ask,
  collection: string,
  changes: readonly ViewChange<T>[],
): Promise<Map<string, bigint>> {
  const keys = [...new Set(changes.map(({ key, tenant }) => rowKey(key, tenant)))];
  const found = new Map<string, bigint>();
  for (let from = 0; from < keys.length; from += chunk.rows) {
    const reply = await ask("Query", {
      collection_name: collection,
      expr: keysExpression(keys.slice(from, from + chunk.rows)),
      output_fields: [field.key, field.revision],
      consistency_level: consistencyLevel.Strong,
    });
    const revisions = textsOf(reply["fields_data"], field.revision);
    textsOf(reply["fields_data"], field.key).forEach((key, row) =>
      found.set(key, BigInt(revisions[row] ?? 0)),
    );
  }
  return found;
}

/** What becomes of each change, and the last row of each key that is to be written. */
function settle<T, J>(
  view: VectorView<T, J>,
  changes: readonly ViewChange<T>[],
  known: Map<string, bigint>,
): { readonly rows: readonly StoredRow[]; readonly outcomes: readonly ViewOutcome[] } {
  const rows = new Map<string, StoredRow>();
  const outcomes = changes.map((change): ViewOutcome => {
    const key = rowKey(change.key, change.tenant);
    const there = known.get(key);
    if (there !== undefined && there >= change.revision) return { kind: "stale" };
    const row = rowOf(view, key, change);
    if (isDataError(row)) return { kind: "failed", error: row };
    known.set(key, change.revision);
    rows.set(key, row);
    return { kind: "written" };
  });
  return { rows: [...rows.values()], outcomes };
}

/** The row of a change; its error when Milvus cannot hold it. */
export function rowOf<T, J>(
  view: VectorView<T, J>,
  key: string,
  change: ViewChange<T>,
): StoredRow | DataError {
  const { definition } = view;
  const tenant = change.tenant ?? "";
  const base = { key, tenant, revision: change.revision };
  try {
    if (Buffer.byteLength(key) > textBytes) throw tooLarge("the key", Buffer.byteLength(key));
    const vector = change.kind === "delete" ? null : held(view.vector(change.item), definition);
    if (change.kind === "delete" || vector === null)
      return {
        ...base,
        deleted: true,
        item: "",
        columns: {},
        vector: tombstoneVector(key, definition.dimensions),
      };
    const json = view.toJson(change.item);
    const item = JSON.stringify(json);
    if (Buffer.byteLength(item) > textBytes)
      throw tooLarge("the item as JSON", Buffer.byteLength(item), largestOf(json));
    const columns = view.columns(change.item);
    for (const column of definition.columns) columnData(column, [columns[column.name]]);
    const row = { ...base, deleted: false, item, columns };
    return { ...row, vector };
  } catch (error) {
    if (isDataError(error)) return error;
    throw error;
  }
}

/** `, 70000 of them in body`: where the bytes of an item are. */
function largestOf(json: unknown): string {
  const sizes = Object.entries(Object(json)).map(
    ([name, value]) => [name, Buffer.byteLength(JSON.stringify(value) ?? "")] as const,
  );
  const [largest] = sizes.toSorted((a, b) => b[1] - a[1]);
  return largest === undefined ? "" : `, ${largest[1]} of them in ${largest[0]}`;
}

/** A row whose vector has no direction is left out of a cosine view, as one without a vector is. */
function held(vector: Float32Array | null, definition: ViewDefinition): Float32Array | null {
  if (vector === null || hasNoDirection(vector, definition)) return null;
  return checkedVector(vector, definition);
}

const tooLarge = (what: string, bytes: number, where = ""): DataError =>
  new DataError({
    kind: "constraint",
    message: `${what} has ${bytes} bytes${where}, and Milvus holds ${textBytes} of a text`,
    hint: "shorten it, bound it in the spec by max, or keep it in an entity of its own",
  });

/** Upserts in portions that a request can hold. */
export async function upsertRows(
  ask: Ask,
  definition: ViewDefinition,
  collection: string,
  rows: readonly StoredRow[],
): Promise<void> {
  const portion: StoredRow[] = [];
  let bytes = 0;
  const send = async (): Promise<void> => {
    if (portion.length > 0)
      await ask("Upsert", upsertRequest(definition, collection, portion.splice(0)));
    bytes = 0;
  };
  for (const row of rows) {
    const size = row.item.length * 3 + row.vector.byteLength;
    if (portion.length === chunk.rows || bytes + size > chunk.bytes) await send();
    portion.push(row);
    bytes += size;
  }
  await send();
}

function upsertRequest(
  definition: ViewDefinition,
  collection: string,
  rows: readonly StoredRow[],
): object {
  const scalars = (name: string, type: number, data: string, values: readonly unknown[]) => ({
    type,
    field_name: name,
    scalars: { [data]: { data: values } },
  });
  const texts = (name: string, of: (row: StoredRow) => string) =>
    scalars(name, dataType.varChar, "string_data", rows.map(of));
  const elements: number[] = [];
  for (const { vector } of rows) for (const element of vector) elements.push(element);
  return {
    collection_name: collection,
    num_rows: rows.length,
    fields_data: [
      texts(field.key, ({ key }) => key),
      ...(definition.tenant ? [texts(field.tenant, ({ tenant }) => tenant)] : []),
      scalars(
        field.revision,
        dataType.int64,
        "long_data",
        rows.map(({ revision }) => String(revision)),
      ),
      scalars(
        field.deleted,
        dataType.bool,
        "bool_data",
        rows.map(({ deleted }) => deleted),
      ),
      texts(field.item, ({ item }) => item),
      ...definition.columns.map((column) =>
        columnData(
          column,
          rows.map(({ deleted, columns }) => (deleted ? null : columns[column.name])),
        ),
      ),
      {
        type: dataType.floatVector,
        field_name: field.vector,
        vectors: { dim: definition.dimensions, float_vector: { data: elements } },
      },
    ],
  };
}
