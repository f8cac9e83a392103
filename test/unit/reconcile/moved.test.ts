import { mkdirSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { noRenames, renamesOf } from "../../../src/reconcile/renames.ts";
import { restoreDeleted } from "../../../src/reconcile/restore.ts";
import { nodeFileSystem } from "../../../src/reconcile/file-system.ts";
import { scan } from "../../../src/reconcile/scan.ts";
import { hasDrift } from "../../../src/reconcile/write-plan.ts";
import { file, generate, has, newTree, planFor, put, snapshot, text } from "./trees.ts";

const path = "src/data/order.ts";
const order = (...lines: readonly string[]) =>
  file(path, lines.map((line) => `${line}\n`).join(""), { unit: "entities/Order" });
const first = order("1", "2", "3", "4", "5");

function move(root: string, from: string, to: string): void {
  mkdirSync(dirname(join(root, to)), { recursive: true });
  renameSync(join(root, from), join(root, to));
}

describe("a generated file that its user moved", () => {
  test("is followed: written there from then on, and removed there", () => {
    const root = newTree();
    generate(root, [first, file("src/index.ts", "1\n")]);
    const to = "src/data/sales/orders.ts";
    move(root, path, to);
    expect(hasDrift(planFor(root, [first, file("src/index.ts", "1\n")]))).toBe(true);
    for (const second of [first, order("0", "1", "2", "3", "4", "5"), order("0")]) {
      const plan = planFor(root, [second, file("src/index.ts", "1\n")]);
      expect(plan.notes).toMatchObject([{ kind: "moved", path }]);
      expect(plan.notes[0]?.message).toContain(to);
      generate(root, [second, file("src/index.ts", "1\n")]);
      expect(text(root, to)).toBe(second.content);
      expect(has(root, path)).toBe(false);
      expect(hasDrift(planFor(root, [second, file("src/index.ts", "1\n")]))).toBe(false);
    }
    expect(generate(root, [file("src/index.ts", "1\n")])).toMatchObject({ removed: [to] });
    expect(has(root, "src/data")).toBe(false);
  });

  test("is found again with its imports changed, and merged there", () => {
    const root = newTree();
    const all = ['import "./a.ts";', 'import "./b.ts";', "3", "4", "5", "6", "7"];
    generate(root, [order(...all)]);
    const to = "src/deep/er/order.ts";
    move(root, path, to);
    put(root, to, text(root, to).replaceAll('"./', '"../../data/'));
    generate(root, [order(...all, "8")]);
    expect(text(root, to)).toMatch(/data\/a\.ts";\n.*data\/b\.ts";\n3\n4\n5\n6\n7\n8\n$/);
  });

  test("and moved back, or on, is followed again", () => {
    const root = newTree();
    generate(root, [first]);
    move(root, path, "src/elsewhere.ts");
    generate(root, [first]);
    move(root, "src/elsewhere.ts", "src/further.ts");
    generate(root, [order("1", "2", "3", "4", "5", "6")]);
    expect(text(root, "src/further.ts")).toBe("1\n2\n3\n4\n5\n6\n");
    move(root, "src/further.ts", path);
    generate(root, [first]);
    expect([text(root, path), has(root, "src/further.ts")]).toEqual(["1\n2\n3\n4\n5\n", false]);
    expect(text(root, ".async-db-starter/entities/Order.json")).not.toContain('"at"');
  });

  test("is not taken for an unlisted file that only looks alike, nor for another recorded one", () => {
    const root = newTree();
    const twin = file("src/data/twin.ts", "1\n2\n3\n4\n5\n", { unit: "entities/Twin" });
    generate(root, [first, twin]);
    put(root, "src/data/own.ts", "1\n2\nmine\nmore\nlast\n");
    rmSync(join(root, path));
    const before = text(root, "src/data/own.ts");
    expect(planFor(root, [order("9"), twin]).notes).toMatchObject([{ kind: "deleted", path }]);
    generate(root, [order("9"), twin]);
    expect([text(root, "src/data/own.ts"), has(root, path)]).toEqual([before, false]);
  });

  test("and replaced by a file of their own is followed; that file is never touched", () => {
    const root = newTree();
    generate(root, [first]);
    move(root, path, "src/data/order-base.ts");
    const own = 'import "./order-base.ts";\n\nexport const mine = 1;\n';
    put(root, path, own);
    for (const second of [order("0", "1", "2", "3", "4", "5"), order("7", "8", "9", "10")]) {
      const plan = planFor(root, [second]);
      expect([plan.findings, plan.notes]).toMatchObject([[], [{ kind: "moved", path }]]);
      generate(root, [second]);
      expect(text(root, "src/data/order-base.ts")).toBe(second.content);
      expect(text(root, path)).toBe(own);
    }
    generate(root, []);
    expect([has(root, "src/data/order-base.ts"), text(root, path)]).toEqual([false, own]);
  });

  test.each(["src/data/order.bak.ts", "src/data/order-copy.ts", "src/data/old/order.ts"])(
    "and of which a copy was kept beside what it was rewritten to, is still that file: %s",
    (copy) => {
      const root = newTree();
      generate(root, [first]);
      put(root, copy, first.content as string);
      put(root, path, "all\nof\nit\nis\nmine\n");
      const plan = planFor(root, [first]);
      expect(plan.notes).toMatchObject([{ kind: "hand-changed", path }]);
      generate(root, [first]);
      expect([text(root, path), text(root, copy)]).toEqual([
        "all\nof\nit\nis\nmine\n",
        first.content,
      ]);
    },
  );

  test("that was rewritten where it is, is still that file", () => {
    const root = newTree();
    generate(root, [first]);
    put(root, path, "all\nof\nit\nis\nmine\n");
    put(root, "src/data/own.ts", "nothing\nlike\nit\nat\nall\n");
    expect(planFor(root, [first]).notes).toMatchObject([{ kind: "hand-changed", path }]);
  });

  test("within another folder is followed too", () => {
    const root = newTree();
    const docs = (text: string) => file("docs/data-layer.md", text);
    generate(root, [first, docs("# Data\n\nOne.\n")]);
    move(root, "docs/data-layer.md", "docs/deep/data.md");
    generate(root, [first, docs("# Data\n\nTwo.\n")]);
    expect(text(root, "docs/deep/data.md")).toBe("# Data\n\nTwo.\n");
    expect(has(root, "docs/data-layer.md")).toBe(false);
  });

  test("out of its outermost folder and the data folder counts as deleted", () => {
    const root = newTree();
    generate(root, [first]);
    move(root, path, "other/order.ts");
    expect(planFor(root, [first]).notes).toMatchObject([{ kind: "deleted", path }]);
  });
});

describe("a record that names another place", () => {
  /** A tree whose record says that the user moved the file there. */
  function movedTo(at: string): string {
    const root = newTree();
    generate(root, [first]);
    const record = ".async-db-starter/entities/Order.json";
    const value = JSON.parse(text(root, record)) as { files: Record<string, object> };
    value.files[path] = { ...value.files[path], at };
    put(root, record, JSON.stringify(value));
    rmSync(join(root, path));
    return root;
  }

  test.each([
    "../outside.ts",
    "/tmp/outside.ts",
    ".git/hooks/x",
    ".async-db-starter/spec.txt",
    "a\u0000",
  ])("is refused when %j is no place in the package", (at) => {
    const root = movedTo(at);
    const before = snapshot(root);
    expect(generate(root, [order("2")])).toMatchObject({
      outcome: "refused",
      findings: [{ kind: "damaged-record" }],
    });
    expect(snapshot(root)).toEqual(before);
  });

  test("is not followed through a link", () => {
    const outside = newTree({ "x.ts": "1\n2\n3\n4\n5\n" });
    const root = movedTo("src/link/x.ts");
    symlinkSync(outside, join(root, "src/link"));
    const report = generate(root, [order("2")]);
    expect(report).toMatchObject({ outcome: "refused", findings: [{ kind: "blocked-path" }] });
    expect(text(outside, "x.ts")).toBe("1\n2\n3\n4\n5\n");
  });
});

test("a deletion is drift until a run has seen it, and then meant", () => {
  const root = newTree();
  generate(root, [first]);
  rmSync(join(root, path));
  const unseen = planFor(root, [first]);
  expect([hasDrift(unseen), unseen.notes.map(({ kind }) => kind)]).toEqual([true, ["deleted"]]);
  generate(root, [first]);
  expect(hasDrift(planFor(root, [first]))).toBe(false);
  expect(has(root, path)).toBe(false);
});

describe("files to restore", () => {
  const other = file("src/data/deep/other.ts", "1\n");
  const files = [first, other, file("src/own.ts", "1\n", { ownership: "yours" })];

  function restored(root: string, ...given: readonly string[]) {
    const planned = files.map((each) => each.path);
    const state = scan(root, "all", planned, nodeFileSystem, "src");
    const { state: next, ...rest } = restoreDeleted(state, files, root, given);
    const kept = [...next.records.values()].flatMap((record) => [...record.files.keys()]);
    const forgotten = planned.filter((each) => !kept.includes(each));
    return { ...rest, forgotten };
  }

  test("are named, or all that are missing in a folder", () => {
    const root = newTree();
    generate(root, files);
    const nothing = { unknown: [], present: [] };
    expect(restored(root, "src")).toEqual({ ...nothing, forgotten: [] });
    expect(restored(root, path)).toEqual({ ...nothing, present: [path], forgotten: [] });
    rmSync(join(root, path));
    rmSync(join(root, other.path));
    expect(restored(root, path)).toEqual({ ...nothing, forgotten: [path] });
    expect(restored(root, "./src/data/deep/")).toEqual({ ...nothing, forgotten: [other.path] });
    for (const all of [".", "src/data", root]) {
      expect(restored(root, all)).toEqual({ ...nothing, forgotten: [path, other.path] });
    }
  });

  test.each(["nothing.ts", "src/own.ts", "src/dat", "../x.ts", "/etc/passwd", "src/../../x"])(
    "%s is unknown",
    (given) => {
      const root = newTree();
      generate(root, files);
      expect(restored(root, given)).toEqual({ unknown: [given], present: [], forgotten: [] });
    },
  );
});

describe("an entity that was renamed", () => {
  const unit = (name: string) => ({ unit: `entities/${name}` });
  const lines = (name: string, field: string): string =>
    [`/** A ${name}. */`, `export interface ${name} {`, "  id: string;", `  ${field}: string;`, "}"]
      .map((line) => `${line}\n`)
      .join("");
  const index = (name: string, stem: string) =>
    file("src/index.ts", `export * from "./data/${stem}.ts";\n\nexport type Root = ${name};\n`);
  const before = [
    file(path, lines("Order", "note"), unit("Order")),
    file("src/data/order-row.ts", "export const orders = 1;\n", unit("Order")),
    index("Order", "order"),
  ];
  const renamed = "src/data/purchase.ts";
  const after = [
    file(renamed, lines("Purchase", "remark"), unit("Purchase")),
    file("src/data/purchase-row.ts", "export const purchases = 1;\n", unit("Purchase")),
    index("Purchase", "purchase"),
  ];
  const entity = { name: "Purchase", was: "Order", fields: [{ name: "remark", was: "note" }] };
  const renames = renamesOf([entity], after);
  const rename = (root: string) => generate(root, after, {}, new Map(), renames);

  test("takes its files along", () => {
    const root = newTree();
    generate(root, before);
    expect(rename(root)).toMatchObject({
      created: ["src/data/purchase-row.ts", renamed],
      removed: ["src/data/order-row.ts", path],
    });
    const fresh = newTree();
    generate(fresh, after);
    expect(snapshot(root)).toEqual(snapshot(fresh));
    expect(hasDrift(planFor(root, after, new Map(), renames))).toBe(false);
  });

  test("takes a change by hand along, beside lines that carry the new name", () => {
    const root = newTree();
    generate(root, before);
    const changed = text(root, path).replace("  id: string;", "  id: string;\n  mine: Order[];");
    put(root, path, `${changed.replaceAll("\n", "\r\n")}`);
    put(root, "src/index.ts", `// mine\n${text(root, "src/index.ts")}`);
    const plan = planFor(root, after, new Map(), renames);
    expect(plan.notes).toMatchObject([{ kind: "merged" }, { kind: "merged" }]);
    rename(root);
    expect(text(root, renamed).replaceAll("\r\n", "\n")).toBe(
      lines("Purchase", "remark").replace("  id: string;", "  id: string;\n  mine: Order[];"),
    );
    expect(text(root, renamed)).toContain("\r\n");
    expect(text(root, "src/index.ts")).toMatch(/^\/\/ mine\n.*purchase\.ts/);
    expect([has(root, path), has(root, ".async-db-starter/entities/Order.json")]).toEqual([
      false,
      false,
    ]);
  });

  test("without was: is another one, and the changed file is kept", () => {
    const root = newTree();
    generate(root, before);
    put(root, path, `${text(root, path)}// mine\n`);
    expect(planFor(root, after, new Map(), noRenames).notes).toMatchObject([
      { kind: "kept-hand-changed", path },
    ]);
  });

  test("leaves deleted what was deleted, and follows what the user renamed alike", () => {
    const root = newTree();
    generate(root, before);
    rmSync(join(root, "src/data/order-row.ts"));
    move(root, path, renamed);
    put(root, renamed, text(root, renamed).replace("Order {", "Purchase {"));
    rename(root);
    expect(text(root, renamed)).toBe(lines("Purchase", "remark"));
    expect(has(root, "src/data/purchase-row.ts")).toBe(false);
    expect(hasDrift(planFor(root, after, new Map(), renames))).toBe(false);
  });

  test("whose file the user had moved is written where it was moved to", () => {
    const root = newTree();
    generate(root, before);
    move(root, path, "src/mine/sales.ts");
    generate(root, before);
    rename(root);
    expect(text(root, "src/mine/sales.ts")).toBe(lines("Purchase", "remark"));
    expect([has(root, renamed), has(root, path)]).toEqual([false, false]);
    expect(hasDrift(planFor(root, after, new Map(), renames))).toBe(false);
  });

  test("does not take a file that somebody put under the new name", () => {
    const root = newTree();
    generate(root, before);
    put(root, renamed, "mine\n");
    expect(planFor(root, after, new Map(), renames).findings).toMatchObject([
      { kind: "unlisted", path: renamed },
    ]);
    rename(root);
    expect([text(root, renamed), text(root, path)]).toEqual(["mine\n", lines("Order", "note")]);
  });
});
