import type { ArrayElement, FieldRole } from "../../../spec/model.ts";

/** What a store looks like, as plain JSON: enough to make every object and to take it back. Definitions are the text that makes them. */

/** Where the value of a column comes from when a statement gives none. */
export type ColumnValue =
  | { readonly kind: "default"; readonly expression: string }
  | { readonly kind: "identity" }
  /** Computed when it is read, or kept; no statement writes it. */
  | { readonly kind: "generated"; readonly expression: string; readonly stored: boolean };

export interface ColumnShape {
  readonly name: string;
  /** Name in the spec; that of the column for what no field stands behind. */
  readonly field: string;
  readonly role: FieldRole | "search" | "live";
  readonly type: string;
  /** What the elements of an array are, which its type (`json`) does not say; absent in what was written before it was kept. */
  readonly elements?: ArrayElement;
  readonly nullable: boolean;
  readonly value?: ColumnValue;
  readonly comment: string;
}

export interface ConstraintShape {
  readonly name: string;
  readonly kind: "primary" | "check" | "foreign";
  /** `check (balance >= 0)`: what follows the name. */
  readonly definition: string;
  readonly columns?: readonly string[];
  /** Table and columns that a foreign key refers to. */
  readonly target?: string;
  readonly targetColumns?: readonly string[];
  readonly onDelete?: string;
}

export interface IndexShape {
  readonly name: string;
  readonly kind: "plain" | "unique" | "fulltext";
  /** `(status, placed_at desc)` */
  readonly body: string;
  readonly columns: readonly string[];
  readonly comment: string;
}

export interface TableShape {
  readonly name: string;
  readonly comment: string;
  readonly collation: string;
  readonly columns: readonly ColumnShape[];
  readonly constraints: readonly ConstraintShape[];
  readonly indexes: readonly IndexShape[];
}

export interface TriggerShape {
  readonly name: string;
  readonly table: string;
  /** `create trigger …`, one statement. */
  readonly definition: string;
}

/** A table of an entity with all that belongs to it. */
export interface TablePart {
  readonly kind: "table";
  readonly entity: string;
  readonly table: TableShape;
  readonly history?: TableShape;
  readonly triggers: readonly TriggerShape[];
}

/** What belongs to no entity. */
export interface StorePart {
  readonly kind: "store";
  readonly operation: TableShape;
}
