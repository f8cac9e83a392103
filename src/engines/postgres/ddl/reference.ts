import type { EntityIr, StoreIr } from "../../../ir/types.ts";
import type { OnDelete } from "../../../spec/model.ts";
import { type ForeignKey, foreignKeys } from "../../families/sql/foreign-keys.ts";
import type { ConstraintShape } from "../schema/shape.ts";
import { identifier, identifiers } from "../sql/quote.ts";

const actions = {
  cascade: "cascade",
  "set-null": "set null",
  restrict: "restrict",
} as const satisfies Record<OnDelete, string>;

/** Only the reference becomes null, and the row keeps its tenant: `set null (customer_id)`, from PostgreSQL 15 on. */
function actionOf({ onDelete, reference, columns }: ForeignKey): string {
  const held = columns.length > reference.length;
  return onDelete === "set-null" && held
    ? `set null (${identifiers(reference)})`
    : actions[onDelete];
}

/** The foreign keys of an entity as constraints of its table. */
export const referenceConstraints = (
  entity: EntityIr,
  store: StoreIr,
): readonly ConstraintShape[] =>
  foreignKeys(entity, store).map((key) =>
    referenceConstraint(key.name, {
      columns: key.columns,
      target: key.target.table,
      targetColumns: key.targetColumns,
      onDelete: actionOf(key),
    }),
  );

/** `foreign key (customer_id) references customers (id) on delete restrict` */
export const referenceConstraint = (
  name: string,
  key: Required<Pick<ConstraintShape, "columns" | "target" | "targetColumns" | "onDelete">>,
): ConstraintShape => ({
  name,
  kind: "foreign",
  definition:
    `foreign key (${identifiers(key.columns)}) ` +
    `references ${identifier(key.target)} (${identifiers(key.targetColumns)}) on delete ${key.onDelete}`,
  ...key,
});
