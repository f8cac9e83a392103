/**
 * Messages that the protocol carries as bytes inside of others, for which the service definition has no encoder: a collection's schema and
 * the vectors of a search. Format: protobuf.dev, Encoding; fields: `milvus-io/milvus-proto`, schema.proto and common.proto.
 */
type Part = Uint8Array;

const varint = (value: number): Part => {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  return Uint8Array.from([...bytes, rest]);
};

const tagged = (field: number, type: 0 | 2): Part => varint(field * 8 + type);

const number = (field: number, value: number): readonly Part[] =>
  value === 0 ? [] : [tagged(field, 0), varint(value)];

const flag = (field: number, value: boolean | undefined): readonly Part[] =>
  number(field, value === true ? 1 : 0);

const bytes = (field: number, value: Part): readonly Part[] => [
  tagged(field, 2),
  varint(value.length),
  value,
];

const text = (field: number, value: string): readonly Part[] =>
  value === "" ? [] : bytes(field, Buffer.from(value, "utf8"));

const message = (parts: readonly Part[]): Buffer => Buffer.concat(parts);

const pair = (field: number, key: string, value: string): readonly Part[] =>
  bytes(field, message([...text(1, key), ...text(2, value)]));

/** A field of a collection. */
export interface FieldSchema {
  readonly name: string;
  /** `DataType` of schema.proto. */
  readonly type: number;
  readonly elementType?: number | undefined;
  readonly primary?: boolean | undefined;
  readonly partitionKey?: boolean | undefined;
  readonly nullable?: boolean | undefined;
  /** `dim`, `max_length`, `max_capacity`. */
  readonly parameters: Readonly<Record<string, number>>;
}

/** `milvus.proto.schema.CollectionSchema`. */
export function collectionSchema(name: string, fields: readonly FieldSchema[]): Buffer {
  return message([...text(1, name), ...fields.flatMap((field) => bytes(4, fieldSchema(field)))]);
}

const fieldSchema = (field: FieldSchema): Buffer =>
  message([
    ...text(2, field.name),
    ...flag(3, field.primary),
    ...number(5, field.type),
    ...Object.entries(field.parameters).flatMap(([key, value]) => pair(6, key, String(value))),
    ...number(10, field.elementType ?? 0),
    ...flag(13, field.partitionKey),
    ...flag(15, field.nullable),
  ]);

/** `PlaceholderType.FloatVector` */
const floatVector = 101;

/** `milvus.proto.common.PlaceholderGroup` of one vector, its elements little-endian. */
export function placeholderGroup(vector: Float32Array): Buffer {
  const values = Buffer.alloc(vector.length * 4);
  vector.forEach((element, at) => values.writeFloatLE(element, at * 4));
  const value = message([...text(1, "$0"), ...number(2, floatVector), ...bytes(3, values)]);
  return message(bytes(1, value));
}
