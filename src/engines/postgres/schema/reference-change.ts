import { type Draft, draft } from "../../families/sql/draft.ts";
import { needsTenantKey } from "../../families/sql/reference-succession.ts";
import type { TableChange } from "./change.ts";
import { rank } from "./rank.ts";
import { addConstraint, dropConstraint } from "./render.ts";
import type { ConstraintShape, TableShape } from "./shape.ts";

/** A reference within a tenant comes when the unique key that it leads to is built. */
export const rankOfAdded = (to: ConstraintShape): number => {
  if (to.kind !== "foreign") return rank.addObject;
  return needsTenantKey(to) ? rank.addHeldReference : rank.addReference;
};

/** Whether the primary key is part of it, so that it refuses no row: what references within a tenant lead to. */
export function holdsKey(table: TableShape, { kind, columns = [] }: ConstraintShape): boolean {
  const key = table.constraints.find((each) => each.kind === "primary")?.columns ?? [];
  return kind === "unique" && key.length > 0 && key.every((column) => columns.includes(column));
}

/** Whether its first reference within a tenant comes with this change. */
export const gainsTenantKey = ({ from, to }: TableChange): boolean =>
  to.constraints.some(
    (each) => holdsKey(to, each) && !from.constraints.some(({ name }) => name === each.name),
  );

/**
 * The one of before goes when every row has been looked at, so that there is no moment without either.
 *
 * @param made the steps that make the new one, and look at every row
 */
export const releasedAfter = (
  change: TableChange,
  from: ConstraintShape,
  made: readonly Draft[],
): readonly Draft[] => [
  ...made,
  draft({
    phase: made.at(-1)?.phase ?? "expand",
    rank: rank.releaseReference,
    stem: `${change.to.name}-drop-${from.name}`,
    title: `${change.to.name}: reference ${from.name} has another in its place`,
    up: [dropConstraint(change.to.name, from.name)],
    down: [addConstraint(change.to.name, from)],
    risks: ["locks"],
    touches: [change.part],
  }),
];
