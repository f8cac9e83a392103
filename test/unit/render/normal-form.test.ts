import { expect, test } from "vitest";
import { lower } from "../../../src/ir/lower.ts";
import { closure, normalForm } from "../../../src/render/shared/normal-form.ts";
import type { Entity } from "../../../src/spec/model.ts";
import { entity, field, int, key, model, planFor, transactional } from "../ir/models.ts";

function formOf(target: Entity): string | undefined {
  const made = model([target], [transactional("w", { [target.name]: [] })]);
  const [lowered] = lower(made, planFor(made)).entities;
  return lowered === undefined ? undefined : normalForm(lowered).form;
}

const depends = (determinant: readonly string[], dependent: readonly string[]) => ({
  dependencies: [{ determinant, dependent }],
});
const pair = [key("a", int), key("b", int), field("c", int), field("d", int)];

test.each<readonly [string, Entity, string]>([
  ["no dependency but the key's", entity("T", [key(), field("c", int)]), "BCNF"],
  [
    "a dependency from a unique value",
    entity("T", [key(), field("c", int, { unique: true }), field("d", int)], depends(["c"], ["d"])),
    "BCNF",
  ],
  ["a non-key decides part of the key", entity("T", pair, depends(["c"], ["b"])), "3NF"],
  ["a non-key decides a non-key", entity("T", pair, depends(["c"], ["d"])), "2NF"],
  ["part of the key decides a non-key", entity("T", pair, depends(["a"], ["c"])), "1NF"],
  ["no key", entity("T", [field("c", int)], { keyless: true }), "1NF"],
])("%s", (_, target, form) => expect(formOf(target)).toBe(form));

test("a nullable unique value is no key", () => {
  const target = entity(
    "T",
    [key(), field("c", int, { unique: true, nullable: true }), field("d", int)],
    depends(["c"], ["d"]),
  );
  expect(formOf(target)).toBe("2NF");
});

test("closure follows dependencies to their end", () => {
  const chain = [
    { determinant: ["b"], dependent: ["c"] },
    { determinant: ["a"], dependent: ["b"] },
  ];
  expect([...closure(["a"], chain)].toSorted()).toEqual(["a", "b", "c"]);
});
