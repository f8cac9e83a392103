import { execFileSync } from "node:child_process";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  parseRecord,
  printRecord,
  type RecordedFile,
  type UnitRecord,
} from "../../../src/reconcile/record.ts";
import { generate, has, newTree, put, snapshot, text, file } from "./trees.ts";

function recordOf(files: Record<string, RecordedFile>, model?: unknown): UnitRecord {
  return { unit: "project", files: new Map(Object.entries(files)), model };
}

test("one line for each line of the base, sorted keys, a hash only where there is no base", () => {
  const record = recordOf(
    {
      "b.ts": { kind: "text", base: 'const a = "x";\n' },
      "a.bin": { kind: "hashed", hash: "00ff" },
      ".env": { kind: "yours" },
    },
    { z: 1, a: [{ y: null, x: true }] },
  );
  expect(printRecord(record)).toBe(`{
 "files": {
  ".env": {
   "yours": true
  },
  "a.bin": {
   "hash": "00ff"
  },
  "b.ts": {
   "base": [
    "const a = \\"x\\";",
    ""
   ]
  }
 },
 "model": {
  "a": [
   {
    "x": true,
    "y": null
   }
  ],
  "z": 1
 },
 "version": 1
}
`);
});

test("what is printed is read back", () => {
  const entry = fc.oneof(
    fc.string({ unit: "grapheme" }).map((base): RecordedFile => ({ kind: "text", base })),
    fc.constant<RecordedFile>({ kind: "yours" }),
    fc.constant<RecordedFile>({ kind: "hashed", hash: "ab" }),
  );
  const files = fc.dictionary(fc.stringMatching(/^[a-z]{1,8}\.ts$/), entry);
  fc.assert(
    fc.property(files, (found) => {
      const record = recordOf(found, { some: "model" });
      const parsed = parseRecord("project", printRecord(record));
      expect("damage" in parsed ? parsed : new Map([...parsed.files].toSorted())).toEqual(
        new Map([...record.files].toSorted()),
      );
    }),
    { seed: 20261121, numRuns: 500 },
  );
});

test.each([
  ["", /not a JSON object/],
  ["[]", /not a JSON object/],
  ['{\n<<<<<<< ours\n"version": 1\n}', /merge markers/],
  ['{"version": 2, "files": {}}', /its version is 2/],
  ['{"version": 1, "files": []}', /"files" is not an object/],
  ['{"version": 1, "files": {"../x": {"yours": true}}}', /"\.\.\/x"/],
  ['{"version": 1, "files": {"x": {"base": [1]}}}', /entry of "x" is malformed/],
  ['{"version": 1, "files": {"x": null}}', /entry of "x" is malformed/],
])("says what is wrong with %j", (damaged, why) => {
  const parsed = parseRecord("project", damaged);
  expect("damage" in parsed ? parsed.damage : "read").toMatch(why);
});

test("a damaged record stops the run, and nothing is written", () => {
  const root = newTree();
  generate(root, [file("a.ts", "1\n")]);
  put(root, ".async-db-starter/project.json", "<<<<<<< ours\n");
  const before = snapshot(root);
  expect(generate(root, [file("a.ts", "2\n")])).toMatchObject({
    findings: [{ kind: "damaged-record", mend: expect.stringContaining("git checkout") }],
  });
  expect(snapshot(root)).toEqual(before);
});

/** One project whose shared file lists the entities given, and one file for each of them. */
function project(entities: readonly string[]) {
  const list = ["address", "customer", "order", "product", "stock"]
    .map(
      (name) => `// ${name}\n${entities.includes(name) ? `export * from "./${name}.ts";\n` : ""}`,
    )
    .join("\n");
  const own = entities.map((name) =>
    file(`src/${name}.ts`, `export const ${name} = 1;\n`, { unit: `entities/${name}` }),
  );
  return [file("src/index.ts", list), ...own];
}

test("branches that each add an entity merge in git without a conflict, and nothing is drift then", () => {
  const root = newTree();
  const git = (...args: string[]) =>
    execFileSync("git", ["-C", root, "-c", "user.name=t", "-c", "user.email=t@t", ...args]);
  const commit = (entities: readonly string[]) => {
    generate(root, project(entities));
    git("add", "-A");
    git("commit", "-q", "-m", entities.join(" "));
  };
  git("init", "-q", "-b", "main");
  commit(["customer"]);
  git("checkout", "-q", "-b", "other");
  commit(["customer", "stock"]);
  git("checkout", "-q", "main");
  commit(["address", "customer"]);
  git("merge", "-q", "--no-edit", "other");
  const merged = snapshot(join(root, "src"));
  const record = text(root, ".async-db-starter/project.json");
  expect(generate(root, project(["address", "customer", "stock"]))).toMatchObject({
    outcome: "applied",
    created: [],
    rewritten: [],
    removed: [],
  });
  expect(snapshot(join(root, "src"))).toEqual(merged);
  expect(text(root, ".async-db-starter/project.json")).toBe(record);
  expect(git("status", "--porcelain").toString()).toBe("");
  expect(has(root, ".async-db-starter/.cache")).toBe(true);
});
