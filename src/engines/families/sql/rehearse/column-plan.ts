/** Least and greatest. */
export interface ValueBounds {
  readonly min?: number;
  readonly max?: number;
}

/** How the values of a column are made. */
export interface ColumnPlan {
  readonly name: string;
  /** Base type without limits, in the words of PostgreSQL: `numeric`. */
  readonly type: string;
  /** Limits of the type: characters, precision and scale, dimensions. */
  readonly limits?: readonly [number, number];
  readonly element?: ColumnPlan;
  /** Possible values, where they are a list: an enum's, or those that a check names. */
  readonly words: readonly string[];
  readonly bounds: ValueBounds;
  /** Of a date or a moment, where its values begin: days since 1970. */
  readonly firstDay?: number;
  /** Least and greatest number of characters or elements. */
  readonly length?: ValueBounds;
  /** No two rows may share a value. */
  readonly distinct: boolean;
  readonly nullable: boolean;
  /** Which form of a text a check seems to ask for; 0 where nothing is known. */
  readonly prefers: number;
  /** Of a text, the type that a migration reads it as. */
  readonly readAs?: string;
}
