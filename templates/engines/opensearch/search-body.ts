import type { Counts } from "./answer.ts";
import { countedValues, mostValues } from "./answer.ts";
import type { FacetDeclaration, NearestDeclaration, SearchDeclaration } from "./declaration.ts";
import { spaces } from "./vector.ts";
import type { Clause } from "./filter.ts";

/** Best first; equals in the order of their keys, so that the order is total. */
const order = [{ _score: "desc" }, { key: "asc" }];

/** Half an answer is no answer. */
export const wholeAnswer = { allow_partial_search_results: "false" } as const;

/**
 * A word weighs as it does over all shards: by the statistics of each, equal texts would score otherwise from shard to shard. The server
 * leaves the round that this takes out where there is one shard. Source: manual, "Search", `search_type`.
 */
export const scoredAlike = { ...wholeAnswer, search_type: "dfs_query_then_fetch" } as const;

/** The scored query, and what must hold beside it. */
export const filtered = (query: Clause, filters: readonly Clause[]): Clause =>
  filters.length === 0 ? query : { bool: { must: [query], filter: filters } };

/** Body of a search for ranked hits. */
export function searchBody<T, H>(
  { marked, facets }: SearchDeclaration<T, H>,
  query: Clause,
  size: number,
  counted: boolean,
): Clause {
  return {
    query,
    size,
    sort: order,
    // Without a total the server skips what cannot be among the best.
    track_total_hits: counted ? 10_000 : false,
    ...(marked.length === 0 ? {} : { highlight: highlight(marked) }),
    ...(facets.length === 0 ? {} : { aggs: facetBodies(facets) }),
  };
}

/** Text outside of the marks is HTML-escaped, so that a page may show it as it is. */
const highlight = (marked: readonly string[]): Clause => ({
  encoder: "html",
  pre_tags: ["<mark>"],
  post_tags: ["</mark>"],
  number_of_fragments: 2,
  fragment_size: 150,
  // A longer text is marked up to here instead of failing the search.
  max_analyzer_offset: 1_000_000,
  fields: Object.fromEntries(marked.map((field) => [`item.${field}`, {}])),
});

const facetBodies = (facets: readonly FacetDeclaration[]): Clause =>
  Object.fromEntries(
    facets.map(({ name, path }) => [
      name,
      {
        terms: {
          field: path,
          size: mostValues,
          shard_size: countedValues,
          order: [{ _count: "desc" }, { _key: "asc" }],
        },
      },
    ]),
  );

/** No hit, no value. */
export const noCounts = (facets: readonly FacetDeclaration[]): Counts =>
  Object.fromEntries(facets.map(({ name }) => [name, []]));

/** Candidates of a graph beside those wanted: what the walk misses at the edge of a small number is found by a larger one. */
const candidates = (wanted: number): number => Math.min(10_000, Math.max(100, wanted * 2));

/** Body of a search for neighbours, nearest first. */
export function nearestBody<T>(
  { field, metric, exact }: NearestDeclaration<T>,
  vector: readonly number[],
  filters: readonly Clause[],
  size: number,
): Clause {
  const path = `item.${field}`;
  const filter = [{ exists: { field: path } }, ...filters];
  const base = { size, track_total_hits: false };
  if (exact)
    return {
      ...base,
      query: {
        script_score: {
          query: { bool: { filter } },
          script: {
            lang: "knn",
            source: "knn_score",
            params: { field: path, query_value: vector, space_type: spaces[metric] },
          },
        },
      },
    };
  const within = filters.length === 0 ? {} : { filter: { bool: { filter: filters } } };
  return {
    ...base,
    query: { knn: { [path]: { vector, k: candidates(size), ...within } } },
  };
}
