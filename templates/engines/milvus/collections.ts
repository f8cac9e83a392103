import { createHash } from "node:crypto";
import { type Attempt, callOp } from "../../runtime/call.ts";
import type { OpSpec } from "../../runtime/op.ts";
import type { CallOptions } from "../../runtime/options.ts";
import { at, dataType, typeOf } from "./columns.ts";
import { consistencyLevel, type MilvusConnection } from "./connection.ts";
import { isDataError } from "../../runtime/errors.ts";
import {
  arrayElements,
  type ColumnDefinition,
  field,
  textBytes,
  type ViewDefinition,
} from "./definition.ts";
import { isAbsent } from "./errors.ts";
import { onLoaded } from "./loaded.ts";
import type { Reply } from "./service.ts";
import { collectionSchema, type FieldSchema } from "./wire.ts";

/** Runs one procedure of the engine's own, that no method of the application stands for. */
export type Ask = (method: string, request: object) => Promise<Reply>;

/**
 * Procedures under one deadline, retry rule and trace each.
 *
 * @param replayable running twice does no harm, so a lost reply is no reason to give up
 */
export function asker(
  { runtime, channel }: MilvusConnection,
  options: CallOptions | undefined,
  replayable: boolean,
): Ask {
  const keyed = replayable ? { ...options, operation: "replayable" } : options;
  return (method, request) =>
    callOp(runtime, specOf(method, replayable), keyed, (attempt: Attempt) =>
      isQuery(request)
        ? onLoaded(channel, method, request, attempt)
        : channel.call(method, request, attempt),
    );
}

/** Only a query reads what has to be in memory, and names what it reads. */
const isQuery = (request: object): request is { readonly collection_name: string } =>
  "collection_name" in request && "output_fields" in request;

const replayables = new Map<string, OpSpec>();
const singles = new Map<string, OpSpec>();

/** One per procedure: telemetry keeps what it publishes of a spec with it. */
function specOf(method: string, replayable: boolean): OpSpec {
  const specs = replayable ? replayables : singles;
  const known = specs.get(method) ?? {
    operation: `collections.${method}`,
    effect: "write",
    ...(replayable ? { repeatable: true } : { unkeyed: true }),
  };
  specs.set(method, known);
  return known;
}

/** Fingerprint of a definition: collections of another one are outdated. In a migration its properties have another order. */
export const definitionHash = (definition: ViewDefinition): string =>
  createHash("sha256").update(JSON.stringify(definition, inOrder)).digest("hex").slice(0, 16);

const inOrder = (_key: string, value: unknown): unknown =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
    : value;

const generationTime = 9;

const generationRandom = 4;

/** A name that sorts after those that are there: by the time of its making, unless the clock of who made them is ahead. */
export function newGeneration(alias: string, there: readonly string[] = []): string {
  const times = there.map((name) =>
    Number.parseInt(name.slice(-generationEnd, -generationRandom), 36),
  );
  const time = Math.max(Date.now(), ...times.map((each) => each + 1));
  const random = Math.floor(Math.random() * 36 ** generationRandom);
  const text = (value: number, length: number): string => value.toString(36).padStart(length, "0");
  return `${alias}_g${text(time, generationTime)}${text(random, generationRandom)}`;
}

const generationEnd = generationTime + generationRandom;

/** Collections of a view, oldest first. */
export async function generationsOf(ask: Ask, alias: string): Promise<readonly string[]> {
  const reply = await ask("ShowCollections", {});
  const names = reply["collection_names"];
  const own = new RegExp(`^${alias}_g[0-9a-z]{13}$`);
  return Array.isArray(names)
    ? (names as readonly string[]).filter((one) => own.test(one)).toSorted()
    : [];
}

/** The collection behind an alias; undefined when there is no such alias. */
export async function behind(ask: Ask, alias: string): Promise<string | undefined> {
  try {
    const name = (await ask("DescribeAlias", { alias }))["collection"];
    return typeof name === "string" && name !== "" ? name : undefined;
  } catch (error) {
    if (isAbsentCause(error)) return undefined;
    throw error;
  }
}

/** Lets the alias point to a collection: from one moment to the next, all reads go there. */
export async function pointTo(ask: Ask, alias: string, collection: string): Promise<void> {
  const known = await behind(ask, alias);
  if (known === collection) return;
  const procedure = known === undefined ? "CreateAlias" : "AlterAlias";
  await ask(procedure, { alias, collection_name: collection });
}

/**
 * Takes a collection over: whoever writes to it by its former name is refused from then on. Of several that do so at once the server lets one
 * succeed.
 *
 * @returns `lost` when another was first, or the collection is gone; `refused` when this user, or this server, renames none
 */
