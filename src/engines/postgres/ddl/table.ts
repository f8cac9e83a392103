import type { EntityIr, StoreIr } from "../../../ir/types.ts";
import type { ConstraintShape, TableShape } from "../schema/shape.ts";
import { identifiers } from "../sql/quote.ts";
import { checksOf, columnShape } from "./column.ts";
import { tableComment } from "../../families/sql/comment.ts";
import { tenantKeyOf } from "../../families/sql/tenant-keys.ts";
import { indexesOf } from "./index-statement.ts";
import { columns, primaryKeyName, storedFields } from "./naming.ts";
import { partitionShape } from "./partition.ts";
import { referenceConstraints } from "./reference.ts";
import { securityOf } from "./rls.ts";
import { tableGrants } from "./role.ts";
import { searchColumnShapes } from "./search.ts";

/** The table of an entity. */
export const tableShape = (entity: EntityIr, store: StoreIr, project: string): TableShape => ({
  name: entity.table,
  comment: tableComment(entity, store),
  ...partitioned(entity),
  columns: [...storedFields(entity, store).map(columnShape), ...searchColumnShapes(entity, store)],
  constraints: [
    ...primaryKey(entity),
    ...uniqueConstraints(entity),
    ...tenantConstraint(entity, store),
    ...referenceConstraints(entity, store),
    ...checksOf(entity),
  ].map((constraint) => asItIsCalled(entity, constraint)),
  indexes: indexesOf(entity, store),
  ...securityOf(entity, store, entity.table),
  grants: tableGrants(entity, store, project),
});

function partitioned(entity: EntityIr): Pick<TableShape, "partition"> {
  const partition = partitionShape(entity);
  return partition === undefined ? {} : { partition };
}

/** In an existing schema a constraint keeps its name. */
const asItIsCalled = (entity: EntityIr, constraint: ConstraintShape): ConstraintShape => ({
  ...constraint,
  name: entity.constraintNames?.[constraint.name] ?? constraint.name,
});

const primaryKey = (entity: EntityIr): readonly ConstraintShape[] =>
  entity.keyless ? [] : [keyConstraint(primaryKeyName(entity.table), columns(entity.key))];

/** `primary key (order_id, line_no)` */
export const keyConstraint = (name: string, own: readonly string[]): ConstraintShape => ({
  name,
  kind: "primary",
  definition: `primary key (${identifiers(own)})`,
  columns: own,
});

/** With soft delete a unique key holds among the rows that are left: those are partial indexes (index-statement.ts). */
function uniqueConstraints(entity: EntityIr): readonly ConstraintShape[] {
  if (entity.deletedAt !== undefined) return [];
  return entity.unique.map(({ name, fields }) => uniqueConstraint(name, columns(fields)));
}

const uniqueConstraint = (name: string, own: readonly string[]): ConstraintShape => ({
  name,
  kind: "unique",
  definition: `unique (${identifiers(own)})`,
  columns: own,
});

/** What references within a tenant lead to. */
function tenantConstraint(entity: EntityIr, store: StoreIr): readonly ConstraintShape[] {
  const key = tenantKeyOf(entity, store);
  return key === undefined ? [] : [uniqueConstraint(key.name, key.columns)];
}
