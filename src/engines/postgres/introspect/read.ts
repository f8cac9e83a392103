import type {
  Catalogue,
  CatalogueColumn,
  CatalogueConstraint,
  CatalogueDomain,
  CatalogueEnum,
  CatalogueFunction,
  CatalogueIndex,
  CatalogueOther,
  CataloguePolicy,
  CatalogueSequence,
  CatalogueTable,
  CatalogueTrigger,
  CatalogueView,
} from "./catalogue.ts";
import {
  domainQuery,
  enumQuery,
  functionQuery,
  otherQuery,
  sequenceQuery,
  viewQuery,
} from "./object-queries.ts";
import {
  columnQuery,
  constraintQuery,
  extensionQuery,
  indexQuery,
  policyQuery,
  tableQuery,
  triggerQuery,
} from "./queries.ts";

/** Runs one statement without parameters; rows as PostgreSQL's texts. */
export type Query = (text: string) => Promise<readonly (readonly (string | null)[])[]>;

export interface IntrospectionOptions {
  /** Tables that are not part of the schema, such as the ledger of the migrations. */
  readonly without?: readonly string[];
}

/**
 * Reads the catalogue of the session's current schema: thirteen queries, no locks beyond those of reading.
 *
 * @param query on one session (`search_path` decides which schema it is)
 * @throws whatever `query` does
 */
export async function introspect(
  query: Query,
  { without = [] }: IntrospectionOptions = {},
): Promise<Catalogue> {
  const columns = await rows<CatalogueColumn & OfTable>(query, columnQuery);
  const constraints = await rows<CatalogueConstraint & OfTable>(query, constraintQuery);
  const indexes = await rows<CatalogueIndex & OfTable>(query, indexQuery);
  const policies = await rows<CataloguePolicy & OfTable>(query, policyQuery);
  const triggers = await rows<CatalogueTrigger & OfTable>(query, triggerQuery);
  const tables = await rows<CatalogueTable>(query, tableQuery);
  const views = await rows<CatalogueView>(query, viewQuery);
  return {
    extensions: await rows<string>(query, extensionQuery),
    enums: await rows<CatalogueEnum>(query, enumQuery),
    domains: await rows<CatalogueDomain>(query, domainQuery),
    sequences: await rows<CatalogueSequence>(query, sequenceQuery),
    functions: await rows<CatalogueFunction>(query, functionQuery),
    tables: tables
      .filter(({ name }) => !without.includes(name))
      .map((table) => ({
        ...table,
        columns: of(table, columns),
        constraints: of(table, constraints),
        indexes: of(table, indexes),
        policies: of(table, policies),
        triggers: of(table, triggers),
      })),
    views: views.map((view) => ({
      ...view,
      indexes: of(view, indexes),
      triggers: of(view, triggers),
    })),
    others: await rows<CatalogueOther>(query, otherQuery),
  };
}

interface OfTable {
  readonly table: string;
}

/** Those of one table or view, without its name. */
const of = <T extends OfTable>(
  { name }: { readonly name: string },
  all: readonly T[],
): readonly Omit<T, "table">[] =>
  all.flatMap(({ table, ...rest }) => (table === name ? [rest] : []));

/** The shape of a document is that of its query, and absent what is null there. */
async function rows<T>(query: Query, text: string): Promise<readonly T[]> {
  const answer = await query(text);
  return answer.map(([document]) => JSON.parse(document ?? "null", dropNull) as T);
}

const dropNull = (_key: string, value: unknown): unknown => (value === null ? undefined : value);
