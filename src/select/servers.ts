import type { Workload } from "../spec/model.ts";
import type { Candidate } from "./assess.ts";

/**
 * What a workload may share a server with, of an engine that has one eviction policy per server: what is written nowhere else is kept
 * from caches, and caches from those that evict otherwise.
 */
export const serverKind = (workload: Workload | undefined): string =>
  workload?.kind === "cache" ? workload.eviction : "authority";

/** Whether workloads of different kinds must not share a server of this engine. */
export const keepsApart = ({ capabilities }: Candidate): boolean =>
  capabilities.features["separate-caches"] !== undefined;
