import type { FieldSpec } from "../../../../spec/schema-entity.ts";
import type { CatalogueColumn, CatalogueIndex, KnownTable } from "./catalogue.ts";

/** What a field says of its column's type. */
export type TypeSpec = Pick<
  FieldSpec,
  "type" | "min" | "max" | "values" | "precision" | "scale" | "of" | "dimensions" | "stored"
>;

/** What a field says of the value that its column has when none is given. */
export type Filled = Pick<FieldSpec, "default" | "generated"> & {
  readonly stored?: { readonly default: string } | { readonly identity: "always" };
};

/** Field and type by column, of the columns that are fields. */
export type FieldsByColumn = ReadonlyMap<
  string,
  { readonly name: string; readonly spec: FieldSpec }
>;

/** How one engine's tables become entities; what is not in it is the same for all. */
export interface AdoptDialect<T extends KnownTable> {
  /**
   * The type of a column in the words of the spec; with `stored:` where they alone would make another column.
   *
   * @param compared part of a key or of a unique constraint, where the spec wants a string with a limit
   */
  readonly typeOf: (column: CatalogueColumn, compared: boolean) => TypeSpec;
  /** The type of a column as `stored:` has it. */
  readonly storedType: (column: CatalogueColumn) => string;
  readonly valueOf: (column: CatalogueColumn, type: TypeSpec, inKey: boolean) => Filled;
  /** What the primary key of a table that the data layer makes is called. */
  readonly keyName: (table: string) => string;
  /** Whether statements and the spec can name it. */
  readonly isWritable: (name: string) => boolean;
  /** Why a column with a name that can be written is no field, or undefined. */
  readonly columnRefusal: (column: CatalogueColumn, inKey: boolean) => string | undefined;
  /** What a user of a field should know of its column. */
  readonly columnRemark: (column: CatalogueColumn) => string | undefined;
  /** What a user should know of a foreign key that changes rows with the key that they lead to. */
  readonly onUpdateRemark?: string;
  /** Whether its values are cut when they are read: instants are read in milliseconds. What was read then finds no row. */
  readonly isCut: (column: CatalogueColumn) => boolean;
  /** The type of a column that keeps what is read, as the server writes it. */
  readonly uncutType: (column: CatalogueColumn) => string;
  /** Why an SQL expression cannot be said in the spec, or undefined. */
  readonly expressionProblem: (text: string) => string | undefined;
  /** Why an index that others could say is none of the spec, or undefined. */
  readonly indexRefusal: (index: CatalogueIndex, fields: FieldsByColumn) => string | undefined;
  /** What a table has that no word of the spec says, column by column apart. */
  readonly tableNotes: (table: T) => readonly string[];
  /** Whether triggers fill what an insert leaves out. */
  readonly fillsInserts: (table: T) => boolean;
}
