import { isSameReference } from "../../families/sql/reference-succession.ts";
import type { TableChange } from "./change.ts";
import type { NamedReference } from "./reference-names.ts";
import type { ConstraintShape, IndexShape, TableShape } from "./shape.ts";

/** A reference that another one takes the place of. */
export interface Succession {
  readonly from: NamedReference;
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

/** Which of the references that go have another in their place, of those that come: the same columns, with another name or another `onDelete`. */
export const exchanges = (
  gone: readonly NamedReference[],
  made: readonly ConstraintShape[],
): readonly Succession[] =>
  succeeding(gone, made, (from, to) => from.columns?.length === to.columns?.length);

/** The same, with the tenant where it was without it, or the other way round. */
export const successions = (
  gone: readonly NamedReference[],
  made: readonly ConstraintShape[],
): readonly Succession[] =>
  succeeding(gone, made, (from, to) => from.columns?.length !== to.columns?.length);

const succeeding = (
  gone: readonly NamedReference[],
  made: readonly ConstraintShape[],
  fits: (from: ConstraintShape, to: ConstraintShape) => boolean,
): readonly Succession[] =>
  made.flatMap((to) => {
    const from = gone.find(({ after }) => fits(after, to) && isSameReference(after, to));
    return from === undefined ? [] : [{ from, to }];
  });
