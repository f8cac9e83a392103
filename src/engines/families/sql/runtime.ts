import type { EntityIr, FieldType } from "../../../ir/types.ts";

/** What generated adapters of one engine import: the folder of its runtime, and the names that differ there. */
export interface AdapterRuntime {
  /** `postgres`: `runtime/postgres/<file>.ts`, and the engine whose templates they are. */
  readonly folder: string;
  /** `PostgresSession` */
  readonly session: string;
  /** Type of one row: `TextRow`. */
  readonly row: string;
  /** Type of one bound value: `Text`. */
  readonly value: string;
  /** Function that picks columns of a row: `textsOf`. */
  readonly pick: string;
  /** Ports of the views whose adapters map rows of the entity's own table. */
  readonly mappedViews: readonly ("search" | "vector")[];
  /** Statements of an entity with tenants name the tenant: the store itself does not keep them apart. */
  readonly scopes?: true;
  /** Children come in no order: `inOrder` of `runtime/<engine>/children.ts` sorts them by their key. */
  readonly orderedChildren?: true;
  /** Texts that differ may be one key of this entity to the server: a write announces all of it. */
  readonly loosens?: (entity: EntityIr) => boolean;
  /** Most digits of a decimal that is compared with a column of this type; any unless it says so. */
  readonly comparedDigits?: (
    type: Extract<FieldType, { readonly kind: "decimal" }>,
  ) => { readonly precision: number; readonly scale: number } | undefined;
  /** A table declares how many columns a row has: needed where the store keeps results by their columns. */
  readonly countsColumns?: true;
}
