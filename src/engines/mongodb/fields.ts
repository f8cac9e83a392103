import type { EntityIr, FieldIr, RepositoryIr } from "../../ir/types.ts";
import { stringLiteral } from "../../render/encode.ts";
import type { Doc } from "../../render/document.ts";
import { call } from "../../render/layout.ts";
import type { ArrayElement, FieldType } from "../../spec/model.ts";

/** Codec of runtime/mongodb/codec.ts by logical type. */
const codecs: Readonly<Record<Exclude<FieldType["kind"], "array">, string>> = {
  uuid: "uuid",
  string: "text",
  text: "text",
  enum: "enumeration",
  int: "int",
  bigint: "int64",
  decimal: "decimal",
  float: "float",
  boolean: "boolean",
  date: "date",
  timestamp: "timestamp",
  json: "json",
  binary: "binary",
  vector: "vector",
};

/** Codecs whose values a brand or an enum may narrow. */
const narrowed: ReadonlySet<string> = new Set([
  "uuid",
  "text",
  "enumeration",
  "int",
  "int64",
  "json",
]);
const plainTypes: ReadonlySet<string> = new Set(["string", "number", "bigint"]);

/** Property after whose date a document written with a ttl is gone. */
export const expiryColumn = "expires_at";

/** Some upsert of the repository has a ttl. */
export const expires = (repository: RepositoryIr | undefined): boolean =>
  repository?.methods.some(({ method }) => method.op === "upsert" && method.ttlMs !== undefined) ===
  true;

/** Property of a document that holds a field: a single key is `_id`, the parts of a composite key lie in it. */
export function propertyOf(entity: EntityIr, field: FieldIr): string {
  if (!entity.key.some(({ name }) => name === field.name)) return field.column;
  return entity.key.length === 1 ? "_id" : `_id.${field.column}`;
}

/** Names of the codecs that a field needs, for the import. */
export function codecNames(field: FieldIr): readonly string[] {
  const { type } = field;
  const of = type.kind === "array" ? ["array", codecs[type.of]] : [codecs[type.kind]];
  return [...of, ...wrappers.filter((name) => name === wrapperOf(field))];
}

/** What a codec adds for documents that lack the value. */
export const wrappers = ["nullable", "defaulted"] as const;

function wrapperOf(field: FieldIr): (typeof wrappers)[number] | undefined {
  if (field.nullable) return "nullable";
  return readsDefault(field) ? "defaulted" : undefined;
}

/**
 * Whether a document that lacks the value is read with its default. Null is a value of JSON, and not one that is missing; a version is
 * compared by the server.
 */
export const readsDefault = ({ nullable, key, source, type }: FieldIr): boolean =>
  !nullable &&
  !key &&
  source.default !== undefined &&
  source.role === "data" &&
  type.kind !== "json";

/** `nullable(uuid<CustomerId>())`, `defaulted(int(), 1)` */
export function codecOf(field: FieldIr): Doc {
  const wrapper = wrapperOf(field);
  if (wrapper === undefined) return valueCodec(field);
  const fallback = wrapper === "defaulted" ? [defaultLiteral(field)] : [];
  return call(wrapper, [valueCodec(field), ...fallback]);
}

/** The default that the spec declares, as TypeScript writes it. */
export function defaultLiteral({ type, source }: FieldIr): string {
  if (type.kind === "bigint") return `${String(source.default)}n`;
  if (type.kind === "timestamp") return `new Date(${stringLiteral(String(source.default))})`;
  if (type.kind === "decimal" || typeof source.default === "string")
    return stringLiteral(String(source.default));
  return JSON.stringify(source.default);
}

/** Without null: what a filter compares with. */
export function valueCodec({ type, tsType }: FieldIr): Doc {
  if (type.kind === "array") return call("array", [`${codecs[type.of]}()`]);
  const codec = codecs[type.kind];
  const typed = narrowed.has(codec) && !plainTypes.has(tsType) ? `${codec}<${tsType}>` : codec;
  return call(typed, settings(type));
}

/** An enum's values; digits of a decimal. */
function settings(type: FieldType): readonly Doc[] {
  if (type.kind === "enum") return type.values.map(stringLiteral);
  return type.kind === "decimal" ? [String(type.precision), String(type.scale)] : [];
}

export const elementKindCodec = (of: ArrayElement): string => codecs[of];

/** The element of an array field, or the value itself. */
export const elementCodec = (field: FieldIr): Doc =>
  field.type.kind === "array" ? `${codecs[field.type.of]}()` : valueCodec(field);

/** `bsonType` of a validator. Source: MongoDB manual, "$jsonSchema" and "BSON Types". */
export const bsonTypes: Readonly<Record<Exclude<FieldType["kind"], "json">, string>> = {
  uuid: "string",
  string: "string",
  text: "string",
  enum: "string",
  int: "int",
  bigint: "long",
  decimal: "decimal",
  float: "double",
  boolean: "bool",
  date: "string",
  timestamp: "date",
  binary: "binData",
  vector: "array",
  array: "array",
};

/** How the store makes a key of its own, if it does. */
export function madeKeys({ key }: EntityIr): "int" | "long" | "uuid" | undefined {
  const [only, ...rest] = key;
  if (only === undefined || rest.length > 0 || only.source.generated !== "database")
    return undefined;
  return only.type.kind === "int" ? "int" : only.type.kind === "uuid" ? "uuid" : "long";
}
