import { type ColumnChange, only, type TablePair } from "./change.ts";

interface Side {
  readonly side: TablePair;
  readonly columns: readonly ColumnChange[];
}

/**
 * Tables whose rows lose their tenant, while a reference within a tenant holds them to rows of another table that keep theirs. One tenant
 * cannot stand for all of theirs when the change is taken back: the reference would not hold.
 */
export function tornTables(sides: readonly Side[]): ReadonlySet<string> {
  const losing = new Map(
    sides.flatMap((each) =>
      only(each, "dropped").flatMap(({ from }) =>
        from.role === "tenant" ? [[each.side.from.name, from.name] as const] : [],
      ),
    ),
  );
  const pairs = sides.flatMap(({ side: { from } }) =>
    from.constraints.flatMap(({ kind, columns = [], target, targetColumns = [] }) => {
      if (kind !== "foreign" || target === undefined) return [];
      const gone = columns.includes(losing.get(from.name) ?? "");
      const gives = targetColumns.includes(losing.get(target) ?? "");
      return gone === gives ? [] : [gone ? from.name : target];
    }),
  );
  const torn = new Set(pairs);
  return new Set(sides.flatMap(({ side }) => (torn.has(side.from.name) ? [side.to.name] : [])));
}
