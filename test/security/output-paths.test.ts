import * as fs from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ApplyError } from "../../src/reconcile/apply-error.ts";
import { apply } from "../../src/reconcile/apply.ts";
import { collisions, pathProblem } from "../../src/reconcile/paths.ts";
import { recover } from "../../src/reconcile/recover.ts";
import type { FileChange, WritePlan } from "../../src/reconcile/write-plan.ts";
import { file, generate, has, newTree, planFor, put, snapshot } from "../unit/reconcile/trees.ts";

// S1 of anchors/reliability.md: hostile output paths and links; writes outside the root: none.

const hostile = [
  "",
  ".",
  "..",
  "../out.ts",
  "a/../../out.ts",
  "a/..",
  "./a.ts",
  "a//b.ts",
  "a/",
  "/out.ts",
  "//server/share/out.ts",
  "\\out.ts",
  "..\\out.ts",
  "a\\..\\..\\out.ts",
  "C:/out.ts",
  "c:out.ts",
  "a/b:stream",
  "a\0.ts",
  "a\n.ts",
  "a/\u001b[2J.ts",
  "a\u0085.ts",
  "a<b.ts",
  "a|b",
  "what?.ts",
  "*.ts",
  "con",
  "CON.ts",
  "src/nul",
  "src/Aux.d.ts",
  "com1.txt",
  "LPT9",
  "com¹.ts",
  "CONIN$",
  "a./b.ts",
  "a /b.ts",
  "a.",
  "a ",
  "...",
  ".git/hooks/post-checkout",
  "sub/.GIT/config",
  ".g\u200cit/config",
  "GIT~1/config",
  ".async-db-starter/project.json",
  ".ASYNC-DB-STARTER/.cache/journal.json",
  "a\ud800.ts",
  "\u202etxt.ts",
  `${"a".repeat(256)}.ts`,
  `${"abcdefg/".repeat(200)}a.ts`,
];

/** A root inside a folder, so that anything written beside the root is seen. */
function guardedTree(): { outer: string; root: string } {
  const outer = newTree({ "outside/secret.txt": "secret\n", "outside/deep/x.ts": "old\n" });
  fs.mkdirSync(join(outer, "root"));
  return { outer, root: join(outer, "root") };
}

function outside(outer: string): Map<string, string> {
  return new Map([...snapshot(outer)].filter(([path]) => !path.startsWith("root/")));
}

/** A plan that no `decide` has checked: what apply must refuse by itself. */
function uncheckedPlan(change: FileChange): WritePlan {
  return { actions: [change], records: [], findings: [], notes: [], watched: [] };
}

describe("output paths", () => {
  test.each(hostile)("refuses %j, in decide and again in apply", (path) => {
    const { outer, root } = guardedTree();
    const before = outside(outer);
    expect(pathProblem(path)).toBeTypeOf("string");
    const plan = planFor(root, [file("good.ts", "1\n"), file(path, "2\n")]);
    expect(plan.findings.map((finding) => finding.kind)).toContain("unsafe-path");
    expect(apply(plan, root)).toMatchObject({ outcome: "refused" });
    const forced = uncheckedPlan({ kind: "create", path, content: "2\n", executable: false });
    expect(() => apply(forced, root)).toThrow(ApplyError);
    expect([...snapshot(root).keys()]).toEqual([]);
    expect(outside(outer)).toEqual(before);
  });

  test.each([
    "src/data/index.ts",
    ".env.example",
    "compose.yaml",
    ".github/workflows/data.yml",
    "src/data/domain/größe.ts",
    "src/console.ts",
    "src/nullable/auxiliary.com.ts",
    "docs/a b.md",
  ])("accepts %j", (path) => {
    expect(pathProblem(path)).toBeUndefined();
  });

  test("never writes outside the root, whatever the path", () => {
    const piece = fc.constantFrom("..", ".", "", "a", "con", "A", "\\", ":", "\0", "a.", "outside");
    const separator = fc.constantFrom("/", "//", "\\", "/./");
    const path = fc
      .array(fc.tuple(piece, separator), { minLength: 1, maxLength: 5 })
      .map((pieces) => pieces.flat().slice(0, -1).join(""));
    const { outer, root } = guardedTree();
    const before = outside(outer);
    const attempt = (at: string) => {
      const plan = uncheckedPlan({ kind: "create", path: at, content: "x", executable: false });
      try {
        apply(plan, root);
      } catch (error) {
        expect(error).toBeInstanceOf(ApplyError);
      }
      expect(outside(outer)).toEqual(before);
    };
    fc.assert(fc.property(path, attempt), { seed: 20261121, numRuns: 1000 });
  });
});

describe("paths that are one path on some systems", () => {
  test.each([
    ["src/Order.ts", "src/order.ts"],
    ["src/STRASSE.ts", "src/straße.ts"],
    ["src/caf\u00e9.ts", "src/cafe\u0301.ts"],
    ["src/data", "src/data/index.ts"],
  ])("%j and %j", (a, b) => {
    expect(collisions([a, b])).toHaveLength(1);
    const root = newTree();
    const plan = planFor(root, [file(a, "1\n"), file(b, "2\n")]);
    expect(plan.findings.map((finding) => finding.kind)).toEqual(["collision"]);
    apply(plan, root);
    expect(snapshot(root).size).toBe(0);
  });

  test("records of entities that differ only in case", () => {
    const files = [
      file("a.ts", "1\n", { unit: "entities/Order" }),
      file("b.ts", "2\n", { unit: "entities/ORDER" }),
    ];
    expect(planFor(newTree(), files).findings).toMatchObject([{ kind: "collision" }]);
  });
});

