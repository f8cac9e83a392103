import { expect, test } from "vitest";
import { aggregatesOf, entityOf } from "../../../src/select/aggregates.ts";
import type { AuthorityWorkload } from "../../../src/spec/model.ts";
import { seeded } from "../../support/random.ts";
import { entity, field, mainStore, transactional, uuid } from "../postgres/model.ts";

const id = field("id", uuid, { key: true });

test("the entities of a workload are its roots and what they own, whatever was asked before", () => {
  const random = seeded(20261121);
  for (let round = 0; round < 50; round += 1) {
    const roots = Array.from({ length: 12 }, (_, at) =>
      entity({ name: `Root${at}`, fields: [id] }),
    );
    const children = Array.from({ length: 8 }, (_, at) =>
      entity({ name: `Child${at}`, owner: `Root${Math.floor(random() * 12)}`, fields: [id] }),
    );
    const { model } = mainStore([...children, ...roots], []);
    for (let turn = 0; turn < 4; turn += 1) {
      const names = roots.map(({ name }) => name).filter(() => random() < 0.4);
      const workload = transactional("some", Object.fromEntries(names.map((name) => [name, []])));
      if (!("access" in workload)) throw new Error("no authority");
      const own: AuthorityWorkload = { ...workload, entities: names };
      const expected = model.entities.filter(
        ({ name, owner }) => names.includes(name) || (owner !== undefined && names.includes(owner)),
      );
      const found = aggregatesOf(model, own);
      expect(new Set(found)).toEqual(new Set(expected));
      expect(found).toHaveLength(expected.length);
      expect(aggregatesOf({ ...model }, { ...own, scale: { growth: 2 } })).toBe(found);
    }
  }
});

test("other entities are looked up anew", () => {
  const before = mainStore([entity({ name: "Note", fields: [id] })], []).model;
  const after = { ...before, entities: [entity({ name: "Memo", fields: [id] })] };
  expect(entityOf(before, "Note")?.name).toBe("Note");
  expect(entityOf(after, "Note")).toBeUndefined();
  expect(entityOf(after, "Memo")?.name).toBe("Memo");
});
