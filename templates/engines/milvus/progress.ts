import type { CallOptions } from "../../runtime/options.ts";
import type { ViewClaim } from "../../runtime/view-claim.ts";
import type { ViewProgress } from "../../runtime/view.ts";
import { type Ask, asker, definitionHash } from "./collections.ts";
import { textsOf } from "./columns.ts";
import { consistencyLevel, type MilvusConnection } from "./connection.ts";
import { field, type ViewDefinition } from "./definition.ts";
import { keysExpression } from "./expression.ts";
import { tombstoneVector } from "./vector.ts";
import { upsertRows } from "./writer.ts";

/** What a collection keeps of itself, in a row that no read returns. */
export interface CollectionRecord {
  /** Fingerprint of the definition that it was made for. */
  readonly definition: string;
  readonly progress: ViewProgress;
  /** Who fills it. */
  readonly claim?: ViewClaim | undefined;
}

/** No row of an entity has this key: see `rowKey`. */
export const recordKey = "m:record";

/** Undefined for a collection whose making broke off before it had one. */
export async function readRecord(
  ask: Ask,
  collection: string,
): Promise<CollectionRecord | undefined> {
  const { state } = await ask("GetLoadState", { collection_name: collection });
  if (state !== loadStateLoaded) return undefined;
  const reply = await ask("Query", {
    collection_name: collection,
    expr: keysExpression([recordKey]),
    output_fields: [field.item],
    consistency_level: consistencyLevel.Strong,
  });
  const [text] = textsOf(reply["fields_data"], field.item);
  return text === undefined ? undefined : (JSON.parse(text) as CollectionRecord);
}

/** `LoadState` of common.proto. */
export const loadStateAbsent = 0;
export const loadStateLoaded = 3;

export async function writeRecord(
  connection: MilvusConnection,
  definition: ViewDefinition,
  collection: string,
  told: Omit<CollectionRecord, "definition">,
  options: CallOptions | undefined,
): Promise<void> {
  const record: CollectionRecord = { definition: definitionHash(definition), ...told };
  const row = {
    key: recordKey,
    tenant: "",
    revision: 0n,
    deleted: true,
    item: JSON.stringify(record),
    columns: {},
    vector: tombstoneVector(recordKey, definition.dimensions),
  };
  await upsertRows(asker(connection, options, true), definition, collection, [row]);
}
