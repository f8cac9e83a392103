import type { EntityIr, FieldIr } from "../../../ir/types.ts";
import type { ArrayElement, Predicate } from "../../../spec/model.ts";
import { type FilterPart, filterPartsOf } from "../../families/sql/fragments.ts";
import type { Dialect } from "../dialect.ts";
import { qualified } from "../sql/quote.ts";
import { comparable } from "../types.ts";
import { aliasOf } from "./row.ts";

/** The conditions of a filter: fixed ones first, each range as its two ends. */
export const filterParts = (
  entity: EntityIr,
  where: readonly Predicate[],
  optional: readonly Predicate[],
  dialect: Dialect,
): readonly FilterPart[] =>
  filterPartsOf(entity, where, optional, (field, operator) => {
    const column = qualified(aliasOf(entity), field.column);
    return field.type.kind === "array" && operator === "="
      ? holds(column, field, dialect)
      : `${column} ${operator} ${comparable(field.type, "{0}")}`;
  });

const asText: ReadonlySet<ArrayElement> = new Set<ArrayElement>(["int", "float", "boolean"]);

/** Whether a JSON array has an element: numbers are numbers there, everything else is text. `member of` is what an index serves. */
function holds(column: string, { type }: FieldIr, { elementIndexes }: Dialect): string {
  const isNumber = type.kind === "array" && asText.has(type.of);
  if (isNumber) return `json_contains(${column}, cast({0} as char))`;
  return elementIndexes ? `{0} member of (${column})` : `json_contains(${column}, json_quote({0}))`;
}
