import fc from "fast-check";
import { expect, test } from "vitest";
import { costTable, sortedEngines, type CostTable } from "../../../src/select/cost-table.ts";
import { planModel } from "../../../src/select/plan-model.ts";
import type { Model } from "../../../src/spec/model.ts";
import { models, requirementSamples } from "./models.ts";
import { registered } from "./registered.ts";

const run = { seed: 20_261_121 };
const engines = sortedEngines(registered);
const model = models(engines.map(({ id }) => id));

test("the models are worth asking about: most can be planned, on every engine, some cannot", () => {
  const plans = fc
    .sample(model, { ...run, numRuns: 2_000 })
    .map((given) => planModel(given, registered, undefined, { flips: false }));
  const planned = plans.flatMap(({ plan }) => (plan ? [plan] : []));
  expect(planned.length).toBeGreaterThan(1_000);
  expect(planned.length).toBeLessThan(2_000);
  for (const { id } of engines) {
    const used = planned.filter(({ stores }) => stores.some(({ engine }) => engine === id));
    expect(used.length, id).toBeGreaterThan(20);
  }
});

/** Flips take most of the time of a plan: few models with them, many without. */
const depths = [
  { options: { flips: true }, numRuns: 10 },
  { options: { flips: false }, numRuns: 500 },
];

test.each(depths)("an equal model gives a byte-equal plan: $options", ({ options, numRuns }) => {
  fc.assert(
    fc.property(model, (given) => {
      const again = structuredClone(given);
      expect(
        JSON.stringify(planModel(again, [...registered].toReversed(), undefined, options)),
      ).toBe(JSON.stringify(planModel(given, registered, undefined, options)));
    }),
    { ...run, numRuns },
  );
});

test.each(depths)(
  "the order of entities, workloads and keys changes no byte of the plan: $options",
  ({ options, numRuns }) => {
    fc.assert(
      fc.property(model, fc.infiniteStream(fc.nat()), (given, dice) => {
        const shuffled = shuffle(given, () => dice.next().value ?? 0);
        expect(JSON.stringify(planModel(shuffled, registered, undefined, options))).toBe(
          JSON.stringify(planModel(given, registered, undefined, options)),
        );
      }),
      { ...run, numRuns },
    );
  },
);

test("one more requirement never admits an engine that failed before", () => {
  fc.assert(
    fc.property(model, fc.constantFrom(...requirementSamples), fc.nat(), (given, word, pick) => {
      const at = pick % given.workloads.length;
      const stricter: Model = {
        ...given,
        workloads: given.workloads.map((workload, index) =>
          index === at ? { ...workload, requires: [...workload.requires, word] } : workload,
        ),
      };
      const before = admitted(costTable(given, engines));
      const after = admitted(costTable(stricter, engines));
      expect([...after].filter((pair) => !before.has(pair))).toEqual([]);
    }),
    { ...run, numRuns: 1_000 },
  );
});

test("a winner has reasons with evidence, every loser has one of its own", () => {
  fc.assert(
    fc.property(model, (given) => {
      const { plan, problems } = planModel(given, registered, undefined, { flips: false });
      for (const { engine, reasons, rejected } of plan?.decisions ?? []) {
        expect(reasons[0]?.text).toBeTruthy();
        expect(reasons.some(({ evidence }) => evidence.length > 0)).toBe(true);
        const others = engines.map(({ id }) => id).filter((id) => id !== engine);
        expect(rejected.map((rejection) => rejection.engine)).toEqual(others);
        for (const { text, because, requirement, cost } of rejected) {
          expect(text).toBeTruthy();
          expect(because === "requirement" ? requirement : cost).toBeDefined();
        }
      }
      for (const { text, hint, requirement } of problems ?? []) {
        expect(text && hint && requirement).toBeTruthy();
      }
    }),
    { ...run, numRuns: 1_000 },
  );
});

test("the chosen plan is never dearer than the best plan with another engine", () => {
  fc.assert(
    fc.property(model, (given) => {
      const { plan } = planModel(given, registered, undefined, { flips: false });
      for (const { rejected } of plan?.decisions ?? []) {
        for (const { cost, text } of rejected) {
          const total = Number(/points against ([\d.]+)/.exec(text)?.[1] ?? 0);
          if (cost !== undefined) expect(cost).toBeGreaterThanOrEqual(total);
        }
      }
    }),
    { ...run, numRuns: 500 },
  );
});

function admitted({ rows }: CostTable): ReadonlySet<string> {
  return new Set(
    [...rows].flatMap(([name, { assessments }]) =>
      assessments.filter(({ admissible }) => admissible).map(({ engine }) => `${name} ${engine}`),
    ),
  );
}

/** The same model with entities, workloads and the keys of every object in another order. */
function shuffle(given: Model, dice: () => number): Model {
  const mixed = <T>(items: readonly T[]): T[] => {
    const keyed = items.map((item, at) => ({ item, order: dice() % 1_000, at }));
    return keyed.toSorted((a, b) => a.order - b.order || a.at - b.at).map(({ item }) => item);
  };
  const keys = <T>(value: T): T =>
    JSON.parse(JSON.stringify(value), (_, inner: unknown) =>
      typeof inner === "object" && inner !== null && !Array.isArray(inner)
        ? Object.fromEntries(mixed(Object.entries(inner)))
        : inner,
    );
  return keys({ ...given, entities: mixed(given.entities), workloads: mixed(given.workloads) });
}
