import type { DataError } from "../../runtime/errors.ts";
import { notBuilt, otherVersion } from "../../runtime/view-built.ts";
import type { Answer } from "./client.ts";
import type { FacetDeclaration, Found, ViewDeclaration } from "./declaration.ts";
import { UnexpectedAnswer } from "./errors.ts";

/** One hit of a search as the server gives it. */
export interface Hit {
  /** The index that holds it. */
  readonly index: string;
  readonly key: string;
  readonly score: number;
  readonly sort: readonly unknown[];
  readonly item: object;
  readonly marks: Readonly<Record<string, string>>;
}

/** A value of a facet with its hits; the value still as the index has it. */
export interface Count {
  readonly value: string;
  readonly count: number;
}

export type Counts = Readonly<Record<string, readonly Count[]>>;

/** A part of an answer by its path; undefined where it is not there. */
export function part(answer: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (at, name) =>
      typeof at === "object" && at !== null ? (Reflect.get(at, name) as unknown) : undefined,
    answer,
  );
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const objectOf = (value: unknown): object =>
  typeof value === "object" && value !== null ? value : {};

/** @throws UnexpectedAnswer for what is no answer to a search: no hits at all would be a wrong one */
export function hitsOf(answer: Answer): readonly Hit[] {
  const hits = part(answer, "hits", "hits");
  if (!Array.isArray(hits)) throw new UnexpectedAnswer();
  return hits.map((hit: unknown) => ({
    index: String(part(hit, "_index")),
    key: String(part(hit, "_source", "key")),
    score: Number(part(hit, "_score") ?? 0),
    sort: listOf(part(hit, "sort")),
    item: objectOf(part(hit, "_source", "item")),
    marks: marksOf(part(hit, "highlight")),
  }));
}

/** More hits than a single answer may hold. */
export const isCutOff = (answer: Answer): boolean =>
  part(answer, "hits", "total", "relation") === "gte";

const itemPrefix = "item.";
const between = " … ";

/** The encoder of the server escapes two characters otherwise than the other stores do; what stood in the text begins with `&amp;`. */
const asElsewhere = (fragment: unknown): string =>
  String(fragment).replaceAll("&#x27;", "&#39;").replaceAll("&#x2F;", "/");

/** Fragments by field, a field's own joined. */
function marksOf(highlight: unknown): Readonly<Record<string, string>> {
  const entries = Object.entries(objectOf(highlight)).map(([path, fragments]) => [
    path.startsWith(itemPrefix) ? path.slice(itemPrefix.length) : path,
    listOf(fragments).map(asElsewhere).join(between),
  ]);
  return Object.fromEntries(entries) as Record<string, string>;
}

export const neverBuilt = (view: string): DataError => notBuilt(view, "was never built");

/** A property that every item has a value for, and this one not. */
export const lackingIn = (
  { required }: Pick<ViewDeclaration<unknown>, "required">,
  json: object | undefined,
): string | undefined => json && required.find((name) => (part(json, name) ?? null) === null);

/** The item of a hit. @throws DataError unavailable when it is of an earlier version that lacks what this one needs */
export function itemOf<T>(view: ViewDeclaration<T>, json: object): T {
  const lacking = lackingIn(view, json);
  if (lacking !== undefined) throw notBuilt(view.view, otherVersion(lacking));
  const absent = view.nullable.filter((name) => !(name in json));
  if (absent.length === 0) return view.decode(json);
  return view.decode({ ...json, ...Object.fromEntries(absent.map((name) => [name, null])) });
}

export const foundOf = <T>(view: ViewDeclaration<T>, { item, score, marks }: Hit): Found<T> => ({
  item: itemOf(view, item),
  score,
  marks,
});

/** Values of one facet that are told: those with most hits. */
export const mostValues = 100;
/** Values that each shard counts: the counts are exact up to here. */
export const countedValues = 10_000;

/** The counts of each facet. */
export function countsOf(answer: Answer, facets: readonly FacetDeclaration[]): Counts {
  return Object.fromEntries(
    facets.map(({ name }) => {
      const counted = part(answer, "aggregations", name);
      return [name, listOf(part(counted, "buckets")).map(countOf)];
    }),
  );
}

const countOf = (bucket: unknown): Count => ({
  value: String(part(bucket, "key_as_string") ?? part(bucket, "key")),
  count: Number(part(bucket, "doc_count")),
});

/** A facet in the form of its port, its values decoded. */
export const facetOf = <V>(
  counts: Counts,
  name: string,
  decode: (text: string) => V,
): readonly { readonly value: V; readonly count: number }[] =>
  (counts[name] ?? []).map(({ value, count }) => ({ value: decode(value), count }));

/** Texts, enums and ids: the value itself. */
export const sameText = <V extends string>(text: string): V => text as V;
export const trueText = (text: string): boolean => text === "true" || text === "1";
