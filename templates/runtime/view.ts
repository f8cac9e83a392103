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

/** A copy of a view that is being filled beside the one that answers. Whoever has it has claimed it. */
export interface ViewGeneration<T> {
  readonly name: string;
  /** What an earlier run has noted; absent of a generation that was made empty for this one. */
  readonly resumed?: ViewProgress | undefined;
  readonly writer: ViewWriter<T>;
  /** Which of these rows it holds exactly so, with this revision. */
  holds(
    rows: readonly ViewRow<T>[],
    options?: CallOptions | undefined,
  ): Promise<readonly boolean[]>;
  /** Keeps the progress in the view's own store, and the claim alive. @throws DataError conflict when another rebuild has taken over */
  checkpoint(progress: ViewProgress, options?: CallOptions | undefined): Promise<void>;
  /** Makes everything written visible. Resolves to the number of keys that it holds, those included that no read finds. */
  settle(options?: CallOptions | undefined): Promise<number>;
  /** Gives the claim back, so that the next run goes on at once. */
  release(options?: CallOptions | undefined): Promise<void>;
  /** Settles, lets the alias point here in one step, drops the generations before. @throws DataError conflict as `checkpoint` */
  publish(options?: CallOptions | undefined): Promise<{ readonly rows: number }>;
}

export interface BeginOptions extends CallOptions {
  /** Begins anew, and takes over whoever has the claim. Default false. */
  readonly fresh?: boolean | undefined;
}

/** A view where it is stored. */
export interface ViewTarget<T> {
  state(options?: CallOptions | undefined): Promise<ViewState>;
  /**
   * Claims the generation that was begun for this definition, or makes an empty one; one of another definition is dropped.
   *
   * @throws DataError conflict when a rebuild is under way
   */
  begin(options?: BeginOptions | undefined): Promise<ViewGeneration<T>>;
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
