/** What a change of the spec loses, as chains of random changes found it (test/engines/postgres/chains.test.ts). */
import { expect, test } from "vitest";
import { planner } from "../../../src/engines/postgres/schema/planner.ts";
import type { FieldType } from "../../../src/spec/model.ts";
import { entity, field, mainStore, transactional, uuid } from "./model.ts";

const types: readonly FieldType[] = [
  { kind: "float" },
  { kind: "decimal", precision: 12, scale: 2 },
  { kind: "json" },
  { kind: "binary" },
  { kind: "array", of: "string" },
];

test.each(types)("a column of type $kind that is renamed loses nothing", (type) => {
  const storeWith = (name: string, was?: string) =>
    mainStore(
      [
        entity({
          name: "Note",
          fields: [
            field("id", uuid, { key: true }),
            field(name, type, was === undefined ? {} : { was }),
          ],
        }),
      ],
      [transactional("all", { Note: [{ op: "get", name: "get" }] })],
    ).store;
  const [before, after] = [storeWith("weight"), storeWith("mass", "weight")];
  for (const mode of ["split", "direct"] as const) {
    const { steps } = planner.diff(
      planner.snapshot(before, "shop"),
      planner.snapshot(after, "shop"),
      {
        store: after,
        project: "shop",
        mode,
        values: {},
      },
    );
    expect(steps.length).toBeGreaterThan(0);
    expect(steps.flatMap(({ destroys }) => destroys ?? [])).toEqual([]);
  }
});
