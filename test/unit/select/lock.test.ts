import fc from "fast-check";
import { expect, test } from "vitest";
import {
  compareLock,
  formatLock,
  lockOf,
  needsAcceptance,
  parseLock,
  type Lock,
} from "../../../src/select/lock.ts";
import { planModel } from "../../../src/select/plan-model.ts";
import { quantitiesOf } from "../../../src/select/quantity.ts";
import { loadSpec } from "../../../src/spec/load.ts";
import type { Model } from "../../../src/spec/model.ts";
import { memoryFiles } from "../../support/memory-files.ts";
import { models } from "./models.ts";
import { registered } from "./registered.ts";

const run = { seed: 20_261_121, numRuns: 200 };
const model = models(registered.map(({ id }) => id));
const noFlips = { flips: false };

function planned(given: Model, lock?: Lock) {
  return planModel(given, registered, lock, noFlips).plan;
}

function modelOf(text: string): Model {
  const { model, issues } = loadSpec("spec.yaml", { files: memoryFiles({ "spec.yaml": text }) });
  if (!model) throw new Error(issues.map(({ message }) => message).join("; "));
  return model;
}

/** A model whose decision flips between two engines, with the value that changes it. */
function flipping() {
  for (const given of fc.sample(model, { ...run, numRuns: 40 })) {
    for (const decision of planModel(given, registered).plan?.decisions ?? []) {
      const flip = decision.flips.find(({ to }) => to !== undefined);
      const quantity = given.workloads
        .flatMap((workload) => quantitiesOf(given, workload))
        .find(({ path }) => path === flip?.path);
      if (flip && quantity) return { given, decision, changed: quantity.set(given, flip.changes) };
    }
  }
  throw new Error("no sample flips between two engines");
}

test("formats to stable text that parses to the same lock", () => {
  fc.assert(
    fc.property(model, (given) => {
      const plan = planned(given);
      if (!plan) return;
      const lock = lockOf(plan, registered);
      const text = formatLock(lock);
      const parsed = parseLock(text);
      expect("lock" in parsed && formatLock(parsed.lock)).toBe(text);
      expect("lock" in parsed && compareLock(parsed.lock, lock)).toEqual([]);
      expect(text.endsWith("}\n")).toBe(true);
    }),
    run,
  );
});

test("planning with the lock of a plan gives the plan again", () => {
  fc.assert(
    fc.property(model, (given) => {
      const plan = planned(given);
      if (!plan) return;
      expect(planned(given, lockOf(plan, registered))).toEqual(plan);
    }),
    run,
  );
});

test("the lock wins over a cheaper plan, which shows as a changed decision", () => {
  const { given, decision, changed } = flipping();
  const plan = planned(given);
  if (!plan) throw new Error("was planned before");
  const lock = lockOf(plan, registered);
  const free = planned(changed);
  const engineIn = (p: ReturnType<typeof planned>) =>
    p?.decisions.find(({ workload }) => workload === decision.workload)?.engine;
  expect(engineIn(free)).not.toBe(decision.engine);
  const held = planModel(changed, registered, lock, noFlips);
  if (held.plan) expect(engineIn(held.plan)).toBe(decision.engine);
  else expect(held.problems[0]?.kind).toBe("locked");
  if (!free) throw new Error("flips to an engine");
  const changes = compareLock(lock, lockOf(free, registered));
  const own = changes.find(({ workload }) => workload === decision.workload);
  expect(own?.kind).toBe("engine");
  expect(own && needsAcceptance(own)).toBe(true);
  expect(own?.old).toContain(decision.engine);
});

test("an engine that can no longer serve is a finding, not another engine", () => {
  const { given, decision } = flipping();
  const plan = planned(given);
  if (!plan) throw new Error("was planned before");
  const refused: Model = { ...given, stores: { ...given.stores, never: [decision.engine] } };
  const { problems } = planModel(refused, registered, lockOf(plan, registered), noFlips);
  expect(problems?.length).toBeGreaterThan(0);
  const named = problems?.flatMap(({ requirement, engines = [] }) => [
    requirement,
    ...engines.filter(({ engine }) => engine === decision.engine).map((one) => one.requirement),
  ]);
  expect(named).toContain("not-refused");
});

