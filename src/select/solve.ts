import { facilitiesOf, facilityCosts, type Facility } from "./facilities.ts";
import type { Link } from "./sites.ts";

/**
 * Facility location, exact: opening an engine costs, so does a further server of it, serving a site from an engine costs; the cheapest
 * total wins. Costs are whole
 * thousandths of a point, so sums are exact; engines come sorted by id and the first of equal totals stays, so ties go by id.
 */
export interface Problem {
  readonly openings: readonly Opening[];
  /** Per site and engine: cost of serving, `undefined` when the engine cannot. */
  readonly sites: readonly (readonly (number | undefined)[])[];
  /** Per site: of how many equal ones it stands for; one where it is left out. */
  readonly weights?: readonly number[];
  /** Per site: what it may share a server with, of an engine that keeps some apart; one for all where it is left out. */
  readonly servers?: readonly string[];
  /** Pairs of sites whose engines must fit together. */
  readonly links?: readonly Link[];
  /** Whether an authority on one engine can be copied by a view on another. */
  readonly copies?: (authority: number, view: number) => boolean;
  readonly maxEngines?: number;
}

/** What it takes to have an engine at all. */
export interface Opening {
  /** Its first server included. */
  readonly cost: number;
  /** Against the budget, once whatever the number of its servers. */
  readonly counts: boolean;
  /** Of each further server, where sites that must not share one are served; one server holds all where it is left out. */
  readonly another?: number;
}

export interface Solution {
  readonly total: number;
  /** Engine index per site. */
  readonly serves: readonly number[];
}

const scale = 1_000;
const never = Number.POSITIVE_INFINITY;

/**
 * The cheapest solution, or undefined when a site has no engine, no engines fit together, or the budget is too small. It takes time by
 * the number of sites: `MergedProblem` solves one with many equal ones.
 */
export function solve(problem: Problem): Solution | undefined {
  const facilities = facilitiesOf(problem);
  const solution = new BranchAndBound(problem, facilities).run();
  return (
    solution && {
      total: solution.total,
      serves: solution.serves.map((at) => facilities[at]?.engine ?? -1),
    }
  );
}

/** Whether every site is served when every engine is open: cost and budget apart. */
export function servable(problem: Pick<Problem, "sites" | "links" | "copies">): boolean {
  const open = problem.sites[0]?.map(() => true) ?? [];
  return new Assignment(costsOf(problem), problem).cost(open) < never;
}

/**
 * Depth first over "is this server open?", bounded by what the best still possible server of each site costs. The bound leaves the links
 * out, so it never exceeds what a completion costs; they are kept where everything is decided. It is asked thousands of times for one
 * plan, so its loops make nothing.
 */
class BranchAndBound {
  readonly #facilities: number;
  readonly #sites: number;
  readonly #engineOf: readonly number[];
  readonly #own: readonly number[];
  readonly #shared: readonly number[];
  readonly #counts: readonly boolean[];
  readonly #costs: readonly Float64Array[];
  /** At `facility * sites + site`: least cost of the site among facilities from there on. */
  readonly #after: Float64Array;
  /** At `facility * sites + site`: least cost of the site among the open ones of the facilities before. */
  readonly #served: Float64Array;
  readonly #weights: Float64Array;
  readonly #budget: number;
  readonly #assignment: Assignment;
  readonly #linked: readonly boolean[];
  readonly #open: boolean[];
  #best: number = never;
  #bestOpen: readonly boolean[] | undefined;

