/** The sequence of a key that is renamed, found by a chain: a later change of the table's name could not find it. */
import { expect, test } from "vitest";
import { planner } from "../../../src/engines/postgres/schema/planner.ts";
import { entity, field, mainStore, transactional } from "./model.ts";

const storeWith = (key: string, was?: string) =>
  mainStore(
    [
      entity({
        name: "Note",
        fields: [
          field(
            key,
            { kind: "bigint" },
            { key: true, generated: "database", ...(was !== undefined && { was }) },
          ),
          field("text", { kind: "text" }),
        ],
      }),
    ],
    [transactional("all", { Note: [{ op: "get", name: "get" }] })],
  ).store;

test.each(["split", "direct"] as const)("goes by the key's new name (%s)", (mode) => {
  const [before, after] = [storeWith("id"), storeWith("number", "id")];
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
  const [up, down] = (["up", "down"] as const).map((way) =>
    steps.map((step) => step[way]).join("\n"),
  );
  expect(up).toMatch(/alter sequence (?:if exists )?notes_id_seq rename to notes_number_seq;/);
  expect(down).toMatch(/alter sequence (?:if exists )?notes_number_seq rename to notes_id_seq;/);
});
