import type { CatalogueColumn, KnownTable } from "../../families/sql/adopt/catalogue.ts";

/**
 * What a database of this family holds, as its own catalogue says it: plain data, names without the database. Everything is in a stable
 * order; columns keep the table's.
 */

/** A type names its character set and collation where they are not those of the data layer's own tables. */
export interface MysqlColumn extends CatalogueColumn {
  readonly invisible: boolean;
}

export interface MysqlTrigger {
  readonly name: string;
  /** `before insert` */
  readonly event: string;
  readonly definition: string;
}

export interface MysqlTable extends KnownTable {
  readonly columns: readonly MysqlColumn[];
  /** Of columns that are added without one. */
  readonly collation: string;
  /** `InnoDB` */
  readonly engine: string;
  /** It keeps the rows of before each change by itself. */
  readonly versioned: boolean;
  readonly partitioned: boolean;
  /** Checks that belong to one column's definition, by column: a change of the column drops them. */
  readonly columnChecks: Readonly<Record<string, string>>;
  /** Checks that the server does not hold rows to. */
  readonly unenforced: readonly string[];
  readonly triggers: readonly MysqlTrigger[];
  /** `create table`, without the foreign keys. */
  readonly definition: string;
  /** `constraint … foreign key …`, by name. */
  readonly foreignKeys: Readonly<Record<string, string>>;
}

/** An object that is carried along as the server prints it. */
export interface MysqlObject {
  readonly kind: "view" | "procedure" | "function" | "event" | "sequence";
  readonly name: string;
  /** Empty where the account may not read it. */
  readonly definition: string;
}

export interface MysqlCatalogue {
  readonly tables: readonly MysqlTable[];
  /** Views after those that they read. */
  readonly objects: readonly MysqlObject[];
}
