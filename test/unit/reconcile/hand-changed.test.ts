import * as fs from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { conflictsOf, hasDrift } from "../../../src/reconcile/write-plan.ts";
import { file, generate, has, newTree, planFor, put, stamps, text } from "./trees.ts";

// A generated file that its user changed, while the generator changes it too.

const path = "src/data/order.ts";
const order = (...lines: readonly string[]) =>
  file(path, lines.map((line) => `${line}\n`).join(""), { unit: "entities/Order" });
const first = order("1", "2", "3", "4", "5");

describe("changes apart", () => {
  test("are merged and reported; later runs keep the same change again", () => {
    const root = newTree();
    generate(root, [first]);
    put(root, path, "1\n2\n3\n4\n5\nmine\n");
    const second = order("0", "1", "2", "3", "4", "5");
    expect(planFor(root, [second]).notes).toMatchObject([
      { kind: "merged", path, message: `merged: ${path}, your change kept` },
    ]);
    expect(generate(root, [second])).toMatchObject({ outcome: "applied", rewritten: [path] });
    expect(text(root, path)).toBe("0\n1\n2\n3\n4\n5\nmine\n");
    const settled = planFor(root, [second]);
    expect([hasDrift(settled), settled.notes.map(({ kind }) => kind)]).toEqual([
      false,
      ["hand-changed"],
    ]);
    generate(root, [order("0", "one", "2", "3", "4", "5")]);
    expect(text(root, path)).toBe("0\none\n2\n3\n4\n5\nmine\n");
    generate(root, [first]);
    expect(text(root, path)).toBe("1\n2\n3\n4\n5\nmine\n");
  });

  test("line ends, byte order mark, missing last newline and mode are kept", () => {
    const root = newTree();
    generate(root, [first]);
    put(root, path, "\uFEFF1\r\n2\r\n3\r\n4\r\n5\r\nmine");
    fs.chmodSync(join(root, path), 0o640);
    generate(root, [order("0", "1", "2", "3", "4", "5")]);
    expect(text(root, path)).toBe("\uFEFF0\r\n1\r\n2\r\n3\r\n4\r\n5\r\nmine");
    expect(fs.statSync(join(root, path)).mode & 0o777).toBe(0o640);
  });

  test("a line that user and generator both write is no conflict", () => {
    const root = newTree();
    generate(root, [first]);
    put(root, path, "1\n2\nthree\n4\n5\n");
    const plan = planFor(root, [order("1", "2", "three", "4", "5")]);
    expect([plan.notes, conflictsOf(plan.actions)]).toEqual([[], []]);
    generate(root, [order("0", "1", "2", "three", "4", "5")]);
    expect(text(root, path)).toBe("0\n1\n2\nthree\n4\n5\n");
  });
});

describe("changes that touch", () => {
  function conflicting(): string {
    const root = newTree();
    generate(root, [first, file("src/other.ts", "1\n")]);
    put(root, path, "1\r\n2\r\nmine\r\n4\r\n5");
    const next = [order("1", "2", "ours", "4", "5"), file("src/other.ts", "2\n")];
    expect(conflictsOf(planFor(root, next).actions)).toEqual([{ path, from: 3, to: 7 }]);
    expect(generate(root, next)).toMatchObject({ rewritten: [path, "src/other.ts"] });
    return root;
  }

  test("get markers; everything else is written; the next run waits until they are gone", () => {
    const root = conflicting();
    expect(text(root, path)).toBe(
      "1\r\n2\r\n<<<<<<< yours\r\nmine\r\n=======\r\nours\r\n>>>>>>> generated\r\n4\r\n5\r\n",
    );
    expect(text(root, "src/other.ts")).toBe("2\n");
    const before = stamps(root);
    for (const line of ["ours", "later"]) {
      const next = [order("1", "2", line, "4", "5"), file("src/other.ts", "3\n")];
      const report = generate(root, next);
      expect(report).toMatchObject({
        outcome: "refused",
        findings: [{ kind: "unresolved", path }],
      });
      expect(planFor(root, next).findings[0]?.message).toContain(`${path}:3, ${path}:7`);
      expect(stamps(root)).toEqual(before);
    }
  });

  test("are the user's to resolve; from then on it is merged against the new base", () => {
    const root = conflicting();
    put(root, path, "1\r\n2\r\nmine and ours\r\n4\r\n5\r\n");
    const next = [order("1", "2", "ours", "4", "5"), file("src/other.ts", "2\n")];
    const plan = planFor(root, next);
    expect([hasDrift(plan), plan.notes.map(({ kind }) => kind)]).toEqual([false, ["hand-changed"]]);
    generate(root, [order("1", "2", "ours", "4", "five"), file("src/other.ts", "2\n")]);
    expect(text(root, path)).toBe("1\r\n2\r\nmine and ours\r\n4\r\nfive\r\n");
  });

  test("wait on another machine too: the markers are the memory", () => {
    const root = conflicting();
    fs.rmSync(join(root, ".async-db-starter/.cache"), { recursive: true });
    const clone = newTree();
    fs.cpSync(root, clone, { recursive: true });
    expect(generate(clone, [order("9")])).toMatchObject({ outcome: "refused" });
  });

  test("git's own markers in a generated file stop the run as well", () => {
    const root = newTree();
    generate(root, [first]);
    put(root, path, "1\n<<<<<<< HEAD\n2\n=======\ntwo\n>>>>>>> topic\n3\n4\n5\n");
    expect(planFor(root, [first]).findings).toMatchObject([{ kind: "unresolved", path }]);
  });
});

