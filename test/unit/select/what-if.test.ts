import fc from "fast-check";
import { expect, test } from "vitest";
import { planModel } from "../../../src/select/plan-model.ts";
import { whatIf, whatIfPaths } from "../../../src/select/what-if.ts";
import type { Model } from "../../../src/spec/model.ts";
import { models } from "./models.ts";
import { registered } from "./registered.ts";

const sample = fc
  .sample(models(registered.map(({ id }) => id)), { seed: 20_261_121, numRuns: 200 })
  .find(({ workloads }) => workloads.some(({ kind }) => kind === "cache"));
if (!sample) throw new Error("no sample has a cache");
const model: Model = sample;
const cache = model.workloads.find(({ kind }) => kind === "cache")?.name ?? "";

const changed = (assignment: string): Model => {
  const result = whatIf(model, assignment);
  if (!result.model) throw new Error(result.problem);
  return result.model;
};

test.each([
  ["scale.rows=2.5M", "rows", 2_500_000],
  ["scale.growth=10x", "growth", 10],
  ["scale.readsPerSecond=3k", "readsPerSecond", 3_000],
  ["scale.itemBytes=2MiB", "itemBytes", 2 ** 21],
])("sets %s", (tail, key, value) => {
  const authority = model.workloads.find(({ kind }) => kind !== "cache")?.name ?? "";
  const after = changed(`workloads.${authority}.${tail}`);
  const scale = after.workloads.find(({ name }) => name === authority)?.scale;
  expect(Object.entries(scale ?? {})).toContainEqual([key, value]);
  expect(model).toBe(sample);
});

test("sets memory, TTL, eviction and requirements of a cache", () => {
  const of = (assignment: string) =>
    changed(assignment).workloads.find(({ name }) => name === cache);
  expect(of(`workloads.${cache}.memory=1GiB`)).toMatchObject({ memoryBytes: 2 ** 30 });
  expect(of(`workloads.${cache}.ttl=15m`)).toMatchObject({ ttlMs: 900_000 });
  expect(of(`workloads.${cache}.eviction=noeviction`)).toMatchObject({ eviction: "noeviction" });
  expect(of(`workloads.${cache}.requires=[persistence]`)).toMatchObject({
    requires: ["persistence"],
  });
  expect(of(`workloads.${cache}.sla.p99Ms=5ms`)).toMatchObject({ sla: { p99Ms: 5 } });
});

test("sets the preferences of the stores", () => {
  expect(changed("stores.hosting=aws").stores.hosting).toBe("aws");
  expect(changed("stores.never=[a, b]").stores.never).toEqual(["a", "b"]);
  expect(changed("stores.running=[]").stores.running).toEqual([]);
  expect(changed("stores.budget.engines=2").stores.maxEngines).toBe(2);
});

test.each([
  ["stores.hosting", "PATH=VALUE"],
  ["stores.hostin=aws", 'did you mean "stores.hosting"'],
  ["stores.hosting=moon", "none of embedded"],
  ["stores.budget.engines=0", "whole number"],
  [`workloads.${cache}.memory=much`, "a size such as"],
  [`workloads.${cache}.ttl=15 parsecs`, "a duration such as"],
  [`workloads.${cache}.requires=[persistance]`, 'did you mean "persistence"'],
  [`workloads.${cache}.scale.processes=0`, "outside 1"],
])("refuses %s", (assignment, problem) => {
  expect(whatIf(model, assignment).problem).toContain(problem);
});

test("every path can be set, and the result can be planned or explained", () => {
  for (const path of whatIfPaths(model)) {
    const value = ["2", "strong", "aws", "noeviction", "[transactions]"].find(
      (candidate) => whatIf(model, `${path}=${candidate}`).model,
    );
    const { plan, problems } = planModel(changed(`${path}=${value}`), registered, undefined, {
      flips: false,
    });
    expect(plan ?? problems, path).toBeDefined();
  }
});
