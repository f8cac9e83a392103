import type { Document } from "mongodb";
import type { OpSpec } from "../../runtime/op.ts";
import type { NumberKind } from "./number.ts";

/** What a generated adapter declares of its collection: plain data, made once. */
export interface CollectionDeclaration<E> {
  readonly collection: string;
  /** The entity whose keys are announced to `onChanged`. */
  readonly entity: string;
  readonly decode: (document: Document) => E;
  /** The key of a document, as `onChanged` gives it. */
  readonly keyText: (document: Document) => string;
  /** Property that holds the tenant. */
  readonly tenant?: { readonly property: string; readonly encode: (tenant: string) => unknown };
  readonly version?: string;
  readonly createdAt?: string;
  readonly updatedAt?: string;
  readonly deletedAt?: string;
  /** Property after whose date a document is as good as gone; a TTL index removes it later. */
  readonly expiresAt?: string;
  /** Collection that every change is recorded in, in the transaction of the change. */
  readonly history?: string;
  /** The store makes the keys: consecutive numbers, or uuids. */
  readonly keys?: "int" | "long" | "uuid";
  /** Owned documents that are kept in collections of their own. */
  readonly children?: readonly ChildDeclaration[];
}

/** Owned documents beside their root's; in the root they are a list under `property`. */
export interface ChildDeclaration {
  readonly property: string;
  readonly collection: string;
  /** Property that holds the `_id` of the root. */
  readonly owner: string;
  /** Properties that tell the children of one root apart, in the order in which they are read. */
  readonly order: readonly string[];
}

/** One method of a repository. */
export interface MethodDeclaration<E> extends OpSpec {
  readonly of: CollectionDeclaration<E>;
}

/** A term of an order. Null, and what is missing, is less than every value. Source: MongoDB manual, "Comparison/Sort Order". */
export interface OrderTerm {
  readonly property: string;
  readonly direction: "asc" | "desc";
  readonly nullable?: true;
}

/** A list: its order must be total, the key as its last term. */
export interface ListDeclaration<E> extends MethodDeclaration<E> {
  readonly order: readonly OrderTerm[];
}

/** An aggregation over the documents that a filter finds. */
export interface AggregateDeclaration<E, R> extends MethodDeclaration<E> {
  /** `_id` of `$group`: null for one row over everything, an expression, or one per group. */
  readonly group: unknown;
  /** Order of the rows. */
  readonly sort: Readonly<Record<string, 1>>;
  readonly measures: Document;
  readonly row: (document: Document) => R;
  /** The one row over nothing, where nothing is grouped. */
  readonly empty?: Document;
}

/** Adds to one number, within limits. */
export interface IncrementDeclaration<E, N> extends MethodDeclaration<E> {
  readonly property: string;
  readonly sign: "any" | "positive" | "negative";
  /** Null counts as 0. */
  readonly nullable?: true;
  readonly number: NumberKind<N>;
}

export interface UpsertDeclaration<E> extends MethodDeclaration<E> {
  /** Milliseconds after which the document expires. */
  readonly ttlMs?: number;
}
