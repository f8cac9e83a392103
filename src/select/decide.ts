import type { Candidate } from "./assess.ts";
import {
  servedOneByOne,
  servedTogether,
  siteCosts,
  solveTable,
  type CostTable,
  type Fixed,
} from "./cost-table.ts";
import type { Lock } from "./lock.ts";
import { hintFor, unservable, type PlanProblem } from "./problems.ts";
import { listed } from "./show.ts";
import { linkedSites, togetherBecause, type Site } from "./sites.ts";

/** The bare answer: an engine for every workload, or why there is none. */
export type Outcome =
  | {
      readonly engines: ReadonlyMap<string, Candidate>;
      readonly total: number;
      readonly fixed: Fixed;
    }
  | { readonly problems: readonly PlanProblem[] };

/** Decides all workloads at once. A locked engine wins as long as it can still serve. */
export function decide(table: CostTable, lock?: Lock): Outcome {
  const unserved = [...unservableWorkloads(table), ...separatedSites(table)];
  if (unserved.length > 0) return { problems: unserved };
  const held = lock ? heldByLock(table, lock) : { fixed: new Map<Site, string>(), problems: [] };
  if (held.problems.length > 0) return { problems: held.problems };
  const solution = solveTable(table, held.fixed);
  if (!solution) return { problems: [overBudget(table)] };
  const engines = new Map<string, Candidate>();
  for (const [at, site] of table.sites.entries()) {
    const engine = table.engines[solution.serves[at] ?? -1];
    if (engine) for (const name of site) engines.set(name, engine);
  }
  return { engines, total: solution.total, fixed: held.fixed };
}

function unservableWorkloads({ rows, engines }: CostTable): readonly PlanProblem[] {
  const names = [...rows.keys()].toSorted();
  return names.flatMap((name) => {
    const row = rows.get(name);
    const problem = row && unservable(row.workload, row.assessments, engines);
    return problem ? [problem] : [];
  });
}

/** Workloads that are served one by one, but by no engines together: of a site, or of an authority with its views. */
function separatedSites(table: CostTable): readonly PlanProblem[] {
  const views = new Set(table.links.map(({ view }) => view));
  return table.sites.flatMap((_, at) => {
    if (views.has(at)) return [];
    const names = linkedSites(at, table.links).flatMap((site) => table.sites[site] ?? []);
    return servedTogether(table, at) || !servedOneByOne(table, names)
      ? []
      : [separated(table, names.toSorted())];
  });
}

function separated(table: CostTable, site: Site): PlanProblem {
  const view = site.find((name) => !["transactional", "document"].includes(kindOf(table, name)));
  const named = view ?? site[0] ?? "";
  const serving = (name: string): string => {
    const assessments = table.rows.get(name)?.assessments ?? [];
    const titles = assessments.flatMap(({ admissible }, at) =>
      admissible ? [table.engines[at]?.title ?? ""] : [],
    );
    return `${name} by ${listed(titles)}`;
  };
  return {
    kind: "colocation",
    workload: named,
    path: `workloads.${named}`,
    at: "key",
    requirement: "colocation",
    text: `no engine serves ${listed(site)} together, and none that can copy a view is fed by the authority's; they are served apart: ${site.map(serving).join("; ")}`,
    hint: "relax what rules out the engine that serves the view, or remove the view",
    engines: [],
  };
}

const kindOf = (table: CostTable, name: string): string =>
  table.rows.get(name)?.workload.kind ?? "";

function overBudget(table: CostTable): PlanProblem {
  const { maxEngines = 0 } = table.model.stores;
  const first = table.sites[0]?.[0] ?? "";
  return {
    kind: "budget",
    workload: first,
    path: "stores.budget.engines",
    at: "key",
    requirement: "budget",
    text: `no ${maxEngines} engine${maxEngines === 1 ? "" : "s"} serve all workloads together`,
    hint: "raise stores.budget.engines, or relax the workload that needs an engine of its own",
    engines: [],
  };
}

interface Held {
  readonly fixed: Fixed;
  readonly problems: readonly PlanProblem[];
}

function heldByLock(table: CostTable, lock: Lock): Held {
  const fixed = new Map<Site, string>();
  const problems: PlanProblem[] = [];
  for (const site of table.sites) {
    const locked = site.flatMap((name): readonly Locked[] => {
      const engine = lock.decisions[name]?.engine;
      return engine === undefined ? [] : [{ name, engine }];
    });
    const [first] = locked;
    if (first === undefined) continue;
    const problem =
      notAdmissible(table, site, locked) ??
      (locked.some(({ engine }) => engine !== first.engine)
        ? torn(table, site, locked)
        : undefined);
    if (problem) problems.push(problem);
    else fixed.set(site, first.engine);
  }
  return { fixed, problems };
}

/** A workload that the lock holds, and the id of the engine. */
interface Locked {
  readonly name: string;
  readonly engine: string;
}

/** The first locked workload whose engine cannot serve it, or what must share its store. */
function notAdmissible(
  table: CostTable,
  site: Site,
  locked: readonly Locked[],
): PlanProblem | undefined {
  for (const { name, engine } of locked) {
    const at = table.engines.findIndex(({ id }) => id === engine);
    if (at >= 0 && siteCosts(table, site)[at] !== undefined) continue;
    const failed = [name, ...site]
      .map((workload) => ({ workload, verdicts: verdictsOf(table, workload, at) }))
      .find(({ verdicts }) => verdicts.length > 0);
    const [failing] = failed?.verdicts ?? [];
    const requirement = failing?.requirement ?? "engine";
    const other = failed === undefined || failed.workload === name ? undefined : failed.workload;
    const why = failing?.text ?? "it is not registered";
    const what =
      other === undefined
        ? `can no longer serve it: ${why}`
        : `cannot serve ${other}, which must share its store: ${[togetherBecause(table.model, site), why].filter(Boolean).join("; ")}`;
    return heldProblem(
      name,
      requirement,
      `the lock holds ${name} on ${titleOf(table, engine)}, which ${what}`,
    );
  }
  return undefined;
}

const verdictsOf = (table: CostTable, workload: string, at: number) =>
  (table.rows.get(workload)?.assessments[at]?.verdicts ?? []).filter(({ met }) => !met);

/** Workloads that have come to share one store, and that the lock holds on several engines. */
function torn(table: CostTable, site: Site, locked: readonly Locked[]): PlanProblem {
  const [{ name } = { name: "" }] = locked;
  const places = locked.map((each) => `${each.name} on ${titleOf(table, each.engine)}`);
  const because = togetherBecause(table.model, site);
  return heldProblem(
    name,
    "colocation",
    `the lock holds ${listed(places)}, which must share one store now${because === undefined ? "" : `: ${because}`}`,
  );
}

const titleOf = ({ engines }: CostTable, engine: string): string =>
  engines.find(({ id }) => id === engine)?.title ?? engine;

const heldProblem = (workload: string, requirement: string, text: string): PlanProblem => ({
  kind: "locked",
  workload,
  path: `workloads.${workload}`,
  at: "key",
  requirement,
  text,
  hint: `see what a new plan would choose, and accept it with plan --accept; ${hintFor(requirement)}`,
  engines: [],
});
