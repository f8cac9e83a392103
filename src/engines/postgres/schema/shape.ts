import type { FieldRole } from "../../../spec/model.ts";

/**
 * What a store looks like, as plain JSON: enough to make every object and to take it back. Definitions are the text that makes them, so
 * a generator that renders one otherwise sees a change.
 */

/** Where the value of a column comes from when a statement gives none. */
export type ColumnValue =
  | { readonly kind: "default"; readonly expression: string }
  | { readonly kind: "identity"; readonly always: boolean }
  /** A stored generated column: no statement writes it. */
  | { readonly kind: "generated"; readonly expression: string };

export interface ColumnShape {
  readonly name: string;
  /** Name in the spec; that of the column for what no field stands behind. */
  readonly field: string;
  readonly role: FieldRole | "search";
  readonly type: string;
  readonly nullable: boolean;
  readonly value?: ColumnValue;
  /** Of an enum type that was there before the data layer, those that the field names. */
  readonly values?: readonly string[];
  readonly comment: string;
}

/** Whether a row has no value there when a statement leaves the column out; code that binds no tenant does so with that of a tenant. */
export const isEmptyUnlessGiven = ({ value, role }: ColumnShape): boolean =>
  value === undefined || role === "tenant";

/** What a check that a field implies lets through: told apart, so that a wider one is known as wider. */
export interface Bounds {
  readonly values?: readonly string[];
  readonly min?: number | string;
  readonly max?: number | string;
}

export interface ConstraintShape {
  readonly name: string;
  readonly kind: "primary" | "unique" | "check" | "foreign";
  /** `unique (email)`: what follows the name. */
  readonly definition: string;
  /** Own columns of a key, a unique constraint or a reference. */
  readonly columns?: readonly string[];
  /** Table and columns that a foreign key refers to. */
  readonly target?: string;
  readonly targetColumns?: readonly string[];
  readonly onDelete?: string;
  readonly bounds?: Bounds;
}

export interface IndexShape {
  readonly name: string;
  readonly unique: boolean;
  /** `using gin (tags)`: what follows the table's name. */
  readonly body: string;
  readonly comment: string;
}

export interface PolicyShape {
  readonly name: string;
  /** All of them when it is absent. */
  readonly command?: "select" | "delete";
  readonly using: string;
  readonly check?: string;
  readonly comment: string;
}

export interface GrantShape {
  readonly role: string;
  readonly privileges: string;
  /** Columns whose sequence the role reads. */
  readonly sequences: readonly string[];
}

/** A partition that a migration makes. */
export interface PartitionPart {
  readonly name: string;
  /** `default`, `for values with (modulus 8, remainder 0)`: what follows the partitioned table's name. */
  readonly bound: string;
  readonly comment: string;
}

export interface PartitionShape {
  readonly kind: "range" | "hash";
  readonly column: string;
  /** Of a range: the period of the partitions that are made as time goes on. */
  readonly every?: "day" | "month" | "year";
  readonly parts: readonly PartitionPart[];
}

export interface TableShape {
  readonly name: string;
  readonly comment: string;
  readonly partition?: PartitionShape;
  readonly columns: readonly ColumnShape[];
  readonly constraints: readonly ConstraintShape[];
  readonly indexes: readonly IndexShape[];
  /** `forced` binds the owner, too. */
  readonly security: "none" | "enabled" | "forced";
  readonly policies: readonly PolicyShape[];
  readonly grants: readonly GrantShape[];
}

export interface FunctionShape {
  readonly name: string;
  /** Types of its arguments: `xid, xid`. */
  readonly arguments: string;
  /** `create function …;` */
  readonly definition: string;
  readonly comment: string;
}

export interface TriggerShape {
  readonly name: string;
  /** `after insert or update or delete` */
  readonly event: string;
  readonly function: string;
  readonly comment: string;
}

export interface DomainShape {
  readonly name: string;
  readonly type: string;
  readonly constraint: string;
  readonly condition: string;
  readonly comment: string;
}

/** A table of an entity with all that belongs to it. */
export interface TablePart {
  readonly kind: "table";
  readonly entity: string;
  readonly table: TableShape;
  readonly history?: TableShape;
  readonly functions: readonly FunctionShape[];
  readonly triggers: readonly TriggerShape[];
  /** Limits of increments. */
  readonly domains: readonly DomainShape[];
}

export interface RoleShape {
  readonly name: string;
  readonly create: string;
  readonly drop: string;
}

/** What belongs to no entity. */
export interface StorePart {
  readonly kind: "store";
  readonly extensions: readonly string[];
  readonly functions: readonly FunctionShape[];
  readonly role?: RoleShape;
  readonly operation: TableShape;
}
