import type { EntityIr, StoreIr } from "../../../ir/types.ts";
import { identifier, identifiers } from "../sql/quote.ts";
import { checksOf, columnDefinition } from "./column.ts";
import { tableComments } from "./comment.ts";
import { indexStatements } from "./index-statement.ts";
import { columns, primaryKeyName, storedFields } from "./naming.ts";
import type { ForeignKey } from "./reference.ts";
import { foreignKeyClause } from "./reference.ts";
import { searchColumnDefinitions } from "./search.ts";

/**
 * `create table` with its comments and indexes.
 * @param inline the foreign keys whose target exists already; the others are added when every table does
 */
export function tableStatements(
  entity: EntityIr,
  store: StoreIr,
  inline: readonly ForeignKey[],
): readonly string[] {
  const lines = [
    ...storedFields(entity, store).map(columnDefinition),
    ...searchColumnDefinitions(entity, store),
    ...(entity.keyless
      ? []
      : [
          `constraint ${identifier(primaryKeyName(entity.table))} primary key (${identifiers(columns(entity.key))})`,
        ]),
    ...uniqueConstraints(entity),
    ...inline.map(foreignKeyClause),
    ...checksOf(entity).map(
      (check) => `constraint ${identifier(check.name)} check (${check.condition})`,
    ),
  ];
  return [
    `create table ${identifier(entity.table)} (\n  ${lines.join(",\n  ")}\n);`,
    ...tableComments(entity, store),
    ...indexStatements(entity, store),
  ];
}

/** With soft delete a unique key holds among the rows that are left: those are partial indexes (index-statement.ts). */
function uniqueConstraints(entity: EntityIr): readonly string[] {
  if (entity.deletedAt !== undefined) return [];
  return entity.unique.map(
    (unique) =>
      `constraint ${identifier(unique.name)} unique (${identifiers(columns(unique.fields))})`,
  );
}
