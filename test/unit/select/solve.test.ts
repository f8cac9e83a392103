import fc from "fast-check";
import { expect, test } from "vitest";
import { solve, type Problem } from "../../../src/select/solve.ts";

/** Every subset of engines, each site at its cheapest open one. */
function bruteForce({ openings, sites, maxEngines }: Problem): number | undefined {
  let best: number | undefined;
  for (let mask = 0; mask < 2 ** openings.length; mask++) {
    const open = openings.map((_, at) => (mask & (1 << at)) !== 0);
    const counted = openings.filter(({ counts }, at) => counts && open[at]).length;
    if (maxEngines !== undefined && counted > maxEngines) continue;
    const serving = sites.map((row) =>
      Math.min(...row.map((cost, at) => (open[at] ? (cost ?? Infinity) : Infinity))),
    );
    const opened = openings.reduce((sum, { cost }, at) => sum + (open[at] ? cost : 0), 0);
    const total = [...serving, opened].reduce((a, b) => a + Math.round(b * 1_000), 0) / 1_000;
    if (Number.isFinite(total) && (best === undefined || total < best)) best = total;
  }
  return best;
}

const cost = fc.integer({ min: 0, max: 40 }).map((n) => n / 2);

const problem: fc.Arbitrary<Problem> = fc
  .record({ engines: fc.integer({ min: 1, max: 6 }), sites: fc.integer({ min: 1, max: 6 }) })
  .chain(({ engines, sites }) =>
    fc.record({
      openings: fc.array(fc.record({ cost, counts: fc.boolean() }), {
        minLength: engines,
        maxLength: engines,
      }),
      sites: fc.array(
        fc.array(fc.option(cost, { nil: undefined, freq: 3 }), {
          minLength: engines,
          maxLength: engines,
        }),
        { minLength: sites, maxLength: sites },
      ),
      budget: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
    }),
  )
  .map(({ budget, ...rest }) => (budget === undefined ? rest : { ...rest, maxEngines: budget }));

test("finds the total that trying every subset finds", () => {
  fc.assert(
    fc.property(problem, (given) => {
      const solution = solve(given);
      expect(solution?.total).toBe(bruteForce(given));
      for (const [site, engine] of (solution?.serves ?? []).entries()) {
        expect(given.sites[site]?.[engine]).toBeDefined();
      }
    }),
    { seed: 20_261_121, numRuns: 2_000 },
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
  const start = performance.now();
  const solution = solve({ openings, sites });
  expect(solution).toBeDefined();
  expect(performance.now() - start).toBeLessThan(1_000);
});

/** Small reproducible numbers: a linear congruence (Numerical Recipes). */
function sequence(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state % below;
  };
}
