import type { Capabilities, Capability } from "../../select/criteria.ts";

const says = (text: string, ...evidence: readonly string[]): Capability => ({ text, evidence });

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

/** What MongoDB can do, as far as it is generated. Evidence: `references/engines/mongodb.md`. */
export const capabilities: Capabilities = {
  version: "8.0",
  ports: { record: says("documents by key and index", "MG-10", "MG-A1") },
  features: {
    "durable-authority": says("acknowledged by a majority of the members", "MG-04", "MG-16"),
    persistence: says("acknowledged by a majority of the members", "MG-04", "MG-16"),
    "session-consistency": says("reads and majority writes on the primary", "MG-04", "MG-09"),
    "unique-constraints": says("unique indexes", "MG-05"),
    "optimistic-version": says("compared in the filter of the update", "MG-A1"),
    transactions: says("snapshot, several documents, on a replica set", "MG-02", "MG-17"),
    "audit-history": says("a history document in the transaction of the change", "MG-A1"),
    "cascade-history": says("no reference changes a document by itself", "MG-19"),
    "soft-delete": says("a deletedAt property that every read respects", "MG-A1"),
    "view-feed": says("documents of all tenants in key order", "MG-A1"),
    "flexible-schema": says("documents of one collection may differ in shape", "MG-10"),
    "ad-hoc-queries": says("any field can be queried", "MG-11"),
    ...Object.fromEntries(
      operations.map((op) => [`operation-${op}`, says(`${op} is generated`, "MG-A1")]),
    ),
  },
  lacks: {
    "strong-consistency": says(
      "a member that was cut off may answer reads for some seconds as if it were the primary",
      "MG-18",
    ),
    "tenant-isolation": says("no row policies", "MG-07"),
    "foreign-keys": says("no references are enforced", "MG-19"),
    "check-constraints": says("validators know no SQL conditions", "MG-20"),
    search: says(
      "$text finds any of the words, or phrases without word forms: not all of the words in their forms",
      "MG-21",
    ),
  },
  limits: {
    "dataset-bytes": {
      comfortable: 5e12,
      perDoubling: 1,
      unit: "bytes",
      ...says("grows by adding shards", "MG-08", "MG-13", "MG-15"),
    },
    "record-writes-per-second": {
      comfortable: 13_000,
      max: 5_000_000,
      perDoubling: 1,
      unit: "per second",
      ...says(
        "grows by adding shards; 5 M queries/s is the most that is published",
        "MG-08",
        "MG-12",
        "MG-15",
      ),
    },
    "record-reads-per-second": {
      comfortable: 100_000,
      perDoubling: 1,
      unit: "per second",
      ...says("grows by adding shards", "MG-08", "MG-12", "MG-15"),
    },
    "write-regions": {
      max: 1,
      unit: "regions",
      ...says("each replica set has one primary", "MG-09"),
    },
    "item-bytes": { max: 16_777_216, unit: "bytes", ...says("a document ends at 16 MB", "MG-01") },
    "patched-item-bytes": {
      max: 16_777_216,
      unit: "bytes",
      ...says("a field is set without sending the rest", "MG-10", "MG-01"),
    },
    processes: {
      comfortable: 1_000,
      unit: "processes",
      ...says("grows by adding shards", "MG-08", "MG-15"),
    },
    "availability-percent": {
      max: 99.999,
      unit: "percent",
      ...says("the best published", "MG-12"),
    },
  },
  floors: {
    "record-p99-ms": {
      min: 1,
      comfortable: 17,
      unit: "ms",
      ...says("no p99 below 1 ms is published", "MG-14"),
    },
    "rpo-seconds": {
      min: 0,
      unit: "seconds",
      ...says("majority writes survive a fail-over", "MG-16"),
    },
  },
  hosting: {
    "self-managed": {
      operation: 14,
      ...says("a replica set of three of your own", "HO-14", "MG-02", "CO-02"),
    },
    aws: { operation: 10, ...says("Atlas on AWS", "HO-09", "CO-02") },
    gcp: { operation: 10, ...says("Atlas on Google Cloud", "HO-09", "CO-02") },
    azure: { operation: 10, ...says("Atlas on Azure", "HO-09", "CO-02") },
  },
  sources: {
    "MG-01": {
      fact: "a document is at most 16 MB, 100 levels deep; 64 indexes per collection",
      source: "MongoDB manual, Limits and Thresholds",
    },
    "MG-02": {
      fact: "transactions do not run on a standalone, so a production set has three members; a transaction lives 60 s",
      source: "MongoDB manual, Transactions: Production Considerations",
    },
    "MG-04": {
      fact: "default write concern is `majority`; default read concern is `local`, which may return data that is rolled back",
      source: "MongoDB manual, Default Read/Write Concerns",
    },
    "MG-05": {
      fact: "a unique index is enforced; in a sharded collection it must be prefixed by the whole shard key",
      source: "MongoDB manual, Operational Restrictions in Sharded Clusters",
    },
    "MG-07": {
      fact: "no row policies: tenants are kept apart by database, collection or predicate",
      source: "(general knowledge, verify)",
      general: true,
    },
    "MG-08": {
      fact: "sharding spreads data and load over replica sets; capacity grows by adding shards",
      source: "MongoDB manual, Sharding",
    },
    "MG-09": {
      fact: "in a replica set all writes go to the one primary; its members replicate from it",
      source: "MongoDB manual, Replication; Write Operations on Replica Sets",
    },
    "MG-10": {
      fact: "documents of one collection may differ in shape; a field is set without sending the rest",
      source: "MongoDB manual, Documents; Update Operators",
    },
    "MG-11": {
      fact: "any field can be queried ad hoc, indexed or not",
      source: "MongoDB manual, Query Documents",
    },
    "MG-12": {
      fact: "more than 5 M queries/s, petabytes, 2,000+ shards, availability 99.999 %, run by a very large platform team",
      source: "Stripe, How Stripe's document databases supported 99.999 % uptime, 2024",
    },
    "MG-13": {
      fact: "more than 2 billion documents moved into an auto-sharded archive of replica sets",
      source: "Craigslist and MongoDB, 2011 (vendor)",
    },
    "MG-14": {
      fact: "no p99 below 1 ms is published; a network round trip alone is about 0.2 ms",
      source: "derived from MG-12 and the Redis latency guide",
    },
    "MG-15": {
      fact: "one replica set is taken as comfortable to 5 TB, 13,000 writes/s and 100,000 reads/s, as one PostgreSQL primary is; each doubling adds shards, not another design",
      source: "(general knowledge, verify)",
      general: true,
    },
    "MG-16": {
      fact: "with write concern `majority` an acknowledged write survives a fail-over",
      source: "MongoDB manual, Write Concern",
    },
    "HO-09": {
      fact: "Atlas deploys on AWS, Google Cloud and Azure",
      source: "MongoDB Atlas docs, Cloud Providers",
    },
    "HO-14": {
      fact: "the Community server is installed on your own machines",
      source: "MongoDB manual, Install MongoDB Community Edition",
    },
    "CO-02": {
      fact: "operating a replica set of three weighs 14 points where you run it, 10 where it is managed",
      source: "(general knowledge, verify)",
      general: true,
    },
    "MG-17": {
      fact: "a transaction reads one snapshot and fails when a document that it writes was changed since; write skew is possible, so it is not serializable",
      source: "MongoDB manual, Transactions; Read Concern snapshot",
    },
    "MG-18": {
      fact: "read concern majority may return stale data while two members take themselves for the primary; only linearizable reads of single documents exclude it",
      source: "MongoDB manual, Read Concern linearizable; Read Isolation, Consistency, and Recency",
    },
    "MG-19": {
      fact: "references between documents are not enforced by the server",
      source: "MongoDB manual, Database References",
    },
    "MG-20": {
      fact: "a collection's validator is a $jsonSchema or a query expression, checked when a document is written",
      source: "MongoDB manual, Schema Validation",
    },
    "MG-21": {
      fact: "$text matches any of the terms unless they are quoted as phrases, which are compared without stemming; one text index per collection; no highlights",
      source: "MongoDB manual, $text; Text Index Restrictions",
    },
    "MG-A1": {
      fact: "the generated adapter: every operation of the record port, embedded children, audit history, soft delete, tenants, operation ids, transactions",
      source: "`src/engines/mongodb`, `test/conformance/record`",
    },
  },
};
