import type { Capabilities, Capability, Hosting } from "../../select/criteria.ts";

const says = (text: string, ...evidence: readonly string[]): Capability => ({ text, evidence });

const anywhere: Hosting = { operation: 1, ...says("inside the application's process", "ME-07") };

/** What the in-process cache can do. Evidence: `references/engines/memory.md`. */
export const capabilities: Capabilities = {
  version: "1",
  ports: { cache: says("a cache in the process's own heap", "ME-01", "ME-A1") },
  features: {
    "in-process": says("nothing to operate", "ME-07"),
    "eviction-allkeys-lru": says("least recently used first", "ME-06"),
    ttl: says("every entry carries its own", "ME-A1"),
  },
  lacks: {
    "durable-authority": says("it ends with the process", "ME-01"),
    persistence: says("it ends with the process", "ME-01"),
    "eviction-allkeys-lfu": says("least recently used first, no other policy", "ME-06"),
    "eviction-noeviction": says("least recently used first, no other policy", "ME-06"),
    "eviction-volatile-lru": says("least recently used first, no other policy", "ME-06"),
    "eviction-volatile-ttl": says("least recently used first, no other policy", "ME-06"),
  },
  limits: {
    "cache-processes": {
      max: 1,
      unit: "processes",
      ...says("each process would have a copy of its own", "ME-01"),
    },
    "cache-memory-bytes": {
      comfortable: 268_435_456,
      max: 4_294_967_296,
      unit: "memory",
      ...says("shares the heap of the process, about 4 GiB by default", "ME-02", "ME-03"),
    },
    "cache-item-bytes": { max: 536_870_912, unit: "bytes", ...says("the heap holds it", "ME-02") },
    "cache-operations-per-second": {
      comfortable: 1_000_000,
      max: 2_700_000,
      unit: "per second",
      ...says("a map look-up on the application's own thread", "ME-04"),
    },
    "cache-ttl-ms": {
      comfortable: 86_400_000,
      perDoubling: 1,
      unit: "duration",
      ...says("a deployment empties it", "ME-05"),
    },
  },
  floors: {
    "cache-p99-ms": { min: 0, unit: "ms", ...says("no network", "ME-04") },
    "cache-freshness-seconds": {
      min: 0,
      unit: "seconds",
      ...says("a change invalidates at once", "ME-A1"),
    },
  },
  hosting: {
    embedded: anywhere,
    "self-managed": anywhere,
    aws: anywhere,
    gcp: anywhere,
    azure: anywhere,
  },
  sources: {
    "ME-01": {
      fact: "lives in the heap of one Node process: another process has a copy of its own, and no invalidation reaches it",
      source: "`templates/runtime`",
    },
    "ME-02": {
      fact: "Node 24 on a 64-bit machine with 24 GB: heap limit 4.19 GiB by default, set from the memory of the machine",
      source: "measured for this project (`v8.getHeapStatistics`); `nodejs/node#25576`",
    },
    "ME-03": {
      fact: "up to 256 MiB the collector's pauses are taken as unnoticeable",
      source: "(general knowledge, verify)",
      general: true,
    },
    "ME-04": {
      fact: "least-recently-used order by a `Map`: 1.2, 1.9 and 2.7 M reads/s of 100,000 keys in three runs on two loaded cores",
      source: "measured for this project (Node 24)",
    },
    "ME-05": {
      fact: "a restart or deployment empties it; with one deployment a day a longer time to live is not reached",
      source: "(general knowledge, verify)",
      general: true,
    },
    "ME-06": {
      fact: "least recently used first, and by time to live; no other policy",
      source: "`templates/runtime`",
    },
    "ME-07": {
      fact: "nothing to install, connect to or operate; it runs wherever the process runs",
      source: "`templates/runtime`",
    },
    "ME-A1": {
      fact: "the generated cache: get, set, time to live, invalidation by key, tag and pattern within the process",
      source: "`src/engines/memory`, `test/conformance/cache`",
    },
  },
};
