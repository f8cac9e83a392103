import type { Capabilities, Capability } from "../../select/criteria.ts";
import { languages } from "./analysis.ts";
import { shardDocuments } from "./text-shards.ts";

const says = (text: string, ...evidence: readonly string[]): Capability => ({ text, evidence });

/** What OpenSearch can do, as far as this release generates it. Evidence: `references/engines/opensearch.md`. */
export const capabilities: Capabilities = {
  version: "3.8",
  ports: {
    search: says("full text by BM25 over copies of an authority's rows", "OS-02", "OS-A1"),
    vector: says("k-NN over copies of an authority's rows", "OS-03", "OS-A1"),
  },
  features: {
    "view-sink": says(
      "takes copies of another store's rows, with their revisions",
      "OS-06",
      "OS-A1",
    ),
    "ranked-text": says("BM25 with field weights", "OS-02"),
    highlight: says("fragments with the found words marked", "OS-07"),
    facets: says("counted with the page, in one request", "OS-08", "OS-A2"),
    "typo-tolerance": says("words of one or two wrong letters are found", "OS-09", "OS-A2"),
    ...Object.fromEntries(
      languages.map((name) => [`language-${name}`, says(`the analyzer ${name}`, "OS-05")]),
    ),
    "metric-cosine": says("space type cosinesimil", "OS-03"),
    "metric-l2": says("space type l2", "OS-03"),
    "metric-ip": says("space type innerproduct", "OS-03"),
    "filtered-vector-search": says("filters while the graph is walked", "OS-03"),
    "hybrid-search": says("text and vector ranks fused by the data layer", "OS-A1"),
  },
  lacks: {
    "port:record": says(
      "no transaction over several documents, so it is the authority of nothing",
      "OS-10",
      "OS-04",
    ),
    transactions: says("no transaction over several documents", "OS-10"),
    "tenant-isolation": says("document-level security limits reads only", "OS-04"),
    "multi-language": says("this release generates one analyzer per view", "OS-A1"),
    "hosting:embedded": says("a server of its own in Java", "OS-11"),
  },
  limits: {
    "search-item-bytes": {
      comfortable: 1_048_576,
      max: 104_857_600,
      unit: "bytes",
      ...says("a request ends at 100 MB", "OS-01"),
    },
    "search-reads-per-second": {
      comfortable: 2_700,
      perDoubling: 1,
      unit: "per second",
      ...says("2,766 searches/s measured over 8.8 M documents; grows by replicas", "BM-12"),
    },
    "vector-dimensions": {
      max: 16_000,
      unit: "dimensions",
      ...says("the most that k-NN takes", "OS-03"),
    },
    "vector-index-bytes": {
      comfortable: 33e9,
      max: 3e12,
      perDoubling: 2,
      unit: "bytes",
      ...says(
        "10 M × 768 measured on one node; 1.5 G × 400 are in published use",
        "BM-05",
        "OS-03",
        "OS-12",
      ),
    },
    "vector-reads-per-second": {
      comfortable: 340,
      perDoubling: 1,
      unit: "per second",
      ...says("342 queries/s measured at 10 M × 768 with unmerged segments", "BM-05"),
    },
  },
  floors: {
    "vector-p99-ms": {
      min: 2,
      comfortable: 29,
      unit: "ms",
      ...says(
        "29 ms p99 measured at 10 M × 768, 15 ms at 1 M; none below 2 ms",
        "BM-04",
        "BM-05",
        "BM-12",
      ),
    },
    "search-freshness-seconds": {
      min: 3_600,
      unit: "seconds",
      ...says("as fresh as its last rebuild: this release has no relay", "OS-A3"),
    },
    "vector-freshness-seconds": {
      min: 3_600,
      unit: "seconds",
      ...says("as fresh as its last rebuild: this release has no relay", "OS-A3"),
    },
  },
  hosting: {
    "self-managed": { operation: 14, ...says("a cluster of your own", "HO-18", "CO-04") },
    aws: { operation: 10, ...says("Amazon OpenSearch Service", "HO-19", "CO-04") },
  },
  vectorIndex: {
    bytesPerDimension: 4.4,
    overhead: 141,
    ...says("HNSW at m 16: 1.1 × (4 d + 8 m)", "OS-03"),
  },
  textSearch: {
    documentsPerMs: 720_000,
    shards: { documents: shardDocuments, atOnce: 10 },
    ...says(
      "2.8 ms measured over 2 M documents in one shard; a shard for 20 M documents at most, ten at once",
      "BM-12",
      "BM-13",
      "OS-01",
    ),
  },
  sources: {
    "OS-01": {
      fact: "from + size up to 10,000, beyond it search_after with a point in time; a shard of 10 to 50 GB, 1,000 shards per data node; 1,000 mapped fields per index; a request of 100 MB",
      source:
        "`opensearch-project/documentation-website`: index-settings, getting-started/intro, cluster-settings, mapping-explosion, network-settings",
    },
    "OS-02": {
      fact: "BM25 is the default similarity; a change is visible after a refresh, every second by default; bulks of 1,000 to 5,000 operations or 5 to 15 MB",
      source:
        "`opensearch-project/documentation-website`: similarity.md, document-apis/index.md, bulk.md",
    },
    "OS-03": {
      fact: "k-NN takes up to 16,000 dimensions by cosinesimil, l2, innerproduct; Lucene below 10 M vectors, filtering while it searches, Faiss to tens of billions; HNSW takes 1.1 × (4 d + 8 m) bytes a vector, so 3.5 GB for 1 M × 768",
      source: "`opensearch-project/documentation-website`: knn-methods-engines.md",
    },
    "OS-04": {
      fact: "document-level security limits reads, not writes; a write can be made conditional on `if_seq_no`",
      source:
        "`opensearch-project/documentation-website`: document-level-security.md, document-apis/index.md",
    },
    "OS-05": {
      fact: "analyzers with stemming and stop words are built in for 34 languages",
      source:
        "`opensearch-project/documentation-website`: _analyzers/language-analyzers/index.md; `modules/analysis-common`",
    },
    "OS-06": {
      fact: "`version_type: external` refuses a write whose version is not greater than the stored one",
      source: "`opensearch-project/documentation-website`: document-apis/index-document.md",
    },
    "OS-07": {
      fact: "highlighters mark matches with given tags; the encoder `html` escapes the rest",
      source: "`opensearch-project/documentation-website`: searching-data/highlight.md",
    },
    "OS-08": {
      fact: "a terms aggregation counts the values of all matches beside the page of hits, exactly within one shard",
      source: "`opensearch-project/documentation-website`: aggregations/bucket/terms.md",
    },
    "OS-09": {
      fact: "`fuzziness: AUTO` finds words of up to two edits by their length",
      source: "`opensearch-project/documentation-website`: query-dsl/full-text/match.md",
    },
    "OS-10": {
      fact: "no transaction spans several documents",
      source: "(general knowledge, verify)",
      general: true,
    },
    "OS-11": {
      fact: "the server runs on a Java 21 or newer of its own; the tarball brings one",
      source: "`opensearch-project/documentation-website`: install-and-configure/os-comp.md",
    },
    "OS-12": {
      fact: "more than 1.5 billion vectors of nearly 400 dimensions in production, which is 2.9 TB by OS-03",
      source:
        "Uber, Powering billion-scale vector search with OpenSearch, 2025; the size is derived",
    },
    "BM-04": {
      fact: "1 M × 768 at recall 0.95 or more, 16 cores and 128 GB: 744 queries/s and 15 ms p99 with unmerged segments, 2,590/s and 8.6 ms merged",
      source: "`zilliztech/VectorDBBench: vectordb_bench/results` (a competitor's)",
    },
    "BM-05": {
      fact: "10 M × 768, the same machine: 342 queries/s and 29 ms p99 unmerged, 1,389/s and 12.5 ms merged",
      source: "`zilliztech/VectorDBBench: vectordb_bench/results` (a competitor's)",
    },
    "BM-12": {
      fact: "BM25 over MS MARCO, ids only: 100 k documents 12,692 queries/s and 1.6 ms p99, 1 M 9,717/s and 4.5 ms, 8.8 M 2,766/s and 23 ms; Elasticsearch within 5 %",
      source: "VectorDBBench FullTextSearch results, 2026-06 and 2026-07",
    },
    "BM-13": {
      fact: "one shard of Elasticsearch 8.11 over 1 M + 1 M documents, 4 CPU and 8 GB, mean of six queries: 360/s with one client (2.8 ms, so about 720,000 documents per ms) where PostgreSQL gives 151/s; ten shards at once, each on a core of its own, are extrapolated",
      source: "`inevolin/Postgres-FTS-vs-ElasticSearch: README.md`; OpenSearch is equal by BM-12",
    },
    "HO-18": {
      fact: "runs from packages on Linux; this repository's conformance runs start it",
      source: "`test/engines`",
    },
    "HO-19": {
      fact: "Amazon OpenSearch Service, with k-NN",
      source: "AWS, Amazon OpenSearch Service Developer Guide, Vector search",
    },
    "CO-04": {
      fact: "operating a search cluster of three nodes weighs 14 points where you run it, 10 where it is managed; losing it loses no data",
      source: "(general knowledge, verify)",
      general: true,
    },
    "OS-A1": {
      fact: "the generated search and vector views: copies with revisions in versioned indexes behind an alias, filled by `views rebuild`; hybrid by reciprocal rank",
      source: "`src/engines/opensearch`, `test/conformance/search`, `test/conformance/vector`",
    },
    "OS-A2": {
      fact: "facets are counted and misspelt words found in the request of the page",
      source:
        "`templates/engines/opensearch`, `test/conformance/search`, `test/engines/opensearch`",
    },
    "OS-A3": {
      fact: "a view follows its authority by rebuilds only until the relay comes: run by a timer, one an hour",
      source: "`templates/runtime/view-rebuild.ts`",
    },
  },
};
