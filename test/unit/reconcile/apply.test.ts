import * as fs from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ApplyError } from "../../../src/reconcile/apply-error.ts";
import { apply } from "../../../src/reconcile/apply.ts";
import { recover } from "../../../src/reconcile/recover.ts";
import { faultAt, mortal } from "./faulty-file-system.ts";
import { file, generate, has, newTree, planFor, put, snapshot, stamps, text } from "./trees.ts";

const path = "src/order.ts";

describe("what the user's copy of a file is like", () => {
  test.each([
    ["CRLF", "a\r\nb\r\n", "a\r\nc\r\n"],
    ["a byte order mark", "\uFEFFa\nb\n", "\uFEFFa\nc\n"],
    ["no final newline", "a\nb", "a\nc"],
    ["all of them", "\uFEFFa\r\nb", "\uFEFFa\r\nc"],
  ])("%s: not drift, and kept by a rewrite", (_, copy, expected) => {
    const root = newTree();
    generate(root, [file(path, "a\nb\n")]);
    put(root, path, copy);
    const before = stamps(root);
    generate(root, [file(path, "a\nb\n")]);
    expect(stamps(root)).toEqual(before);
    generate(root, [file(path, "a\nc\n")]);
    expect(text(root, path)).toBe(expected);
    generate(root, [file(path, "a\nb\n")]);
    expect(text(root, path)).toBe(copy);
  });

  test("permission bits are kept; a new file gets those of its kind", () => {
    const root = newTree();
    generate(root, [file(path, "1\n"), file("bin/run", "#!/bin/sh\n", { executable: true })]);
    const mode = (at: string) => fs.statSync(join(root, at)).mode & 0o777;
    expect(mode(path) & 0o111).toBe(0);
    expect(mode("bin/run") & 0o100).toBe(0o100);
    fs.chmodSync(join(root, path), 0o640);
    generate(root, [file(path, "2\n"), file("bin/run", "#!/bin/sh\n", { executable: true })]);
    expect(mode(path)).toBe(0o640);
  });

  test("non-ASCII text and bytes come through whole", () => {
    const root = newTree();
    const bytes = Uint8Array.from({ length: 256 }, (_, n) => n);
    const files = [file("größe/日本.ts", "// 🦊 ﬁ\n"), file("logo.bin", bytes)];
    generate(root, files);
    expect(text(root, "größe/日本.ts")).toBe("// 🦊 ﬁ\n");
    expect([...fs.readFileSync(join(root, "logo.bin"))]).toEqual([...bytes]);
    const before = stamps(root);
    generate(root, files);
    expect(stamps(root)).toEqual(before);
    put(root, "logo.bin", bytes.toReversed());
    expect(planFor(root, files).notes).toMatchObject([{ kind: "hand-changed" }]);
    const newer = [file("größe/日本.ts", "// 🦊 ﬁ\n"), file("logo.bin", bytes.slice(1))];
    expect(planFor(root, newer).findings).toMatchObject([{ kind: "unmergeable" }]);
  });

  test("text saved in another encoding counts as changed by hand", () => {
    const root = newTree();
    generate(root, [file(path, "// größe\n")]);
    put(root, path, Buffer.from("// größe\n", "latin1"));
    expect(planFor(root, [file(path, "// größe\n")]).notes).toMatchObject([
      { kind: "hand-changed", path },
    ]);
    expect(planFor(root, [file(path, "// Größe\n")]).findings).toMatchObject([
      { kind: "unmergeable", path },
    ]);
  });
});

