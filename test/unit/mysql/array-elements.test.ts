/** What the elements of an array are, which a column of type json does not say. */
import { describe, expect, test } from "vitest";
import mariadb from "../../../src/engines/mariadb/index.ts";
import mysql from "../../../src/engines/mysql/index.ts";
import { outdatedParts } from "../../../src/migrate/change.ts";
import type { Snapshot } from "../../../src/migrate/step.ts";
import type { ArrayElement, Field } from "../../../src/spec/model.ts";
import { entity, field, mainStore, transactional, uuid } from "../postgres/model.ts";

const noted = (of: ArrayElement, more: Partial<Field> = {}) => {
  const marks = field("marks", { kind: "array", of }, { default: [], ...more });
  const fields = [field("id", uuid, { key: true }), marks];
  return mainStore(
    [entity({ name: "Note", timestamps: false, fields })],
    [transactional("notes", { Note: [] })],
  ).store;
};

/** As it was written before elements were kept. */
const unknowing = (snapshot: Snapshot): Snapshot =>
  new Map(
    [...snapshot].map(([part, content]) => [
      part,
      JSON.parse(
        JSON.stringify(content, (name, value: unknown) =>
          name === "elements" ? undefined : value,
        ),
      ),
    ]),
  );

describe.each([mysql, mariadb])("$id", ({ schema }) => {
  if (schema === undefined) throw new Error("no planner");
  const change = (from: Snapshot, of: ArrayElement) => {
    const store = noted(of);
    const context = { project: "notes", mode: "split", values: {}, store } as const;
    return schema.diff(from, schema.snapshot(store, "notes"), context);
  };
  const snapshotWith = (of: ArrayElement): Snapshot => schema.snapshot(noted(of), "notes");

  test.each([
    ["text", "int"],
    ["int", "bigint"],
    ["int", "text"],
    ["decimal", "float"],
    ["text", "uuid"],
  ] as const)("an array of %s that becomes one of %s is refused", (from, to) => {
    const { steps, questions } = change(snapshotWith(from), to);
    expect(steps).toEqual([]);
    expect(questions).toEqual([
      {
        about: "notes.marks",
        text: `column marks of notes is an array of ${from} and becomes one of ${to}; what is stored is not converted, and no code of the new type could read it`,
        hint: "add a field of the new type, write both, copy what is there, and drop the old one later",
      },
    ]);
  });

  test("strings and texts are the same", () => {
    expect(change(snapshotWith("string"), "text")).toEqual({ steps: [], questions: [] });
  });

  test("a snapshot that does not tell elements shows no change", () => {
    const stored = unknowing(snapshotWith("int"));
    expect(change(stored, "int")).toEqual({ steps: [], questions: [] });
    const parts = new Map([...stored].map(([name, content]) => [name, { engine: "", content }]));
    const folder = { migrations: [], files: [], parts } as never;
    expect(outdatedParts(folder, snapshotWith("int"), schema)).toEqual([]);
    expect(outdatedParts(folder, snapshotWith("int"))).toEqual(["notes"]);
  });

  test.each([
    ["bigint", [1, "-9223372036854775808"], '["1","-9223372036854775808"]'],
    ["decimal", ["1.50"], '["1.50"]'],
    ["boolean", [true, false], "[1,0]"],
    ["timestamp", ["2026-01-31T09:30:00.250Z"], '["2026-01-31 09:30:00.250"]'],
    ["int", [1], "[1]"],
  ] as const)("a default of %s is stored as a write stores it", (of, value, text) => {
    const store = noted(of, { default: [...value] });
    expect(JSON.stringify([...schema.snapshot(store, "notes")])).toContain(
      JSON.stringify(`('${text}')`).slice(1, -1),
    );
  });
});
