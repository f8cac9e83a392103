import { identifier, literal } from "../sql/quote.ts";
import type {
  Catalogue,
  CatalogueDomain,
  CatalogueOther,
  CatalogueSequence,
  CatalogueTable,
  CatalogueView,
} from "./catalogue.ts";
import { commentStatements } from "./comment-text.ts";
import { constraintStatements, securityStatements, tableStatement } from "./table-text.ts";

/** Statements under a heading. */
export interface SchemaSection {
  readonly title: string;
  readonly statements: readonly string[];
}

/**
 * The statements that make a schema like the one that was read, in an order in which each needs earlier ones only. Rights are left out (a
 * fresh server may lack the roles), and so is what the server does not print (foreign tables).
 */
export function schemaSections(catalogue: Catalogue): readonly SchemaSection[] {
  const tables = parentsFirst(catalogue.tables);
  const functions = (late: boolean): readonly string[] =>
    catalogue.functions.filter((each) => each.late === late).map((each) => ended(each.definition));
  const sections = [
    section("Settings of this text", ["set local check_function_bodies = off;"]),
    section("Extensions", catalogue.extensions.map(extension)),
    section("Types", [
      ...catalogue.enums.map(
        ({ name, values }) =>
          `create type ${identifier(name)} as enum (${values.map(literal).join(", ")});`,
      ),
      ...catalogue.domains.map(domain),
      ...others(catalogue, ["composite type", "range type"]),
    ]),
    section("Sequences", catalogue.sequences.map(sequence)),
    section("Functions", functions(false)),
    section("Tables", tables.map(tableStatement)),
    section("Sequences of columns", catalogue.sequences.flatMap(ownership)),
    section("Functions over tables", functions(true)),
    section("Views", catalogue.views.map(view)),
    section("Indexes", [...tables, ...catalogue.views].flatMap(indexes)),
    section("Foreign keys and partitions' own constraints", tables.flatMap(constraintStatements)),
    section("Triggers and rules", [
      ...[...tables, ...catalogue.views].flatMap(triggers),
      ...others(catalogue, ["rule", "statistics"]),
    ]),
    section("Row-level security", tables.flatMap(securityStatements)),
    section("Comments", commentStatements(catalogue)),
  ];
  return sections.filter(({ statements }) => statements.length > 0);
}

const section = (title: string, statements: readonly string[]): SchemaSection => ({
  title,
  statements,
});

const ended = (text: string): string => `${text.trimEnd().replace(/;$/, "")};`;

const extension = (name: string): string => `create extension if not exists ${identifier(name)};`;

function domain({ name, type, nullable, default: value, checks }: CatalogueDomain): string {
  const parts = [
    `create domain ${identifier(name)} as ${type}`,
    ...(value === undefined ? [] : [`default ${value}`]),
    ...(nullable ? [] : ["not null"]),
    ...checks.map((check) => `constraint ${identifier(check.name)} ${check.definition}`),
  ];
  return `${parts.join(" ")};`;
}

const sequence = ({ name, type, definition }: CatalogueSequence): string =>
  `create sequence ${identifier(name)} as ${type} ${definition};`;

const ownership = ({ name, ownedBy }: CatalogueSequence): readonly string[] =>
  ownedBy === undefined
    ? []
    : [`alter sequence ${identifier(name)} owned by ${columnOf(ownedBy)};`];

const columnOf = ({ table, column }: { readonly table: string; readonly column: string }): string =>
  `${identifier(table)}.${identifier(column)}`;

function view({ name, materialized, definition, options }: CatalogueView): string {
  const settings = options.length === 0 ? "" : ` with (${options.join(", ")})`;
  return `create ${materialized ? "materialized " : ""}view ${identifier(name)}${settings} as\n${ended(definition)}`;
}

const indexes = (relation: CatalogueTable | CatalogueView): readonly string[] =>
  relation.indexes.map(({ definition }) => ended(definition));

const triggers = (relation: CatalogueTable | CatalogueView): readonly string[] =>
  relation.triggers.flatMap(({ name, definition, enabled }) => [
    ended(definition),
    ...(enabled
      ? []
      : [`alter table ${identifier(relation.name)} disable trigger ${identifier(name)};`]),
  ]);

const others = (
  catalogue: Catalogue,
  kinds: readonly CatalogueOther["kind"][],
): readonly string[] =>
  catalogue.others
    .filter(({ kind, definition }) => kinds.includes(kind) && definition !== "")
    .map(({ definition }) => ended(definition));

/** Partitions and children of inheritance after their parents, else by name. */
function parentsFirst(tables: readonly CatalogueTable[]): readonly CatalogueTable[] {
  const byName = new Map(tables.map((table) => [table.name, table]));
  const ordered = new Set<CatalogueTable>();
  const visit = (table: CatalogueTable): void => {
    const parents = [...table.inherits, ...(table.partitionOf ? [table.partitionOf.table] : [])];
    for (const parent of parents) {
      const found = byName.get(parent);
      if (found !== undefined && !ordered.has(found)) visit(found);
    }
    ordered.add(table);
  };
  for (const table of tables) visit(table);
  return [...ordered];
}
