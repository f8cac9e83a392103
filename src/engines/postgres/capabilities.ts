import type { Capabilities, Capability } from "../../select/criteria.ts";

const says = (text: string, ...evidence: readonly string[]): Capability => ({ text, evidence });

const languages =
  "simple arabic armenian basque catalan danish dutch english estonian finnish french german greek hindi hungarian indonesian irish italian lithuanian nepali norwegian portuguese romanian russian serbian spanish swedish tamil turkish yiddish".split(
    " ",
  );

const operations = [
  "get",
  "list",
  "aggregate",
  "insert",
  "patch",
  "upsert",
  "delete",
  "increment",
  "history",
];

/** What PostgreSQL with pgvector can do, as far as this release generates it. Evidence: `references/engines/postgres.md`. */
export const capabilities: Capabilities = {
  version: "18",
  ports: {
    record: says("tables with constraints, or JSONB documents", "PG-14", "PG-15", "PG-A1"),
    search: says("full text with GIN, ranked, in the authority's own rows", "FT-03", "PG-A2"),
    vector: says("pgvector with HNSW in the authority's own rows", "PV-03", "PG-A2"),
  },
  features: {
    "durable-authority": says(
      "write-ahead log; an acknowledged commit is on disk",
      "PG-05",
      "PG-14",
    ),
    persistence: says("write-ahead log; an acknowledged commit is on disk", "PG-05", "PG-14"),
    transactions: says("over any rows, Read Committed to Serializable", "PG-04"),
    "strong-consistency": says("reads and writes go to one primary", "PG-04", "PG-07"),
    "session-consistency": says("reads and writes go to one primary", "PG-04", "PG-07"),
    "tenant-isolation": says(
      "row-level security holds even when a query forgets its filter",
      "PG-10",
      "PG-A1",
    ),
    "foreign-keys": says("enforced by the server", "PG-14"),
    "unique-constraints": says("enforced by the server", "PG-14"),
    "check-constraints": says("enforced by the server", "PG-14"),
    "flexible-schema": says("JSONB takes any shape, indexed by GIN", "PG-15"),
    joins: says("joins over any tables of the store", "PG-16"),
    "ad-hoc-queries": says("SQL over any column", "PG-16"),
    partitions: says("tables partitioned by range or by hash", "PG-27", "PG-A5"),
    "audit-history": says("a history row in the statement that makes the change", "PG-A1"),
    "cascade-history": says("triggers fire for what a foreign key's action changes, too", "PG-A1"),
    "optimistic-version": says("a version column, compared in the statement", "PG-A1"),
    "soft-delete": says("a deletedAt column that every read respects", "PG-A1"),
    ...Object.fromEntries(
      operations.map((op) => [`operation-${op}`, says(`${op} is generated`, "PG-A1")]),
    ),
    "ranked-text": says("ts_rank with field weights; not BM25", "FT-02", "FT-03"),
    highlight: says("ts_headline", "FT-04"),
    facets: says("counted beside the page", "PG-A3"),
    ...Object.fromEntries(
      languages.map((name) => [`language-${name}`, says(`the configuration ${name}`, "FT-05")]),
    ),
    "metric-cosine": says("operator class vector_cosine_ops", "PV-01"),
    "metric-l2": says("operator class vector_l2_ops", "PV-01"),
    "metric-ip": says("operator class vector_ip_ops", "PV-01"),
    "filtered-vector-search": says(
      "filters after the index, iterative scans until enough rows are found",
      "PV-06",
    ),
    "view-feed": says("rows of all tenants in key order", "PG-A4"),
    "hybrid-search": says("text and vector ranks fused in one statement", "PG-A3"),
  },
  lacks: {
    "typo-tolerance": says("full text matches lexemes, not misspellings", "FT-02"),
    "port:cache": says("a table is no cache in this release", "PG-A1"),
  },
  limits: {
    "dataset-bytes": {
      comfortable: 5e12,
      max: 1e15,
      perDoubling: 3,
      unit: "bytes",
      ...says(
        "about 5 TB a server is in published use and 50 TB planned; one table or partition ends at 32 TB, and nobody has published a petabyte on one primary",
        "PG-21",
        "PG-22",
        "PG-01",
      ),
    },
    "record-writes-per-second": {
      comfortable: 13_000,
      max: 400_000,
      perDoubling: 6,
      unit: "per second",
      ...says(
        "one primary takes every write; 13,000 inserts/s measured on two cores",
        "PG-07",
        "BM-16",
        "PG-25",
      ),
    },
    "record-reads-per-second": {
      comfortable: 100_000,
      perDoubling: 2,
      unit: "per second",
      ...says("reads scale by replicas", "PG-22", "PG-23", "PG-07"),
    },
    "write-regions": { max: 1, unit: "regions", ...says("one node takes the writes", "PG-07") },
    "item-bytes": { max: 1_073_741_824, unit: "bytes", ...says("a field ends at 1 GB", "PG-01") },
    "patched-item-bytes": {
      comfortable: 65_536,
      perDoubling: 2,
      unit: "bytes",
      ...says("a changed out-of-line value is written anew as a whole", "PG-17", "PG-15", "PG-18"),
    },
    processes: {
      comfortable: 100,
      unit: "processes",
      ...says("every connection is a server process", "PG-02", "PG-03"),
    },
    "availability-percent": {
      max: 99.999,
      unit: "percent",
      ...says("the best published, with replicas and pooling", "PG-23"),
    },
    "search-item-bytes": {
      max: 1_048_576,
      unit: "bytes",
      ...says("a tsvector stays below 1 MB", "FT-01"),
    },
    "search-reads-per-second": {
      comfortable: 184,
      perDoubling: 2,
      unit: "per second",
      ...says("184 ranked queries/s measured on 4 CPU over 2 M documents", "BM-13"),
    },
    "vector-dimensions": {
      max: 2_000,
      unit: "dimensions",
      ...says("the largest vector that HNSW indexes", "PV-01"),
    },
    "vector-index-bytes": {
      comfortable: 82e9,
      max: 768e9,
      unit: "bytes",
      ...says("HNSW has to stay in the server's memory", "PV-09", "PV-10", "PG-26"),
    },
    "vector-reads-per-second": {
      comfortable: 1_800,
      perDoubling: 2,
      unit: "per second",
      ...says("1,797 queries/s measured on 4 vCPU at 500 k × 1,536", "BM-09"),
    },
  },
  floors: {
    "record-p99-ms": {
      min: 1,
      comfortable: 17,
      unit: "ms",
      ...says("17 ms p99 published at 100,000 reads/s; none below 1 ms", "PG-22", "PG-24"),
    },
    "vector-p99-ms": {
      min: 1,
      comfortable: 7,
      unit: "ms",
      ...says("7 ms p99 measured at recall 0.93; none below 1 ms", "BM-09", "PG-24"),
    },
    "rpo-seconds": {
      min: 0,
      unit: "seconds",
      ...says("nothing is lost with synchronous_standby_names", "PG-05", "PG-06"),
    },
    "search-freshness-seconds": {
      min: 0,
      unit: "seconds",
      ...says("the view is the authority's row", "PG-A2"),
    },
    "vector-freshness-seconds": {
      min: 0,
      unit: "seconds",
      ...says("the view is the authority's row", "PG-A2"),
    },
  },
  hosting: {
    embedded: {
      operation: 1,
      limits: {
        processes: {
          max: 1,
          unit: "processes",
          ...says("PGlite is one connection in one process", "PL-01"),
        },
        "dataset-bytes": {
          comfortable: 2_147_483_648,
          unit: "bytes",
          ...says("PGlite has a heap of 2 GiB at most", "PL-01", "PL-03"),
        },
        "vector-index-bytes": {
          comfortable: 2_147_483_648,
          max: 768e9,
          unit: "bytes",
          ...says(
            "PGlite has a heap of 2 GiB at most; beyond it the index is read from files",
            "PV-09",
            "PL-03",
            "PG-26",
          ),
        },
      },
      ...says("PGlite in the application's process", "PL-01"),
    },
    "self-managed": { operation: 12, ...says("a server of your own", "HO-13", "CO-01") },
    aws: { operation: 8, ...says("RDS or Aurora", "HO-01", "CO-01") },
    gcp: { operation: 8, ...says("Cloud SQL", "HO-11", "CO-01") },
    azure: { operation: 8, ...says("Azure Database for PostgreSQL", "HO-12", "CO-01") },
  },
  vectorIndex: {
    bytesPerDimension: 4,
    overhead: 280,
    page: { size: 8_192, usable: 8_156 },
    ...says("HNSW at m 16, whole vectors to an 8 KB page", "PV-09"),
  },
  textSearch: {
    documentsPerMs: 300_000,
    ...says("6.6 ms measured over 2 M documents, taken as linear", "BM-13", "FT-03"),
  },
  sources: {
    "PG-01": {
      fact: "a table holds 32 TB at the default 8 KB block (a partition counts as a table), a database is unlimited; a field holds 1 GB",
      source: "`postgres/postgres: doc/src/sgml/limits.sgml`",
    },
    "PG-02": {
      fact: "one forked process per connection, so connections cost memory and scheduling",
      source: "`postgres/postgres: doc/src/sgml/start.sgml`, Architectural Fundamentals",
    },
    "PG-03": {
      fact: "more than 500 to 1,000 active connections become ineffective; 100 processes of 10 connections reach that",
      source:
        "book *PostgreSQL 9.0 High Performance*, Pooling connection counts (old); the product is derived",
    },
    "PG-04": {
      fact: "default isolation is Read Committed; Repeatable Read and Serializable can be asked for per transaction",
      source: "PostgreSQL manual, SET TRANSACTION",
    },
    "PG-05": {
      fact: "streaming replication is asynchronous by default and loses the unshipped tail; RPO 0 needs `synchronous_standby_names`",
      source: "PostgreSQL manual, Synchronous Replication",
    },
    "PG-06": {
      fact: "even synchronous: a primary that restarts while commits wait has them committed without proof that a standby has them",
      source: "`sorintlab/stolon#514`, quoting the manual",
    },
    "PG-07": {
      fact: "one writable node; reads scale by replicas, writes only by sharding outside core",
      source: "`pgvector/pgvector: README.md`, Scaling",
    },
    "PG-10": {
      fact: "row-level security: enabled without a policy denies all; owner, superuser and BYPASSRLS skip it, FORCE closes the owner's hole",
      source: "PostgreSQL manual, Row Security Policies",
    },
    "PG-14": {
      fact: "unique, check, not-null and foreign-key constraints are enforced by the server",
      source: "PostgreSQL manual 5.5, Constraints",
    },
    "PG-15": {
      fact: "`jsonb` columns take documents of any shape and are indexed by GIN; documents should stay of a manageable size, since an update locks and rewrites the whole row",
      source: "PostgreSQL manual 8.14, JSON Types",
    },
    "PG-16": {
      fact: "joins, window functions, common table expressions and aggregates over any column, also ad hoc",
      source: "PostgreSQL manual, part II",
    },
    "PG-17": {
      fact: "a row above about 2 KB is compressed and moved out of line in chunks; a changed out-of-line value is written anew as a whole",
      source: "PostgreSQL manual, TOAST; PostgreSQL wiki, TOAST",
    },
    "PG-18": {
      fact: "patches of documents up to about 64 KB are taken as unproblematic",
      source: "(general knowledge, verify)",
      general: true,
    },
    "PG-21": {
      fact: "about 20 TB and hundreds of billions of rows on four servers, so about 5 TB each, at 40,000 to 50,000 queries/s",
      source: 'talk "PostgreSQL usage in Zerodha", 2024 (secondary); the quotient is derived',
    },
    "PG-22": {
      fact: "over 100,000 reads/s at p50 2.6 ms, p90 below 5 ms, p99 17 ms, from a partitioned store of JSON by key that is to hold 50 TB by 2030",
      source: "Reddit media metadata store, 2024, infoq.com (secondary)",
    },
    "PG-23": {
      fact: "millions of queries/s, one primary with about 50 replicas, p99 in the low double-digit ms, availability 99.999 %",
      source: "OpenAI, Scaling PostgreSQL, 2026 (secondary)",
    },
    "PG-24": {
      fact: "no p99 below 1 ms is published; a network round trip alone is about 0.2 ms",
      source: "derived from PG-22, PG-23 and the Redis latency guide",
    },
    "PG-25": {
      fact: "13,000 inserts/s on two shared cores; 32 times that on 64 cores if it scaled linearly, which it does not: 400,000/s is beyond any single primary",
      source: "derived from BM-16",
    },
    "PG-26": {
      fact: "database servers with 384 to 768 GB of memory are in published use",
      source: "Stack Overflow, The architecture, 2016",
    },
    "PG-27": {
      fact: "tables are partitioned by range, list or hash; a key or unique constraint has to hold the partition columns, an index on all parts is never built concurrently, and a row moves between parts when its partition columns change",
      source: "PostgreSQL manual 5.12, Table Partitioning, and CREATE INDEX",
    },
    "PV-01": {
      fact: "indexable dimensions of `vector`, HNSW and IVFFlat alike: 2,000; metrics cosine, L2 and inner product",
      source: "`pgvector/pgvector: README.md`, `src/hnsw.h`",
    },
    "PV-03": {
      fact: "without an index exact, recall 1.0; HNSW: better speed for its recall, slower build, more memory",
      source: "`pgvector/pgvector: README.md`",
    },
    "PV-06": {
      fact: "filters apply after the index; iterative scans (0.8) go on until enough rows are found or 20,000 tuples are scanned",
      source: "`pgvector/pgvector: README.md`, Filtering and Iterative Index Scans",
    },
    "PV-09": {
      fact: "HNSW index: an 8 KB page holds ⌊8,156 / (72 + 4d + 8 + about 200)⌋ vectors at m 16, so 1 M × 1,536 is about 8.2 GB",
      source: "derived from `pgvector/pgvector: src/hnsw.h`",
    },
    "PV-10": {
      fact: "8 M vectors of 1,536 dimensions served, above 10 M planned: 82 GB by PV-09, p95 below 100 ms",
      source:
        "Chatsy, Why we migrated from Pinecone to pgvector, 2024 (unsure); the size is derived",
    },
    "FT-01": {
      fact: "a tsvector is below 1 MB, a lexeme below 2 KB",
      source: "PostgreSQL manual 12.11, Limitations",
    },
    "FT-02": {
      fact: "`ts_rank` uses no corpus-wide statistics: no IDF, not BM25",
      source: "PostgreSQL manual 12.3.3",
    },
    "FT-03": {
      fact: "ranking reads the tsvector of every match: cost follows the number of matches, not LIMIT",
      source: "PostgreSQL manual 12.3.3",
    },
    "FT-04": { fact: "`ts_headline` marks the matches", source: "PostgreSQL manual 12.3.4" },
    "FT-05": {
      fact: "text search configurations in core: simple and the Snowball languages listed there",
      source: "`postgres/postgres: src/backend/snowball/Makefile`",
    },
    "PL-01": {
      fact: "PGlite is PostgreSQL in WebAssembly, single user, single connection: one process owns the data folder",
      source: "`electric-sql/pglite: README.md`",
    },
    "PL-03": {
      fact: "PGlite 0.5.14 lets its WebAssembly heap grow to 2,147,483,648 bytes (`getHeapMax`)",
      source: "measured for this project: `@electric-sql/pglite/dist`",
    },
    "BM-09": {
      fact: "pgvector HNSW, 500 k × 1,536 on 4 vCPU and 8 GB: 1,797 queries/s at recall 0.88; 250 k on 2 vCPU: 999/s, p99 7 ms at recall 0.93",
      source: "rivestack, Managed pgvector benchmarks (vendor)",
    },
    "BM-13": {
      fact: "full text + GIN over 1 M + 1 M documents, 4 CPU and 8 GB, mean of six queries: 151/s with one client (6.6 ms, so about 300,000 documents per ms), 184/s with ten; linear beyond is extrapolated",
      source: "`inevolin/Postgres-FTS-vs-ElasticSearch: README.md`",
    },
    "BM-16": {
      fact: "PostgreSQL 15 on two shared cores through `pg`: 16,000 keyed reads/s, 13,000 inserts/s; two pipelined connections 33,000 reads/s",
      source: "measured for this project",
    },
    "HO-01": {
      fact: "RDS and Aurora with pgvector",
      source: "AWS announcement of pgvector 0.8 and a 2026 cost guide (secondary)",
    },
    "HO-11": {
      fact: "Cloud SQL with the extension `vector`",
      source: "Google Cloud, Cloud SQL extensions page, as cited by public guides (secondary)",
    },
    "HO-12": {
      fact: "Azure Database for PostgreSQL, flexible server, with the extension `vector`",
      source: "Microsoft Learn, How to use pgvector",
    },
    "HO-13": {
      fact: "runs from packages on Linux, macOS and Windows; this repository's conformance runs start it",
      source: "`test/engines`",
    },
    "CO-01": {
      fact: "operating one more server store weighs 12 points where you run it, 8 where it is managed, 1 in process",
      source: "(general knowledge, verify)",
      general: true,
    },
    "PG-A1": {
      fact: "the generated record adapter: get, list, aggregate, insert, patch, upsert, delete, increment, history; tenants by row-level security, versions, soft delete, audit by the same statement",
      source: "`src/engines/postgres`, `test/conformance/record`",
    },
    "PG-A2": {
      fact: "the generated search and vector views read columns of the authority's own row: nothing lags behind",
      source: "`src/engines/postgres`, `test/conformance/search`, `test/conformance/vector`",
    },
    "PG-A3": {
      fact: "text and vector ranks are fused in one statement; facets are counted in one statement",
      source: "`src/engines/postgres`, `test/conformance/search`, `test/conformance/vector`",
    },
    "PG-A4": {
      fact: "an entity's rows are given in key order, page by page, to views that lie in other stores",
      source: "`src/engines/postgres`, `templates/runtime/view-rebuild.ts`",
    },
    "PG-A5": {
      fact: "a table partitioned by time has a default partition and gets those of the periods to come from migrate up; one by hash is made with all its parts",
      source: "`src/engines/postgres/ddl/partition.ts`, `templates/engines/postgres/partitions.ts`",
    },
  },
};
