import fc from "fast-check";
import { expect, test } from "vitest";
import { diffLines, type Edit } from "../../../src/reconcile/diff.ts";
import { unifiedDiff } from "../../../src/reconcile/unified.ts";
import { stopwatch } from "../../support/stopwatch.ts";

/** b, made from a and the edits. */
function applied(a: readonly string[], b: readonly string[], edits: readonly Edit[]): string[] {
  const result: string[] = [];
  let at = 0;
  for (const edit of edits) {
    result.push(...a.slice(at, edit.aStart), ...b.slice(edit.bStart, edit.bEnd));
    at = edit.aEnd;
  }
  return [...result, ...a.slice(at)];
}

function cost(edits: readonly Edit[]): number {
  return edits.reduce((sum, e) => sum + e.aEnd - e.aStart + e.bEnd - e.bStart, 0);
}

/** Length of the shortest edit script by dynamic programming. */
function shortest(a: readonly string[], b: readonly string[]): number {
  let row = b.map((_, y) => y + 1);
  row.unshift(0);
  for (let x = 1; x <= a.length; x += 1) {
    const next = [x];
    for (let y = 1; y <= b.length; y += 1) {
      const either = Math.min(row[y] ?? 0, next[y - 1] ?? 0) + 1;
      next.push(a[x - 1] === b[y - 1] ? Math.min(row[y - 1] ?? 0, either) : either);
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

const lines = fc.array(fc.constantFrom("", "a", "b", "c", "}"), { maxLength: 30 });

test("edits lead from one text to the other, and no shorter script exists", () => {
  fc.assert(
    fc.property(lines, lines, (a, b) => {
      const edits = diffLines(a, b);
      expect(applied(a, b, edits)).toEqual(b);
      expect(cost(edits)).toBe(shortest(a, b));
    }),
    { seed: 20261121, numRuns: 2000 },
  );
});

test("regions are in order, with a common line between any two", () => {
  fc.assert(
    fc.property(lines, lines, (a, b) => {
      const edits = diffLines(a, b);
      for (const [n, edit] of edits.entries()) {
        const last = edits[n - 1];
        if (last === undefined) continue;
        expect(edit.aStart - last.aEnd).toBeGreaterThan(0);
        expect(edit.aStart - last.aEnd).toBe(edit.bStart - last.bEnd);
      }
    }),
    { seed: 20261121, numRuns: 500 },
  );
});

test.each([
  ["repeated lines", (n: number) => (n % 2 === 0 ? "" : "}"), (n: number) => `${n % 3}`],
  ["nothing in common", (n: number) => `a${n}`, (n: number) => `b${n}`],
  ["few lines in another order", (n: number) => `${n % 7}`, (n: number) => `${(n * 5) % 11}`],
])("20,000 lines, %s: right, and not quadratic", (_, left, right) => {
  const a = Array.from({ length: 20_000 }, (_unused, n) => left(n));
  const b = Array.from({ length: 20_000 }, (_unused, n) => right(n));
  const start = stopwatch();
  const edits = diffLines(a, b);
  // The full table would be 400,000,000 cells; the bound leaves room for a busy machine.
  expect(start.elapsed()).toBeLessThan(5_000);
  expect(applied(a, b, edits)).toEqual(b);
});

test("a unified diff as git prints it", () => {
  const before = Array.from({ length: 20 }, (_, n) => `line ${n + 1}\n`).join("");
  const after = before.replace("line 3\n", "line three\n").replace("line 17\n", "");
  expect(unifiedDiff({ path: "src/x.ts", before, after })).toBe(
    [
      "--- a/src/x.ts",
      "+++ b/src/x.ts",
      "@@ -1,6 +1,6 @@",
      " line 1",
      " line 2",
      "-line 3",
      "+line three",
      " line 4",
      " line 5",
      " line 6",
      "@@ -14,7 +14,6 @@",
      " line 14",
      " line 15",
      " line 16",
      "-line 17",
      " line 18",
      " line 19",
      " line 20",
      "",
    ].join("\n"),
  );
});

test("a created file, a removed file, bytes, and no difference but line ends", () => {
  const path = "x";
  expect(unifiedDiff({ path, before: undefined, after: "a\n" })).toBe(
    "--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+a\n",
  );
  expect(unifiedDiff({ path, before: "a\n", after: undefined })).toBe(
    "--- a/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n",
  );
  expect(unifiedDiff({ path, before: Uint8Array.of(255), after: Uint8Array.of(254) })).toBe(
    "Binary files a/x and b/x differ\n",
  );
  expect(unifiedDiff({ path, before: "\uFEFFa\r\nb", after: "a\nb\n" })).toBe("");
});
