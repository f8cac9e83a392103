import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { planModel } from "../../../src/select/plan-model.ts";
import { quantitiesOf } from "../../../src/select/quantity.ts";
import { loadSpec } from "../../../src/spec/load.ts";
import type { Flip } from "../../../src/select/plan.ts";
import type { Model } from "../../../src/spec/model.ts";
import { registered } from "./registered.ts";

interface ExpectedFlip {
  readonly path: string;
  readonly keeps: number;
  readonly changes: number;
  readonly to: string | null;
  readonly requirement?: string;
}

interface Expected {
  readonly about: string;
  /** A published decision (selection-cases): our answer for `workloads` must be acceptable, or honestly none. */
  readonly case?: {
    readonly id: string;
    readonly workloads: readonly string[];
    readonly acceptable: readonly string[];
    readonly wrong: readonly string[];
    readonly note?: string;
  };
  readonly stores?: Readonly<Record<string, string>>;
  readonly decisions?: Readonly<
    Record<string, { readonly engine: string; readonly flips: readonly ExpectedFlip[] }>
  >;
  readonly problems?: readonly {
    readonly workload: string;
    readonly kind: string;
    readonly requirement: string;
  }[];
}

const root = fileURLToPath(new URL("../../golden/selection/", import.meta.url));
const ids = readdirSync(root).toSorted();

function expectedOf(id: string): Expected {
  return JSON.parse(readFileSync(join(root, id, "expected.json"), "utf8"));
}

function modelOf(id: string): Model {
  const { model, issues } = loadSpec(join(root, id, "workloads.yaml"));
  if (!model) throw new Error(`${id}: ${issues.map(({ message }) => message).join("; ")}`);
  return model;
}

function at(model: Model, path: string, value: number): Model {
  const quantity = model.workloads
    .flatMap((workload) => quantitiesOf(model, workload))
    .find((candidate) => candidate.path === path);
  if (!quantity) throw new Error(`no quantity ${path}`);
  return quantity.set(model, value);
}

/** Engine of a workload in a full new plan, or the requirements that nobody meets. */
function replanned(model: Model, workload: string): { engine?: string; requirements: string[] } {
  const { plan, problems } = planModel(model, registered, undefined, { flips: false });
  const engine = plan?.decisions.find((decision) => decision.workload === workload)?.engine;
  const named = problems?.flatMap((p) => [p.requirement, ...p.engines.map((e) => e.requirement)]);
  return { ...(engine === undefined ? {} : { engine }), requirements: named ?? [] };
}

function execute(model: Model, workload: string, engine: string, flip: Flip): void {
  expect(replanned(at(model, flip.path, flip.keeps), workload).engine).toBe(engine);
  const changed = replanned(at(model, flip.path, flip.changes), workload);
  expect(changed.engine).toBe(flip.to);
  expect(changed.engine).not.toBe(engine);
  if (flip.to === undefined) expect(changed.requirements).toContain(flip.requirement);
}

const bare = ({ path, keeps, changes, to, requirement }: Flip): ExpectedFlip => ({
  path,
  keeps,
  changes,
  to: to ?? null,
  ...(requirement === undefined ? {} : { requirement }),
});

describe.each(ids)("%s", (id) => {
  const expected = expectedOf(id);
  const model = modelOf(id);
  const { plan, problems } = planModel(model, registered);

  test("is decided as expected", () => {
    expect(
      problems?.map(({ workload, kind, requirement }) => ({ workload, kind, requirement })),
    ).toEqual(expected.problems);
    const stores = plan?.stores.map(({ name, engine }) => [name, engine]);
    expect(stores && Object.fromEntries(stores)).toEqual(expected.stores);
    for (const decision of plan?.decisions ?? []) {
      const wanted = expected.decisions?.[decision.workload];
      expect(decision.engine).toBe(wanted?.engine);
      expect(decision.flips.slice(0, 3).map(bare)).toEqual(wanted?.flips);
    }
    expect(plan?.decisions.map(({ workload }) => workload)).toEqual(
      expected.decisions && Object.keys(expected.decisions),
    );
  });

  test("every printed flip changes the decision when it is executed", () => {
    for (const { workload, engine, flips } of plan?.decisions ?? []) {
      for (const flip of flips) execute(model, workload, engine, flip);
    }
    expect(plan === undefined || plan.decisions.some(({ flips }) => flips.length > 0)).toBe(true);
  });
});

const published = ids.filter((id) => expectedOf(id).case);

describe.each(published)("%s", (id) => {
  const { case: known } = expectedOf(id);
  const { plan, problems } = planModel(modelOf(id), registered, undefined, { flips: false });

  test("is answered acceptably, or honestly not at all", () => {
    if (!plan) expect(problems.length).toBeGreaterThan(0);
    const ours =
      plan?.decisions.filter(({ workload }) => known?.workloads.includes(workload)) ?? [];
    expect(ours.length).toBe(plan ? known?.workloads.length : 0);
    for (const { engine } of ours) {
      expect(known?.acceptable).toContain(engine);
      expect(known?.wrong).not.toContain(engine);
    }
  });
});

describe("the collection", () => {
  const all = ids.map(expectedOf);
  const decisions = all.flatMap(({ decisions: made }) => Object.values(made ?? {}));

  test("has at least forty specs, six of them on every engine and six on none", () => {
    expect(ids.length).toBeGreaterThanOrEqual(40);
    for (const { id } of registered) {
      const ending = all.filter(({ decisions: made }) =>
        Object.values(made ?? {}).some(({ engine }) => engine === id),
      );
      expect(ending.length, id).toBeGreaterThanOrEqual(6);
    }
    expect(all.filter(({ problems }) => problems).length).toBeGreaterThanOrEqual(6);
  });

  test("has at least twelve flips between two engines; a flip to none names the requirement", () => {
    const flips = decisions.flatMap((decision) => decision.flips);
    expect(flips.filter(({ to }) => to !== null).length).toBeGreaterThanOrEqual(12);
    for (const flip of flips) expect(flip.to === null).toBe(flip.requirement !== undefined);
  });

  test("answers at least twenty published cases with an engine", () => {
    const answered = all.filter((expected) => expected.case && expected.decisions);
    expect(answered.length).toBeGreaterThanOrEqual(20);
  });
});
