import type { Catalogue, CatalogueTable } from "../introspect/catalogue.ts";
import type { CircularKey } from "./circle.ts";

/** The same tables, each with the foreign keys of its partitions: a row has to satisfy those of the partition that it falls into. */
export function withPartitionKeys(catalogue: Catalogue): Catalogue {
  const tables = catalogue.tables.map((table) => {
    const known = new Set(table.constraints.map(({ columns }) => columns.join()));
    const added = catalogue.tables
      .filter(({ partitionOf }) => partitionOf?.table === table.name)
      .flatMap(({ constraints }) => constraints)
      .filter(({ kind, columns }) => {
        const isNew = kind === "foreign key" && !known.has(columns.join());
        if (isNew) known.add(columns.join());
        return isNew;
      });
    return { ...table, constraints: [...table.constraints, ...added] };
  });
  return { ...catalogue, tables };
}

/**
 * Tables in an order in which each refers to earlier ones only, partitions left out: rows reach them through their parents. References that
 * close a circle are named; the rows they point at come later.
 */
export function parentsFirst({ tables }: Catalogue): {
  readonly order: readonly CatalogueTable[];
  readonly circular: readonly CircularKey[];
} {
  const byName = new Map(
    tables.filter(({ partitionOf }) => partitionOf === undefined).map((each) => [each.name, each]),
  );
  const order: CatalogueTable[] = [];
  const circular: CircularKey[] = [];
  const state = new Map<CatalogueTable, "open" | "done">();
  const visit = (table: CatalogueTable): void => {
    state.set(table, "open");
    for (const constraint of table.constraints) {
      const target = byName.get(constraint.target?.table ?? "");
      if (constraint.kind !== "foreign key" || target === undefined) continue;
      const there = state.get(target);
      if (there === "open") circular.push({ table: table.name, constraint });
      else if (there === undefined) visit(target);
    }
    state.set(table, "done");
    order.push(table);
  };
  for (const table of byName.values()) if (!state.has(table)) visit(table);
  return { order, circular };
}
