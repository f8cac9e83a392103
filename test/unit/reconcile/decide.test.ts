import { describe, expect, test } from "vitest";
import { decide } from "../../../src/reconcile/decide.ts";
import { renderDiff } from "../../../src/reconcile/render-diff.ts";
import { hasDrift } from "../../../src/reconcile/write-plan.ts";
import { file, generate, has, newTree, planFor, put, snapshot, stamps, text } from "./trees.ts";
import { rmSync } from "node:fs";
import { join } from "node:path";

const path = "src/data/order.ts";
const order = (content: string) => file(path, content, { unit: "entities/Order" });
const own = (content: string) =>
  file("src/data/own.ts", content, { unit: "entities/Order", ownership: "yours" });

describe("a generated file", () => {
  test("untouched: rewritten when its content differs, kept when it does not", () => {
    const root = newTree();
    expect(generate(root, [order("1\n")])).toMatchObject({ created: [path] });
    expect(generate(root, [order("2\n")])).toMatchObject({ created: [], rewritten: [path] });
    expect(text(root, path)).toBe("2\n");
    expect(generate(root, [order("2\n")])).toMatchObject({ rewritten: [] });
  });

  test("changed by hand, nothing new to put in: kept with a note, and nothing is drift", () => {
    const root = newTree();
    generate(root, [order("1\n"), own("// mine\n")]);
    put(root, path, "1\n// by hand\n");
    const before = stamps(root);
    for (let run = 0; run < 2; run += 1) {
      const plan = planFor(root, [order("1\n"), own("// mine\n")]);
      expect(hasDrift(plan)).toBe(false);
      expect(plan.notes).toMatchObject([{ kind: "hand-changed", path }]);
      generate(root, [order("1\n"), own("// mine\n")]);
      expect(stamps(root)).toEqual(before);
    }
  });

  test("changed by hand to exactly what is generated now: fine", () => {
    const root = newTree();
    generate(root, [order("1\n")]);
    put(root, path, "2\n");
    expect(planFor(root, [order("2\n")]).findings).toEqual([]);
    generate(root, [order("2\n")]);
    expect(generate(root, [order("3\n")])).toMatchObject({ rewritten: [path] });
  });

  test("deleted by the user: stays deleted, with a note, until it comes back", () => {
    const root = newTree();
    generate(root, [order("1\n")]);
    rmSync(join(root, path));
    for (const content of ["1\n", "2\n"]) {
      expect(planFor(root, [order(content)]).notes).toMatchObject([{ kind: "deleted", path }]);
      generate(root, [order(content)]);
      expect(has(root, path)).toBe(false);
    }
    put(root, path, "1\n");
    expect(generate(root, [order("2\n")])).toMatchObject({ rewritten: [path] });
  });

  test("there before it was ours: refused, or adopted when equal", () => {
    const root = newTree({ [path]: "mine\n" });
    expect(planFor(root, [order("1\n")]).findings).toMatchObject([{ kind: "unlisted", path }]);
    expect(generate(root, [order("1\n")])).toMatchObject({ outcome: "refused" });
    expect([...snapshot(root).keys()]).toEqual([path]);
    put(root, path, "1\r\n");
    expect(planFor(root, [order("1\n")]).actions).toEqual([{ kind: "adopt", path }]);
    generate(root, [order("1\n")]);
    expect(text(root, path)).toBe("1\r\n");
    expect(generate(root, [order("2\n")])).toMatchObject({ rewritten: [path] });
  });

  test("no longer rendered: removed with its empty folders and its record", () => {
    const root = newTree();
    generate(root, [order("1\n"), file("src/other.ts", "1\n")]);
    expect(generate(root, [file("src/other.ts", "1\n")])).toMatchObject({ removed: [path] });
    expect(has(root, "src/data")).toBe(false);
    expect(has(root, ".async-db-starter/entities")).toBe(false);
    expect(has(root, "src/other.ts")).toBe(true);
  });

  test("no longer rendered, but changed by hand: listed and kept", () => {
    const root = newTree();
    generate(root, [order("1\n")]);
    put(root, path, "by hand\n");
    expect(planFor(root, []).notes).toMatchObject([{ kind: "kept-hand-changed", path }]);
    generate(root, []);
    expect(text(root, path)).toBe("by hand\n");
    expect(planFor(root, []).notes).toEqual([]);
  });

  test("moved from one unit to another: still ours", () => {
    const root = newTree();
    generate(root, [order("1\n")]);
    expect(generate(root, [file(path, "2\n")])).toMatchObject({ rewritten: [path], removed: [] });
    expect(has(root, ".async-db-starter/entities/Order.json")).toBe(false);
    expect(generate(root, [file(path, "2\n")])).toMatchObject({ rewritten: [] });
  });

  test("renamed only in case: the old spelling goes, the new one comes", () => {
    const root = newTree();
    generate(root, [file("src/order.ts", "1\n")]);
    generate(root, [file("src/Order.ts", "1\n")]);
    expect([...snapshot(root).keys()].filter((at) => at.startsWith("src"))).toEqual([
      "src/Order.ts",
    ]);
    // As a case-insensitive file system shows it: the old file is found under the new name.
    put(root, "src/ORDER.ts", "1\n");
    const plan = planFor(root, [file("src/ORDER.ts", "1\n")]);
    expect(plan.findings).toEqual([]);
    expect(plan.actions.map(({ kind, path: at }) => [kind, at])).toEqual([
      ["rewrite", "src/ORDER.ts"],
      ["remove", "src/Order.ts"],
    ]);
    generate(root, [file("src/ORDER.ts", "1\n")]);
    expect(has(root, "src/ORDER.ts")).toBe(true);
    expect(has(root, "src/Order.ts")).toBe(false);
  });

  test("a folder in its place is named", () => {
    const root = newTree({ [`${path}/x`]: "" });
    const [finding] = planFor(root, [order("1\n")]).findings;
    expect(finding).toMatchObject({ kind: "blocked-path", path });
    expect(finding?.message).toContain("a folder is in its place");
  });
});

