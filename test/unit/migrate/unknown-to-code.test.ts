/** What code of before does not know, and must not write beside code that does. */
import { expect, test } from "vitest";
import mariadb from "../../../src/engines/mariadb/index.ts";
import mysql from "../../../src/engines/mysql/index.ts";
import postgres from "../../../src/engines/postgres/index.ts";
import { entity, field, mainStore, text, transactional, uuid } from "../postgres/model.ts";

const storeWith = (more: { readonly softDelete?: boolean; readonly version?: boolean }) =>
  mainStore(
    [
      entity({
        name: "Note",
        timestamps: false,
        fields: [field("id", uuid, { key: true }), field("words", text)],
        ...more,
      }),
    ],
    [transactional("all", { Note: [{ op: "get", name: "get" }] })],
  ).store;

const switched = [
  ["softDelete", "deleted_at"],
  ["version", "version"],
] as const;

test.each(
  [postgres, mysql, mariadb].flatMap((engine) =>
    switched.map(([name, column]) => [engine.id, name, column, engine] as const),
  ),
)("%s: %s switched on keeps code of before away", (_id, name, column, { schema: planner }) => {
  if (planner === undefined) throw new Error("no planner");
  const store = storeWith({ [name]: true });
  const { steps, questions } = planner.diff(
    planner.snapshot(storeWith({}), "shop"),
    planner.snapshot(store, "shop"),
    { store, project: "shop", mode: "split", values: {} },
  );
  expect(questions).toEqual([]);
  const added = steps.find(({ title }) => title.includes(`column ${column} is added`));
  expect(added?.phase).toBe("expand");
  expect(added?.risks).toContain("breaks-old-code");
});