describe("links", () => {
  test.each([
    ["a folder on the way", "src", "outside"],
    ["a folder deeper on the way", "src/data", "outside"],
    ["the file itself", "src/data/index.ts", "outside/secret.txt"],
    ["the file itself, dangling", "src/data/index.ts", "outside/nothing.txt"],
    ["the tool's folder", ".async-db-starter", "outside"],
    ["the tool's cache", ".async-db-starter/.cache", "outside"],
    ["the folder of records", ".async-db-starter/entities", "outside"],
    ["a record", ".async-db-starter/entities/Order.json", "outside/secret.txt"],
    ["the lock", ".async-db-starter/.cache/lock", "outside/secret.txt"],
    ["the journal", ".async-db-starter/.cache/journal.json", "outside/secret.txt"],
    ["the journal's next version", ".async-db-starter/.cache/journal.json.tmp", "outside/x"],
  ])("%s: nothing is written or removed through it", (_, path, target) => {
    const { outer, root } = guardedTree();
    fs.mkdirSync(join(root, path, ".."), { recursive: true });
    fs.symlinkSync(join(outer, target), join(root, path));
    const before = outside(outer);
    const order = file("src/data/index.ts", "export {};\n", { unit: "entities/Order" });
    try {
      generate(root, [order]);
    } catch (error) {
      expect(error).toBeInstanceOf(ApplyError);
    }
    expect(outside(outer)).toEqual(before);
    if (path.startsWith("src")) expect(fs.lstatSync(join(root, path)).isSymbolicLink()).toBe(true);
  });

  test("a link that takes a folder's place between plan and apply", () => {
    const { outer, root } = guardedTree();
    put(root, "src/data/keep.ts", "mine\n");
    const plan = planFor(root, [file("src/data/x.ts", "new\n")]);
    fs.rmSync(join(root, "src"), { recursive: true });
    fs.symlinkSync(join(outer, "outside"), join(root, "src"));
    const before = outside(outer);
    expect(() => apply(plan, root)).toThrow(/src is a symlink/);
    expect(outside(outer)).toEqual(before);
  });

  test("a file planned for removal that became a link is not removed", () => {
    const { outer, root } = guardedTree();
    generate(root, [file("src/x.ts", "1\n"), file("src/y.ts", "1\n")]);
    const plan = planFor(root, [file("src/y.ts", "1\n")]);
    fs.rmSync(join(root, "src/x.ts"));
    fs.symlinkSync(join(outer, "outside/secret.txt"), join(root, "src/x.ts"));
    expect(() => apply(plan, root)).toThrow(/changed while/);
    expect(has(root, "src/x.ts")).toBe(true);
    expect(has(outer, "outside/secret.txt")).toBe(true);
  });

  test("the root itself may be reached through a link", () => {
    const { outer, root } = guardedTree();
    fs.symlinkSync(root, join(outer, "alias"));
    generate(join(outer, "alias"), [file("src/x.ts", "1\n")]);
    expect(has(root, "src/x.ts")).toBe(true);
  });
});

describe("state that came with a hostile repository", () => {
  const cache = ".async-db-starter/.cache";
  const seal = { size: 7, crc: 0 };

  test.each([
    { kind: "remove", path: "../outside/secret.txt", before: seal },
    { kind: "remove", path: ".git/config", before: seal },
    { kind: "file", path: "a.ts", temp: "../outside/secret.txt", after: seal, before: null },
    { kind: "file", path: "a.ts", temp: "package.json", after: seal, before: null },
    {
      kind: "folder",
      path: "src",
      temp: ".ads-000000000000-0.tmp",
      folders: ["../.."],
      files: [],
    },
    {
      kind: "folder",
      path: "src",
      temp: ".ads-000000000000-0.tmp",
      folders: [],
      files: [{ path: "../../outside/secret.txt", after: seal }],
    },
  ])("a journal with %j", (entry) => {
    for (const phase of ["staging", "committing"]) {
      const { outer, root } = guardedTree();
      put(root, "package.json", "{}\n");
      put(root, ".git/config", "x");
      put(root, `${cache}/journal.json`, JSON.stringify({ version: 1, phase, entries: [entry] }));
      const before = outside(outer);
      expect(() => recover(root)).toThrow(/not a journal of this tool/);
      expect(outside(outer)).toEqual(before);
      expect([...snapshot(root).keys()]).toEqual([".git/config", "package.json"]);
    }
  });

  test("a journal whose folder is a link", () => {
    const { outer, root } = guardedTree();
    fs.symlinkSync(join(outer, "outside"), join(root, "src"));
    const entry = { kind: "remove", path: "src/secret.txt", before: seal };
    const journal = JSON.stringify({ version: 1, phase: "committing", entries: [entry] });
    put(root, `${cache}/journal.json`, journal);
    expect(() => recover(root)).toThrow(/src is a symlink/);
    expect(has(outer, "outside/secret.txt")).toBe(true);
  });

  test.each(["../outside/secret.txt", "/etc/passwd", ".git/config", "__proto__"])(
    "a record that lists %j",
    (path) => {
      const { outer, root } = guardedTree();
      put(root, ".git/config", "secret\n");
      const record = `{"files": {${JSON.stringify(path)}: {"base": ["secret", ""]}}, "version": 1}`;
      put(root, ".async-db-starter/entities/Order.json", record);
      const before = snapshot(outer);
      const report = generate(root, [file("src/x.ts", "1\n")]);
      expect({}).not.toHaveProperty("base");
      if (path === "__proto__") expect(report.outcome).toBe("applied");
      else {
        expect(report).toMatchObject({ findings: [{ kind: "damaged-record" }] });
        expect(snapshot(outer)).toEqual(before);
      }
    },
  );
});
