import { identifier } from "../../sql/quote.ts";
import type { Catalogue, CatalogueConstraint, CatalogueTable } from "../catalogue.ts";

/** What a table has that no word of the spec says, column by column apart. */
export function tableNotes(table: CatalogueTable): readonly string[] {
  return [
    ...(table.partitionKey === undefined
      ? []
      : [
          `is partitioned by ${table.partitionKey}: taken for a plain table, so partition: is refused by migrate up, and an index to add is a migration by hand`,
        ]),
    ...(table.inherits.length === 0 ? [] : [`inherits from ${table.inherits.join(", ")}`]),
    ...(table.unlogged ? ["is unlogged: empty after a crash"] : []),
    ...(table.options.length === 0 ? [] : [`has the options ${table.options.join(", ")}`]),
    ...(table.rowSecurity === "off"
      ? []
      : [`has row-level security (${table.policies.map(({ name }) => name).join(", ")})`]),
    ...table.triggers.map(({ name }) => `trigger ${name}`),
    ...table.constraints.flatMap((constraint) => unprovenNote(table.name, constraint)),
  ];
}

/** Of a constraint that rows need not hold. A check cannot be switched on: it is made again. Source: manual, "ALTER TABLE", PostgreSQL 18. */
function unprovenNote(
  table: string,
  { kind, name, standing, definition }: CatalogueConstraint,
): readonly string[] {
  if (standing === "validated") return [];
  const what = `${kind} ${name}`;
  const rows = kind === "foreign key" ? "rows may refer to nothing" : "rows may break it";
  const alter = `alter table ${identifier(table)}`;
  const constraint = identifier(name);
  if (standing === "never validated")
    return [
      `${what} was never validated: ${rows}. When they are mended, validate it in a migration of its own: ${alter} validate constraint ${constraint};`,
    ];
  const enforce =
    kind === "foreign key"
      ? `alter constraint ${constraint} enforced`
      : `drop constraint ${constraint}, add constraint ${constraint} ${definition.replace(/ not enforced$/i, "")}`;
  return [
    `${what} is not enforced: ${rows}, new ones too. When they are mended, enforce it in a migration of its own: ${alter} ${enforce};`,
  ];
}

/** What belongs to no entity. */
export function schemaNotes(catalogue: Catalogue): readonly string[] {
  const { views, functions, sequences, tables, others, extensions } = catalogue;
  const partitions = tables.filter(({ partitionOf }) => partitionOf !== undefined);
  return [
    ...listed("views", views),
    ...listed("functions", functions),
    ...listed(
      "sequences",
      sequences.filter(({ ownedBy }) => ownedBy === undefined),
    ),
    ...listed("partitions", partitions),
    ...(extensions.length === 0 ? [] : [`extensions: ${extensions.join(", ")}`]),
    ...others.map(({ kind, name }) => `${kind} ${name}`),
  ];
}

const listed = (kind: string, objects: readonly { readonly name: string }[]): readonly string[] =>
  objects.length === 0 ? [] : [`${kind}: ${objects.map(({ name }) => name).join(", ")}`];
