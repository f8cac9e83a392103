import type { Capabilities, Capability } from "../../select/criteria.ts";
import { capabilities as redis } from "../redis/capabilities.ts";

const says = (text: string, ...evidence: readonly string[]): Capability => ({ text, evidence });

const slots = "spread over the slots of several primaries";

const added: Capabilities["sources"] = {
  "RC-01": {
    fact: "16,384 slots, designed for about 1,000 nodes; at least three primaries, three replicas advised; database 0 only; with a slot uncovered the whole cluster refuses, by default",
    source: "`redis/docs: …/reference/cluster-spec.md`, `…/management/scaling.md`; `redis.conf`",
  },
  "RC-03": {
    fact: "not strongly consistent: the minority side of a partition takes writes for NODE_TIMEOUT and loses them; a fail-over takes NODE_TIMEOUT and 1 to 2 s",
    source: "`redis/docs: …/reference/cluster-spec.md`, Write safety, Availability",
  },
  "RC-04": {
    fact: "ten primaries, as large and as busy as single nodes in published use, are taken as comfortable",
    source: "(general knowledge, verify)",
    general: true,
  },
  "HO-18": {
    fact: "cluster mode is offered by ElastiCache and Azure Managed Redis; Google Cloud has Memorystore for Redis Cluster",
    source:
      "AWS, ElastiCache, SelectEngine; Microsoft Learn, Azure Managed Redis; Google Cloud, Memorystore for Redis Cluster",
  },
  "CO-05": {
    fact: "operating a cluster of three primaries with replicas weighs 16 points where you run it, 9 where it is managed",
    source: "(general knowledge, verify)",
    general: true,
  },
  "RD-A4": {
    fact: "the adapters over a cluster: a record and its operation ids share a hash tag, a cache's keys lie under 256 tags; MOVED and ASK are followed, keys of several slots are asked for each where it lies",
    source: "`templates/engines/redis-cluster`, `test/conformance`",
  },
};

const limits: Capabilities["limits"] = {
  ...redis.limits,
  "cache-memory-bytes": {
    comfortable: 1_288_490_188_800,
    max: 274_877_906_944_000,
    unit: "memory",
    ...says(slots, "RC-01", "RD-09", "RD-08", "RC-04"),
  },
  "cache-operations-per-second": {
    comfortable: 1_000_000,
    max: 180_000_000,
    unit: "per second",
    ...says(slots, "RC-01", "BM-15", "RC-04"),
  },
  "dataset-bytes": {
    comfortable: 600_000_000_000,
    max: 128_000_000_000_000,
    unit: "bytes",
    ...says(`${slots}, each half full so that a fork has room`, "RC-01", "RD-11", "RC-04"),
  },
  "record-writes-per-second": {
    comfortable: 720_000,
    max: 72_000_000,
    unit: "per second",
    ...says(slots, "RC-01", "BM-15", "RC-04"),
  },
  "record-reads-per-second": {
    comfortable: 1_000_000,
    max: 180_000_000,
    unit: "per second",
    ...says(slots, "RC-01", "BM-15", "RC-04"),
  },
};

const { features, floors, lacks } = redis;

/** What a Redis Cluster can do: as one Redis, in slots over several primaries. Evidence: `references/engines/redis-cluster.md`. */
export const capabilities: Capabilities = {
  version: redis.version,
  ports: {
    cache: says("one cache that every process shares", "RD-A1", "RD-A4"),
    keyvalue: says(
      "records by key, each change atomic in its slot",
      "RD-A2",
      "RD-10",
      "RC-02",
      "RD-A4",
    ),
  },
  features,
  lacks: {
    ...lacks,
    "strong-consistency": says("acknowledged writes are lost in a partition", "RC-03", "RD-02"),
  },
  limits,
  floors: {
    ...floors,
    "rpo-seconds": {
      min: 0,
      comfortable: 1,
      unit: "seconds",
      ...says(
        "as one Redis; a fail-over loses what was not replicated, a partition up to NODE_TIMEOUT",
        "RD-03",
        "RC-03",
      ),
    },
  },
  hosting: {
    "self-managed": {
      operation: 16,
      ...says("three primaries of your own, and a replica of each", "HO-17", "RC-01", "CO-05"),
    },
    aws: { operation: 9, ...says("ElastiCache in cluster mode", "HO-18", "CO-05") },
    gcp: { operation: 9, ...says("Memorystore for Redis Cluster", "HO-18", "CO-05") },
    azure: { operation: 9, ...says("Azure Managed Redis", "HO-18", "CO-05") },
  },
  sources: {
    ...Object.fromEntries(
      Object.entries(redis.sources).filter(
        ([id]) => !["HO-03", "HO-15", "HO-16", "CO-03"].includes(id),
      ),
    ),
    ...added,
  },
};
