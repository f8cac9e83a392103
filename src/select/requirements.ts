import type { Model, Workload, WorkloadKind } from "../spec/model.ts";
import type { Port } from "./plan.ts";
import type { Requirement, Requirements, Test } from "./requirement.ts";
import { cacheRequirements } from "./requirements-cache.ts";
import { recordRequirements, recordWishes } from "./requirements-record.ts";
import { searchRequirements, vectorRequirements } from "./requirements-view.ts";
import { show } from "./show.ts";
import { isAuthority } from "./volume.ts";

const ports: Readonly<Record<WorkloadKind, Port>> = {
  transactional: "record",
  document: "record",
  keyvalue: "keyvalue",
  widecolumn: "keyvalue",
  timeseries: "timeseries",
  search: "search",
  vector: "vector",
  cache: "cache",
  graph: "graph",
  analytical: "analytical",
};

/** The port family that serves a kind of workload. */
export const portOf = (kind: WorkloadKind): Port => ports[kind];

/** What a workload asks of a store: hard requirements first by what rules out most, soft ones with their weight. */
export function requirementsOf(model: Model, workload: Workload): Requirements {
  return {
    port: portOf(workload.kind),
    hard: unique([...common(model, workload), ...ofKind(model, workload), ...sla(workload)]),
    wishes: isAuthority(workload) ? recordWishes(model, workload) : [],
  };
}

function common(model: Model, workload: Workload): readonly Requirement[] {
  const { never, hosting } = model.stores;
  const port = portOf(workload.kind);
  return [
    ...(isAuthority(workload)
      ? [hard("durable-authority", "a durable authority", feature("durable-authority"))]
      : []),
    hard(`port:${port}`, `the ${port} port`, { kind: "port", port }),
    ...(workload.kind === "widecolumn"
      ? [hard("wide-partitions", "wide partitions", feature("wide-partitions"))]
      : []),
    hard("not-refused", "an engine that stores.never does not refuse", {
      kind: "allowed",
      never: never.toSorted(),
    }),
    hard("hosting", `${hosting} hosting`, { kind: "hosting", hosting }),
    ...workload.requires.map((word) => headline(word, word.replaceAll("-", " "), feature(word))),
  ];
}

function ofKind(model: Model, workload: Workload): readonly Requirement[] {
  switch (workload.kind) {
    case "cache":
      return cacheRequirements(model, workload);
    case "search":
      return searchRequirements(model, workload);
    case "vector":
      return vectorRequirements(model, workload);
    case "graph":
    case "analytical":
      return [];
    default:
      return recordRequirements(model, workload);
  }
}

function sla(workload: Workload): readonly Requirement[] {
  const { p99Ms, freshnessSeconds } = workload.sla;
  const port = portOf(workload.kind);
  // A ranked query is judged by its estimated time against p99Ms, not by the port's general floor.
  const judgedByTime = workload.kind === "search";
  return [
    ...(p99Ms === undefined || judgedByTime
      ? []
      : [headline(`${port}-p99-ms`, `${show(p99Ms, "ms")} p99`, floor(`${port}-p99-ms`, p99Ms))]),
    ...(freshnessSeconds === undefined || isAuthority(workload)
      ? []
      : [
          hard(
            `${port}-freshness-seconds`,
            `at most ${show(freshnessSeconds, "seconds")} behind its authority`,
            floor(`${port}-freshness-seconds`, freshnessSeconds),
          ),
        ]),
  ];
}

const feature = (name: string): Test => ({ kind: "feature", feature: name });
const floor = (name: string, amount: number): Test => ({ kind: "floor", floor: name, amount });
const hard = (id: string, need: string, test: Test): Requirement => ({
  id,
  need,
  test,
  headline: false,
});
const headline = (id: string, need: string, test: Test): Requirement => ({
  id,
  need,
  test,
  headline: true,
});

/** The first of each id: `requires: [transactions]` adds nothing to a transactional workload. */
function unique(requirements: readonly Requirement[]): readonly Requirement[] {
  const seen = new Set<string>();
  return requirements.filter(({ id }) => !seen.has(id) && seen.add(id));
}
