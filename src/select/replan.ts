import type { Model } from "../spec/model.ts";
import type { Candidate } from "./assess.ts";
import {
  costTable,
  locationProblem,
  rememberedRow,
  servedOneByOne,
  servedTogether,
  siteCosts,
  type CostTable,
  type Row,
  type RowMemory,
} from "./cost-table.ts";
import { decide } from "./decide.ts";
import { requirementNobodyMeets } from "./problems.ts";
import { linkedSites } from "./sites.ts";
import { solve } from "./solve.ts";

/** What one workload gets: an engine, or nobody for want of a requirement. */
export type Choice =
  | { readonly engine: Candidate; readonly requirement?: undefined }
  | { readonly engine?: undefined; readonly requirement: string };

export interface Replanner {
  /** Engines of the free plan; undefined when there is none. */
  readonly engines: ReadonlyMap<string, Candidate> | undefined;
  /** The part of the model that a quantity of this workload can reach: the workloads of its site and those linked to it. */
  readonly reach: (workload: string) => Model;
  /** The choice for a workload when its `reach` is changed in one quantity. */
  readonly choose: (workload: string, changed: Model) => Choice;
}

/**
 * Plans a model again and again with one quantity changed, with the answers of `decide`. A quantity of a workload reaches no further
 * than its site and those linked to it, so only their costs are made anew, and an equal row of costs is not solved twice.
 */
export function replanner(model: Model, engines: readonly Candidate[]): Replanner {
  const memory: RowMemory = new WeakMap();
  const base = costTable(model, engines, memory);
  const outcome = decide(base);
  const problem = locationProblem(base);
  const solved = new Map<string, Choice>();
  const siteOf = new Map(base.sites.flatMap((site, at) => site.map((name) => [name, at])));
  const reachOf = (workload: string): readonly number[] =>
    linkedSites(siteOf.get(workload) ?? -1, base.links);
  return {
    engines: "problems" in outcome ? undefined : outcome.engines,
    reach: (workload) => {
      const reached = reachOf(workload).flatMap((site) => base.sites[site] ?? []);
      return { ...model, workloads: model.workloads.filter(({ name }) => reached.includes(name)) };
    },
    choose: (workload, changed) => {
      const at = siteOf.get(workload) ?? -1;
      const reached = reachOf(workload);
      const table = changedTable(base, changed, memory);
      const unmet = unmetRequirement(table, { at, reached, workload }, outcome);
      if (unmet !== undefined) return { requirement: unmet };
      const costs = new Map(
        reached.map((site) => [site, siteCosts(table, base.sites[site] ?? [])] as const),
      );
      const key = `${at} ${[...costs].join(" ")}`;
      const known = solved.get(key);
      if (known) return known;
      const sites = problem.sites.map((row, index) => costs.get(index) ?? row);
      const engine = engines[solve({ ...problem, sites })?.serves[at] ?? -1];
      const choice: Choice = engine ? { engine } : { requirement: "budget" };
      solved.set(key, choice);
      return choice;
    },
  };
}

function changedTable(base: CostTable, model: Model, memory: RowMemory): CostTable {
  const rows = new Map<string, Row>();
  for (const workload of model.workloads) {
    rows.set(
      workload.name,
      rememberedRow(model, workload, base.engines, memory, base.rows.get(workload.name)),
    );
  }
  return { ...base, model, rows };
}

/** What keeps every engine from the site, in the view of the engine that served it: the requirement that it has come to fail. */
function unmetRequirement(
  table: CostTable,
  { at, reached, workload }: { at: number; reached: readonly number[]; workload: string },
  before: ReturnType<typeof decide>,
): string | undefined {
  const names = reached.flatMap((site) => table.sites[site] ?? []);
  const admissible = reached.every((site) =>
    siteCosts(table, table.sites[site] ?? []).some((cost) => cost !== undefined),
  );
  if (admissible && servedTogether(table, at)) return undefined;
  if (servedOneByOne(table, names)) return "colocation";
  const unserved = [workload, ...names].find(
    (name) => !table.rows.get(name)?.assessments.some(({ admissible }) => admissible),
  );
  const assessments = table.rows.get(unserved ?? workload)?.assessments ?? [];
  const now = "problems" in before ? undefined : before.engines.get(unserved ?? workload)?.id;
  const failed = assessments.find(({ engine }) => engine === now)?.verdicts.find(({ met }) => !met);
  return failed?.requirement ?? requirementNobodyMeets(assessments).requirement;
}
