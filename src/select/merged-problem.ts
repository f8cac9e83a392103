import type { Link } from "./sites.ts";
import { solve, type Problem, type Solution } from "./solve.ts";

/** Cost of serving one site, by engine. */
export type CostRow = Problem["sites"][number];

/** Total of the whole, and who serves the sites that were asked about. */
export interface PartSolution {
  readonly total: number;
  readonly serves: ReadonlyMap<number, number>;
}

/** Sites that links bind to one another, and to no other. */
interface Part {
  readonly sites: readonly number[];
  /** Their links, by place in `sites`. */
  readonly links: readonly Link[];
}

/** Parts that cost the same whatever engines are open. */
interface Class {
  readonly rows: readonly CostRow[];
  /** Per row: what it may share a server with. */
  readonly servers: readonly string[];
  readonly links: readonly Link[];
  readonly count: number;
}

/**
 * A location problem in which equal parts are solved as one that counts several times: a thousand workloads ask for few different
 * things. Sums are of whole thousandths, so total and choice are those of the problem in full.
 */
export class MergedProblem {
  readonly #problem: Problem;
  readonly #parts: readonly Part[];
  readonly #partOf: ReadonlyMap<number, Part>;
  readonly #classes = new Map<string, Class>();
  readonly #keyOf = new Map<Part, string>();
  readonly #solved = new Map<string, PartSolution | undefined>();

  constructor(problem: Problem) {
    this.#problem = problem;
    this.#parts = partsOf(problem);
    this.#partOf = new Map(this.#parts.flatMap((part) => part.sites.map((site) => [site, part])));
    for (const part of this.#parts) {
      const rows = part.sites.map((site) => problem.sites[site] ?? []);
      const servers = serversOf(problem, part);
      const key = keyOf(rows, servers, part.links);
      this.#keyOf.set(part, key);
      const { count } = this.#classes.get(key) ?? { count: 0 };
      this.#classes.set(key, { rows, servers, links: part.links, count: count + 1 });
    }
  }

  solve(): Solution | undefined {
    const keys = [...this.#classes.keys()];
    const { problem, first } = joined(this.#problem, [...this.#classes.values()]);
    const solution = solve(problem);
    if (!solution) return undefined;
    const starts = new Map(keys.map((key, at) => [key, first[at] ?? 0]));
    const serves = this.#problem.sites.map(() => -1);
    for (const part of this.#parts) {
      const start = starts.get(this.#keyOf.get(part) ?? "") ?? 0;
      for (const [place, site] of part.sites.entries())
        serves[site] = solution.serves[start + place] ?? -1;
    }
    return { total: solution.total, serves };
  }

  /** What the whole comes to when some sites, all bound to one another by links, cost something else. Equal questions are solved once. */
  solveWith(changed: ReadonlyMap<number, CostRow>): PartSolution | undefined {
    const [some = -1] = changed.keys();
    const part = this.#partOf.get(some);
    if (!part) return undefined;
    const rows = part.sites.map((site) => changed.get(site) ?? this.#problem.sites[site] ?? []);
    const old = this.#keyOf.get(part) ?? "";
    const key = `${old}>${keyOf(rows, serversOf(this.#problem, part), part.links)}`;
    const places = this.#solved.has(key) ? this.#solved.get(key) : this.#solveFor(old, part, rows);
    this.#solved.set(key, places);
    return (
      places && {
        total: places.total,
        serves: new Map(part.sites.map((site, place) => [site, places.serves.get(place) ?? -1])),
      }
    );
  }

  /** Class of the part that a site belongs to: sites of one class, at one place of it, stand in the same surroundings. */
  classOf(site: number): string {
    const part = this.#partOf.get(site);
    return part ? `${part.sites.indexOf(site)} of ${this.#keyOf.get(part)}` : "";
  }

  #solveFor(old: string, part: Part, rows: readonly CostRow[]): PartSolution | undefined {
    const others = [...this.#classes].flatMap(([key, { count, ...rest }]) => {
      const left = key === old ? count - 1 : count;
      return left > 0 ? [{ ...rest, count: left }] : [];
    });
    const servers = serversOf(this.#problem, part);
    const changed = { rows, servers, links: part.links, count: 1 };
    const { problem } = joined(this.#problem, [changed, ...others]);
    const solution = solve(problem);
    return (
      solution && {
        total: solution.total,
        serves: new Map(rows.map((_, place) => [place, solution.serves[place] ?? -1])),
      }
    );
  }
}

function joined(
  base: Problem,
  classes: readonly Class[],
): { readonly problem: Problem; readonly first: readonly number[] } {
  const first: number[] = [];
  const sites: CostRow[] = [];
  const servers: string[] = [];
  const weights: number[] = [];
  const links: Link[] = [];
  for (const { rows, servers: kinds, count, links: own } of classes) {
    const start = sites.length;
    first.push(start);
    sites.push(...rows);
    servers.push(...kinds);
    for (const _ of rows) weights.push(count);
    for (const { authority, view } of own)
      links.push({ authority: start + authority, view: start + view });
  }
  return { problem: { ...base, sites, servers, weights, links }, first };
}

const serversOf = ({ servers }: Problem, { sites }: Part): readonly string[] =>
  sites.map((site) => servers?.[site] ?? "");

const keyOf = (
  rows: readonly CostRow[],
  servers: readonly string[],
  links: readonly Link[],
): string =>
  `${rows.map((row) => row.join(",")).join(";")}/${servers.join(",")}/${links.map(({ authority, view }) => `${authority}-${view}`).join(",")}`;

function partsOf({ sites, links = [] }: Problem): readonly Part[] {
  const up = sites.map((_, site) => site);
  const root = (site: number): number => {
    let at = site;
    for (let above = up[at]; above !== undefined && above !== at; above = up[at]) at = above;
    return at;
  };
  for (const { authority, view } of links) {
    const [a, b] = [root(authority), root(view)];
    up[Math.max(a, b)] = Math.min(a, b);
  }
  const members = Map.groupBy(sites.keys(), root);
  const own = Map.groupBy(links, ({ authority }) => root(authority));
  return [...members].map(([key, part]) => {
    const place = new Map(part.map((site, at) => [site, at]));
    return {
      sites: part,
      links: (own.get(key) ?? []).map(({ authority, view }) => ({
        authority: place.get(authority) ?? 0,
        view: place.get(view) ?? 0,
      })),
    };
  });
}
