/**
 * Facility location, exact: opening an engine costs, serving a site from an engine costs, the cheapest total wins. Costs are whole
 * thousandths of a point, so sums are exact; engines come sorted by id and the first of equal totals stays, so ties go by id.
 */
export interface Problem {
  /** Per engine: cost of opening it, and whether it counts against the budget. */
  readonly openings: readonly { readonly cost: number; readonly counts: boolean }[];
  /** Per site and engine: cost of serving, `undefined` when the engine cannot. */
  readonly sites: readonly (readonly (number | undefined)[])[];
  readonly maxEngines?: number;
}

export interface Solution {
  readonly total: number;
  /** Engine index per site. */
  readonly serves: readonly number[];
}

const scale = 1_000;
const never = Number.POSITIVE_INFINITY;

/** The cheapest solution, or undefined when a site has no engine or the budget is too small. */
export function solve(problem: Problem): Solution | undefined {
  const search = new BranchAndBound(problem);
  return search.run();
}

/** Depth first over "is this engine open?", bounded by what the best still possible engine of each site costs. */
class BranchAndBound {
  readonly #opening: readonly number[];
  readonly #counts: readonly boolean[];
  readonly #costs: readonly (readonly number[])[];
  /** `#after[e][s]`: least cost of site s among engines ≥ e. */
  readonly #after: readonly Float64Array[];
  readonly #budget: number;
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
    this.#open = this.#opening.map(() => false);
  }

  run(): Solution | undefined {
    this.#branch(0, 0, 0, new Float64Array(this.#costs.length).fill(never));
    const open = this.#bestOpen;
    if (!open) return undefined;
    return { total: this.#best / scale, serves: this.#costs.map((row) => cheapest(row, open)) };
  }

  #branch(engine: number, opened: number, counted: number, served: Float64Array): void {
    const bound = this.#bound(engine, opened, served);
    if (bound >= this.#best) return;
    if (engine === this.#opening.length) {
      this.#best = bound;
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

  #helps(engine: number, served: Float64Array): boolean {
    return served.some((cost, site) => this.#cost(site, engine) < cost);
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

function cheapest(row: readonly number[], open: readonly boolean[]): number {
  let chosen = -1;
  let least = never;
  for (const [engine, cost] of row.entries()) {
    if (open[engine] === true && cost < least) [chosen, least] = [engine, cost];
  }
  return chosen;
}
