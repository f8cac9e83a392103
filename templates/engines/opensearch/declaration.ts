import type { OpSpec } from "../../runtime/op.ts";
import { packingOf } from "./packed-vectors.ts";
import { propertiesOf, type ViewShape } from "./view-shape.ts";

/** What a generated adapter declares of a view: plain data, made once. */
export interface ViewDeclaration<T> extends ViewShape {
  /** Name of the view in the spec, as `views rebuild` takes it. */
  readonly view: string;
  /** Alias of the generation that answers, without the store's prefix. */
  readonly alias: string;
  /** Fingerprint of the index definition that this code was generated with. */
  readonly definition: string;
  /** Properties that every item has a value for. */
  readonly required: readonly string[];
  /** Properties that are null where an item that earlier code has written lacks them. */
  readonly nullable: readonly string[];
  /** A vector that is compared by its direction; the copy of one that has none is null. */
  readonly directed?: string | undefined;
  readonly encode: (item: T) => object;
  readonly decode: (json: object) => T;
}

/** Ties the two sides of an item's JSON together. */
export function viewOf<T, J extends object>(
  declared: Omit<ViewDeclaration<T>, "encode" | "decode" | "required" | "nullable"> & {
    readonly toJson: (item: T) => J;
    readonly fromJson: (json: J) => T;
  },
): ViewDeclaration<T> {
  const { toJson, fromJson, ...rest } = declared;
  const { pack, unpack } = packingOf(rest.item);
  // The index holds what `toJson` made, which `itemOf` checks before it gives it here.
  return {
    ...rest,
    ...propertiesOf(rest.item),
    encode: (item) => pack(toJson(item)),
    decode: (json) => fromJson(unpack(json) as J),
  };
}

/** Full text over fields of a view's items. */
export interface TextDeclaration {
  /** Paths with their weights: `item.title^3`. */
  readonly fields: readonly string[];
  /** A word may be misspelt by one or two letters. */
  readonly typoTolerant: boolean;
}

/** A facet: its name and the path of its values. */
export interface FacetDeclaration {
  readonly name: string;
  readonly path: string;
}

/** One method of a search view; `H` is its hit. */
export interface SearchDeclaration<T, H> extends OpSpec {
  readonly of: ViewDeclaration<T>;
  readonly searched: TextDeclaration;
  /** Searched fields whose found words are marked. */
  readonly marked: readonly string[];
  readonly facets: readonly FacetDeclaration[];
  readonly hit: (found: Found<T>) => H;
}

/** A hit before it gets the form of its port. */
export interface Found<T> {
  readonly item: T;
  readonly score: number;
  /** Marked fragments by field. */
  readonly marks: Readonly<Record<string, string>>;
}

/** The marked fragments of a hit, for those of the fields that have one. */
export function highlightsOf<K extends string>(
  { marks }: Pick<Found<unknown>, "marks">,
  ...fields: readonly K[]
): Partial<Record<K, string>> {
  const entries = fields.flatMap((field) => {
    const text = marks[field];
    return text === undefined ? [] : [[field, text] as const];
  });
  return Object.fromEntries(entries) as Partial<Record<K, string>>;
}

export type Metric = "cosine" | "l2" | "ip";

/** One method of a vector view. */
export interface NearestDeclaration<T> extends OpSpec {
  readonly of: ViewDeclaration<T>;
  /** Property of the item that holds the vector. */
  readonly field: string;
  readonly vectorOf: (item: T) => Float32Array | null;
  readonly dimensions: number;
  readonly metric: Metric;
  /** Every vector is compared; without it the graph is walked. */
  readonly exact: boolean;
  /** The text that a hybrid search fuses with the vector. */
  readonly searched?: TextDeclaration;
}

/** Types a declaration where it is written. */
export const searchOf = <T, H>(declared: SearchDeclaration<T, H>): SearchDeclaration<T, H> =>
  declared;
export const nearestOf = <T>(declared: NearestDeclaration<T>): NearestDeclaration<T> => declared;
