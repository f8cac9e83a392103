import type { Document } from "mongodb";

/**
 * One command of a migration file; commands in a row with the same `step` are one step. Each may be repeated: what it asks for may be
 * there already.
 */
export type MigrationStep = {
  /** Name of the step in the migration's record. */
  readonly step?: string;
  /** Why it is done in this way; nobody but people reads it. */
  readonly note?: string;
} & MigrationCommand;

export type MigrationCommand =
  /** Makes a collection; one that is there gets the validator. */
  | { readonly createCollection: string; readonly validator?: Document }
  | { readonly dropCollection: string }
  /** Renames a collection of the same database; done when only the new name is there. Never over one that exists. */
  | { readonly renameCollection: string; readonly to: string }
  | { readonly createIndexes: string; readonly indexes: readonly Document[] }
  /** Drops an index by name. */
  | { readonly dropIndex: string; readonly name: string }
  /** Replaces the validator of a collection; `{}` takes it away. */
  | { readonly setValidator: string; readonly validator: Document }
  /**
   * Changes every document that the filter finds; a changed one must not be found again. As the command of a batch step: those of the next
   * `size` documents in the order of `_id` that the filter finds, the last `_id` (as canonical Extended JSON) being the key of the batch.
   */
  | {
      readonly updateMany: string;
      readonly filter: Document;
      /** Update operators, or an aggregation pipeline. */
      readonly update: Document | readonly Document[];
      readonly arrayFilters?: readonly Document[];
    }
  /** Fails when the filter finds documents: it tells `reason`, how many, one `_id` and how they are found. Nothing is changed then. */
  | {
      readonly refuse: string;
      readonly filter: Document;
      readonly reason: string;
      /** What to do about them, where that is more than to mend them. */
      readonly mend?: string;
    };
