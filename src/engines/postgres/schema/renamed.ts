import { referenceConstraint } from "../ddl/reference.ts";
import type { ConstraintShape, TableShape } from "./shape.ts";
import { substituted } from "./tokens.ts";

export type Names = ReadonlyMap<string, string>;

/** What takes another name on the spot: the server carries those into every definition by itself. */
export interface Renames {
  readonly tables: Names;
  /** Columns by the former name of their table. */
  readonly columns: ReadonlyMap<string, Names>;
}

const none: Names = new Map();

/** A table as it stands once all that is renamed on the spot has its new name; constraints and indexes keep theirs. */
export function renamedTable(table: TableShape, renames: Renames): TableShape {
  const names = renames.columns.get(table.name) ?? none;
  const renamed = (own: string): string => names.get(own) ?? own;
  return {
    ...table,
    name: renames.tables.get(table.name) ?? table.name,
    ...(table.partition !== undefined && {
      partition: { ...table.partition, column: renamed(table.partition.column) },
    }),
    columns: table.columns.map((column) => ({
      ...column,
      name: renamed(column.name),
      ...(column.value?.kind === "generated" && {
        value: { ...column.value, expression: substituted(column.value.expression, names) },
      }),
    })),
    constraints: table.constraints.map((each) => renamedConstraint(each, names, renames)),
    indexes: table.indexes.map((each) => ({ ...each, body: substituted(each.body, names) })),
    policies: table.policies.map((each) => ({
      ...each,
      using: substituted(each.using, names),
      ...(each.check !== undefined && { check: substituted(each.check, names) }),
    })),
    grants: table.grants.map((each) => ({ ...each, sequences: each.sequences.map(renamed) })),
  };
}

/** A constraint over columns of other names. */
export function renamedConstraint(
  constraint: ConstraintShape,
  names: Names,
  { tables, columns }: Renames,
): ConstraintShape {
  const { name, target, targetColumns = [], onDelete = "" } = constraint;
  const own = (constraint.columns ?? []).map((each) => names.get(each) ?? each);
  if (target === undefined) {
    return {
      ...constraint,
      definition: substituted(constraint.definition, names),
      ...(constraint.columns !== undefined && { columns: own }),
    };
  }
  const there = columns.get(target) ?? none;
  return referenceConstraint(name, {
    columns: own,
    target: tables.get(target) ?? target,
    targetColumns: targetColumns.map((each) => there.get(each) ?? each),
    // `set null (customer_id)`
    onDelete: onDelete.replace(/\(.*\)$/, (emptied) => substituted(emptied, names)),
  });
}
