import { parentsFirst as inOrder } from "../../families/sql/rehearse/parents-first.ts";
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

/** Tables in an order in which each refers to earlier ones only, partitions left out: rows reach them through their parents. */
export function parentsFirst({ tables }: Catalogue): {
  readonly order: readonly CatalogueTable[];
  readonly circular: readonly CircularKey[];
} {
  const whole = tables.filter(({ partitionOf }) => partitionOf === undefined);
  const { order, circular } = inOrder(whole, ({ constraints }) =>
    constraints.flatMap((constraint) =>
      constraint.kind === "foreign key"
        ? [{ target: constraint.target?.table ?? "", reference: constraint }]
        : [],
    ),
  );
  return {
    order,
    circular: circular.map(({ table, reference }) => ({
      table: table.name,
      constraint: reference,
    })),
  };
}
