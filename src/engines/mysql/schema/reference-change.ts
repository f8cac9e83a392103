import type { TableChange } from "./change.ts";
import type { ConstraintShape, IndexShape, TableShape } from "./shape.ts";

/** A reference that another one takes the place of: the same with the tenant, or without it. */
export interface Succession {
  /** As it is, and as it is once columns and tables have their new names. */
  readonly from: ConstraintShape;
  readonly to: ConstraintShape;
}

/** Whether it leads to a unique key beside the primary one, or to a composite one. */
export const leadsToTenantKey = ({ kind, targetColumns = [] }: ConstraintShape): boolean =>
  kind === "foreign" && targetColumns.length > 1;

/** Whether the primary key is part of it, so that it refuses no row: what references within a tenant lead to. */
export function holdsKey(table: TableShape, { kind, columns }: IndexShape): boolean {
  const key = table.constraints.find((each) => each.kind === "primary")?.columns ?? [];
  return kind === "unique" && key.length > 0 && key.every((column) => columns.includes(column));
}

/** Whether its first reference within a tenant comes with this change. */
export const gainsTenantKey = ({ from, to }: TableChange): boolean =>
  to.indexes.some(
    (each) => holdsKey(to, each) && !from.indexes.some(({ name }) => name === each.name),
  );

/** Which of the references that go have another in their place, of those that come; none where a table or a column takes another name. */
export function successions(
  gone: readonly { readonly own: ConstraintShape; readonly now: ConstraintShape }[],
  made: readonly ConstraintShape[],
): readonly Succession[] {
  return made.flatMap((to) => {
    const found = gone.find(
      ({ own, now }) => own.definition === now.definition && takesOver(own, to),
    );
    return found === undefined ? [] : [{ from: found.own, to }];
  });
}

function takesOver(from: ConstraintShape, to: ConstraintShape): boolean {
  if (from.kind !== "foreign" || to.kind !== "foreign" || from.target !== to.target) return false;
  const [before, after] = [pairsOf(from), pairsOf(to)];
  if (before.length === after.length) return false;
  const [less, more] = before.length < after.length ? [before, after] : [after, before];
  return less.every((pair) => more.includes(pair));
}

const pairsOf = ({ columns = [], targetColumns = [] }: ConstraintShape): readonly string[] =>
  columns.map((column, at) => JSON.stringify([column, targetColumns[at]]));

/** Whether it holds the tenant, and the one before did not. */
export const isStricter = ({ from, to }: Succession): boolean =>
  (to.columns?.length ?? 0) > (from.columns?.length ?? 0);
