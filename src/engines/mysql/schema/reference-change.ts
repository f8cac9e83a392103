import { isSameReference } from "../../families/sql/reference-succession.ts";
import type { TableChange } from "./change.ts";
import type { ConstraintShape, IndexShape, TableShape } from "./shape.ts";

/** A reference that another one takes the place of: the same with the tenant, or without it. */
export interface Succession {
  /** As it is, and as it is once columns and tables have their new names. */
  readonly from: ConstraintShape;
  readonly to: ConstraintShape;
}

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

interface Gone {
  readonly own: ConstraintShape;
  readonly now: ConstraintShape;
}

/** References of one name that come with another `onDelete`; none where a table or a column takes another name. */
export function otherwiseDeleting(
  gone: readonly Gone[],
  made: readonly ConstraintShape[],
): readonly Succession[] {
  return made.flatMap((to) => {
    const found = gone.find(
      ({ own, now }) =>
        own.name === to.name &&
        own.definition === now.definition &&
        own.columns?.length === to.columns?.length &&
        isSameReference(own, to),
    );
    return found === undefined ? [] : [{ from: found.own, to }];
  });
}

/** Which of the references that go have another in their place, of those that come; none where a table or a column takes another name. */
export function successions(
  gone: readonly Gone[],
  made: readonly ConstraintShape[],
): readonly Succession[] {
  return made.flatMap((to) => {
    const found = gone.find(
      ({ own, now }) =>
        own.definition === now.definition &&
        own.columns?.length !== to.columns?.length &&
        isSameReference(own, to),
    );
    return found === undefined ? [] : [{ from: found.own, to }];
  });
}
