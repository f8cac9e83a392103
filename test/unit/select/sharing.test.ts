import fc from "fast-check";
import { expect, test } from "vitest";
import { costTable, sortedEngines } from "../../../src/select/cost-table.ts";
import { flipFinder } from "../../../src/select/flip.ts";
import { MergedProblem } from "../../../src/select/merged-problem.ts";
import { planModel } from "../../../src/select/plan-model.ts";
import { replanner } from "../../../src/select/replan.ts";
import { solve, type Problem } from "../../../src/select/solve.ts";
import type { Model, Workload } from "../../../src/spec/model.ts";
import { models } from "./models.ts";
import { registered } from "./registered.ts";

// A plan of many workloads shares answers: of equal parts in the solver, of equal questions in the search for flips.

const run = { seed: 20_261_122 };
const engines = sortedEngines(registered);
const model = models(engines.map(({ id }) => id));

/** Every aggregate several times: copies whose names sort between each other's, some a little larger. */
function repeated(given: Model, times: number, larger: number): Model {
  const copies = Array.from({ length: times }, (_, n) => n);
  const named = (name: string, n: number): string => `${name}x${n}`;
  const workload = (each: Workload, n: number): Workload => {
    const name = named(each.name, n);
    const { rows } = each.scale;
    const scale =
      rows === undefined ? each.scale : { ...each.scale, rows: rows + (n === 1 ? larger : 0) };
    if (!("access" in each))
      return {
        ...each,
        name,
        scale,
        ...(each.from !== undefined && { from: named(each.from, n) }),
      } as Workload;
    return {
      ...each,
      name,
      scale,
      entities: each.entities.map((entity) => named(entity, n)),
      access: each.access.map((one) => ({ ...one, entity: named(one.entity, n) })),
    };
  };
  return {
    ...given,
    entities: copies.flatMap((n) =>
      given.entities.map((entity) => ({ ...entity, name: named(entity.name, n) })),
    ),
    workloads: copies.flatMap((n) => given.workloads.map((each) => workload(each, n))),
  };
}

test("the flips of a workload are those that are found for it alone, whatever was found for others", () => {
  let compared = 0;
  fc.assert(
    fc.property(model, fc.nat(5_000), (one, larger) => {
      const given = repeated(one, 3, larger);
      const { plan } = planModel(given, registered);
      const table = costTable(given, engines);
      for (const { workload, flips } of plan?.decisions ?? []) {
        const alone = flipFinder(table, replanner(table)).flipsOf(workload);
        expect(flips, workload).toEqual(alone);
        compared += alone.length;
      }
    }),
    { ...run, numRuns: 12 },
  );
  expect(compared).toBeGreaterThan(100);
});

const cost = fc.option(
  fc.integer({ min: 0, max: 6 }).map((n) => n / 2),
  { nil: undefined, freq: 4 },
);

/** Few different sites, each several times, some of them views of others. */
const problem: fc.Arbitrary<Problem> = fc
  .record({ engines: fc.integer({ min: 1, max: 5 }), kinds: fc.integer({ min: 1, max: 3 }) })
  .chain(({ engines: wide, kinds }) =>
    fc.record({
      openings: fc.array(
        fc.record({ cost: fc.integer({ min: 0, max: 8 }), counts: fc.boolean() }),
        { minLength: wide, maxLength: wide },
      ),
      rows: fc.array(fc.array(cost, { minLength: wide, maxLength: wide }), {
        minLength: kinds,
        maxLength: kinds,
      }),
      parts: fc.array(fc.array(fc.nat(kinds - 1), { minLength: 1, maxLength: 3 }), {
        minLength: 1,
        maxLength: 7,
      }),
      feeds: fc.array(fc.boolean(), { minLength: wide, maxLength: wide }),
      budget: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
    }),
  )
  .map(({ openings, rows, parts, feeds, budget }) => {
    const sites = parts.flatMap((part) => part.map((kind) => rows[kind] ?? []));
    const starts = parts.map((_, at) => parts.slice(0, at).flat().length);
    return {
      openings,
      sites,
      links: parts.flatMap((part, at) =>
        part.slice(1).map((_, n) => ({
          authority: starts[at] ?? 0,
          view: (starts[at] ?? 0) + n + 1,
        })),
      ),
      copies: (authority: number, view: number) =>
        feeds[authority] === true && feeds[view] === true,
      ...(budget !== undefined && { maxEngines: budget }),
    };
  });

test("equal parts merged: total and engines are those of the problem in full", () => {
  fc.assert(
    fc.property(problem, (given) => {
      expect(new MergedProblem(given).solve()).toEqual(solve(given));
    }),
    { ...run, numRuns: 2_000 },
  );
});

test("a changed part is answered as the whole problem with it, the second time as the first", () => {
  fc.assert(
    fc.property(
      problem,
      fc.nat(),
      fc.array(cost, { minLength: 5, maxLength: 5 }),
      (given, pick, other) => {
        const site = pick % given.sites.length;
        const row = other.slice(0, given.openings.length);
        const merged = new MergedProblem(given);
        const whole = solve({
          ...given,
          sites: given.sites.map((own, at) => (at === site ? row : own)),
        });
        for (const _ of ["first", "second"]) {
          const found = merged.solveWith(new Map([[site, row]]));
          expect(found?.total).toBe(whole?.total);
          for (const [at, engine] of found?.serves ?? []) expect(engine).toBe(whole?.serves[at]);
        }
      },
    ),
    { ...run, numRuns: 2_000 },
  );
});
