import * as fs from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { apply } from "../../../src/reconcile/apply.ts";
import { cleanSince, inputHash, unchangedSince } from "../../../src/reconcile/shortcut.ts";
import { nodeFileSystem } from "../../../src/reconcile/file-system.ts";
import { file, generate, newTree, planFor, put, text } from "./trees.ts";

const hash = inputHash(["spec", "lock", "1.0.0"]);
const files = [
  file("src/a.ts", "1\n", { unit: "entities/A" }),
  file("src/b.ts", "2\n", { unit: "entities/B" }),
  file("own.ts", "3\n", { ownership: "yours" }),
];

function generated(): string {
  const root = newTree();
  generate(root, files, { inputHash: hash });
  return root;
}

test("the same inputs and an untouched tree: unchanged, seen by lstat alone", () => {
  const root = generated();
  const read: string[] = [];
  const watching = {
    ...nodeFileSystem,
    readText: (path: string) => {
      read.push(path.slice(root.length + 1));
      return nodeFileSystem.readText(path);
    },
  };
  expect(unchangedSince(hash, root, watching)).toBe(true);
  expect(read).toEqual([".async-db-starter/.cache/inputs.json"]);
});

const copy = (root: string, path: string) => fs.readFileSync(join(root, path));
test.each<[string, (root: string) => void]>([
  ["other content", (root) => put(root, "src/a.ts", "9\n")],
  ["the same content saved again", (root) => put(root, "src/a.ts", copy(root, "src/a.ts"))],
  [
    "other content of the same size with the old mtime",
    (root) => {
      const { atimeMs, mtimeMs } = fs.statSync(join(root, "src/a.ts"));
      put(root, "src/a.ts", "9\n");
      fs.utimesSync(join(root, "src/a.ts"), atimeMs / 1000, mtimeMs / 1000);
    },
  ],
  ["a deleted file", (root) => fs.rmSync(join(root, "src/b.ts"))],
  ["a deleted file of the user's", (root) => fs.rmSync(join(root, "own.ts"))],
  ["another mode", (root) => fs.chmodSync(join(root, "src/a.ts"), 0o600)],
  [
    "a touched record",
    (root) => {
      const record = ".async-db-starter/entities/A.json";
      put(root, record, text(root, record).replace('"1"', '"7"'));
    },
  ],
  ["a record that git brought", (root) => put(root, ".async-db-starter/entities/C.json", "{}")],
  ["an interrupted run", (root) => put(root, ".async-db-starter/.cache/journal.json", "{}")],
  ["no memory", (root) => fs.rmSync(join(root, ".async-db-starter/.cache/inputs.json"))],
  ["a torn memory", (root) => put(root, ".async-db-starter/.cache/inputs.json", '{"version":1')],
])("%s: the full way", (_, meddle) => {
  const root = generated();
  expect(unchangedSince(hash, root)).toBe(true);
  meddle(root);
  expect(unchangedSince(hash, root)).toBe(false);
});

test("other inputs: the full way; parts cannot run into each other", () => {
  expect(unchangedSince(inputHash(["spec", "lock", "1.0.1"]), generated())).toBe(false);
  expect(inputHash(["ab", "c"])).not.toBe(inputHash(["a", "bc"]));
  expect(inputHash(["ab"])).toBe(inputHash([Uint8Array.of(97, 98)]));
});

test("a file that was changed after scan read it is not taken for the one that was judged", () => {
  const root = generated();
  const plan = planFor(root, files);
  put(root, "src/a.ts", "9\n");
  const other = inputHash(["other"]);
  apply(plan, root, { inputHash: other });
  expect(unchangedSince(other, root)).toBe(false);
});

test("nothing is remembered of a plan with a finding", () => {
  const root = newTree({ "src/a.ts": "mine\n" });
  generate(root, files, { inputHash: hash });
  expect(unchangedSince(hash, root)).toBe(false);
});

test("a tree of which something was to be said is unchanged, but not known to be clean", () => {
  const root = newTree();
  generate(root, files, { inputHash: hash });
  expect(cleanSince(hash, root)).toBe(false);
  generate(root, files, { inputHash: hash, clean: true });
  expect(cleanSince(hash, root)).toBe(true);
  expect(cleanSince(inputHash(["other"]), root)).toBe(false);
  put(root, "src/a.ts", "9\n");
  expect(cleanSince(hash, root)).toBe(false);
});
