/** An index is refused exactly when the server would refuse to build it. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { refuse } from "../../../src/engines/postgres/refuse.ts";
import type { FieldType, Index } from "../../../src/spec/model.ts";
import { entity, field, transactional, mainStore, uuid } from "./model.ts";
import { embeddedLab, emptySchema, inSchema, type Lab, run, wholeOf } from "./schema-lab.ts";

const types: readonly FieldType[] = [
  { kind: "int" },
  { kind: "bigint" },
  { kind: "float" },
  { kind: "decimal", precision: 5, scale: 2 },
  { kind: "boolean" },
  { kind: "string", max: 9 },
  { kind: "text" },
  { kind: "enum", values: ["a"] },
  { kind: "uuid" },
  { kind: "date" },
  { kind: "timestamp" },
  { kind: "binary" },
  { kind: "json" },
  { kind: "array", of: "text" },
  { kind: "vector", dimensions: 3, metric: "cosine" },
];
const methods = ["btree", "hash", "brin", "gin", "gist"] as const;

let lab: Lab;
beforeAll(async () => {
  lab = await embeddedLab();
  await lab.exec("create extension vector");
});
afterAll(() => lab.close());

const storeWith = (type: FieldType, index: Omit<Index, "terms">, fields: readonly string[]) => {
  const terms = fields.map((name) => ({ field: name, direction: "asc" as const }));
  const note = entity({
    name: "Note",
    fields: [field("id", uuid, { key: true }), field("one", type), field("two", type)],
    indexes: [{ ...index, terms }],
  });
  return mainStore([note], [transactional("all", { Note: [{ op: "get", name: "get" }] })]).store;
};

const cases = types.flatMap((type) =>
  methods.flatMap((method) =>
    [
      { unique: false, fields: ["one"] },
      { unique: true, fields: ["one"] },
      { unique: false, fields: ["one", "two"] },
    ].map((shape) => ({ type, method, ...shape })),
  ),
);

test("what is let through is built, and what is refused is not", async () => {
  const wrong: string[] = [];
  for (const { type, method, unique, fields } of cases) {
    const store = storeWith(type, { method, unique }, fields);
    const refused = refuse(store).length > 0;
    await emptySchema(lab, "tried");
    const built = await inSchema(lab, "tried", () => run(lab, wholeOf(store), "up")).then(
      () => true,
      () => false,
    );
    if (refused === built) wrong.push(`${method} ${type.kind} ${fields.length} ${String(unique)}`);
  }
  expect(wrong).toEqual([]);
}, 120_000);
