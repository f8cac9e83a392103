import { expect, test } from "vitest";
import type { UnitInput, UnitInputs } from "../../../src/ir/unit-inputs.ts";
import { apply } from "../../../src/reconcile/apply.ts";
import {
  nothingUntouched,
  rememberUnits,
  untouchedUnits,
} from "../../../src/reconcile/known-units.ts";
import { file, newTree, planFor, put } from "./trees.ts";

const files = [
  file("src/a.ts", "1\n", { unit: "entities/A" }),
  file("src/b.ts", "2\n", { unit: "entities/B" }),
  file("docs/all.md", "3\n", { unit: "project" }),
];
const inputs = (a = "a", common = "common"): UnitInputs => ({
  common,
  units: new Map([
    ["entities/A", unit("A", a)],
    ["entities/B", unit("B", "b")],
  ]),
});
function unit(name: string, own: string, ...to: string[]): UnitInput {
  return { family: [name], own, to };
}

function generated(): string {
  const root = newTree();
  const plan = planFor(root, files);
  apply(plan, root);
  rememberUnits(inputs(), root, { files, plan, untouched: nothingUntouched });
  return root;
}

const untouched = (root: string, now: UnitInputs): readonly string[] => [
  ...untouchedUnits(now, root).keys(),
];

test("the same inputs and untouched files: units of entities can be left out, no other", () => {
  expect(untouched(generated(), inputs())).toEqual(["entities/A", "entities/B"]);
});

test("a unit whose inputs changed is rendered, the others are not", () => {
  expect(untouched(generated(), inputs("other"))).toEqual(["entities/B"]);
});

test.each([
  ["file", "src/a.ts"],
  ["record", ".async-db-starter/entities/A.json"],
])("a unit whose %s was touched is rendered", (_, path) => {
  const root = generated();
  put(root, path, "mine\n");
  expect(untouched(root, inputs())).toEqual(["entities/B"]);
});

test("nothing is left out when what all depend on changed, or an entity is gone", () => {
  const root = generated();
  expect(untouched(root, inputs("a", "other"))).toEqual([]);
  expect(
    untouched(root, { ...inputs(), units: new Map([["entities/B", unit("B", "b")]]) }),
  ).toEqual([]);
});

test("a unit of which something is to be said at each run is always rendered", () => {
  const root = generated();
  put(root, "src/a.ts", "1\n// mine\n");
  const plan = planFor(root, files);
  expect(plan.notes.map(({ path }) => path)).toEqual(["src/a.ts"]);
  apply(plan, root);
  rememberUnits(inputs(), root, { files, plan, untouched: nothingUntouched });
  expect(untouched(root, inputs())).toEqual(["entities/B"]);
});

test("what refers to a changed unit, and what that refers to, is rendered too", () => {
  const chain = (a: string): UnitInputs => ({
    common: "common",
    units: new Map([
      ["entities/A", unit("A", a)],
      ["entities/B", unit("B", "b", "entities/A")],
    ]),
  });
  const root = newTree();
  const plan = planFor(root, files);
  apply(plan, root);
  rememberUnits(chain("a"), root, { files, plan, untouched: nothingUntouched });
  expect(untouched(root, chain("a"))).toEqual(["entities/A", "entities/B"]);
  expect(untouched(root, chain("other"))).toEqual([]);
});
