import { unlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { apply } from "../../../src/reconcile/apply.ts";
import { sealOfPart } from "../../../src/migrate/part-content.ts";
import { rememberSchemas, soundSchema, wantedSeal } from "../../../src/reconcile/known-schema.ts";
import { file, newTree, planFor, put } from "./trees.ts";

const paths = [
  ".async-db-starter/schema/main/notes.json",
  "migrations/main/0001-initial.json",
  "migrations/main/0001-initial.up.sql",
];
const parts = { notes: sealOfPart({ kind: "table" }) };

function remembered(stamp?: { size: number; mtimeMs: number; ctimeMs: number }): string {
  const root = newTree();
  apply(planFor(root, [file("src/a.ts", "1\n", { unit: "entities/A" })]), root);
  for (const path of paths) put(root, path, "{}\n");
  const files = paths.map((path) => ({ path, stamp }));
  rememberSchemas([{ store: "main", engine: "postgres", files, parts, pending: {} }], root);
  return root;
}

test("untouched files: the store's parts are known without reading them", () => {
  const found = soundSchema(remembered(), "main");
  expect(found?.parts).toEqual(parts);
  expect(found?.files.map(({ path }) => path)).toEqual(paths);
});

test.each(paths)("%s was written by somebody: all is read again", (path) => {
  const root = remembered();
  put(root, path, "{ }\n");
  expect(soundSchema(root, "main")).toBeUndefined();
});

test.each(paths)("%s is gone: all is read again", (path) => {
  const root = remembered();
  unlinkSync(join(root, path));
  expect(soundSchema(root, "main")).toBeUndefined();
});

test("a file that came in beside them: all is read again", () => {
  const root = remembered();
  put(root, "migrations/main/0002-more.json", "{}\n");
  expect(soundSchema(root, "main")).toBeUndefined();
});

test("what was changed after it was judged is not remembered", () => {
  expect(soundSchema(remembered({ size: 1, mtimeMs: 2, ctimeMs: 3 }), "main")).toBeUndefined();
});

test("the seal of a part does not depend on the order of its keys", () => {
  expect(sealOfPart({ a: 1, b: { c: 2, d: 3 } })).toBe(sealOfPart({ b: { d: 3, c: 2 }, a: 1 }));
  expect(sealOfPart({ a: 1 })).not.toBe(sealOfPart({ a: 2 }));
});

test("a damaged memory is none", () => {
  const root = remembered();
  put(root, ".async-db-starter/.cache/schema.json", "{");
  expect(soundSchema(root, "main")).toBeUndefined();
});

test("what the spec asks of a part is what is stored, or what was said of it instead", () => {
  const known = {
    parts: { notes: "a", gone: "b" },
    pending: { notes: "c", gone: null, come: "d" },
  };
  const seals = ["notes", "gone", "come", "none"].map((part) => wantedSeal(known, part));
  expect(seals).toEqual(["c", undefined, "d", undefined]);
  expect(wantedSeal({ ...known, pending: {} }, "notes")).toBe("a");
});
