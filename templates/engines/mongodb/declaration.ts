import type { Document } from "mongodb";
import type { OpSpec } from "../../runtime/op.ts";

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
}

/** One method of a repository. */
export interface MethodDeclaration<E> extends OpSpec {
  readonly of: CollectionDeclaration<E>;
}

/** A list: its order must be total, the key as its last term. */
export interface ListDeclaration<E> extends MethodDeclaration<E> {
  readonly order: readonly { readonly property: string; readonly direction: "asc" | "desc" }[];
}
