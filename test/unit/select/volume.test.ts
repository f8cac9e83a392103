import fc from "fast-check";
import { expect, test } from "vitest";
import { bytesAfterGrowth } from "../../../src/select/volume.ts";
import type { AuthorityWorkload, Entity, FieldType } from "../../../src/spec/model.ts";
import { entity, field, mainStore, transactional, uuid } from "../postgres/model.ts";

const run = { seed: 20_261_123 };
const id = field("id", uuid, { key: true });

const fieldType: fc.Arbitrary<FieldType> = fc.oneof(
  fc.constantFrom<FieldType>({ kind: "int" }, { kind: "boolean" }, { kind: "text" }),
  fc.integer({ min: 1, max: 4_000 }).map((max): FieldType => ({ kind: "string", max })),
  fc
    .integer({ min: 1, max: 2_000 })
    .map((dimensions): FieldType => ({ kind: "vector", dimensions, metric: "cosine" })),
);
const fields = fc.array(fieldType, { maxLength: 12 });

const wide = (name: string, types: readonly FieldType[], owner?: string): Entity =>
  entity({
    name,
    ...(owner === undefined ? {} : { owner }),
    fields: [id, ...types.map((type, at) => field(`field${at}`, type))],
  });

/** Estimate for a workload that is the authority for every root among the entities. */
function estimate(entities: readonly Entity[], rows: number): number {
  const roots = entities.filter(({ owner }) => owner === undefined).map(({ name }) => name);
  const workload = transactional("some", Object.fromEntries(roots.map((name) => [name, []])));
  if (!("access" in workload)) throw new Error("no authority");
  const own: AuthorityWorkload = { ...workload, entities: roots, scale: { growth: 1, rows } };
  return bytesAfterGrowth(mainStore([...entities], []).model, own) ?? 0;
}

test("a million rows take no less because a narrow entity came to a wide one", () => {
  const article = wide("Article", [{ kind: "text" }]);
  const alone = estimate([article], 1_000_000);
  expect(alone).toBeGreaterThanOrEqual(1_000_000_000);
  expect(estimate([article, wide("Tag", [])], 1_000_000)).toBe(alone);
});

test("one more entity, owned or not, or one more field never makes the estimate smaller", () => {
  fc.assert(
    fc.property(
      fc.array(fields, { minLength: 1, maxLength: 6 }),
      fields,
      fieldType,
      fc.nat(),
      fc.boolean(),
      (shapes, more, type, pick, owned) => {
        const entities = shapes.map((types, at) => wide(`Entity${at}`, types));
        const before = estimate(entities, 1_000);
        const added = wide("Added", more, owned ? "Entity0" : undefined);
        expect(estimate([...entities, added], 1_000)).toBeGreaterThanOrEqual(before);
        const chosen = pick % shapes.length;
        const widened = shapes.map((types, at) =>
          wide(`Entity${at}`, at === chosen ? [...types, type] : types),
        );
        expect(estimate(widened, 1_000)).toBeGreaterThanOrEqual(before);
      },
    ),
    run,
  );
});

test("the estimate holds as many rows of the widest entity, owned ones included", () => {
  fc.assert(
    fc.property(fc.array(fields, { minLength: 1, maxLength: 6 }), (shapes) => {
      const owned = shapes.map((types, at) =>
        wide(`Entity${at}`, types, at === 0 ? undefined : "Entity0"),
      );
      const apart = shapes.map((types, at) => wide(`Entity${at}`, types));
      const each = apart.map((one) => estimate([one], 1_000));
      expect(estimate(apart, 1_000)).toBe(Math.max(...each));
      expect(estimate(owned, 1_000)).toBe(Math.max(...each));
    }),
    run,
  );
});
