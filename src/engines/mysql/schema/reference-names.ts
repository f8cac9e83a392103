import { referenceText } from "../sql/reference.ts";
import { only, type TableChange } from "./change.ts";
import type { ConstraintShape } from "./shape.ts";

/**
 * What a reference is called along the way. The server carries it along as columns and tables take other names, so that it never has to go
 * for one of them: columns of keys have their new names from expand on, tables at the end of the contract.
 */
export interface NamedReference {
  readonly before: ConstraintShape;
  /** Columns have their new names, tables those of before. */
  readonly meanwhile: ConstraintShape;
  readonly after: ConstraintShape;
}

/** @param all every table that changes */
export function namedReference(
  change: TableChange,
  before: ConstraintShape,
  all: readonly TableChange[],
): NamedReference {
  const target = all.find(({ from }) => from.name === before.target);
  const meanwhile = leading(before, {
    columns: (before.columns ?? []).map((column) => renamedColumn(change, column)),
    targetColumns: (before.targetColumns ?? []).map((column) => renamedColumn(target, column)),
  });
  const after = target === undefined ? meanwhile : leading(meanwhile, { target: target.to.name });
  return { before, meanwhile, after };
}

/** A reference of after, as long as tables have their names of before. */
export function untilRenamed(after: ConstraintShape, all: readonly TableChange[]): ConstraintShape {
  const target = all.find(({ to }) => to.name === after.target);
  return target === undefined ? after : leading(after, { target: target.from.name });
}

const renamedColumn = (change: TableChange | undefined, column: string): string =>
  (change === undefined ? [] : only(change, "kept")).find(({ from }) => from.name === column)?.to
    .name ?? column;

function leading(reference: ConstraintShape, other: Partial<ConstraintShape>): ConstraintShape {
  const made = { ...reference, ...other };
  const { columns = [], target = "", targetColumns = [], onDelete = "" } = made;
  return { ...made, definition: referenceText({ columns, target, targetColumns, onDelete }) };
}
