import type { EntityIr } from "../../../ir/types.ts";
import type { Predicate } from "../../../spec/model.ts";
import { bound, type FilterPart, filterPartsOf, isFixed } from "../../families/sql/fragments.ts";
import { qualified } from "../sql/quote.ts";
import { parameterType } from "../types.ts";
import { aliasOf } from "./row.ts";

/** The conditions of a filter: fixed ones first, each range as its two ends. */
export const filterParts = (
  entity: EntityIr,
  where: readonly Predicate[],
  optional: readonly Predicate[],
): readonly FilterPart[] =>
  filterPartsOf(entity, where, optional, (field, operator) => {
    const column = qualified(aliasOf(entity), field.column);
    const type = parameterType(field.type);
    // Containment, not `= any`: only that is served by a GIN index.
    return field.type.kind === "array" && operator === "="
      ? `${column} @> array[{0}]::${type}`
      : `${column} ${operator} {0}::${type}`;
  });

/** A condition that holds when its value is null: for a statement whose text does not change with what is given. */
export function nullGuarded(part: FilterPart, parameter: number): string {
  if (isFixed(part)) return bound(part, parameter);
  const type =
    part.field.type.kind === "array"
      ? parameterType(part.field.type).replace(/\[\]$/, "")
      : parameterType(part.field.type);
  return `($${parameter}::${type} is null or ${bound(part, parameter)})`;
}
