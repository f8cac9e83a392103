import type { Model, Workload } from "../spec/model.ts";
import { authorityOf } from "./volume.ts";

/**
 * Workloads that must share one store, by name. A search or vector view is kept by the transaction that writes its authority, because
 * no projector feeds a second store; a vector view fused with a text score must lie beside the text. A cache lies anywhere: it reads
 * through.
 */
export type Site = readonly string[];

/** The sites of a model, each sorted, in the order of their first workload: independent of the order in the spec. */
export function sitesOf(model: Model): readonly Site[] {
  const parent = new Map(model.workloads.map(({ name }) => [name, name]));
  const root = (name: string): string => {
    const up = parent.get(name) ?? name;
    return up === name ? name : root(up);
  };
  for (const workload of model.workloads) {
    for (const other of boundTo(model, workload)) {
      if (parent.has(other)) parent.set(root(other), root(workload.name));
    }
  }
  const groups = new Map<string, string[]>();
  for (const name of [...parent.keys()].toSorted()) {
    const key = root(name);
    groups.set(key, [...(groups.get(key) ?? []), name]);
  }
  return [...groups.values()];
}

function boundTo(model: Model, workload: Workload): readonly string[] {
  if (workload.kind !== "search" && workload.kind !== "vector") return [];
  const authority = authorityOf(model, workload.from)?.name;
  const fused =
    workload.kind === "vector"
      ? workload.methods.flatMap(({ hybridWith }) => (hybridWith === undefined ? [] : [hybridWith]))
      : [];
  return [...(authority === undefined ? [] : [authority]), ...fused];
}
