import type { Capabilities, Capability } from "../../select/criteria.ts";

const says = (text: string, ...evidence: readonly string[]): Capability => ({ text, evidence });

const policies = ["allkeys-lru", "allkeys-lfu", "volatile-lru", "volatile-ttl", "noeviction"];

/** What Redis can do, as far as this release generates it: caches. Evidence: `references/engines/redis.md`. */
export const capabilities: Capabilities = {
  version: "8",
  ports: { cache: says("one cache that every process shares", "RD-A1") },
  features: {
    ...Object.fromEntries(policies.map((policy) => [`eviction-${policy}`, says(policy, "RD-04")])),
    persistence: says("an append-only file survives a restart, losing at most 1 s", "RD-03"),
    ttl: says("every key carries its own", "RD-05", "RD-A1"),
  },
  lacks: {
    "durable-authority": says(
      "replication is asynchronous and the append-only file off as shipped; this release keeps caches in it, no records",
      "RD-02",
      "RD-03",
      "RD-A1",
    ),
    "port:record": says("this release keeps caches in it", "RD-A1"),
  },
  limits: {
    "cache-processes": {
      comfortable: 1_000,
      max: 10_000,
      unit: "processes",
      ...says("shared over the network, invalidations published", "RD-01", "RD-A1"),
    },
    "cache-memory-bytes": {
      comfortable: 128_849_018_880,
      max: 274_877_906_944,
      unit: "memory",
      ...says(
        "all in the memory of one node; 120 and 256 GB are in published use",
        "RD-09",
        "RD-08",
      ),
    },
    "cache-item-bytes": {
      max: 536_870_912,
      unit: "bytes",
      ...says("a value ends at 512 MB", "RD-01"),
    },
    "cache-operations-per-second": {
      comfortable: 100_000,
      max: 1_500_000,
      unit: "per second",
      ...says("one thread: 180,000/s one by one, 1.5 M/s pipelined", "BM-15"),
    },
    "cache-ttl-ms": { unit: "duration", ...says("outlives the processes that fill it", "RD-05") },
  },
  floors: {
    "cache-p99-ms": {
      min: 0.2,
      comfortable: 1,
      unit: "ms",
      ...says("a network round trip of about 0.2 ms", "RD-06", "RD-07"),
    },
    "cache-freshness-seconds": {
      min: 0,
      unit: "seconds",
      ...says("a change invalidates in every process", "RD-A1"),
    },
  },
  hosting: {
    "self-managed": { operation: 8, ...says("a server of your own", "HO-17", "CO-03") },
    aws: { operation: 5, ...says("ElastiCache", "HO-03", "CO-03") },
    gcp: { operation: 5, ...says("Memorystore", "HO-15", "CO-03") },
    azure: { operation: 5, ...says("Azure Managed Redis", "HO-16", "CO-03") },
  },
  sources: {
    "RD-01": {
      fact: "key and value up to 512 MB; 10,000 clients by default",
      source: "`redis/docs: content/develop/using-commands/keyspace.md`; `redis.conf`",
    },
    "RD-02": {
      fact: "replication is asynchronous; neither WAIT nor Sentinel promises acknowledged writes",
      source: "`redis/docs: …/management/replication.md`, `sentinel.md`",
    },
    "RD-03": {
      fact: "append-only file `everysec` loses at most 1 s, `always` is written per command; as shipped it is off",
      source: "`redis/docs: …/management/persistence.md`; `redis/redis: redis.conf`",
    },
    "RD-04": {
      fact: "eviction policies noeviction, allkeys-lru, allkeys-lfu, volatile-lru, volatile-ttl and others; `allkeys-lru` is the documented choice for a cache",
      source: "`redis/docs: …/reference/eviction/index.md`; `redis.conf`",
    },
    "RD-05": {
      fact: "every key can carry a time to live of its own",
      source: "`redis/docs: content/develop/using-commands/keyspace.md`",
    },
    "RD-06": {
      fact: "the typical latency of a 1 Gbit/s network is about 0.2 ms; a command itself takes less than a microsecond",
      source: "`antirez/redis-doc: topics/latency.md`",
    },
    "RD-07": {
      fact: "a p99 of 1 ms is taken as the usual service in one data centre",
      source: "(general knowledge, verify)",
      general: true,
    },
    "RD-08": {
      fact: "one primary and one replica of 256 GB each served 5.83 billion hits in a day, about 67,000/s",
      source: "Stack Overflow, The architecture, 2016",
    },
    "RD-09": {
      fact: "a cache raised from 60 to 120 GB of memory on one node, with one core near 95 %",
      source: "GitLab, epic 878, 2023",
    },
    "BM-15": {
      fact: "one node, 50 clients: 180,000 SET/s, p50 0.14 ms; pipelines of 16: 1.5 M SET/s",
      source: "`redis/docs: …/optimization/benchmarks/index.md`",
    },
    "HO-03": {
      fact: "ElastiCache serves Valkey and Redis OSS up to 7.x, which speak the same protocol",
      source: "AWS, ElastiCache, SelectEngine",
    },
    "HO-15": {
      fact: "Memorystore for Redis, up to 7.2",
      source: "Google Cloud, Memorystore for Redis",
    },
    "HO-16": { fact: "Azure Managed Redis", source: "Microsoft Learn, Azure Managed Redis" },
    "HO-17": {
      fact: "runs from packages on your own machines; this repository's conformance runs start it",
      source: "`test/engines`",
    },
    "CO-03": {
      fact: "operating one more cache server weighs 8 points where you run it, 5 where it is managed: losing it loses no data",
      source: "(general knowledge, verify)",
      general: true,
    },
    "RD-A1": {
      fact: "the generated cache adapter: get, set, time to live, invalidation by key, tag and pattern, invalidations published to every process",
      source: "`src/engines/redis`, `test/conformance/cache`",
    },
  },
};
