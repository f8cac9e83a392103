import fc from "fast-check";
import { expect, test } from "vitest";
import { partPath, parsePart, printPart } from "../../../src/migrate/snapshot-files.ts";
import { foldPath } from "../../../src/reconcile/paths.ts";
import { isSnapshotPath } from "../../../src/reconcile/tool-files.ts";

test("any two parts have two paths on any file system, and each is one of a snapshot", () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.string({ minLength: 1, maxLength: 40, unit: "binary" })),
      (parts) => {
        const paths = parts.map((part) => partPath("main", part.toWellFormed()));
        const different = new Set(parts.map((part) => part.toWellFormed())).size;
        expect(new Set(paths.map(foldPath)).size).toBe(different);
        for (const path of paths) expect(isSnapshotPath(path)).toBe(true);
      },
    ),
    { seed: 20_261_121 },
  );
});

test.each(["Orders", "con", "..", "a/b", "aux", "é"])("the part %s has a plain path", (part) => {
  expect(partPath("main", part)).toMatch(/^\.async-db-starter\/schema\/main\/[a-z0-9_%-]+\.json$/);
});

test("a part comes back as it was stored", () => {
  const content = { b: [1, { z: null, a: "x" }], a: true };
  expect(parsePart(printPart("paper", "orders", content))).toEqual({
    engine: "paper",
    part: "orders",
    content,
  });
});

test.each([
  ["<<<<<<< HEAD\n{}", "it holds merge markers"],
  ["nothing", "it is not a JSON object"],
  [`{"version":2}`, "its version is 2, known is 1"],
  [`{"version":1}`, "it names no engine or no part"],
])("%j is no part", (text, damage) => {
  expect(parsePart(text)).toEqual({ damage });
});
