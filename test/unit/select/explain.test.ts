import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { explainText, planRows, planText, problemText } from "../../../src/select/explain.ts";
import { planModel } from "../../../src/select/plan-model.ts";
import { loadSpec } from "../../../src/spec/load.ts";
import { registered } from "./registered.ts";

const root = fileURLToPath(new URL("../../golden/selection/", import.meta.url));
const results = readdirSync(root).map((id) => {
  const { model } = loadSpec(`${root}${id}/workloads.yaml`);
  if (!model) throw new Error(id);
  return { id, result: planModel(model, registered) };
});

test("the plan's table has one row per workload, with a reason", () => {
  for (const { result } of results) {
    if (!result.plan) continue;
    const rows = planRows(result.plan);
    expect(rows.map(({ workload }) => workload)).toEqual(
      result.plan.decisions.map(({ workload }) => workload),
    );
    for (const { why } of rows) expect(why.length).toBeGreaterThan(10);
    const text = planText(result.plan, registered);
    for (const { name } of result.plan.stores) expect(text).toContain(`${name}:`);
    expect(text).not.toMatch(/undefined|NaN|Infinity| \n/);
  }
});

test("an explanation names every other engine, every flip and the source of every row it cites", () => {
  for (const { result } of results) {
    for (const decision of result.plan?.decisions ?? []) {
      const text = result.plan && explainText(result.plan, decision.workload, registered);
      expect(text).toBeDefined();
      expect(text).not.toMatch(/undefined|NaN|Infinity| \n/);
      for (const { title } of registered) expect(text).toContain(title);
      for (const flip of decision.flips) expect(text).toContain(flip.text);
      for (const row of decision.reasons.flatMap(({ evidence }) => evidence)) {
        const own = registered.find(({ id }) => id === decision.engine)?.capabilities.sources[row];
        const line = text?.split("\n").filter((each) => each.startsWith(`  ${row}`)) ?? [];
        expect(line.length).toBeGreaterThan(0);
        if (own) expect(line.join("\n")).toContain(`: ${own.fact}. Source: ${own.source}`);
      }
    }
  }
});

test("an unknown workload is not explained", () => {
  const plan = results.find(({ result }) => result.plan)?.result.plan;
  expect(plan && explainText(plan, "no-such-workload", registered)).toBeUndefined();
});

test("a problem names the requirement, what to do, and every engine", () => {
  for (const { result } of results) {
    for (const problem of result.problems ?? []) {
      const text = problemText(problem);
      expect(text).toContain(problem.workload);
      expect(text).toContain(problem.hint);
      expect(text).not.toMatch(/undefined|NaN|Infinity/);
      if (problem.kind === "unservable") {
        expect(text).toContain(problem.requirement);
        for (const { title } of registered) expect(text).toContain(title);
      }
    }
  }
});

test("a cache with a server of its own is counted as one more server, not as free", () => {
  const counted = results.flatMap(({ result: { plan } }) =>
    (plan?.decisions ?? []).flatMap(({ kind, store, engine, reasons }) => {
      const beside = plan?.stores.some((other) => other.engine === engine && other.name !== store);
      return kind === "cache" && beside === true ? [reasons[0]?.text ?? ""] : [];
    }),
  );
  expect(counted.length).toBeGreaterThan(0);
  for (const why of counted) expect(why).toContain("no further engine, but one more server");
});

test("what another engine would cost is a sum that the reader can follow", () => {
  let sums = 0;
  for (const { result } of results) {
    for (const rejection of result.plan?.decisions.flatMap(({ rejected }) => rejected) ?? []) {
      if (rejection.because !== "cost") continue;
      const [, cost, total, changes = ""] =
        /would cost ([\d.]+) points against ([\d.]+)(?:: (.*))?$/.exec(rejection.text) ?? [];
      const signed = [...changes.matchAll(/(?:^|, )([+−])([\d.]+) /g)];
      const sum = signed.reduce(
        (all, [, sign, by]) => all + (sign === "+" ? 1 : -1) * Number(by),
        Number(total),
      );
      expect(Math.round(sum * 1_000), rejection.text).toBe(Math.round(Number(cost) * 1_000));
      sums += signed.length;
    }
  }
  expect(sums).toBeGreaterThan(10);
});

test("a running engine that is passed over is named with its points, what strains it among them", () => {
  let passedOver = 0;
  for (const { id } of results) {
    const { model } = loadSpec(`${root}${id}/workloads.yaml`);
    for (const { id: running } of model === undefined ? [] : registered) {
      const stores = { ...model?.stores, running: [running] };
      const { plan } = planModel(
        { ...model, stores } as typeof model & object,
        registered,
        undefined,
        {
          flips: false,
        },
      );
      for (const { reasons, scores } of plan?.decisions ?? []) {
        const [brief] = reasons;
        if (brief?.text.includes("already runs (") !== true) continue;
        passedOver += 1;
        const own = scores.find(({ engine }) => engine === running);
        for (const term of Object.values(own?.terms ?? {}).filter((points) => points > 0))
          expect(brief.text).toContain(`(${term})`);
      }
    }
  }
  expect(passedOver).toBeGreaterThan(0);
});
