import type { EntityIr, StoreIr } from "../../../ir/types.ts";
import type { OnDelete } from "../../../spec/model.ts";
import { tableComment } from "../../families/sql/comment.ts";
import { foreignKeys } from "../../families/sql/foreign-keys.ts";
import { columns, storedFields } from "../../families/sql/naming.ts";
import type { Dialect } from "../dialect.ts";
import type { ConstraintShape, IndexShape, TableShape } from "../schema/shape.ts";
import { identifiers } from "../sql/quote.ts";
import { referenceText } from "../sql/reference.ts";
import { checksOf, columnShape, liveColumnShape } from "./column.ts";
import { foreignKeyIndex, indexesOf } from "./index-shape.ts";
import { searchColumnShapes } from "./search.ts";

/** The table of an entity. */
export function tableShape(entity: EntityIr, store: StoreIr, dialect: Dialect): TableShape {
  const constraints = [
    ...(entity.keyless ? [] : [keyConstraint(columns(entity.key))]),
    ...references(entity, store),
    ...checksOf(entity),
  ].map((constraint) => asItIsCalled(entity, constraint));
  const indexes = indexesOf(entity, store, dialect).map((index) => asItIsCalled(entity, index));
  return {
    name: entity.table,
    comment: tableComment(entity, store),
    collation: dialect.collation,
    columns: [
      ...storedFields(entity, store).map(columnShape),
      ...(entity.deletedAt === undefined ? [] : [liveColumnShape(entity)]),
      ...searchColumnShapes(entity, store, dialect),
    ],
    constraints,
    indexes: [...indexes, ...missingIndexes(entity.table, constraints, indexes)],
  };
}

/** In an existing schema a constraint keeps its name. */
const asItIsCalled = <T extends { readonly name: string }>(entity: EntityIr, made: T): T => ({
  ...made,
  name: entity.constraintNames?.[made.name] ?? made.name,
});

/** `primary key (order_id, line_no)` */
export const keyConstraint = (own: readonly string[]): ConstraintShape => ({
  name: "PRIMARY",
  kind: "primary",
  definition: `primary key (${identifiers(own)})`,
  columns: own,
});

const actions = {
  cascade: "cascade",
  "set-null": "set null",
  restrict: "restrict",
} as const satisfies Record<OnDelete, string>;

/** The foreign keys of an entity as constraints of its table. */
const references = (entity: EntityIr, store: StoreIr): readonly ConstraintShape[] =>
  foreignKeys(entity, store).map(({ name, target, targetColumns, onDelete, columns: own }) => {
    const leads = {
      columns: own,
      target: target.table,
      targetColumns,
      onDelete: actions[onDelete],
    };
    return { name, kind: "foreign", definition: referenceText(leads), ...leads };
  });

/** Foreign keys that no index begins with. */
function missingIndexes(
  table: string,
  constraints: readonly ConstraintShape[],
  indexes: readonly IndexShape[],
): readonly IndexShape[] {
  const key = constraints.find(({ kind }) => kind === "primary")?.columns ?? [];
  const known = [
    key,
    ...indexes.filter(({ kind }) => kind !== "fulltext").map((one) => one.columns),
  ];
  return constraints.flatMap(({ kind, columns: own = [] }) => {
    const served = known.some((other) => own.every((column, at) => other[at] === column));
    return kind === "foreign" && !served ? [foreignKeyIndex(table, own)] : [];
  });
}
