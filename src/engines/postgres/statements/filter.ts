import type { EntityIr, FieldIr } from "../../../ir/types.ts";
import type { Predicate } from "../../../spec/model.ts";
import { qualified } from "../sql/quote.ts";
import { parameterType } from "../types.ts";
import { aliasOf } from "./row.ts";

/** One condition on one value of a filter. */
export interface FilterPart {
  readonly field: FieldIr;
  /** Which value of the filter: the field itself, or an end of its range. */
  readonly end?: "min" | "max";
  /** The property must be there (`where:`), or may be left out. An end of a range may always be. */
  readonly required: boolean;
  /** `{0}` stands for the value's parameter. */
  readonly condition: string;
}

/** The conditions of a filter: fixed ones first, each range as its two ends. */
export function filterParts(
  entity: EntityIr,
  where: readonly Predicate[],
  optional: readonly Predicate[],
): readonly FilterPart[] {
  return [
    ...where.flatMap((predicate) => partsOf(entity, predicate, true)),
    ...optional.flatMap((predicate) => partsOf(entity, predicate, false)),
  ];
}

function partsOf(entity: EntityIr, predicate: Predicate, required: boolean): readonly FilterPart[] {
  const field = entity.fields.find((candidate) => candidate.name === predicate.field);
  if (field === undefined) return [];
  const column = qualified(aliasOf(entity), field.column);
  const type = parameterType(field.type);
  if (predicate.operator === "range") {
    return [
      { field, end: "min", required, condition: `${column} >= {0}::${type}` },
      { field, end: "max", required, condition: `${column} <= {0}::${type}` },
    ];
  }
  // Containment, not `= any`: only that is served by a GIN index.
  const condition =
    field.type.kind === "array" ? `${column} @> array[{0}]::${type}` : `${column} = {0}::${type}`;
  return [{ field, required, condition }];
}

/** Whether the part has its value in every call. */
export const isFixed = (part: FilterPart): boolean => part.required && part.end === undefined;

export const bound = (part: FilterPart, parameter: number): string =>
  part.condition.replaceAll("{0}", `$${parameter}`);

/** A condition that holds when its value is null: for a statement whose text does not change with what is given. */
export function nullGuarded(part: FilterPart, parameter: number): string {
  if (isFixed(part)) return bound(part, parameter);
  const type =
    part.field.type.kind === "array"
      ? parameterType(part.field.type).replace(/\[\]$/, "")
      : parameterType(part.field.type);
  return `($${parameter}::${type} is null or ${bound(part, parameter)})`;
}
