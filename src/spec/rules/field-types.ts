import type { Field, FieldType } from "../model.ts";
import type { FieldSpec } from "../schema-entity.ts";

/** What each logical type can do, as data. */

type Kind = FieldSpec["type"];

/** Keys of a field that speak of its type; any other key fits every type. */
export const typeKeys: Readonly<Record<string, readonly Kind[]>> = {
  min: ["int", "bigint", "decimal", "float", "date", "timestamp"],
  max: ["int", "bigint", "decimal", "float", "date", "timestamp", "string", "array"],
  values: ["enum"],
  precision: ["decimal"],
  scale: ["decimal"],
  of: ["array"],
  schema: ["json"],
  dimensions: ["vector"],
  metric: ["vector"],
};

/** Keys that a type cannot do without, with an example. */
export const requiredKeys: Readonly<
  Partial<Record<Kind, readonly (readonly [keyof FieldSpec, string])[]>>
> = {
  enum: [["values", "values: [draft, published]"]],
  decimal: [
    ["precision", "precision: 12"],
    ["scale", "scale: 2"],
  ],
  array: [["of", "of: string"]],
  vector: [["dimensions", "dimensions: 384"]],
};

const numeric: readonly Kind[] = ["int", "bigint", "decimal", "float"];
const unordered: readonly Kind[] = ["json", "array", "vector", "binary"];

export const isNumeric = ({ kind }: FieldType): boolean => numeric.includes(kind);
/** Has an order that a page can follow. */
export const isOrdered = ({ kind }: FieldType): boolean => !unordered.includes(kind);
/** A range of it means something. */
export const hasRange = ({ kind }: FieldType): boolean =>
  numeric.includes(kind) || kind === "date" || kind === "timestamp" || kind === "string";
export const isText = ({ kind }: FieldType): boolean => kind === "string" || kind === "text";
export const canBeKey = ({ kind }: { readonly kind: Kind }): boolean =>
  !unordered.includes(kind) && kind !== "float" && kind !== "text";
/** Can be asked for by equality (an array: contains). */
export const canBeFiltered = ({ kind }: FieldType): boolean =>
  kind !== "json" && kind !== "vector" && kind !== "binary";
export const canBeFacet = ({ kind }: FieldType): boolean =>
  ["string", "enum", "boolean", "int", "bigint", "array", "date", "uuid"].includes(kind);

/** As messages call it: `decimal(5,2)`, `string(40)`, `uuid`. */
export function typeText({ type }: Pick<Field, "type">): string {
  if (type.kind === "string") return `string(${type.max})`;
  if (type.kind === "decimal") return `decimal(${type.precision},${type.scale})`;
  return type.kind === "array" ? `array of ${type.of}` : type.kind;
}
