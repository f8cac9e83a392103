import type { Link } from "./sites.ts";

/**
 * Facility location, exact: opening an engine costs, serving a site from an engine costs, the cheapest total wins. Costs are whole
 * thousandths of a point, so sums are exact; engines come sorted by id and the first of equal totals stays, so ties go by id.
 */
export interface Problem {
  /** Per engine: cost of opening it, and whether it counts against the budget. */
  readonly openings: readonly { readonly cost: number; readonly counts: boolean }[];
  /** Per site and engine: cost of serving, `undefined` when the engine cannot. */
  readonly sites: readonly (readonly (number | undefined)[])[];
  /** Pairs of sites whose engines must fit together. */
  readonly links?: readonly Link[];
  /** Whether an authority on one engine can be copied by a view on another. */
  readonly copies?: (authority: number, view: number) => boolean;
  readonly maxEngines?: number;
}

export interface Solution {
  readonly total: number;
  /** Engine index per site. */
  readonly serves: readonly number[];
}

const scale = 1_000;
const never = Number.POSITIVE_INFINITY;

/** The cheapest solution, or undefined when a site has no engine, no engines fit together, or the budget is too small. */
export function solve(problem: Problem): Solution | undefined {
  const search = new BranchAndBound(problem);
  return search.run();
}

/** Whether every site is served when every engine is open: cost and budget apart. */
export function servable(problem: Pick<Problem, "sites" | "links" | "copies">): boolean {
  const costs = problem.sites.map((row) => row.map((cost) => cost ?? never));
  const open = costs[0]?.map(() => true) ?? [];
  return new Assignment(costs, problem).best(open).cost < never;
}

/**
 * Depth first over "is this engine open?", bounded by what the best still possible engine of each site costs. The bound leaves the links
 * out, so it never exceeds what a completion costs; they are kept where everything is decided.
 */
class BranchAndBound {
  readonly #opening: readonly number[];
  readonly #counts: readonly boolean[];
  readonly #costs: readonly (readonly number[])[];
  /** `#after[e][s]`: least cost of site s among engines ≥ e. */
  readonly #after: readonly Float64Array[];
  readonly #budget: number;
  readonly #served: Assignment;
  readonly #linked: readonly boolean[];
  readonly #open: boolean[];
  #best: number = never;
  #bestOpen: readonly boolean[] | undefined;

