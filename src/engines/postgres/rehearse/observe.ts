import type { Observation, PartRows } from "../../../migrate/rehearse/observation.ts";
import type { Catalogue, CatalogueTable } from "../introspect/catalogue.ts";
import { introspect, type Query } from "../introspect/read.ts";
import { identifier } from "../sql/quote.ts";

/** The ledger is the migrations' own. */
export const ledger = "schema_migration";

/** Every row of every table by its key, with a digest of each value; partitions are seen through their parents. */
export async function observe(query: Query): Promise<Observation & { readonly schema: Catalogue }> {
  const schema = await introspect(query, { without: [ledger] });
  const parts = new Map<string, PartRows>();
  for (const table of schema.tables) {
    if (table.partitionOf === undefined) parts.set(table.name, await rowsOf(table, query));
  }
  return { parts, schema, invalid: schema.tables.flatMap(invalidOf) };
}

async function rowsOf(table: CatalogueTable, query: Query): Promise<PartRows> {
  const key = table.constraints.find(({ kind }) => kind === "primary key")?.columns;
  const place =
    key === undefined
      ? "''"
      : `json_build_array(${key.map((name) => `${identifier(name)}::text`).join(", ")})::text`;
  // What is computed of other columns is lost with them, and made with them.
  const columns = table.columns.filter(({ generated }) => generated === undefined);
  const digests = columns.map(({ name }) => `md5(${identifier(name)}::text)`);
  const rows = await query(
    `select ${[place, ...digests].join(", ")} from ${identifier(table.name)} order by 1`,
  );
  return {
    keys: key === undefined ? undefined : rows.map(([text]) => text ?? ""),
    rows: rows.length,
    columns: new Map(columns.map(({ name }, at) => [name, rows.map((row) => row[at + 1] ?? null)])),
  };
}

const invalidOf = ({ name, indexes, constraints }: CatalogueTable): readonly string[] => [
  ...indexes.filter(({ valid }) => !valid).map((index) => `index ${index.name} is not valid`),
  ...constraints
    .filter(({ standing }) => standing !== "validated")
    .map((constraint) => `constraint ${constraint.name} of ${name} is not validated`),
];
