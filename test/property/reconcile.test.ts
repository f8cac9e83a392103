import { rmSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { normaliseText } from "../../src/reconcile/content.ts";
import { hasDrift } from "../../src/reconcile/write-plan.ts";
import type { VirtualFile } from "../../src/render/virtual-file.ts";
import {
  file,
  generate,
  has,
  newTree,
  planFor,
  put,
  snapshot,
  stamps,
} from "../unit/reconcile/trees.ts";

// G1 to G3 of anchors/reliability.md, short form: random trees, random edits, random changes.

vi.setConfig({ testTimeout: 60_000 });

const seed = 20261121;
const content = fc
  .array(fc.constantFrom("a", "b", "}", "", "größe"), { maxLength: 6 })
  .map((lines) => lines.map((line) => `${line}\n`).join(""));
const name = fc.constantFrom("a", "b", "c", "d");
const folder = fc.constantFrom("", "src/", "src/deep/", "docs/");
const rendered: fc.Arbitrary<VirtualFile> = fc
  .record({
    path: fc.tuple(folder, name).map(([above, base]) => `${above}${base}.ts`),
    content,
    ownership: fc.constantFrom("generated", "generated", "merged", "yours"),
    unit: fc.constantFrom("project", "runtime", "entities/A", "entities/B", "stores/main"),
  })
  .map(({ path, content: text, ...options }) => file(path, text, options));
const tree = fc.uniqueArray(rendered, { selector: (planned) => planned.path, maxLength: 10 });

type Edit = "none" | "change" | "delete" | "crlf" | "bom" | "no newline";
const edits = fc.array(
  fc.constantFrom<Edit>("none", "none", "none", "change", "delete", "crlf", "bom", "no newline"),
  { minLength: 10, maxLength: 10 },
);

/** What one edit makes of a text; undefined for a deleted file. */
function edited(text: string, edit: Edit): string | undefined {
  switch (edit) {
    case "none":
      return text;
    case "change":
      return `// by hand\n${text}`;
    case "delete":
      return undefined;
    case "crlf":
      return text.replaceAll("\n", "\r\n");
    case "bom":
      return `\uFEFF${text}`;
    case "no newline":
      return text.replace(/([^\n])\n$/, "$1");
  }
}

/** Generates, and lets the user loose on the result; gives the user's version of each file. */
function editedTree(files: readonly VirtualFile[], how: readonly Edit[]) {
  const root = newTree();
  generate(root, files);
  const touched = new Map<string, { edit: Edit; text: string | undefined }>();
  for (const [at, { path, content: text }] of files.entries()) {
    const edit = how[at] ?? "none";
    if (edit === "none" || typeof text !== "string") continue;
    const mine = edited(text, edit);
    touched.set(path, { edit, text: mine });
    if (mine === undefined) rmSync(join(root, path));
    else put(root, path, mine);
  }
  return { root, touched };
}

function bytes(text: string): string {
  return Buffer.from(text).toString("latin1");
}

test("an unchanged run writes nothing, whatever only looks different", () => {
  const harmless = edits.map((all) => all.map((edit) => (edit === "change" ? "crlf" : edit)));
  fc.assert(
    fc.property(tree, harmless, (files, how) => {
      const { root } = editedTree(files, how);
      const before = stamps(root);
      expect(hasDrift(planFor(root, files))).toBe(false);
      generate(root, files);
      expect(stamps(root)).toEqual(before);
    }),
    { seed, numRuns: 150 },
  );
});

test("no edit is lost: a change by hand stops the run or is kept, and a run is all or nothing", () => {
  let refused = 0;
  let applied = 0;
  fc.assert(
    fc.property(tree, tree, edits, (old, next, how) => {
      const { root, touched } = editedTree(old, how);
      const before = snapshot(root);
      const report = generate(root, next);
      const after = snapshot(root);
      if (report.outcome === "refused") {
        refused += 1;
        expect(after).toEqual(before);
        for (const finding of report.findings) {
          expect(["hand-changed", "unlisted"]).toContain(finding.kind);
          expect(before.has(finding.path)).toBe(true);
        }
        return;
      }
      applied += 1;
      for (const [path, { edit, text }] of touched) {
        if (edit === "change") expect(after.get(path), path).toBe(bytes(text ?? ""));
      }
      for (const planned of next) expectPlanned(root, planned, touched.get(planned.path)?.edit);
      expect(hasDrift(planFor(root, next))).toBe(false);
    }),
    { seed, numRuns: 250 },
  );
  expect(Math.min(refused, applied)).toBeGreaterThan(30);
});

/** After a run that was applied, a generated file is as planned, or was deleted by the user. */
function expectPlanned(root: string, planned: VirtualFile, edit: Edit | undefined): void {
  const { path, ownership, content: text } = planned;
  if (ownership === "yours" || typeof text !== "string") return;
  if (!has(root, path)) expect(edit, path).toBe("delete");
  else {
    const found = Buffer.from(snapshot(root).get(path) ?? "", "latin1").toString("utf8");
    expect(normaliseText(found), path).toBe(normaliseText(text));
  }
}

test("only what changed is rewritten", () => {
  fc.assert(
    fc.property(tree, content, fc.nat(), (files, text, index) => {
      const target = files[index % Math.max(files.length, 1)];
      if (target === undefined || target.ownership === "yours") return;
      const root = newTree();
      generate(root, files);
      const before = stamps(root);
      generate(
        root,
        files.map((planned) => (planned === target ? { ...planned, content: text } : planned)),
      );
      const same = normaliseText(text) === target.content;
      const changed = [...stamps(root)].filter(([path, stamp]) => before.get(path) !== stamp);
      const record = `.async-db-starter/${target.unit}.json`;
      expect(changed.map(([path]) => path)).toEqual(same ? [] : [record, target.path].toSorted());
    }),
    { seed, numRuns: 150 },
  );
});
