import type { EntityIr, FieldIr } from "../../ir/types.ts";
import type { FieldType } from "../../spec/model.ts";

/** Codec of runtime/mongodb/codec.ts by logical type. */
const codecs: Readonly<Record<Exclude<FieldType["kind"], "array">, string>> = {
  uuid: "uuid",
  string: "text",
  text: "text",
  enum: "text",
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
const narrowed: ReadonlySet<string> = new Set(["uuid", "text", "int", "int64", "json"]);
const plainTypes: ReadonlySet<string> = new Set(["string", "number", "bigint"]);

/** Property of a document that holds a field: a single key is `_id`, the parts of a composite key lie in it. */
export function propertyOf(entity: EntityIr, field: FieldIr): string {
  if (!entity.key.some(({ name }) => name === field.name)) return field.column;
  return entity.key.length === 1 ? "_id" : `_id.${field.column}`;
}

/** Names of the codecs that a field needs, for the import. */
export function codecNames({ type, nullable }: FieldIr): readonly string[] {
  const of = type.kind === "array" ? ["array", codecs[type.of]] : [codecs[type.kind]];
  return nullable ? [...of, "nullable"] : of;
}

/** `nullable(uuid<CustomerId>())` */
export function codecOf(field: FieldIr): string {
  return field.nullable ? `nullable(${valueCodec(field)})` : valueCodec(field);
}

/** Without null: what a filter compares with. */
export function valueCodec({ type, tsType }: FieldIr): string {
  if (type.kind === "array") return `array(${codecs[type.of]}())`;
  const codec = codecs[type.kind];
  return narrowed.has(codec) && !plainTypes.has(tsType) ? `${codec}<${tsType}>()` : `${codec}()`;
}

/** The element of an array field, or the value itself. */
export const elementCodec = (field: FieldIr): string =>
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
