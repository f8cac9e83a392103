import type { Model, Workload } from "../spec/model.ts";
import { assess, points, type Assessment, type Candidate } from "./assess.ts";
import { requirementsOf } from "./requirements.ts";
import type { Requirements } from "./requirement.ts";
import { keepsApart, serverKind } from "./servers.ts";
import { linkedSites, linksAmong, linksOf, sitesOf, type Link, type Site } from "./sites.ts";
import { MergedProblem } from "./merged-problem.ts";
import { servable, type Problem, type Solution } from "./solve.ts";

/** Share of the cost of operation that one more server of an engine costs, or the first of one that already runs. A weight. */
export const runningShare = 0.25;

/** Engines of a run, sorted by id: the order of every tie. */
export const sortedEngines = (engines: readonly Candidate[]): readonly Candidate[] =>
  engines.toSorted((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));

export interface Row {
  readonly workload: Workload;
  readonly requirements: Requirements;
  /** One per engine, in the order of the engines. */
  readonly assessments: readonly Assessment[];
}

/** Everything the decisions follow from: who can serve what, at which cost. */
export interface CostTable {
  readonly model: Model;
  readonly engines: readonly Candidate[];
  readonly rows: ReadonlyMap<string, Row>;
  readonly sites: readonly Site[];
  readonly links: readonly Link[];
}

export function costTable(model: Model, engines: readonly Candidate[]): CostTable {
  const rows = new Map(
    model.workloads.map((workload) => [workload.name, rowOf(model, workload, engines)]),
  );
  const sites = sitesOf(model);
  return { model, engines, rows, sites, links: linksOf(model, sites) };
}

/** What a workload asks, and how each engine answers. `before` is an earlier row of it: an unchanged question keeps its answer. */
export function rowOf(
  model: Model,
  workload: Workload,
  engines: readonly Candidate[],
  before?: Row,
): Row {
  const requirements = requirementsOf(model, workload);
  const { hosting } = model.stores;
  return {
    workload,
    requirements,
    assessments: engines.map((engine, at) => {
      const verdicts = before?.assessments[at]?.verdicts;
      const asked = before && verdicts && { hard: before.requirements.hard, verdicts };
      return assess(engine, requirements, hosting, asked);
    }),
  };
}

/** Points for having an engine, its first server included: less when it already runs. */
export const openingCost = (engine: Candidate, model: Model): number =>
  model.stores.running.includes(engine.id)
    ? furtherServerCost(engine, model)
    : points(operationOf(engine, model));

/** Points for one more server of an engine: staff, backups and monitoring exist. */
export const furtherServerCost = (engine: Candidate, model: Model): number =>
  points(operationOf(engine, model) * runningShare);

const operationOf = ({ capabilities }: Candidate, { stores }: Model): number =>
  capabilities.hosting[stores.hosting]?.operation ?? 0;

/** An engine inside the application's process is nothing to operate: it does not count against `stores.budget.engines`. */
export const inProcess = (engine: Candidate): boolean =>
  engine.capabilities.features["in-process"] !== undefined;

/** Cost of a site on each engine: the sum of its workloads, undefined when one of them cannot be served. */
export function siteCosts(table: CostTable, site: Site): readonly (number | undefined)[] {
  return table.engines.map((_, at) => {
    let sum = 0;
    for (const name of site) {
      const assessment = table.rows.get(name)?.assessments[at];
      if (!assessment?.admissible) return undefined;
      sum += assessment.cost;
    }
    return points(sum);
  });
}

/** Engine ids a site is held to, e.g. by the lock; sites without an entry are free. */
export type Fixed = ReadonlyMap<Site, string>;

export function locationProblem(table: CostTable, fixed: Fixed = new Map()): Problem {
  const { model, engines, sites } = table;
  const { maxEngines } = model.stores;
  return {
    openings: engines.map((engine) => ({
      cost: openingCost(engine, model),
      counts: !inProcess(engine),
      ...(keepsApart(engine) && { another: furtherServerCost(engine, model) }),
    })),
    servers: sites.map(([name = ""]) => serverKind(table.rows.get(name)?.workload)),
    sites: sites.map((site) => {
      const only = fixed.get(site);
      return siteCosts(table, site).map((cost, at) =>
        only === undefined || engines[at]?.id === only ? cost : undefined,
      );
    }),
    links: table.links,
    copies: copiesOf(engines),
    ...(maxEngines === undefined ? {} : { maxEngines }),
  };
}

/** Whether what an engine holds with authority can be copied into a view on another. */
const copiesOf =
  (engines: readonly Candidate[]): ((authority: number, view: number) => boolean) =>
  (authority, view) =>
    has(engines[authority], "view-feed") && has(engines[view], "view-sink");

const has = (engine: Candidate | undefined, feature: string): boolean =>
  engine?.capabilities.features[feature] !== undefined;

/** Whether every workload of the site has an engine of its own, though perhaps not a common one. */
export const servedOneByOne = (table: CostTable, site: Site): boolean =>
  site.every((name) => table.rows.get(name)?.assessments.some(({ admissible }) => admissible));

/** Whether some engines serve a site and those it is linked to, were cost and budget no matter. */
export function servedTogether(table: CostTable, site: number): boolean {
  const sites = linkedSites(site, table.links);
  const links = linksAmong(sites, table.links);
  const costs = sites.map((each) => siteCosts(table, table.sites[each] ?? []));
  return servable({ sites: costs, links, copies: copiesOf(table.engines) });
}

export const solveTable = (table: CostTable, fixed?: Fixed): Solution | undefined =>
  new MergedProblem(locationProblem(table, fixed)).solve();
