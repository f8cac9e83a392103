import type { Capabilities, Capability } from "../../select/criteria.ts";

const says = (text: string, ...evidence: readonly string[]): Capability => ({ text, evidence });

/** What Milvus can do, as far as this release generates it: derived vector views. Evidence: `references/engines/milvus.md`. */
export const capabilities: Capabilities = {
  version: "2.6",
  ports: {
    vector: says("a collection beside the authority, filled from it", "MV-02", "MV-13", "MV-A1"),
  },
  features: {
    "view-sink": says("rows are upserted with their revision, behind an alias", "MV-13", "MV-A1"),
    "metric-cosine": says("metric COSINE", "MV-14"),
    "metric-l2": says("metric L2", "MV-14"),
    "metric-ip": says("metric IP", "MV-14"),
    "filtered-vector-search": says(
      "filters over scalar fields and their indexes",
      "MV-15",
      "BM-07",
    ),
    "hybrid-search": says("fused by rank with a text view, in the data layer", "MV-A1"),
  },
  lacks: {
    "durable-authority": says("this release keeps derived views in it only", "MV-A1", "MV-05"),
    transactions: says("no transaction over several rows", "MV-05"),
    "tenant-isolation": says("tenants are kept apart by partition key and filter only", "MV-04"),
    "vector-freshness-seconds": says(
      "filled by views rebuild; no relay follows the authority in this release",
      "MV-A1",
    ),
  },
  limits: {
    "vector-dimensions": {
      max: 32_768,
      unit: "dimensions",
      ...says("the most a vector field has", "MV-01"),
    },
    "vector-index-bytes": {
      comfortable: 230e9,
      max: 32e12,
      perDoubling: 1,
      unit: "bytes",
      ...says(
        "HNSW has to stay in the query nodes' memory, which grows by adding nodes",
        "MV-01",
        "MV-03",
        "MV-07",
        "MV-10",
      ),
    },
    "vector-reads-per-second": {
      comfortable: 4_000,
      perDoubling: 1,
      unit: "per second",
      ...says(
        "4,006 queries/s measured over 1 M × 768 on 16 cores; replicas add to it",
        "BM-04",
        "MV-07",
      ),
    },
  },
  floors: {
    "vector-p99-ms": {
      min: 1,
      comfortable: 4,
      unit: "ms",
      ...says("3.2 ms p99 measured over 1 M vectors, 3.9 ms over 10 M", "BM-04", "BM-05", "MV-16"),
    },
  },
  hosting: {
    "self-managed": {
      operation: 16,
      ...says(
        "a standalone, or a cluster with object store, log and metadata",
        "MV-05",
        "MV-06",
        "CO-04",
      ),
    },
    aws: { operation: 10, ...says("Zilliz Cloud on AWS", "HO-18", "CO-04") },
    gcp: { operation: 10, ...says("Zilliz Cloud on Google Cloud", "HO-18", "CO-04") },
    azure: { operation: 10, ...says("Zilliz Cloud on Azure", "HO-18", "CO-04") },
  },
  vectorIndex: {
    bytesPerDimension: 4,
    overhead: 128,
    ...says(
      "HNSW at M 16: the vector and 32 links of four bytes; FLAT and IVF_FLAT less",
      "MV-09",
      "MV-10",
      "MV-11",
      "MV-12",
    ),
  },
  sources: {
    "MV-01": {
      fact: "32,768 dimensions; top-k 16,384; 65,536 collections; 64 fields and 1,024 partitions a collection; VARCHAR 65,535 bytes; 64 MB a request; what is loaded stays below 90 % of the query nodes' memory",
      source: "Milvus docs 2.6, Limits",
    },
    "MV-02": {
      fact: "consistency Strong, Bounded (the default, some 5 s behind at most), Session (the reader's own writes), Eventually; chosen for each request",
      source: "Milvus docs 2.6, Consistency Level; Go SDK reference, ConsistencyLevel",
    },
    "MV-03": {
      fact: "Standalone to 100 M vectors on one machine, Distributed from there to tens of billions",
      source: "`milvus-io/milvus-docs: …/install-overview.md` (2.4)",
    },
    "MV-04": {
      fact: "tenants: 64 databases, under 10,000 collections, 1,024 partitions, or a partition key for millions with weaker isolation",
      source: "`milvus-io/milvus-docs: …/multi_tenancy.md` (2.4)",
    },
    "MV-05": {
      fact: "no transaction over several entities, no compare-and-set; Distributed needs object storage, metadata and log services of its own",
      source: "(general knowledge, verify)",
      general: true,
    },
    "MV-06": {
      fact: "a cluster of the smallest size is eight kinds of nodes beside etcd (3), object store (4) and log",
      source: "Zilliz, Milvus Sizing Tool, 1 M × 128 dimensions",
    },
    "MV-07": {
      fact: "query nodes hold the loaded segments; more of them hold more, replicas serve more queries at once",
      source: "Milvus docs 2.6, Consistency Level (overview of the architecture); Limits",
    },
    "MV-09": {
      fact: "FLAT compares with every row and misses none; 10,000 rows of 1,536 dimensions are 61 MB to read",
      source: "derived from 4 bytes a dimension",
    },
    "MV-10": {
      fact: "HNSW keeps vectors and links in memory: 4 bytes a dimension, and 32 links of 4 bytes at M 16; 10 billion × 768 dimensions are 32 TB",
      source:
        "Milvus, AI Quick Reference, Memory overhead of HNSW and IVF; the products are derived",
    },
    "MV-11": {
      fact: "HNSW: M 2 to 2,048, efConstruction from 1, ef from the rows wanted up to 32,768; more links raise recall and memory",
      source:
        "`milvus-io/milvus#32751`; Milvus, Index Parameter Range; AI Quick Reference, Key parameters of HNSW",
    },
    "MV-12": {
      fact: "IVF_FLAT: nlist 1 to 65,536, nprobe up to nlist; nlist is advised as 4 × √n of a segment's rows",
      source:
        "Milvus, Index Parameter Range; Zilliz, How to Select Index Parameters for IVF Index, 2020",
    },
    "MV-13": {
      fact: "upsert by primary key replaces the whole entity; an alias moves to another collection in one step",
      source: "Milvus docs 2.6, Upsert Entities; Manage Aliases",
    },
    "MV-14": {
      fact: "metrics COSINE, L2 (its square) and IP; the order is exact in single precision",
      source: "Milvus docs 2.6, Metric Types",
    },
    "MV-15": {
      fact: "filters over scalar fields, array_contains over arrays; scalar fields but the primary one may be null since 2.5",
      source: "Milvus docs 2.6, Filtering; Nullable & Default",
    },
    "MV-16": {
      fact: "no p99 below 1 ms is published; a network round trip alone is about 0.2 ms",
      source: "derived from BM-04 and the Redis latency guide",
    },
    "BM-04": {
      fact: "VectorDBBench, 1 M × 768 dimensions, recall ≥ 0.95: Milvus 2.6.14 on 16 cores, 64 GB, sq8: 4,006 queries/s, p99 3.2 ms",
      source: "`zilliztech/VectorDBBench: vectordb_bench/results` (Milvus' maker)",
    },
    "BM-05": {
      fact: "the same over 10 M: 1,833 queries/s, p99 3.9 ms",
      source: "`zilliztech/VectorDBBench: vectordb_bench/results` (Milvus' maker)",
    },
    "BM-07": {
      fact: "the same, a filter that leaves 1 % of 1 M: 11,280 queries/s by partition key at recall 0.95",
      source: "`zilliztech/VectorDBBench: vectordb_bench/results` (Milvus' maker)",
    },
    "HO-18": {
      fact: "Zilliz Cloud, by Milvus' maker, runs on AWS, Google Cloud and Azure",
      source: "Zilliz Cloud docs, Cloud Providers & Regions",
    },
    "CO-04": {
      fact: "operating Milvus weighs 16 points where you run it, 10 where it is managed: more parts than one database server",
      source: "(general knowledge, verify)",
      general: true,
    },
    "MV-A1": {
      fact: "the generated vector adapter of this release: nearest with filters, by tenant; rows are written by views rebuild and projectors only",
      source: "`src/engines/milvus`, `test/conformance/vector`",
    },
  },
};
