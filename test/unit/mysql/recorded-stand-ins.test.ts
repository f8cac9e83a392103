// A null that was recorded of what is required now: the step that gives it a value says so where nobody gave one.
import { expect, test } from "vitest";
import mariadb from "../../../src/engines/mariadb/index.ts";
import mysql from "../../../src/engines/mysql/index.ts";
import type { Field } from "../../../src/spec/model.ts";
import { entity, field, int, mainStore, text, transactional, uuid } from "../postgres/model.ts";

const storeOf = (...fields: readonly Field[]) =>
  mainStore(
    [
      entity({
        name: "Note",
        audit: true,
        timestamps: false,
        fields: [field("id", uuid, { key: true }), ...fields],
      }),
    ],
    [transactional("all", { Note: [{ op: "get", name: "get" }] })],
  ).store;

const before = storeOf(
  field("words", text, { nullable: true }),
  field("rank", int, { nullable: true }),
);

test.each([mysql, mariadb])("$id", ({ schema: planner }) => {
  if (planner === undefined) throw new Error("no planner");
  const steps = (store: ReturnType<typeof storeOf>, values = {}) => {
    const planned = planner.diff(planner.snapshot(before, "p"), planner.snapshot(store, "p"), {
      store,
      project: "p",
      mode: "split",
      values,
    });
    expect(planned.questions).toEqual([]);
    return planned.steps
      .filter(({ title }) => title.startsWith("notes_history: what was recorded of notes is read"))
      .map(({ title, reversibility }) => [title, reversibility]);
  };
  const read = "notes_history: what was recorded of notes is read with its new columns";
  const required = storeOf(field("words", text), field("rank", int));
  expect(steps(required)).toEqual([
    [
      `${read}; what was recorded as null gets what its type has for nothing, since no --set and no default says more: words '', rank 0`,
      "loses-data",
    ],
  ]);
  expect(steps(required, { "notes.words": "'-'", "notes.rank": "1" })).toEqual([
    [read, "reversible"],
  ]);
  const own = storeOf(field("words", text, { default: "-" }), field("rank", int, { default: 1 }));
  expect(steps(own)).toEqual([[read, "reversible"]]);
});
