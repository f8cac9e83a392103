import type { OpSpec } from "../../runtime/op.ts";

/** Texts of a record's fields, in the order of its columns; null for one that is absent. */
export type Row = readonly (string | null | undefined)[];

/** What a generated adapter declares of the records of one entity: plain data and pure functions, made once. */
export interface RecordDeclaration<K, N, E> {
  /** The entity whose keys are announced to `onChanged`. */
  readonly entity: string;
  /** Second part of its keys. */
  readonly table: string;
  /** Fields of the hash: what a new record gives first, then the managed ones. */
  readonly columns: readonly string[];
  /** Where the parts of the key stand in the columns. */
  readonly keyAt: readonly number[];
  /** The key is one uuid, which is made here when it is not given. */
  readonly madeKey?: true;
  /** Texts of the parts of a key. @throws DataError constraint */
  readonly key: (key: K) => readonly string[];
  /** Texts of a new record, in the order of the columns, without the managed ones. @throws DataError constraint */
  readonly encode: (value: N) => Row;
  readonly decode: (row: Row) => E;
  /** It exists only on forTenant. */
  readonly tenant?: true;
  /** Fields of the hash that the store itself keeps. */
  readonly version?: string;
  readonly createdAt?: string;
  readonly updatedAt?: string;
}

/** One method of a repository. */
export interface MethodDeclaration<K, N, E> extends OpSpec {
  readonly of: RecordDeclaration<K, N, E>;
}

export interface UpsertDeclaration<K, N, E> extends MethodDeclaration<K, N, E> {
  /** Milliseconds the record lives from then on; without it, until it is deleted. */
  readonly ttlMs?: number;
}

export interface PatchDeclaration<K, N, E, P> extends MethodDeclaration<K, N, E> {
  /** Column → its new text; null removes, undefined leaves as it is. @throws DataError constraint */
  readonly encode: (patch: P) => Readonly<Record<string, string | null | undefined>>;
}

export interface IncrementDeclaration<K, N, E> extends MethodDeclaration<K, N, E> {
  readonly column: string;
  readonly kind: "integer" | "float";
  /** Bounds as texts, both ends inclusive. */
  readonly floor?: string;
  readonly ceiling?: string;
  readonly by: "any" | "positive" | "negative";
}
