import type { Capabilities, Capability } from "../../select/criteria.ts";

const says = (text: string, ...evidence: readonly string[]): Capability => ({ text, evidence });

const policies = ["allkeys-lru", "allkeys-lfu", "volatile-lru", "volatile-ttl", "noeviction"];

const operations = ["get", "insert", "upsert", "patch", "delete", "increment"];
const unserved = ["list", "aggregate", "history"];

/** What Redis can do, as far as this release generates it. Evidence: `references/engines/redis.md`. */
export const capabilities: Capabilities = {
  version: "8",
  ports: {
    cache: says("one cache that every process shares", "RD-A1"),
    keyvalue: says("records by key, each change atomic with its operation id", "RD-A2", "RD-10"),
  },
  features: {
    ...Object.fromEntries(policies.map((policy) => [`eviction-${policy}`, says(policy, "RD-04")])),
    persistence: says("an append-only file survives a restart, losing at most 1 s", "RD-03"),
    ttl: says("every key carries its own", "RD-05", "RD-A1"),
    "pub-sub": says("channels, heard by whoever listens at the time", "RD-12", "RD-A3"),
    "durable-authority": says(
      "with appendonly yes and maxmemory-policy noeviction, and where losing the last second and what a fail-over has not replicated is accepted",
      "RD-03",
      "RD-04",
      "RD-02",
    ),
    "session-consistency": says(
      "every call goes to the primary, which runs one at a time",
      "RD-10",
    ),
    "optimistic-version": says("compared by the script that writes", "RD-10", "RD-A2"),
    "flexible-schema": says("records of one kind may differ in their fields", "RD-A2"),
    "separate-caches": says(
      "a server has one eviction policy, and records need noeviction",
      "RD-04",
    ),
    structures: says(
      "hashes, sorted sets, streams and channels with typed methods",
      "RD-12",
      "RD-A3",
    ),
    ...Object.fromEntries(
      operations.map((op) => [`operation-${op}`, says(`${op} is generated`, "RD-A2")]),
    ),
  },
  lacks: {
    "port:record": says("records are found by their key alone", "RD-A2"),
    "strong-consistency": says("replication is asynchronous: a fail-over loses writes", "RD-02"),
    "unique-constraints": says(
      "a record and the holder of its value may lie on two nodes",
      "RC-02",
    ),
    "soft-delete": says("a marked record would need a list that leaves it out", "RD-A2"),
    "check-constraints": says("Redis checks no values", "RD-A2"),
    "audit-history": says("this release keeps no history in it", "RD-A2"),
    ...Object.fromEntries(
      unserved.map((op) => [
        `operation-${op}`,
        says("records are found by their key alone", "RD-A2"),
      ]),
    ),
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
    "dataset-bytes": {
      comfortable: 60_000_000_000,
      max: 128_000_000_000,
      unit: "bytes",
      ...says(
        "all in memory, and a fork for the append-only file may need as much again: half of nodes of 120 and 256 GB in published use",
        "RD-11",
        "RD-09",
        "RD-08",
      ),
    },
    "record-writes-per-second": {
      comfortable: 72_000,
      max: 180_000,
      unit: "per second",
      ...says("one thread: 72,000 to 180,000 writes/s one by one", "BM-15"),
    },
    "record-reads-per-second": {
      comfortable: 100_000,
      max: 1_800_000,
      unit: "per second",
      ...says("one thread: 1.8 M reads/s pipelined", "BM-15"),
    },
    "write-regions": { max: 1, unit: "regions", ...says("one primary takes the writes", "RD-02") },
    "item-bytes": {
      comfortable: 1_048_576,
      max: 536_870_912,
      unit: "bytes",
      ...says("a value ends at 512 MB, and a large one holds up all others", "RD-01", "RD-06"),
    },
    processes: {
      comfortable: 1_000,
      max: 10_000,
      unit: "processes",
      ...says("10,000 clients by default", "RD-01"),
    },
    "availability-percent": {
      max: 99.99,
      unit: "percent",
      ...says("the best published promise, with a replica in another zone", "RD-13"),
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
    "keyvalue-p99-ms": {
      min: 0.2,
      comfortable: 1,
      unit: "ms",
      ...says("a network round trip of about 0.2 ms", "RD-06", "RD-07"),
    },
    "rpo-seconds": {
      min: 0,
      comfortable: 1,
      unit: "seconds",
      ...says(
        "appendfsync everysec loses at most 1 s; always loses nothing that was acknowledged, for a disk write each, as long as the node itself comes back: a fail-over loses what was not replicated",
        "RD-03",
        "RD-02",
      ),
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
    "RD-10": {
      fact: "a script runs atomically: nothing else runs on that server meanwhile",
      source: "`redis/docs: content/develop/programmability/eval-intro.md`",
    },
    "RD-11": {
      fact: "while it saves or rewrites its append-only file a server under heavy writes may use up to twice its memory, since the fork copies what changes",
      source: "`redis/docs: …/management/admin.md`, `persistence.md`",
    },
    "RD-12": {
      fact: "hashes, sorted sets, streams with consumer groups; publish/subscribe delivers at most once",
      source: "`redis/docs: content/develop/data-types`, `content/develop/pubsub`",
    },
    "RD-13": {
      fact: "99.99 % a month is promised for a primary with replicas in several zones, 99.5 % for one zone",
      source:
        "AWS Database Blog, Introducing 99.99% Availability with Amazon ElastiCache for Redis",
    },
    "RC-02": {
      fact: "a command or script over several keys needs them in one slot of a cluster",
      source: "`redis/docs: …/reference/cluster-spec.md`",
    },
    "BM-15": {
      fact: "one node, 50 clients: 180,000 SET/s, p50 0.14 ms; 72,000/s over 100,000 keys on older hardware; pipelines of 16: 1.5 M SET/s, 1.8 M GET/s",
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
      fact: "operating it weighs 8 points where you run it, 5 where it is managed; each further server a quarter of that",
      source: "(general knowledge, verify)",
      general: true,
    },
    "RD-A1": {
      fact: "the generated cache adapter: get, set, time to live, invalidation by key, tag and pattern, invalidations published to every process",
      source: "`src/engines/redis`, `test/conformance/cache`",
    },
    "RD-A2": {
      fact: "the generated records: get, insert, upsert with a time to live, patch, delete, increment within bounds; versions and operation ids in one script; values checked by the adapter, since Redis checks none",
      source: "`src/engines/redis`, `test/conformance/keyvalue`",
    },
    "RD-A3": {
      fact: "the generated structures: hashes, sorted sets, streams with consumer groups, channels; with `tenant: true` each key names its tenant",
      source: "`src/engines/redis`, `test/conformance/structures`",
    },
  },
};
