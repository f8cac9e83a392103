/**
 * Features a workload may ask for by `requires:`; the same words as the `features` of an engine's capabilities. Most requirements
 * follow from the rest of the spec (tenant, facet, growth); a word here is for what the spec cannot show.
 */
export const requirementWords = [
  "transactions",
  "joins",
  "foreign-keys",
  "tenant-isolation",
  "flexible-schema",
  "ad-hoc-queries",
  "ttl",
  "persistence",
  "ranked-text",
  "typo-tolerance",
  "multi-language",
  "facets",
  "highlight",
  "hybrid-search",
  "filtered-vector-search",
  "pub-sub",
  "streams",
  "sorted-sets",
  "change-streams",
  "multi-region-writes",
  "geospatial",
  "graph-traversal",
  "columnar-scan",
  "retention",
] as const;

export type RequirementWord = (typeof requirementWords)[number];
