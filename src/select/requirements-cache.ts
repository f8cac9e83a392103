import type { CacheWorkload, Model } from "../spec/model.ts";
import type { Requirement } from "./requirement.ts";
import { amount } from "./requirements-record.ts";
import { show } from "./show.ts";
import { processesOf } from "./volume.ts";

/** Hard requirements of a cache: who shares it, how much it holds, how it evicts. */
export function cacheRequirements(model: Model, workload: CacheWorkload): readonly Requirement[] {
  const { scale } = workload;
  const policy = `eviction-${workload.eviction}`;
  return [
    {
      id: policy,
      need: `eviction by ${workload.eviction}`,
      test: { kind: "feature", feature: policy },
      headline: false,
    },
    ...amount("cache-processes", processesOf(model, workload), (v) => show(v, "processes"), true),
    ...amount("cache-memory-bytes", workload.memoryBytes, (v) => show(v, "memory"), true),
    ...amount("cache-item-bytes", scale.itemBytes, (v) => `values of ${show(v, "bytes")}`),
    ...amount(
      "cache-operations-per-second",
      operations(workload),
      (v) => `${show(v, "per second")} calls`,
    ),
    ...amount("cache-ttl-ms", workload.ttlMs, (v) => `${show(v, "duration")} TTL`, true),
  ];
}

function operations({ scale }: CacheWorkload): number | undefined {
  const { readsPerSecond, writesPerSecond } = scale;
  if (readsPerSecond === undefined && writesPerSecond === undefined) return undefined;
  return (readsPerSecond ?? 0) + (writesPerSecond ?? 0);
}
