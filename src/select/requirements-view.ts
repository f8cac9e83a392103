import type { Model, SearchWorkload, VectorWorkload } from "../spec/model.ts";
import type { Requirement } from "./requirement.ts";
import { amount } from "./requirements-record.ts";
import { show, showCount } from "./show.ts";
import { entityOf } from "./aggregates.ts";
import { rowsAfterGrowth } from "./volume.ts";

/** A ranked query without a p99 of its own is still for somebody who waits: one second. */
const patienceMs = 1_000;

/** Hard requirements of a search view. */
export function searchRequirements(model: Model, workload: SearchWorkload): readonly Requirement[] {
  const { methods, scale, sla } = workload;
  const documents = rowsAfterGrowth(model, workload);
  const withinMs = sla.p99Ms ?? patienceMs;
  return [
    feature("ranked-text", "ranked text"),
    feature(`language-${workload.language}`, `text in ${workload.language}`),
    ...(methods.some(({ highlight }) => highlight) ? [feature("highlight", "highlights")] : []),
    ...(methods.some(({ facets }) => facets.length > 0) ? [feature("facets", "facets")] : []),
    ...(documents === undefined
      ? []
      : [
          {
            id: "text-search-ms",
            need: `${showCount(documents)} documents ranked within ${show(withinMs, "ms")}`,
            test: { kind: "text-search", documents, withinMs } as const,
            headline: true,
          },
        ]),
    ...amount("search-item-bytes", scale.itemBytes, (v) => `documents of ${show(v, "bytes")}`),
    ...amount(
      "search-reads-per-second",
      scale.readsPerSecond,
      (v) => `${show(v, "per second")} searches`,
    ),
  ];
}

/** Hard requirements of a vector view. */
export function vectorRequirements(model: Model, workload: VectorWorkload): readonly Requirement[] {
  const field = entityOf(model, workload.from)?.fields.find(({ name }) => name === workload.field);
  if (field?.type.kind !== "vector") return [];
  const { dimensions, metric } = field.type;
  const vectors = rowsAfterGrowth(model, workload);
  const { methods, scale } = workload;
  return [
    feature(`metric-${metric}`, `the ${metric} metric`),
    ...(methods.some(({ filter }) => filter.length > 0)
      ? [feature("filtered-vector-search", "filters beside the vector")]
      : []),
    ...(methods.some(({ hybridWith }) => hybridWith !== undefined)
      ? [feature("hybrid-search", "fusion with a text score")]
      : []),
    ...amount("vector-dimensions", dimensions, (v) => show(v, "dimensions")),
    ...(vectors === undefined
      ? []
      : [
          {
            id: "vector-index-bytes",
            need: `${showCount(vectors)} × ${dimensions} dimensions indexed`,
            test: { kind: "vector-index", vectors, dimensions } as const,
            headline: true,
          },
        ]),
    ...amount(
      "vector-reads-per-second",
      scale.readsPerSecond,
      (v) => `${show(v, "per second")} nearest queries`,
    ),
  ];
}

function feature(name: string, need: string): Requirement {
  return { id: name, need, test: { kind: "feature", feature: name }, headline: false };
}
