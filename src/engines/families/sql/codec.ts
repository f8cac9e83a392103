import type { Doc } from "../../../render/document.ts";
import { stringLiteral } from "../../../render/encode.ts";
import { call } from "../../../render/layout.ts";
import type { FieldIr, FieldType } from "../../../ir/types.ts";
import type { ArrayElement } from "../../../spec/model.ts";

/** Names of `runtime/<engine>/codec.ts` that an expression uses are collected here. */
export type CodecNames = Set<string>;

const plain = {
  uuid: "uuid",
  string: "text",
  text: "text",
  int: "int",
  bigint: "bigint",
  decimal: "decimal",
  float: "float",
  boolean: "boolean",
  date: "date",
  timestamp: "timestamp",
  binary: "binary",
} as const satisfies Record<
  Exclude<FieldType["kind"], "json" | "enum" | "array" | "vector">,
  string
>;

/** Codec of one element of an array field: what a filter by it compares with. */
export function elementCodec(of: ArrayElement, names: CodecNames): string {
  const name = plain[of];
  names.add(name);
  return name;
}

/** The codec of a field's values that are not null: `enumeration<OrderStatus>("new", "paid")`. */
export function baseCodec(field: FieldIr, names: CodecNames): Doc {
  const { type, tsType } = field;
  const use = (name: string): string => {
    names.add(name);
    return name;
  };
  switch (type.kind) {
    case "enum":
      return call(`${use("enumeration")}<${tsType}>`, type.values.map(stringLiteral));
    case "json":
      return `${use("json")}<${tsType}>()`;
    case "array":
      return call(use("array"), [elementCodec(type.of, names)]);
    case "decimal":
      return `${use("numeric")}(${type.precision}, ${type.scale})`;
    case "vector":
      return `${use("vector")}(${type.dimensions})`;
    default:
      return brandedCodec(field, use) ?? use(plain[type.kind]);
  }
}

const scalarTypes: ReadonlySet<string> = new Set([
  "string",
  "number",
  "bigint",
  "boolean",
  "Date",
  "Uint8Array",
  "Float32Array",
]);

/** A branded id: the same text with a narrower type. */
function brandedCodec(
  { type, tsType }: FieldIr,
  use: (name: string) => string,
): string | undefined {
  if (scalarTypes.has(tsType)) return undefined;
  if (type.kind === "int") return `${use("brandedInt")}<${tsType}>()`;
  if (type.kind === "bigint") return `${use("brandedBigint")}<${tsType}>()`;
  if (type.kind === "uuid") return `${use("brandedUuid")}<${tsType}>()`;
  return `${use("branded")}<${tsType}>()`;
}

/** The codec of a column, null included where the column can be. */
export function fieldCodec(field: FieldIr, names: CodecNames): Doc {
  const base = baseCodec(field, names);
  if (!field.nullable) return base;
  names.add("nullable");
  return call("nullable", [base]);
}