describe("a runtime file that was edited", () => {
  const runtime = (content: string) => file("src/data/runtime/a.ts", content, { unit: "runtime" });

  test("is left alone with a note while the runtime stays the same", () => {
    const root = newTree();
    generate(root, [runtime("1\n"), first]);
    put(root, "src/data/runtime/a.ts", "mine\n");
    expect(planFor(root, [runtime("1\n"), first]).notes).toMatchObject([{ kind: "hand-changed" }]);
    expect(generate(root, [runtime("1\n"), order("2")])).toMatchObject({ rewritten: [path] });
    expect(text(root, "src/data/runtime/a.ts")).toBe("mine\n");
  });

  test("stops the run when a newer one comes, and names the way out, which works", () => {
    const root = newTree();
    generate(root, [runtime("1\n"), first]);
    put(root, "src/data/runtime/a.ts", "mine\n");
    const report = generate(root, [runtime("2\n"), order("2")]);
    expect(report).toMatchObject({
      outcome: "refused",
      findings: [
        {
          kind: "unmergeable",
          mend: expect.stringContaining("generate --restore src/data/runtime"),
        },
      ],
    });
    expect([text(root, "src/data/runtime/a.ts"), text(root, path)]).toEqual([
      "mine\n",
      "1\n2\n3\n4\n5\n",
    ]);
  });
});

test("an entity that goes takes only untouched files with it", () => {
  const root = newTree();
  const other = file("src/data/order-row.ts", "1\n", { unit: "entities/Order" });
  generate(root, [first, other, file("src/index.ts", "1\n")]);
  put(root, path, "1\n2\n3\n4\n5\nmine\n");
  const plan = planFor(root, [file("src/index.ts", "1\n")]);
  expect(plan.notes).toMatchObject([{ kind: "kept-hand-changed", path }]);
  generate(root, [file("src/index.ts", "1\n")]);
  expect([has(root, path), has(root, "src/data/order-row.ts")]).toEqual([true, false]);
});

test("migrations that used to be generated are kept, whatever is rendered now", () => {
  const root = newTree();
  const migration = (content: string) =>
    file("migrations/main/0001-initial.up.sql", content, { unit: "stores/main" });
  generate(root, [migration("create table a ();\n"), file("src/index.ts", "1\n")]);
  const plan = planFor(root, [file("src/index.ts", "1\n")]);
  expect(plan.notes).toMatchObject([{ kind: "kept-migration" }]);
  expect(generate(root, [file("src/index.ts", "1\n")])).toMatchObject({ removed: [] });
  expect(text(root, "migrations/main/0001-initial.up.sql")).toBe("create table a ();\n");
  expect(hasDrift(planFor(root, [file("src/index.ts", "1\n")]))).toBe(false);
  expect(planFor(root, [file("src/index.ts", "1\n")]).notes).toEqual([]);
});