  constructor(problem: Problem) {
    this.#opening = problem.openings.map(({ cost }) => Math.round(cost * scale));
    this.#counts = problem.openings.map(({ counts }) => counts);
    this.#costs = problem.sites.map((row) =>
      row.map((cost) => (cost === undefined ? never : Math.round(cost * scale))),
    );
    this.#after = suffixMinima(this.#costs, this.#opening.length);
    this.#budget = problem.maxEngines ?? never;
    this.#served = new Assignment(this.#costs, problem);
    this.#linked = this.#costs.map((_, site) =>
      (problem.links ?? []).some(({ authority, view }) => site === authority || site === view),
    );
    this.#open = this.#opening.map(() => false);
  }

  run(): Solution | undefined {
    this.#branch(0, 0, 0, new Float64Array(this.#costs.length).fill(never));
    const open = this.#bestOpen;
    if (!open) return undefined;
    return { total: this.#best / scale, serves: this.#served.best(open).serves };
  }

  #branch(engine: number, opened: number, counted: number, served: Float64Array): void {
    const bound = this.#bound(engine, opened, served);
    if (bound >= this.#best) return;
    if (engine === this.#opening.length) {
      const total = opened + this.#served.best(this.#open).cost;
      if (total >= this.#best) return;
      this.#best = total;
      this.#bestOpen = [...this.#open];
      return;
    }
    const count = counted + (this.#counts[engine] === true ? 1 : 0);
    if (count <= this.#budget && this.#helps(engine, served)) {
      this.#open[engine] = true;
      const better = served.map((cost, site) => Math.min(cost, this.#cost(site, engine)));
      this.#branch(engine + 1, opened + (this.#opening[engine] ?? 0), count, better);
      this.#open[engine] = false;
    }
    this.#branch(engine + 1, opened, counted, served);
  }

  /** What every completion costs at least: the sites at their best, plus one opening when a site still has no engine. */
  #bound(engine: number, opened: number, served: Float64Array): number {
    const after = this.#after[engine];
    let total = opened;
    let unserved = false;
    for (let site = 0; site < served.length; site++) {
      const now = served[site] ?? never;
      if (now === never) unserved = true;
      total += Math.min(now, after?.[site] ?? never);
    }
    return unserved ? total + this.#leastOpening(engine) : total;
  }

  #leastOpening(from: number): number {
    let least = never;
    for (let engine = from; engine < this.#opening.length; engine++) {
      least = Math.min(least, this.#opening[engine] ?? never);
    }
    return least;
  }

  /** A linked site may need a dearer engine for the sake of the other one. */
  #helps(engine: number, served: Float64Array): boolean {
    return served.some((cost, site) => {
      const own = this.#cost(site, engine);
      return own < cost || (this.#linked[site] === true && own < never);
    });
  }

  #cost(site: number, engine: number): number {
    return this.#costs[site]?.[engine] ?? never;
  }
}

function suffixMinima(costs: readonly (readonly number[])[], engines: number): Float64Array[] {
  const rows = [new Float64Array(costs.length).fill(never)];
  for (let engine = engines - 1; engine >= 0; engine--) {
    const next = rows[0];
    rows.unshift(
      Float64Array.from(costs, (row, site) =>
        Math.min(row[engine] ?? never, next?.[site] ?? never),
      ),
    );
  }
  return rows;
}

/** Which open engine serves each site: the cheapest, and of an authority and its views the cheapest that fit together. */
class Assignment {
  readonly #costs: readonly (readonly number[])[];
  /** Of each site that is no view: the views that copy it. */
  readonly #views: ReadonlyMap<number, readonly number[]>;
  readonly #copies: (authority: number, view: number) => boolean;

  constructor(
    costs: readonly (readonly number[])[],
    { links = [], copies }: Pick<Problem, "links" | "copies">,
  ) {
    this.#costs = costs;
    this.#copies = copies ?? (() => false);
    const views = new Set(links.map(({ view }) => view));
    const own = costs.flatMap((_, site) => (views.has(site) ? [] : [site]));
    this.#views = new Map(
      own.map((site) => [
        site,
        links.flatMap(({ authority, view }) => (authority === site ? [view] : [])),
      ]),
    );
  }

  best(open: readonly boolean[]): { readonly cost: number; readonly serves: readonly number[] } {
    const serves = this.#costs.map(() => -1);
    let cost = 0;
    for (const [site, views] of this.#views) {
      const found = this.#together(site, views, open);
      cost += found.cost;
      for (const [place, engine] of found.serves) serves[place] = engine;
    }
    return { cost, serves };
  }

  /** Once the authority's engine is chosen, its views depend on nothing else. */
  #together(site: number, views: readonly number[], open: readonly boolean[]): Choice {
    let best: Choice = { cost: never, serves: [] };
    for (const [engine, own] of (this.#costs[site] ?? []).entries()) {
      if (open[engine] !== true || own >= best.cost) continue;
      const chosen = views.map((view) => {
        const [at, cost] = this.#cheapest(
          view,
          (other) => open[other] === true && (other === engine || this.#copies(engine, other)),
        );
        return { view, at, cost };
      });
      const cost = chosen.reduce((sum, view) => sum + view.cost, own);
      if (cost >= best.cost) continue;
      best = {
        cost,
        serves: [[site, engine], ...chosen.map(({ view, at }) => [view, at] as const)],
      };
    }
    return best;
  }

  #cheapest(
    site: number,
    allowed: (engine: number) => boolean,
  ): readonly [engine: number, cost: number] {
    let best: readonly [number, number] = [-1, never];
    for (const [engine, cost] of (this.#costs[site] ?? []).entries())
      if (cost < best[1] && allowed(engine)) best = [engine, cost];
    return best;
  }
}

interface Choice {
  readonly cost: number;
  readonly serves: readonly (readonly [site: number, engine: number])[];
}
