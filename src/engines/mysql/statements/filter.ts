import type { EntityIr } from "../../../ir/types.ts";
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
      ? holds(column, field.type.of, dialect)
      : `${column} ${operator} ${comparable(field.type, "{0}")}`;
  });

/**
 * Whether a JSON array has an element, which stands there as the codec of arrays writes it: 32-bit integers, floats and booleans as numbers,
 * everything else as text.
 */
function holds(column: string, of: ArrayElement, dialect: Dialect): string {
  switch (of) {
    case "int":
    case "boolean":
      return `json_contains(${column}, cast({0} as char))`;
    case "bigint":
      return holdsText(column, "cast({0} as char)", dialect);
    case "float":
      // MariaDB takes neighbours for equal in `json_contains`.
      return holdsNumber(column, "double", "cast({0} as double)");
    case "decimal":
      // By what it amounts to: a decimal keeps the digits that it was written with.
      return holdsNumber(column, "decimal(65,30)", comparable(widest, "{0}"));
    default:
      return holdsText(column, "{0}", dialect);
  }
}

/** `member of` is what an index serves. */
const holdsText = (column: string, text: string, { elementIndexes }: Dialect): string =>
  elementIndexes
    ? `${text} member of (${column})`
    : `json_contains(${column}, json_quote(${text}))`;

const widest = { kind: "decimal", precision: 65, scale: 30 } as const;

const holdsNumber = (column: string, type: string, sought: string): string =>
  `exists (select 1 from json_table(${column}, '$[*]' columns (number ${type} path '$')) held where held.number = ${sought})`;
