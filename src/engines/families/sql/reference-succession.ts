/** What both dialects' shapes say of a foreign key. */
export interface ReferenceShape {
  readonly kind: string;
  readonly columns?: readonly string[];
  /** Table and columns that it refers to. */
  readonly target?: string;
  readonly targetColumns?: readonly string[];
}

/** Whether it can be made only when a unique key beside the primary one is there, or a composite one: that of references within a tenant. */
export const needsTenantKey = ({ kind, targetColumns = [] }: ReferenceShape): boolean =>
  kind === "foreign" && targetColumns.length > 1;

/** Whether both are one reference, with the tenant or without it: the columns of the one are among those of the other. */
export function isSameReference(from: ReferenceShape, to: ReferenceShape): boolean {
  if (from.kind !== "foreign" || to.kind !== "foreign" || from.target !== to.target) return false;
  const [less, more] = isStricter(from, to) ? [from, to] : [to, from];
  const pairs = pairsOf(more);
  return pairsOf(less).every((pair) => pairs.includes(pair));
}

const pairsOf = ({ columns = [], targetColumns = [] }: ReferenceShape): readonly string[] =>
  columns.map((column, at) => JSON.stringify([column, targetColumns[at]]));

/** Whether it holds the tenant, and the one before did not. */
export const isStricter = (from: ReferenceShape, to: ReferenceShape): boolean =>
  (to.columns?.length ?? 0) > (from.columns?.length ?? 0);