describe("a file of the user's own", () => {
  test("is created once and never touched again", () => {
    const root = newTree();
    expect(generate(root, [own("// start\n")])).toMatchObject({ created: ["src/data/own.ts"] });
    put(root, "src/data/own.ts", "// changed\n");
    expect(generate(root, [own("// newer template\n")])).toMatchObject({ rewritten: [] });
    expect(text(root, "src/data/own.ts")).toBe("// changed\n");
  });

  test("is not made again once deleted, and kept when nothing needs it any more", () => {
    const root = newTree();
    generate(root, [own("// start\n"), order("1\n")]);
    put(root, "src/data/own.ts", "// changed\n");
    expect(planFor(root, [order("1\n")]).notes).toMatchObject([{ kind: "kept-yours" }]);
    rmSync(join(root, "src/data/own.ts"));
    generate(root, [own("// start\n"), order("1\n")]);
    expect(has(root, "src/data/own.ts")).toBe(false);
  });

  test("that was there already is left alone, with a note", () => {
    const root = newTree({ "src/data/own.ts": "// mine\n" });
    expect(planFor(root, [own("// start\n")]).notes).toMatchObject([{ kind: "already-there" }]);
    generate(root, [own("// start\n")]);
    expect(text(root, "src/data/own.ts")).toBe("// mine\n");
    expect(planFor(root, [own("// start\n")]).notes).toEqual([]);
  });

  test("leaves no trace of its content in the record", () => {
    const root = newTree();
    generate(root, [file(".env", "MAIN_URL=secret\n", { ownership: "yours" })]);
    expect(text(root, ".async-db-starter/project.json")).not.toContain("secret");
    expect(text(root, ".async-db-starter/project.json")).not.toContain("hash");
  });
});

describe("check", () => {
  test("shows drift as a diff and writes nothing", () => {
    const root = newTree();
    generate(root, [order("1\n"), file("src/gone.ts", "1\n")]);
    const before = snapshot(root);
    const plan = planFor(root, [order("2\n"), file("src/new.ts", "1\n")]);
    expect(hasDrift(plan)).toBe(true);
    expect(renderDiff(plan)).toBe(
      [
        `--- a/${path}\n+++ b/${path}\n@@ -1 +1 @@\n-1\n+2\n`,
        "--- a/src/gone.ts\n+++ /dev/null\n@@ -1 +0,0 @@\n-1\n",
        "--- /dev/null\n+++ b/src/new.ts\n@@ -0,0 +1 @@\n+1\n",
      ].join(""),
    );
    expect(snapshot(root)).toEqual(before);
  });

  test("shows what a merge would make of a hand change", () => {
    const root = newTree();
    generate(root, [order("1\n2\n3\n")]);
    put(root, path, "1\r\n2\r\n3\r\nby hand\r\n");
    expect(renderDiff(planFor(root, [order("0\n1\n2\n3\n")]))).toBe(
      `--- a/${path}\n+++ b/${path}\n@@ -1,3 +1,4 @@\n+0\n 1\n 2\n 3\n`,
    );
  });

  test("is clean on a fresh tree with other line ends; a model that changed alone is drift", () => {
    const root = newTree();
    const model = new Map([["entities/Order", { fields: ["id"] }]]);
    generate(root, [order("1\n2\n")], {}, model);
    put(root, path, "\uFEFF1\r\n2\r\n");
    const record = ".async-db-starter/entities/Order.json";
    put(root, record, text(root, record).replaceAll("\n", "\r\n"));
    const clean = planFor(root, [order("1\n2\n")], model);
    expect([hasDrift(clean), renderDiff(clean)]).toEqual([false, ""]);
    const changed = new Map([["entities/Order", { fields: ["id", "note"] }]]);
    const plan = planFor(root, [order("1\n2\n")], changed);
    expect(hasDrift(plan)).toBe(true);
    expect(renderDiff(plan)).toContain('+   "note"');
  });
});

test("a unit that does not exist is a mistake of the caller", () => {
  const root = newTree();
  for (const unit of ["", "entities", "entities/", "entities/../x", "tables/x", "entities/a/b"]) {
    expect(() => planFor(root, [file("a.ts", "", { unit })]), unit).toThrow(TypeError);
  }
});

test("deciding is pure: the same state gives the same plan", () => {
  const state = { records: new Map(), damaged: [], disk: new Map(), interrupted: false };
  const files = [order("1\n"), file("a.ts", "2\n")];
  expect(decide(files, state, new Map())).toEqual(decide(files, state, new Map()));
});