test("an unchanged run writes nothing: bytes, times and inodes stay", () => {
  const root = newTree();
  const files = [
    file(path, "1\n", { unit: "entities/Order" }),
    file("src/runtime/a.ts", "2\n", { unit: "runtime" }),
    file("own.ts", "3\n", { ownership: "yours" }),
  ];
  const model = new Map([["entities/Order", { b: 1, a: [2] }]]);
  generate(root, files, {}, model);
  const before = stamps(root);
  const plan = planFor(root, files, model);
  expect([plan.records, plan.findings, plan.notes]).toEqual([[], [], []]);
  expect(generate(root, files, {}, model)).toEqual({
    outcome: "applied",
    created: [],
    rewritten: [],
    removed: [],
  });
  expect(stamps(root)).toEqual(before);
});

test("the runtime's record holds hashes, no text; the cache is ignored by git", () => {
  const root = newTree();
  generate(root, [file("src/runtime/a.ts", "const a = 1;\n", { unit: "runtime" })]);
  const record = text(root, ".async-db-starter/runtime.json");
  expect(record).toMatch(/"hash": "[0-9a-f]{64}"/);
  expect(record).not.toContain("const a");
  expect(text(root, ".async-db-starter/.gitignore")).toBe("/.cache/\n");
});

test("a root that is missing is made", () => {
  const root = join(newTree(), "deep", "er");
  generate(root, [file(path, "1\n")]);
  expect(text(root, path)).toBe("1\n");
});

describe("a tree that changed between scan and apply is left alone", () => {
  test.each([
    ["a file to rewrite was saved", (root: string) => put(root, path, "saved meanwhile\n")],
    ["a file to rewrite was deleted", (root: string) => fs.rmSync(join(root, path))],
    ["a file to create appeared", (root: string) => put(root, "src/new.ts", "mine\n")],
    ["a file to remove was saved", (root: string) => put(root, "src/gone.ts", "mine now\n")],
  ])("%s", (_, meddle) => {
    const root = newTree();
    generate(root, [file(path, "1\n"), file("src/gone.ts", "1\n")]);
    const plan = planFor(root, [file(path, "2\n"), file("src/new.ts", "1\n")]);
    meddle(root);
    const before = snapshot(root);
    expect(() => apply(plan, root)).toThrow(/changed while this run was under way/);
    expect(snapshot(root)).toEqual(before);
  });
});

