/** What code of before does not know, and must not write beside code that does. */
import { expect, test } from "vitest";
import mariadb from "../../../src/engines/mariadb/index.ts";
import mysql from "../../../src/engines/mysql/index.ts";
import postgres from "../../../src/engines/postgres/index.ts";
import { changed } from "../mongodb/press.ts";
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

test.each([postgres, mysql, mariadb].map((engine) => [engine.id, engine] as const))(
  "%s: code of after waits until no code raises the version that is switched off",
  (_id, { schema: planner }) => {
    if (planner === undefined) throw new Error("no planner");
    const store = storeWith({});
    const { steps } = planner.diff(
      planner.snapshot(storeWith({ version: true }), "shop"),
      planner.snapshot(store, "shop"),
      { store, project: "shop", mode: "split", values: {} },
    );
    const dropped = steps.find(({ title }) => title.includes("column version is dropped"));
    expect(dropped?.phase).toBe("contract");
    expect(dropped?.risks).toContain("new-code-waits");
  },
);

const press = `version: 1
project: press
stores: { hosting: self-managed, running: [mongodb], never: [postgres, memory, redis] }
entities:
  Note:
    timestamps: false
    fields: { id: { type: uuid, key: true }, words: { type: text } }
workloads:
  all: { kind: document, entities: [Note], access: { Note: { get: {} } } }
`;

test.each([
  // A document without the mark is not deleted, so it needs none.
  ["softDelete", ["expand", ["breaks-old-code"]]],
  // One without a version could not be read.
  ["version", ["contract", ["breaks-old-code", "new-code-waits"]]],
] as const)("mongodb: %s switched on keeps code of before away", (name, bound) => {
  const after = press.replace("timestamps: false", `timestamps: false\n    ${name}: true`);
  const { steps, questions } = changed(press, after);
  expect(questions).toEqual([]);
  const first = steps.find(({ risks }) => risks.includes("breaks-old-code"));
  expect([first?.phase, first?.risks]).toEqual(bound);
});
