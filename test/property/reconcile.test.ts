import * as fs from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { normaliseText } from "../../src/reconcile/content.ts";
import { hasDrift } from "../../src/reconcile/write-plan.ts";
import type { VirtualFile } from "../../src/render/virtual-file.ts";
import {
  file,
  generate,
  has,
  newTree,
  planFor,
  snapshot,
  stamps,
} from "../unit/reconcile/trees.ts";
import { editedTree, type Edit, edits, trees } from "./edits.ts";
import { runsOf, seed, timeout } from "./size.ts";

// G1 of anchors/reliability.md, and what a change of one file rewrites: random trees, random edits.

const content = trees.content;

test(
  "G1: an unchanged run writes nothing, whatever was edited and however a file looks",
  () => {
    let kept = 0;
    fc.assert(
      fc.property(trees.tree, edits, (files, how) => {
        const { root, touched } = editedTree(files, how);
        // The run that sees a deletion records it; from then on nothing is written.
        generate(root, files);
        const before = stamps(root);
        const bytes = snapshot(root);
        expect(hasDrift(planFor(root, files))).toBe(false);
        generate(root, files);
        expect(stamps(root)).toEqual(before);
        expect(snapshot(root)).toEqual(bytes);
        for (const [path, { edit, text }] of touched) {
          if (edit === "delete") expect(has(root, path), path).toBe(false);
          else expect(bytes.get(path), path).toBe(Buffer.from(text ?? "").toString("latin1"));
          kept += 1;
        }
        fs.rmSync(root, { recursive: true });
      }),
      { seed, numRuns: runsOf(10_000) },
    );
    expect(kept).toBeGreaterThan(runsOf(10_000) / 2);
  },
  timeout,
);

test(
  "only what changed is rewritten",
  () => {
    fc.assert(
      fc.property(trees.tree, content, fc.nat(), (files, text, index) => {
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
        fs.rmSync(root, { recursive: true });
      }),
      { seed, numRuns: runsOf(5_000) },
    );
  },
  timeout,
);

// G3: what users do with files as a whole.

const word = fc.constantFrom("größe", "日本", "🦊", "const a = 1;", "}", "");
const rich = fc
  .array(fc.tuple(word, fc.nat(9)), { minLength: 4, maxLength: 12 })
  .map((all) => all.map(([text, n], line) => `${text} ${line} ${n}\n`).join(""));

interface Treatment {
  readonly edit: Edit;
  readonly place: "stay" | "move" | "rename";
  readonly mode: number;
}

const treatment: fc.Arbitrary<Treatment> = fc.record({
  edit: fc.constantFrom<Edit>("none", "none", "delete", "crlf", "bom", "no newline", "change"),
  place: fc.constantFrom("stay", "stay", "move", "rename"),
  mode: fc.constantFrom(0o644, 0o600, 0o640, 0o755, 0o664),
});

const unlisted = ["src/mine.ts", "src/deep/mine.ts", "notes.md"];

test(
  "G3: deletions, moves, additions, line ends, marks, last newlines, modes: honoured and preserved",
  () => {
    const seen = { deleted: 0, moved: 0, shaped: 0, merged: 0 };
    fc.assert(
      fc.property(
        fc.array(rich, { minLength: 3, maxLength: 6 }),
        fc.array(treatment, { minLength: 6, maxLength: 6 }),
        fc.array(rich, { minLength: 3, maxLength: 3 }),
        (texts, treatments, own) => {
          const old = texts.map((text, n) => named(n, text));
          const { root } = editedTree(
            old,
            treatments.map(({ edit }) => edit),
          );
          for (const [n, text] of own.entries()) {
            fs.mkdirSync(join(root, unlisted[n] ?? "", ".."), { recursive: true });
            fs.writeFileSync(join(root, unlisted[n] ?? ""), text);
          }
          const places = old.map((planned, n) => treated(root, planned.path, treatments[n]));
          const before = snapshot(root);
          const next = texts.map((text, n) => named(n, `// new ${n}\n${text}`));
          const report = generate(root, next);
          expect(report.outcome).toBe("applied");
          for (const [n, text] of own.entries()) {
            expect(fs.readFileSync(join(root, unlisted[n] ?? ""), "utf8")).toBe(text);
          }
          for (const [n, place] of places.entries()) {
            expectHonoured(root, next[n], treatments[n], place, before, seen);
          }
          expect(hasDrift(planFor(root, next))).toBe(false);
          fs.rmSync(root, { recursive: true });
        },
      ),
      { seed, numRuns: runsOf(2_000) },
    );
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(runsOf(2_000) / 4);
  },
  timeout,
);

const named = (n: number, text: string): VirtualFile =>
  file(`src/data/größe${n}.ts`, `${n}\n${text}`, { unit: `entities/E${n % 3}` });

/** Moves and re-modes a file; gives its path, undefined for a deleted one. */
function treated(root: string, path: string, how: Treatment | undefined): string | undefined {
  if (how === undefined || how.edit === "delete") return undefined;
  const to = {
    stay: path,
    move: path.replace("data/", "data/elsewhere/"),
    rename: path.replace(".ts", "-renamed.ts"),
  }[how.place];
  if (to !== path) {
    fs.mkdirSync(join(root, to, ".."), { recursive: true });
    fs.renameSync(join(root, path), join(root, to));
  }
  fs.chmodSync(join(root, to), how.mode);
  return to;
}

function expectHonoured(
  root: string,
  planned: VirtualFile | undefined,
  how: Treatment | undefined,
  place: string | undefined,
  before: ReadonlyMap<string, string>,
  seen: { deleted: number; moved: number; shaped: number; merged: number },
): void {
  if (planned === undefined || how === undefined) return;
  if (place === undefined) {
    expect(has(root, planned.path)).toBe(false);
    seen.deleted += 1;
    return;
  }
  if (place !== planned.path) {
    expect(has(root, planned.path)).toBe(false);
    seen.moved += 1;
  }
  const found = fs.readFileSync(join(root, place), "utf8");
  const mine = Buffer.from(before.get(place) ?? "", "latin1").toString("utf8");
  expect(fs.statSync(join(root, place)).mode & 0o777, place).toBe(how.mode);
  expect(found.startsWith("\uFEFF")).toBe(mine.startsWith("\uFEFF"));
  expect(found.endsWith("\n")).toBe(mine.endsWith("\n"));
  expect(/[^\r]\n/.test(found)).toBe(/[^\r]\n/.test(mine));
  if (how.edit !== "none" && how.edit !== "change") seen.shaped += 1;
  const text = typeof planned.content === "string" ? planned.content : "";
  if (how.edit !== "change") expect(normaliseText(found)).toBe(text);
  else {
    seen.merged += 1;
    expect(found).toContain("// by hand\n");
    expect(found).toContain("// new ");
  }
}