  constructor(problem: Problem, facilities: readonly Facility[]) {
    this.#facilities = facilities.length;
    this.#sites = problem.sites.length;
    this.#engineOf = facilities.map(({ engine }) => engine);
    this.#own = facilities.map(({ own }) => Math.round(own * scale));
    this.#shared = facilities.map(({ shared }) => Math.round(shared * scale));
    this.#counts = facilities.map(({ counts }) => counts);
    this.#costs = costsOf({ sites: facilityCosts(problem, facilities) });
    this.#weights = weightsOf(problem);
    this.#after = suffixMinima(this.#costs, this.#facilities);
    this.#served = new Float64Array((this.#facilities + 1) * this.#sites).fill(never);
    this.#budget = problem.maxEngines ?? never;
    const engineOf = (facility: number): number => facilities[facility]?.engine ?? -1;
    this.#assignment = new Assignment(this.#costs, {
      ...problem,
      copies: (authority, view) =>
        engineOf(authority) === engineOf(view) ||
        problem.copies?.(engineOf(authority), engineOf(view)) === true,
    });
    const linked = problem.sites.map(() => false);
    for (const { authority, view } of problem.links ?? []) linked[authority] = linked[view] = true;
    this.#linked = linked;
    this.#open = facilities.map(() => false);
  }

  run(): Solution | undefined {
    this.#branch(0, 0, 0);
    const open = this.#bestOpen;
    if (!open) return undefined;
    return { total: this.#best / scale, serves: this.#assignment.serves(open) };
  }

  #branch(facility: number, opened: number, counted: number): void {
    if (this.#bound(facility, opened) >= this.#best) return;
    if (facility === this.#facilities) {
      const total = opened + this.#assignment.cost(this.#open);
      if (total >= this.#best) return;
      this.#best = total;
      this.#bestOpen = [...this.#open];
      return;
    }
    const from = facility * this.#sites;
    const to = from + this.#sites;
    const first = this.#isFirst(facility);
    const count = counted + (first && this.#counts[facility] === true ? 1 : 0);
    if (count <= this.#budget && this.#helps(facility, from)) {
      this.#open[facility] = true;
      for (let site = 0; site < this.#sites; site++)
        this.#served[to + site] = Math.min(
          this.#served[from + site] ?? never,
          this.#costs[site]?.[facility] ?? never,
        );
      this.#branch(facility + 1, opened + this.#opening(facility, first), count);
      this.#open[facility] = false;
    }
    this.#served.copyWithin(to, from, to);
    this.#branch(facility + 1, opened, counted);
  }

  /** Whether no server of its engine is open: those of one engine stand together. */
  #isFirst(facility: number): boolean {
    for (let at = facility - 1; this.#engineOf[at] === this.#engineOf[facility]; at--)
      if (this.#open[at] === true) return false;
    return true;
  }

  #opening(facility: number, first: boolean): number {
    return (this.#own[facility] ?? 0) + (first ? (this.#shared[facility] ?? 0) : 0);
  }

  /** What every completion costs at least: the sites at their best, plus one opening when a site still has no server. */
  #bound(facility: number, opened: number): number {
    const from = facility * this.#sites;
    let total = opened;
    let unserved = false;
    for (let site = 0; site < this.#sites; site++) {
      const now = this.#served[from + site] ?? never;
      if (now === never) unserved = true;
      const least = Math.min(now, this.#after[from + site] ?? never);
      total += least * (this.#weights[site] ?? 1);
    }
    return unserved ? total + this.#leastOpening(facility) : total;
  }

  #leastOpening(from: number): number {
    let least = never;
    for (let at = from; at < this.#facilities; at++)
      least = Math.min(least, this.#opening(at, this.#isFirst(at)));
    return least;
  }

  /** A linked site may need a dearer server for the sake of the other one. */
  #helps(facility: number, from: number): boolean {
    for (let site = 0; site < this.#sites; site++) {
      const own = this.#costs[site]?.[facility] ?? never;
      if (own < (this.#served[from + site] ?? never)) return true;
      if (own < never && this.#linked[site] === true) return true;
    }
    return false;
  }
}

function costsOf({ sites }: Pick<Problem, "sites">): readonly Float64Array[] {
  return sites.map((row) => {
    const costs = new Float64Array(row.length);
    for (let engine = 0; engine < row.length; engine++) {
      const cost = row[engine];
      costs[engine] = cost === undefined ? never : Math.round(cost * scale);
    }
    return costs;
  });
}

function weightsOf({ sites, weights }: Pick<Problem, "sites" | "weights">): Float64Array {
  const all = new Float64Array(sites.length).fill(1);
  if (weights) all.set(weights);
  return all;
}

function suffixMinima(costs: readonly Float64Array[], engines: number): Float64Array {
  const sites = costs.length;
  const least = new Float64Array((engines + 1) * sites).fill(never);
  for (let engine = engines - 1; engine >= 0; engine--) {
    const at = engine * sites;
    for (let site = 0; site < sites; site++)
      least[at + site] = Math.min(
        costs[site]?.[engine] ?? never,
        least[at + sites + site] ?? never,
      );
  }
  return least;
}

/** Which open engine serves each site: the cheapest, and of an authority and its views the cheapest that fit together. */
class Assignment {
  readonly #costs: readonly Float64Array[];
  readonly #weights: Float64Array;
  /** The sites that are no view, each with the views that copy it. */
  readonly #groups: readonly (readonly [site: number, views: readonly number[]])[];
  readonly #copies: (authority: number, view: number) => boolean;

  constructor(
    costs: readonly Float64Array[],
    { links = [], copies, sites, weights }: Omit<Problem, "openings">,
  ) {
    this.#costs = costs;
    this.#weights = weightsOf({ sites, ...(weights && { weights }) });
    this.#copies = copies ?? (() => false);
    const views = new Set(links.map(({ view }) => view));
    const copied = Map.groupBy(links, ({ authority }) => authority);
    this.#groups = costs.flatMap((_, site) =>
      views.has(site) ? [] : [[site, (copied.get(site) ?? []).map(({ view }) => view)] as const],
    );
  }

  cost(open: readonly boolean[]): number {
    let total = 0;
    for (const [site, views] of this.#groups) {
      const engine = this.#best(site, views, open);
      total += this.#together(site, views, engine, open) * (this.#weights[site] ?? 1);
    }
    return total;
  }

  serves(open: readonly boolean[]): readonly number[] {
    const serves = this.#costs.map(() => -1);
    for (const [site, views] of this.#groups) {
      const engine = this.#best(site, views, open);
      serves[site] = engine;
      for (const view of views) serves[view] = this.#cheapest(view, engine, open);
    }
    return serves;
  }

  /** The engine of an authority with which it and its views cost least; -1 when there is none. */
  #best(site: number, views: readonly number[], open: readonly boolean[]): number {
    let best = -1;
    let least = never;
    for (let engine = 0; engine < open.length; engine++) {
      if (open[engine] !== true || (this.#costs[site]?.[engine] ?? never) >= least) continue;
      const cost = this.#together(site, views, engine, open);
      if (cost >= least) continue;
      best = engine;
      least = cost;
    }
    return best;
  }

  /** Once the authority's engine is chosen, its views depend on nothing else. */
  #together(
    site: number,
    views: readonly number[],
    engine: number,
    open: readonly boolean[],
  ): number {
    let cost = this.#costs[site]?.[engine] ?? never;
    for (const view of views)
      cost += this.#costs[view]?.[this.#cheapest(view, engine, open)] ?? never;
    return cost;
  }

  /** The cheapest open engine of a view that fits the one of its authority. */
  #cheapest(view: number, authority: number, open: readonly boolean[]): number {
    let best = -1;
    let least = never;
    for (let engine = 0; engine < open.length; engine++) {
      const cost = this.#costs[view]?.[engine] ?? never;
      if (cost >= least || open[engine] !== true) continue;
      if (engine !== authority && !this.#copies(authority, engine)) continue;
      best = engine;
      least = cost;
    }
    return best;
  }
}
