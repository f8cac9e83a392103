import type { CatalogueIndex, KnownTable } from "../../families/sql/adopt/catalogue.ts";

export type {
  CatalogueColumn,
  CatalogueConstraint,
  CatalogueIndex,
  CatalogueIndexKey,
  ReferenceAction,
} from "../../families/sql/adopt/catalogue.ts";

/**
 * What a schema of a live database holds, as its own catalogue says it: plain data, names without the schema. Everything is in a stable
 * order; columns alone keep the table's, which counts for no comparison.
 */

export interface CataloguePolicy {
  readonly name: string;
  readonly command: "all" | "select" | "insert" | "update" | "delete";
  readonly permissive: boolean;
  readonly roles: readonly string[];
  readonly using?: string;
  readonly check?: string;
  readonly comment?: string;
}

export interface CatalogueTrigger {
  readonly name: string;
  readonly definition: string;
  readonly enabled: boolean;
  readonly comment?: string;
}

export interface CatalogueTable extends KnownTable {
  readonly policies: readonly CataloguePolicy[];
  readonly triggers: readonly CatalogueTrigger[];
  readonly rowSecurity: "off" | "on" | "forced";
  readonly unlogged: boolean;
  /** Storage parameters: `fillfactor=70`. */
  readonly options: readonly string[];
  /** `range (payment_date)`, for a partitioned table. */
  readonly partitionKey?: string;
  readonly partitionOf?: { readonly table: string; readonly bound: string };
  /** Parents of old-style inheritance. */
  readonly inherits: readonly string[];
  /** `role: privilege, privilege`, the owner's own left out. */
  readonly grants: readonly string[];
}

export interface CatalogueView {
  readonly name: string;
  readonly materialized: boolean;
  readonly definition: string;
  readonly options: readonly string[];
  readonly indexes: readonly CatalogueIndex[];
  readonly triggers: readonly CatalogueTrigger[];
  readonly grants: readonly string[];
  readonly comment?: string;
}

export interface CatalogueFunction {
  /** Name with its argument types: `inventory_in_stock(integer)`. */
  readonly name: string;
  readonly kind: "function" | "procedure" | "aggregate";
  readonly definition: string;
  /** Its arguments, its result or its body need a table of the schema, so it is made after them. */
  readonly late: boolean;
  readonly comment?: string;
}

export interface CatalogueSequence {
  readonly name: string;
  readonly type: string;
  /** `start 1 increment 1 minvalue 1 maxvalue 2147483647 cache 1 no cycle` */
  readonly definition: string;
  /** The serial column that it goes with. */
  readonly ownedBy?: { readonly table: string; readonly column: string };
}

export interface CatalogueEnum {
  readonly name: string;
  readonly values: readonly string[];
  readonly comment?: string;
}

export interface CatalogueDomain {
  readonly name: string;
  readonly type: string;
  readonly nullable: boolean;
  readonly default?: string;
  readonly checks: readonly { readonly name: string; readonly definition: string }[];
  readonly comment?: string;
}

/** A kind of object that is only carried along: rules, extended statistics, composite and range types, foreign tables. */
export interface CatalogueOther {
  readonly kind: "rule" | "statistics" | "composite type" | "range type" | "foreign table";
  readonly name: string;
  /** Empty where the server cannot print one. */
  readonly definition: string;
}

export interface Catalogue {
  readonly extensions: readonly string[];
  readonly enums: readonly CatalogueEnum[];
  readonly domains: readonly CatalogueDomain[];
  readonly sequences: readonly CatalogueSequence[];
  readonly functions: readonly CatalogueFunction[];
  readonly tables: readonly CatalogueTable[];
  readonly views: readonly CatalogueView[];
  readonly others: readonly CatalogueOther[];
}
