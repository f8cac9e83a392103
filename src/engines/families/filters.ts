import { elementType } from "../../ir/field.ts";
import type { FieldIr, TypeIr } from "../../ir/types.ts";
import type { Predicate } from "../../spec/model.ts";

type Fields = ReadonlyMap<string, FieldIr>;
type Property = TypeIr["properties"][number];

/** The type of a filter argument; undefined when the method filters by nothing, and then has no such parameter. */
export function filterType(
  name: string,
  required: readonly Predicate[],
  optional: readonly Predicate[],
  fields: Fields,
): TypeIr | undefined {
  const properties = [
    ...required.flatMap((one) => predicateProperty(one, false, fields)),
    ...optional.flatMap((one) => predicateProperty(one, true, fields)),
  ];
  return properties.length === 0 ? undefined : { name, properties };
}

function predicateProperty(
  { field: name, operator }: Predicate,
  optional: boolean,
  fields: Fields,
): readonly Property[] {
  const field = fields.get(name);
  if (field === undefined) return [];
  const type = elementType(field);
  if (operator === "range") return [{ name, type: `Range<${type}>`, optional }];
  const comment = field.type.kind === "array" ? { comment: "One of its elements." } : {};
  return [{ name, type, optional, ...comment }];
}

/** Whether its values are compared as UUIDs, which are kept in lower case. */
export const isUuid = ({ type }: FieldIr): boolean =>
  type.kind === "uuid" || (type.kind === "array" && type.of === "uuid");

export const fieldMap = (fields: readonly FieldIr[]): Fields =>
  new Map(fields.map((field) => [field.name, field]));
