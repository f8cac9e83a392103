import type { Entity, Model, Workload } from "../spec/model.ts";
import type { Candidate } from "./assess.ts";
import {
  locationProblem,
  rowOf,
  servedOneByOne,
  servedTogether,
  siteCosts,
  type CostTable,
  type Row,
} from "./cost-table.ts";
import { decide } from "./decide.ts";
import { MergedProblem } from "./merged-problem.ts";
import { requirementNobodyMeets } from "./problems.ts";
import { linkedSites } from "./sites.ts";

/** What one workload gets: an engine, or nobody for want of a requirement. */
export type Choice =
  | { readonly engine: Candidate; readonly requirement?: undefined }
  | { readonly engine?: undefined; readonly requirement: string };

/** The part of a model that a quantity of a workload can reach. */
export interface Reach {
  /** The workloads of its site and those linked to it, with the entities they speak of. */
  readonly model: Model;
  /** Equal for workloads whose place among all the others is the same: only what they ask themselves tells them apart. */
  readonly surroundings: string;
}

export interface Replanner {
  /** Engines of the free plan; undefined when there is none. */
  readonly engines: ReadonlyMap<string, Candidate> | undefined;
  readonly reach: (workload: string) => Reach;
  /** What each workload of a reach asks, and how each engine answers, when the reach is changed in one quantity. */
  readonly rows: (changed: Model) => readonly Row[];
  /** The choice for a workload when its reach is changed in one quantity. */
  readonly choose: (workload: string, changed: Model) => Choice;
  /** Total of the best plan in which an engine serves the workload (and what shares its store). */
  readonly totalWith: (workload: string, engine: Candidate) => number | undefined;
}

/**
 * Plans a model again and again with one quantity changed, with the answers of `decide`. A quantity of a workload reaches no further
 * than its site and those linked to it, so only their costs are made anew, and an equal row of costs is not solved twice.
 */
export function replanner(base: CostTable): Replanner {
  const { model, engines } = base;
  const outcome = decide(base);
  const problem = locationProblem(base);
  const merged = new MergedProblem(problem);
  const siteOf = new Map(base.sites.flatMap((site, at) => site.map((name) => [name, at])));
  const workloadOf = new Map(model.workloads.map((workload) => [workload.name, workload]));
  const place = new Map(model.workloads.map((workload, at) => [workload, at]));
  const speaksOf = entityFinder(model);
  const reachOf = (workload: string): readonly number[] =>
    linkedSites(siteOf.get(workload) ?? -1, base.links);
  const rows = (changed: Model): readonly Row[] =>
    changed.workloads.map((workload) =>
      rowOf(changed, workload, engines, base.rows.get(workload.name)),
    );
  return {
    engines: "problems" in outcome ? undefined : outcome.engines,
    reach: (workload) => {
      const names = reachOf(workload).flatMap((site) => base.sites[site] ?? []);
      const workloads = names
        .flatMap((name) => workloadOf.get(name) ?? [])
        .toSorted((a, b) => (place.get(a) ?? 0) - (place.get(b) ?? 0));
      const at = siteOf.get(workload) ?? -1;
      return {
        model: { ...model, workloads, entities: speaksOf(workloads) },
        surroundings: merged.classOf(at),
      };
    },
    rows,
    choose: (workload, changed) => {
      const at = siteOf.get(workload) ?? -1;
      const reached = reachOf(workload);
      const table = {
        ...base,
        model: changed,
        rows: new Map(rows(changed).map((row) => [row.workload.name, row])),
      };
      const costs = new Map(
        reached.map((site) => [site, siteCosts(table, base.sites[site] ?? [])] as const),
      );
      const engine = engines[merged.solveWith(costs)?.serves.get(at) ?? -1];
      if (engine) return { engine };
      const unmet = unmetRequirement(table, { at, reached, workload }, outcome);
      return { requirement: unmet ?? "budget" };
    },
    totalWith: (workload, { id }) => {
      const at = siteOf.get(workload) ?? -1;
      const only = problem.sites[at]?.map((cost, engine) =>
        engines[engine]?.id === id ? cost : undefined,
      );
      return only && merged.solveWith(new Map([[at, only]]))?.total;
    },
  };
}

/** The entities of some workloads, with their owners and what they own: all that requirements are made from. */
function entityFinder({ entities }: Model): (workloads: readonly Workload[]) => readonly Entity[] {
  const place = new Map(entities.map((entity, at) => [entity.name, at]));
  const owned = Map.groupBy(entities, ({ owner }) => owner);
  return (workloads) => {
    const named = workloads.flatMap((workload) => [
      ...("entities" in workload ? workload.entities : []),
      ...("from" in workload && workload.from !== undefined ? [workload.from] : []),
    ]);
    const roots = named.flatMap((name) => [name, entities[place.get(name) ?? -1]?.owner ?? name]);
    const all = roots.flatMap((name) => [
      name,
      ...(owned.get(name) ?? []).map((entity) => entity.name),
    ]);
    return [...new Set(all.map((name) => place.get(name) ?? -1))]
      .toSorted((a, b) => a - b)
      .flatMap((at) => entities[at] ?? []);
  };
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