test.each([
  ["{", "not JSON"],
  ["[]", "not an object"],
  ['{"version":2,"decisions":{}}', "version 2"],
  ['{"version":1}', "decisions"],
  ['{"version":1,"decisions":{"orders":{"store":"main"}}}', "decisions.orders"],
])("refuses %s", (text, problem) => {
  const parsed = parseLock(text);
  expect("problem" in parsed && parsed.problem).toContain(problem);
});

test("a workload called like a property of every object is only found when it is locked", () => {
  const parsed = parseLock('{"version":1,"decisions":{}}');
  expect("lock" in parsed && parsed.lock.decisions["constructor"]).toBeUndefined();
});

test("names what was added, removed and asked anew", () => {
  const entry = {
    store: "main",
    engine: "a",
    engineVersion: "1",
    reasons: [],
    flips: [],
    requirementsHash: "x",
  };
  const before: Lock = {
    version: 1,
    decisions: { gone: entry, kept: entry, store: entry, major: entry },
  };
  const after: Lock = {
    version: 1,
    decisions: {
      fresh: entry,
      kept: { ...entry, requirementsHash: "y" },
      store: { ...entry, store: "other" },
      major: { ...entry, engineVersion: "2" },
    },
  };
  const changes = compareLock(before, after);
  expect(changes.map(({ workload, kind }) => [workload, kind])).toEqual([
    ["fresh", "added"],
    ["gone", "removed"],
    ["kept", "requirements"],
    ["major", "version"],
    ["store", "store"],
  ]);
  expect(changes.filter(needsAcceptance).map(({ workload }) => workload)).toEqual([
    "gone",
    "major",
    "store",
  ]);
});

test.each(["awords", "words"])(
  "views that come to share a store are refused where the lock holds them on two engines: with %s",
  (search) => {
    const spec = (filter: string): string => `version: 1
project: apart
stores: { running: [mysql, opensearch, milvus], never: [postgres, mongodb, mariadb] }
entities:
  Doc:
    fields:
      id: { type: uuid, key: true }
      title: { type: string, max: 100 }
      stars: { type: int }
      v: { type: vector, dimensions: 8 }
workloads:
  docs: { kind: transactional, entities: [Doc], access: { Doc: { get: {}, add: { op: insert } } } }
  ${search}: { kind: search, from: Doc, fields: { title: {} }, requires: [typo-tolerance], access: { search: { filter: [stars] } } }
  near: { kind: vector, from: Doc, field: v, scale: { rows: 2000M }, access: { nearest: { filter: [${filter}], hybridWith: ${search} } } }
`;
    const before = planned(modelOf(spec("stars")));
    if (!before) throw new Error("is served by two engines");
    expect(new Set(before.decisions.map(({ engine }) => engine)).size).toBe(3);
    const lock = lockOf(before, registered);
    const { problems = [] } = planModel(modelOf(spec("stars.range")), registered, lock, noFlips);
    expect(problems.map(({ kind }) => kind)).toEqual(["locked"]);
    expect(problems[0]?.text).toBe(
      `the lock holds near on Milvus, which cannot serve ${search}, which must share its store: near is fused with ${search} (hybridWith), no method of which takes all of its filters (stars.range); Milvus has no search port: its evidence card has no entry for it`,
    );
    const free = planModel(modelOf(spec("stars.range")), registered).plan;
    const near = free?.decisions.find(({ workload }) => workload === "near");
    expect(near?.rejected.find(({ engine }) => engine === "milvus")?.text).toBe(
      `Milvus cannot serve ${search}, which must share the store: near is fused with ${search} (hybridWith), no method of which takes all of its filters (stars.range)`,
    );
  },
);
