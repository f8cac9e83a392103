import fc from "fast-check";
import { expect, test } from "vitest";
import { servable, solve, type Opening, type Problem } from "../../../src/select/solve.ts";
import { stopwatch } from "../../support/stopwatch.ts";

/** Every subset of engines, every way in which its engines can serve the sites. */
function bruteForce({ openings, sites, servers, links = [], copies, maxEngines }: Problem) {
  let best: number | undefined;
  for (let mask = 0; mask < 2 ** openings.length; mask++) {
    const open = openings.map((_, at) => (mask & (1 << at)) !== 0);
    const counted = openings.filter(({ counts }, at) => counts && open[at]).length;
    if (maxEngines !== undefined && counted > maxEngines) continue;
    const opened = openings.reduce((sum, { cost }, at) => sum + (open[at] ? cost : 0), 0);
    for (const serves of ways(sites, open)) {
      const fits = links.every(({ authority, view }) => {
        const [a, b] = [serves[authority] ?? -1, serves[view] ?? -1];
        return a === b || copies?.(a, b) === true;
      });
      if (!fits) continue;
      const further = openings.map(({ another = 0 }, engine) => {
        const kinds = serves.flatMap((each, site) => (each === engine ? servers?.[site] : []));
        return another * Math.max(0, new Set(kinds).size - 1);
      });
      const costs = serves.map((engine, site) => sites[site]?.[engine] ?? 0);
      const parts = [opened, ...further, ...costs];
      const total = parts.reduce((a, b) => a + Math.round(b * 1_000), 0) / 1_000;
      if (best === undefined || total < best) best = total;
    }
  }
  return best;
}

function* ways(
  sites: Problem["sites"],
  open: readonly boolean[],
  chosen: readonly number[] = [],
): Generator<readonly number[]> {
  const row = sites[chosen.length];
  if (row === undefined) return yield chosen;
  for (const [engine, cost] of row.entries())
    if (open[engine] === true && cost !== undefined) yield* ways(sites, open, [...chosen, engine]);
}

const cost = fc.integer({ min: 0, max: 40 }).map((n) => n / 2);

/** A further server never costs more than the engine with its first. */
const opening: fc.Arbitrary<Opening> = fc
  .record({ cost, counts: fc.boolean(), further: fc.option(fc.nat({ max: 4 })) })
  .map(({ further, ...rest }) => ({
    ...rest,
    ...(further !== null && { another: (rest.cost * further) / 4 }),
  }));

const problem: fc.Arbitrary<Problem> = fc
  .record({ engines: fc.integer({ min: 1, max: 5 }), sites: fc.integer({ min: 1, max: 5 }) })
  .chain(({ engines, sites }) =>
    fc.record({
      openings: fc.array(opening, { minLength: engines, maxLength: engines }),
      servers: fc.array(fc.constantFrom("kept", "evicted", "volatile"), {
        minLength: sites,
        maxLength: sites,
      }),
      sites: fc.array(
        fc.array(fc.option(cost, { nil: undefined, freq: 3 }), {
          minLength: engines,
          maxLength: engines,
        }),
        { minLength: sites, maxLength: sites },
      ),
      authorities: fc.array(fc.nat({ max: sites }), { minLength: sites, maxLength: sites }),
      feeds: fc.array(fc.boolean(), { minLength: engines, maxLength: engines }),
      sinks: fc.array(fc.boolean(), { minLength: engines, maxLength: engines }),
      budget: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
    }),
  )
  .map(({ budget, authorities, feeds, sinks, ...rest }) => ({
    ...rest,
    links: linksFrom(authorities),
    copies: (authority: number, view: number) => feeds[authority] === true && sinks[view] === true,
    ...(budget !== undefined && { maxEngines: budget }),
  }));

/** Site after site: a view of the one it names, unless that is a view itself or comes later. */
function linksFrom(authorities: readonly number[]): NonNullable<Problem["links"]> {
  const links: { authority: number; view: number }[] = [];
  for (const [view, authority] of authorities.entries())
    if (authority < view && links.every((link) => link.view !== authority))
      links.push({ authority, view });
  return links;
}

test("finds the total that trying every subset finds", () => {
  fc.assert(
    fc.property(problem, (given) => {
      const solution = solve(given);
      expect(solution?.total).toBe(bruteForce(given));
      expect(servable(given) || solution === undefined).toBe(true);
      for (const [site, engine] of (solution?.serves ?? []).entries()) {
        expect(given.sites[site]?.[engine]).toBeDefined();
      }
    }),
    { seed: 20_261_121, numRuns: 1_000 },
  );
});

test("prefers the first of equal engines", () => {
  const equal = { cost: 5, counts: true };
  expect(solve({ openings: [equal, equal, equal], sites: [[1, 1, 1]] })?.serves).toEqual([0]);
});

test("solves twenty engines and fifty sites well under a second", () => {
  const next = sequence(7);
  const openings = Array.from({ length: 20 }, () => ({ cost: 3 + next(12), counts: true }));
  const sites = Array.from({ length: 50 }, () =>
    openings.map(() => (next(4) === 0 ? undefined : next(10))),
  );
  const start = stopwatch();
  const solution = solve({ openings, sites });
  expect(solution).toBeDefined();
  expect(start.elapsed()).toBeLessThan(1_000);
});

/** Small reproducible numbers: a linear congruence (Numerical Recipes). */
function sequence(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state % below;
  };
}
