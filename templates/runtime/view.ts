/**
 * Derived views in another store than the authority of their entity. Application code has their reading port only; what is here is for
 * `npm run db -- views` and for projectors.
 */
import type { DataError } from "./errors.ts";
import type { CallOptions } from "./options.ts";

/** One row of the authority as a view copies it. */
export interface ViewRow<T> {
  /** Text of the entity's key: one key field as it is, several as a JSON array of texts. */
  readonly key: string;
  /** Only of an entity with tenant. */
  readonly tenant?: string;
  /** Rises with every change of the row: its version, else the milliseconds of `updatedAt`, else 0. */
  readonly revision: bigint;
  readonly item: T;
}

/** What a view is told of one key. */
export type ViewChange<T> =
  | ({ readonly kind: "upsert" } & ViewRow<T>)
  | ({ readonly kind: "delete" } & Omit<ViewRow<T>, "item">);

/** What became of a change: `stale` when the view holds this revision of the key already, or a newer one. */
export type ViewOutcome =
  | { readonly kind: "written" }
  | { readonly kind: "stale" }
  | { readonly kind: "failed"; readonly error: DataError };

/** The writing side of a view. Keys are independent of each other: one that fails holds up no other. */
export interface ViewWriter<T> {
  /** One outcome per change, in their order. Rejects when the view as a whole cannot be reached. */
  write(
    changes: readonly ViewChange<T>[],
    options?: CallOptions | undefined,
  ): Promise<readonly ViewOutcome[]>;
}

/** How far a view has been filled. */
export interface ViewProgress {
  /** Where the next page of the feed begins; absent at the start. */
  readonly after?: string;
  readonly rows: number;
}

/** What a view's store holds of it. */
export interface ViewState {
  /** The generation that answers; absent before the first one. */
  readonly live?: {
    readonly generation: string;
    readonly rows: number;
    /** Made for another definition of the view than this code's. */
    readonly outdated: boolean;
  };
  /** A generation that was begun and does not answer yet. */
  readonly building?: ViewProgress & { readonly generation: string };
}

/** A copy of a view that is being filled beside the one that answers. */
export interface ViewGeneration<T> {
  readonly name: string;
  readonly progress: ViewProgress;
  readonly writer: ViewWriter<T>;
  /** Keeps the progress in the view's own store. */
  checkpoint(progress: ViewProgress, options?: CallOptions | undefined): Promise<void>;
  /** Makes everything written visible, lets the alias point here in one step, drops the generations before. */
  publish(options?: CallOptions | undefined): Promise<{ readonly rows: number }>;
}

/** A view where it is stored. */
export interface ViewTarget<T> {
  state(options?: CallOptions | undefined): Promise<ViewState>;
  /** Goes on with the generation that was begun for this definition, or makes an empty one; one of another definition is dropped. */
  begin(options?: CallOptions | undefined): Promise<ViewGeneration<T>>;
  /** Writes into the generation that answers. */
  live(): ViewWriter<T>;
}

/** A page of an authority's rows. */
export interface FeedPage<T> {
  readonly rows: readonly ViewRow<T>[];
  /** There when more may follow. */
  readonly next?: string;
}

/** An entity as its authority holds it: every row, of all tenants, in the order of the key. What is deleted softly is left out. */
export interface ViewFeed<T> {
  page(
    after: string | undefined,
    limit: number,
    options?: CallOptions | undefined,
  ): Promise<FeedPage<T>>;
}