export async function takeOver(
  ask: Ask,
  from: string,
  to: string,
): Promise<"taken" | "lost" | "refused"> {
  try {
    await ask("RenameCollection", { oldName: from, newName: to });
  } catch (error) {
    // Told again after a lost reply, it finds its own name, which nobody else has.
    if (!(await isThere(ask, to))) {
      if (isAbsentCause(error)) return "lost";
      if (isDataError(error) && refusals.has(error.kind)) return "refused";
      throw error;
    }
  }
  await ask("LoadCollection", { collection_name: to, replica_number: 1 });
  return "taken";
}

const refusals: ReadonlySet<string> = new Set(["auth", "programming"]);

async function isThere(ask: Ask, collection: string): Promise<boolean> {
  const { value } = await ask("HasCollection", { collection_name: collection });
  return value === true;
}

/** Makes a collection with its indexes, loaded: rows can be written and read at once. */
export async function makeCollection(
  ask: Ask,
  name: string,
  definition: ViewDefinition,
): Promise<void> {
  await ask("CreateCollection", {
    collection_name: name,
    schema: collectionSchema(name, fieldsOf(definition)),
    shards_num: 1,
    consistency_level: consistencyLevel[definition.consistency],
    ...(definition.tenant ? { num_partitions: tenantPartitions } : {}),
  });
  await ask("CreateIndex", {
    collection_name: name,
    field_name: field.vector,
    index_name: field.vector,
    extra_params: pairsOf({
      index_type: definition.index.type,
      metric_type: definition.metric,
      params: JSON.stringify(definition.index.parameters),
    }),
  });
  for (const column of definition.columns) await indexColumn(ask, name, column);
  await ask("LoadCollection", { collection_name: name, replica_number: 1 });
}

/** Milvus Lite has no index for lists; without one the filter reads the column, which changes its speed only. */
async function indexColumn(
  ask: Ask,
  collection: string,
  { name, list }: ColumnDefinition,
): Promise<void> {
  try {
    await ask("CreateIndex", {
      collection_name: collection,
      field_name: name,
      index_name: name,
      extra_params: pairsOf({ index_type: "INVERTED" }),
    });
  } catch (error) {
    if (list !== true || !isDataError(error) || error.kind !== "programming") throw error;
  }
}

/** Partitions over which tenants are spread by their hash. Source: Milvus docs, Use Partition Key. */
const tenantPartitions = 64;

const pairsOf = (values: Readonly<Record<string, string>>): readonly object[] =>
  Object.entries(values).map(([key, value]) => ({ key, value }));

function fieldsOf(definition: ViewDefinition): readonly FieldSchema[] {
  const text = (name: string, more: Partial<FieldSchema> = {}): FieldSchema => ({
    name,
    type: dataType.varChar,
    parameters: { max_length: textBytes },
    ...more,
  });
  return [
    text(field.key, { primary: true }),
    ...(definition.tenant ? [text(field.tenant, { partitionKey: true })] : []),
    { name: field.revision, type: dataType.int64, parameters: {} },
    { name: field.deleted, type: dataType.bool, parameters: {} },
    text(field.item),
    ...definition.columns.map((column): FieldSchema => {
      const element = typeOf(column);
      const length = column.kind === "text" ? { max_length: textBytes } : {};
      // A tombstone has none of them.
      const nullable = true;
      return column.list === true
        ? {
            name: column.name,
            type: dataType.array,
            elementType: element,
            parameters: { ...length, max_capacity: arrayElements },
            nullable,
          }
        : { name: column.name, type: element, parameters: length, nullable };
    }),
    {
      name: field.vector,
      type: dataType.floatVector,
      parameters: { dim: definition.dimensions },
    },
  ];
}

/** Rows that reads can return. */
export const countRows = (ask: Ask, collection: string): Promise<number> =>
  countWhere(ask, collection, `${field.deleted} == false`);

export async function countWhere(ask: Ask, collection: string, expr: string): Promise<number> {
  const reply = await ask("Query", {
    collection_name: collection,
    expr,
    output_fields: ["count(*)"],
    consistency_level: consistencyLevel.Strong,
  });
  const fields = reply["fields_data"];
  const first: unknown = Array.isArray(fields) ? fields[0] : undefined;
  const data = at(at(at(first, "scalars"), "long_data"), "data");
  return Array.isArray(data) ? Number(data[0]) : 0;
}

/** Drops a collection that may be gone already. */
export async function dropCollection(ask: Ask, name: string): Promise<void> {
  try {
    await ask("DropCollection", { collection_name: name });
  } catch (error) {
    if (!isAbsentCause(error)) throw error;
  }
}

const absentCodes: ReadonlySet<string> = new Set(["4", "100", "1600", "1603"]);

/** The same as `isAbsent`, of an error that a call has ended with. */
export const isAbsentCause = (error: unknown): boolean =>
  isAbsent(error) ||
  (error instanceof Error && "code" in error && absentCodes.has(String(error.code)));