describe("after a kill", () => {
  const later = { processes: mortal(2) };
  const next = [file(path, "2\n"), file("src/b.ts", "2\n"), file("src/new.ts", "1\n")];

  /** A tree whose run died right after the first rename. */
  function killedTree(): string {
    for (let k = 1; k < 500; k += 1) {
      const root = newTree();
      generate(root, [file(path, "1\n"), file("src/b.ts", "1\n")]);
      const plan = planFor(root, next);
      const fileSystem = faultAt(k, "killed after");
      try {
        apply(plan, root, { fileSystem, processes: mortal(1) });
      } catch {
        if (text(root, "src/b.ts") === "2\n") return root;
      }
    }
    throw new Error("no call in 500 is the first rename");
  }

  test("check says so, apply refuses, recover completes", () => {
    const root = killedTree();
    expect(planFor(root, next).findings).toMatchObject([{ kind: "interrupted" }]);
    const create = { kind: "create", path: "x.ts", content: "", executable: false } as const;
    const stale = { ...planFor(root, next), findings: [], actions: [create] };
    expect(() => apply(stale, root, later)).toThrow(/interrupted/);
    expect(has(root, "x.ts")).toBe(false);
    expect(recover(root, later)).toEqual({ outcome: "completed", changedSince: [], lost: [] });
    expect(recover(root, later)).toMatchObject({ outcome: "nothing to do" });
    expect([text(root, path), text(root, "src/new.ts")]).toEqual(["2\n", "1\n"]);
  });

  test("an edit made since then is not overwritten", () => {
    const root = killedTree();
    put(root, path, "by hand\n");
    put(root, "src/new.ts", "by hand too\n");
    expect(recover(root, later).changedSince.toSorted()).toEqual(["src/new.ts", path]);
    expect([text(root, path), text(root, "src/new.ts")]).toEqual(["by hand\n", "by hand too\n"]);
    expect([...snapshot(root).keys()].filter((at) => at.includes(".ads-"))).toEqual([]);
  });

  test("an edited file whose entity was renamed stays as long as its new path is not whole", () => {
    const renames = { paths: new Map([["src/purchase.ts", "src/order.ts"]]), rewordings: [] };
    const unit = (name: string) => ({ unit: `entities/${name}` });
    const after = [
      file("src/purchase.ts", "0\n1\n2\n3\n", unit("Purchase")),
      file("src/b.ts", "2\n"),
    ];
    const isTemp = (at: string) => at.startsWith("src/.ads-");
    let [whole, torn] = [0, 0];
    for (let k = 1; k < 200; k += 1) {
      const root = newTree();
      generate(root, [file("src/order.ts", "1\n2\n3\n", unit("Order")), file("src/b.ts", "1\n")]);
      put(root, "src/order.ts", "1\n2\n3\nmine\n");
      const plan = planFor(root, after, new Map(), renames);
      try {
        apply(plan, root, { fileSystem: faultAt(k, "killed after"), processes: mortal(1) });
        break;
      } catch {
        const temps = [...snapshot(root).keys()].filter(isTemp);
        for (const temp of temps) put(root, temp, "");
        const { lost } = recover(root, later);
        const holders = ["src/order.ts", "src/purchase.ts"].filter(
          (at) => has(root, at) && text(root, at).includes("mine\n"),
        );
        expect(holders.length, `killed at call ${k}`).toBeGreaterThan(0);
        if (lost.length > 0) torn += 1;
        else whole += 1;
      }
    }
    expect(Math.min(whole, torn)).toBeGreaterThan(0);
  });

  test("a file to remove that was edited since then is not removed", () => {
    const journal = ".async-db-starter/.cache/journal.json";
    for (let k = 1; k < 500; k += 1) {
      const root = newTree();
      generate(root, [file(path, "1\n"), file("src/gone.ts", "1\n")]);
      const plan = planFor(root, [file(path, "1\n")]);
      const fileSystem = faultAt(k, "killed after");
      expect(() => apply(plan, root, { fileSystem, processes: mortal(1) })).toThrow();
      if (!has(root, journal) || !text(root, journal).includes('"committing"')) continue;
      put(root, "src/gone.ts", "by hand\n");
      expect(recover(root, later)).toMatchObject({ changedSince: ["src/gone.ts"] });
      expect(text(root, "src/gone.ts")).toBe("by hand\n");
      return;
    }
    expect.unreachable("no call in 500 is the one that begins to commit");
  });

  test("new content that never reached the disk is given up, and the next run writes it", () => {
    const root = killedTree();
    const temps = [...snapshot(root).keys()].filter((at) => at.startsWith("src/.ads-"));
    for (const temp of temps) put(root, temp, "");
    expect(recover(root, later).lost.toSorted()).toEqual(["src/new.ts", path]);
    expect([text(root, path), has(root, "src/new.ts")]).toEqual(["1\n", false]);
    generate(root, next);
    expect([text(root, path), text(root, "src/new.ts")]).toEqual(["2\n", "1\n"]);
  });
});

test("an error of the system names what it is and how to mend it", () => {
  const root = newTree();
  const plan = planFor(root, [file(path, "1\n")]);
  for (const [fault, mend] of [
    ["ENOSPC", "free some disk space"],
    ["EACCES", "make the folder writable"],
  ] as const) {
    try {
      apply(plan, root, { fileSystem: faultAt(20, fault), processes: mortal(1) });
      expect.unreachable("call 20 was not reached");
    } catch (error) {
      expect(error).toBeInstanceOf(ApplyError);
      if (!(error instanceof ApplyError)) continue;
      expect([error.kind, error.message]).toEqual(["system", expect.stringContaining(fault)]);
      expect(error.mend).toContain(mend);
    }
  }
});
