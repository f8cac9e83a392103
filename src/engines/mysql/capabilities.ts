import type { Capabilities, Capability } from "../../select/criteria.ts";
import { mysqlSources } from "./sources.ts";

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

/** What MySQL can do, as far as this release generates it. Evidence: `references/engines/mysql.md`. */
export const capabilities: Capabilities = {
  version: "9.7",
  ports: {
    record: says(
      "tables with constraints, or JSON documents; changed online where the server can",
      "MY-07",
      "MY-09",
      "MY-21",
      "MY-31",
      "MY-A1",
    ),
    search: says(
      "full text of InnoDB in the authority's own rows; words under three letters and stop words neither find nor exclude",
      "MY-11",
      "MY-28",
      "MY-A2",
    ),
  },
  features: {
    "durable-authority": says("redo log; an acknowledged commit is on disk", "MY-07"),
    persistence: says("redo log; an acknowledged commit is on disk", "MY-07"),
    transactions: says("over any rows, Read Committed to Serializable", "MY-07"),
    "strong-consistency": says("reads and writes go to one primary", "MY-07", "MY-08"),
    "session-consistency": says("reads and writes go to one primary", "MY-07", "MY-08"),
    "foreign-keys": says("enforced by the server", "MY-07", "MY-26", "MY-27"),
    "unique-constraints": says("enforced by the server", "MY-01", "MY-07", "MY-16"),
    "check-constraints": says("enforced by the server", "MY-07"),
    "flexible-schema": says("JSON takes any shape", "MY-09"),
    joins: says("joins over any tables of the store", "MY-09"),
    "ad-hoc-queries": says("SQL over any column", "MY-09", "MY-13", "MY-14"),
    "audit-history": says(
      "a history row by trigger, whoever makes the change; a foreign key's action makes none, and is refused",
      "MY-A1",
      "MY-18",
      "MY-19",
      "MY-30",
    ),
    "optimistic-version": says("a version column, compared in the statement", "MY-A1"),
    "soft-delete": says("a deletedAt column that every read respects", "MY-A1"),
    "view-feed": says("rows of all tenants in key order", "MY-A3"),
    ...Object.fromEntries(
      operations.map((op) => [`operation-${op}`, says(`${op} is generated`, "MY-A1")]),
    ),
    "operation-upsert": says("upsert by key is generated", "MY-A1", "MY-17", "MY-29"),
    "ranked-text": says(
      "by the weights of the fields that hold some and all of the words; no word frequency, not BM25",
      "MY-12",
      "MY-A2",
    ),
    highlight: says("marked by the data layer in the texts it has read", "MY-A2"),
    facets: says("counted beside the page", "MY-A2"),
    "language-simple": says("words as they are written, without case and accents", "MY-11"),
    "language-english": says(
      "a query asks for the regular forms of its words; irregular ones are not found",
      "MY-A2",
    ),
  },
  lacks: {
    "cascade-history": says(
      "no trigger fires for what a foreign key's action changes, so no history would hear of it",
      "MY-18",
    ),
    "tenant-isolation": says(
      "no row-level security; every statement of the data layer names the tenant",
      "MY-06",
      "MY-A1",
    ),
    "port:vector": says("a VECTOR type without distance function or index", "MY-05"),
    "port:cache": says("a table is no cache in this release", "MY-A1"),
    partitions: says("this release makes no partitioned table of it", "MY-A1"),
    "typo-tolerance": says("full text matches words, not misspellings", "MY-11"),
  },
  limits: {
    "dataset-bytes": {
      comfortable: 5e12,
      max: 64e12,
      perDoubling: 3,
      unit: "bytes",
      ...says(
        "about 6 TB a cluster is in published use; a table of its own file ends at 64 TB",
        "MY-22",
        "MY-23",
      ),
    },
    "record-writes-per-second": {
      comfortable: 10_000,
      max: 400_000,
      perDoubling: 6,
      unit: "per second",
      ...says("one primary takes every write", "MY-08", "MY-15", "MY-20"),
    },
    "record-reads-per-second": {
      comfortable: 20_000,
      perDoubling: 2,
      unit: "per second",
      ...says("reads scale by replicas", "BM-18", "MY-08", "MY-23"),
    },
    "write-regions": { max: 1, unit: "regions", ...says("one node takes the writes", "MY-08") },
    "item-bytes": {
      max: 67_108_864,
      unit: "bytes",
      ...says("a packet ends at 64 MB unless configured", "MY-10"),
    },
    "patched-item-bytes": {
      comfortable: 65_536,
      max: 67_108_864,
      perDoubling: 2,
      unit: "bytes",
      ...says("the data layer sends a changed JSON column as a whole", "MY-10", "MY-A1"),
    },
    processes: {
      comfortable: 15,
      unit: "processes",
      ...says("151 connections unless configured", "MY-04"),
    },
    "availability-percent": {
      max: 99.95,
      unit: "percent",
      ...says("what a managed server with a standby is promised for", "MY-24"),
    },
    "search-item-bytes": {
      max: 67_108_864,
      unit: "bytes",
      ...says("a packet ends at 64 MB unless configured", "MY-10"),
    },
    "search-reads-per-second": {
      comfortable: 19,
      perDoubling: 4,
      unit: "per second",
      ...says("19 queries/s measured over 100,000 documents, one client", "BM-19"),
    },
  },
  floors: {
    "record-p99-ms": {
      min: 1,
      comfortable: 50,
      unit: "ms",
      ...says("50 ms p95 published at 20,000 reads/s a server; none below 1 ms", "BM-18", "MY-25"),
    },
    "rpo-seconds": {
      min: 0,
      unit: "seconds",
      ...says("nothing is lost with semi-synchronous replication", "MY-02"),
    },
    "search-freshness-seconds": {
      min: 0,
      unit: "seconds",
      ...says("the view is the authority's row", "MY-A2"),
    },
  },
  hosting: {
    "self-managed": { operation: 13, ...says("a server of your own", "HO-13", "CO-03") },
    aws: { operation: 9, ...says("RDS or Aurora", "HO-07", "CO-03") },
    gcp: { operation: 9, ...says("Cloud SQL", "HO-07", "CO-03") },
    azure: { operation: 9, ...says("Azure Database for MySQL", "HO-07", "CO-03") },
  },
  textSearch: {
    documentsPerMs: 1_900,
    ...says("52 ms measured over 100,000 documents, taken as linear", "BM-19"),
  },
  sources: mysqlSources,
};
