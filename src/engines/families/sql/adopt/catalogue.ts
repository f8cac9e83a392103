/**
 * What a table of a live database holds, as its own catalogue says it: plain data, names without the schema. Everything is in a stable
 * order; columns alone keep the table's, which counts for no comparison.
 */

export interface CatalogueColumn {
  readonly name: string;
  /** As the server writes it: `character varying(50)`, `mpaa_rating`, `text[]`. */
  readonly type: string;
  readonly nullable: boolean;
  /** Expression of the default; absent for a generated or identity column. */
  readonly default?: string;
  /** Expression of a generated column. */
  readonly generated?: { readonly expression: string; readonly stored: boolean };
  readonly identity?: "always" | "by default";
  /** Sequence that belongs to the column (`serial`, identity). */
  readonly sequence?: string;
  /** Only when it is not the type's own. */
  readonly collation?: string;
  readonly comment?: string;
  /** It comes from a parent table. */
  readonly inherited: boolean;
}

export type ReferenceAction = "no action" | "restrict" | "cascade" | "set null" | "set default";

/** Which rows are known to hold a constraint: all, those written since it was made, or none. */
export type ConstraintStanding = "validated" | "never validated" | "not enforced";

export interface CatalogueConstraint {
  readonly name: string;
  readonly kind: "primary key" | "unique" | "foreign key" | "check" | "exclude";
  /** As `alter table … add constraint … <definition>` takes it. */
  readonly definition: string;
  readonly columns: readonly string[];
  /** Condition of a check, without the word and its parentheses. */
  readonly condition?: string;
  readonly target?: {
    readonly table: string;
    readonly columns: readonly string[];
    readonly onDelete: ReferenceAction;
    readonly onUpdate: ReferenceAction;
  };
  readonly deferrable: boolean;
  readonly standing: ConstraintStanding;
  readonly comment?: string;
}

export interface CatalogueIndexKey {
  /** Absent for an expression. */
  readonly column?: string;
  /** The column or the expression as SQL. */
  readonly text: string;
  readonly descending: boolean;
  /** So many characters of the column, where only its beginning is in the index. */
  readonly prefix?: number;
  /** Not where nulls go by the direction's own default. */
  readonly nullsMoved: boolean;
  /** Operator class, only when it is not the default one. */
  readonly operatorClass?: string;
}

/** An index that no constraint brings. */
export interface CatalogueIndex {
  readonly name: string;
  readonly definition: string;
  readonly unique: boolean;
  readonly method: string;
  readonly keys: readonly CatalogueIndexKey[];
  readonly include: readonly string[];
  /** Condition of a partial index. */
  readonly where?: string;
  readonly nullsNotDistinct: boolean;
  /** False for what a broken `create index concurrently` left. */
  readonly valid: boolean;
  readonly comment?: string;
}

/** What every server tells of a table; each engine's own has more. */
export interface KnownTable {
  readonly name: string;
  readonly columns: readonly CatalogueColumn[];
  readonly constraints: readonly CatalogueConstraint[];
  readonly indexes: readonly CatalogueIndex[];
  readonly comment?: string;
}
