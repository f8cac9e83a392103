import type { IndexDefinition } from "./generation.ts";

/** One command of a migration file; commands in a row with the same `step` are one step. Each may be repeated. */
export type MigrationStep = {
  /** Name of the step in the migration's record. */
  readonly step?: string;
  /** Why it is done in this way; nobody but people reads it. */
  readonly note?: string;
} & MigrationCommand;

/** Names are aliases of views, without the prefix of the store. */
export type MigrationCommand =
  /** `PUT /_component_template/NAME`: what the view's next generation is made of. */
  | { readonly defineView: string; readonly definition: IndexDefinition }
  /** Removes the definition and every generation. */
  | { readonly dropView: string }
  /**
   * Where the view has been built: a new generation by the definition, `POST /_reindex` into it with the revisions kept, the alias
   * swapped, the old one dropped.
   */
  | {
      readonly copyView: string;
      /** Properties of items that have another name: old → new. */
      readonly renamed?: Readonly<Record<string, string>>;
      /** Properties of items whose values do not fit any more; a rebuild brings them back. */
      readonly removed?: readonly string[];
      /** Properties that the new items have and the copied ones lack: the copy counts as outdated. */
      readonly lacking?: readonly string[];
      /** The same, as migrations of earlier releases say it. */
      readonly incomplete?: true;
    }
  /** Removes a generation that a copy has left half made. */
  | { readonly discardCopy: string };

/** A query of `verify`: the definition is this one, and a generation that answers was made by it. */
export interface VerifyQuery {
  readonly view: string;
  readonly definition: string;
  /** Only the definition is looked at: the generation that answers waits for a rebuild. */
  readonly definedOnly?: boolean;
}
