import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { markerLines } from "../../../src/reconcile/markers.ts";
import { merge } from "../../../src/reconcile/merge.ts";
import { newTree } from "./trees.ts";
import { stopwatch } from "../../support/stopwatch.ts";

const lines = (...all: readonly string[]): string => all.map((line) => `${line}\n`).join("");
const base = lines("a", "b", "c", "d", "e");

describe("two changes of one text", () => {
  test.each<[string, string, string, string]>([
    ["apart", lines("A", "b", "c", "d", "e"), lines("a", "b", "c", "D", "e"), "A b c D e"],
    ["additions apart", lines("x", "a", "b", "c", "d", "e"), `${base}y\n`, "x a b c d e y"],
    ["only yours", lines("a", "e"), base, "a e"],
    ["only ours", base, lines("a", "e"), "a e"],
    ["the same", lines("a", "B", "c", "d", "e"), lines("a", "B", "c", "d", "e"), "a B c d e"],
    [
      "the same, and one more apart",
      lines("a", "B", "c", "d", "E"),
      lines("a", "B", "c", "d", "e"),
      "a B c d E",
    ],
    [
      "yours holds all that ours adds",
      lines("a", "x", "y", "b", "c", "d", "e"),
      lines("a", "x", "b", "c", "d", "e"),
      "a x y b c d e",
    ],
    [
      "ours holds all that yours adds",
      lines("a", "y", "b", "c", "d", "e"),
      lines("a", "x", "y", "b", "c", "d", "e"),
      "a x y b c d e",
    ],
    ["removed by both", lines("a", "d", "e"), lines("a", "d", "e"), "a d e"],
    ["an empty file", lines("a"), "", "a"],
  ])("%s: one text", (name, yours, ours, expected) => {
    const merged = merge(name === "an empty file" ? "" : base, yours, ours);
    expect(merged.conflicts).toEqual([]);
    expect(merged.text.trim().split("\n").join(" ")).toBe(expected);
  });

  test.each<[string, string, string, string, [number, number][]]>([
    [
      "one line",
      lines("a", "B", "c", "d", "e"),
      lines("a", "x", "c", "d", "e"),
      "a <<<<<<< yours B ======= x >>>>>>> generated c d e",
      [[2, 6]],
    ],
    [
      "adjacent lines",
      lines("a", "B", "c", "d", "e"),
      lines("a", "b", "C", "d", "e"),
      "a <<<<<<< yours B c ======= b C >>>>>>> generated d e",
      [[2, 8]],
    ],
    [
      "removed and changed",
      lines("a", "c", "d", "e"),
      lines("a", "B", "c", "d", "e"),
      "a <<<<<<< yours ======= B >>>>>>> generated c d e",
      [[2, 5]],
    ],
    [
      "additions at one place, one of them the same",
      lines("a", "x", "mine", "b", "c", "d", "e"),
      lines("a", "x", "ours", "b", "c", "d", "e"),
      "a x <<<<<<< yours mine ======= ours >>>>>>> generated b c d e",
      [[3, 7]],
    ],
    [
      "two places",
      lines("A", "b", "c", "d", "E"),
      lines("1", "b", "c", "d", "2"),
      "<<<<<<< yours A ======= 1 >>>>>>> generated b c d <<<<<<< yours E ======= 2 >>>>>>> generated",
      [
        [1, 5],
        [9, 13],
      ],
    ],
  ])("%s: a conflict", (_, yours, ours, expected, places) => {
    const { text, conflicts } = merge(base, yours, ours);
    expect(text.trim().replaceAll("\n", " ")).toBe(expected);
    expect(conflicts.map(({ from, to }) => [from, to])).toEqual(places);
    const marked = text.split("\n");
    for (const { from, to } of conflicts) {
      expect(marked[from - 1]).toBe("<<<<<<< yours");
      expect(marked[to - 1]).toBe(">>>>>>> generated");
    }
  });

  test("line ends, byte order mark and a missing last newline are no change", () => {
    const yours = "\uFEFFa\r\nb\r\nmine\r\nc\r\nd\r\ne";
    expect(merge(base, yours, lines("a", "b", "c", "d", "E"))).toEqual({
      text: lines("a", "b", "mine", "c", "d", "E"),
      conflicts: [],
    });
    expect(merge("a\nb", "a\nb", "a\nb\nc").text).toBe("a\nb\nc\n");
  });
});

test("markers are found, ours and git's, but not those that are generated", () => {
  expect(markerLines("a\n<<<<<<< yours\nb\n=======\nc\n>>>>>>> generated\n", "a\n")).toEqual([
    2, 6,
  ]);
  expect(markerLines("<<<<<<< HEAD\r\na\r\n>>>>>>> topic\r\n", "a\n")).toEqual([1, 3]);
  expect(markerLines("<<<<<<< HEAD\n", "<<<<<<< HEAD\n")).toEqual([]);
  expect(markerLines("=======\n a << b\n  <<<<<<< x\n", "")).toEqual([]);
});

test("repeated lines and texts with nothing in common take no minutes", () => {
  const repeated = (count: number, line: (n: number) => string): string =>
    Array.from({ length: count }, (_, n) => `${line(n)}\n`).join("");
  const began = stopwatch();
  const braces = (n: number): string => (n % 3 === 0 ? "}" : n % 3 === 1 ? "" : "  return;");
  merge(
    repeated(5_000, braces),
    repeated(5_500, (n) => braces(n * 7)),
    repeated(4_500, (n) => braces(n * 5)),
  );
  const all = merge(
    repeated(8_000, String),
    repeated(8_000, (n) => `y${n}`),
    repeated(8_000, (n) => `p${n}`),
  );
  expect(all.conflicts).toHaveLength(1);
  expect(began.elapsed()).toBeLessThan(10_000);
});

test("beyond any rendered size the whole file is one conflict", () => {
  const many = (word: string): string => `${word}\n`.repeat(70_000);
  const { text, conflicts } = merge(many("a"), many("b"), `${many("a")}c\n`);
  expect(conflicts).toEqual([{ from: 1, to: 140_004 }]);
  expect(text.startsWith("<<<<<<< yours\nb\n")).toBe(true);
});

const seed = 20261121;
const word = fc.constantFrom("a", "b", "c", "}", "", "x");
const someLines = fc.array(word, { maxLength: 14 }).map((all) => lines(...all));
const unique = fc
  .uniqueArray(fc.nat(30).map(String), { maxLength: 12 })
  .map((all) => lines(...all));

test("what only one side changed is taken from it; both sides the same is that", () => {
  fc.assert(
    fc.property(someLines, someLines, (before, after) => {
      expect(merge(before, after, before)).toEqual({ text: after, conflicts: [] });
      expect(merge(before, before, after)).toEqual({ text: after, conflicts: [] });
      expect(merge(before, after, after)).toEqual({ text: after, conflicts: [] });
    }),
    { seed, numRuns: 500 },
  );
});

test("merging again what was merged changes nothing", () => {
  fc.assert(
    fc.property(unique, unique, unique, (before, yours, ours) => {
      const { text, conflicts } = merge(before, yours, ours);
      if (conflicts.length > 0) return;
      expect(merge(ours, text, ours).text).toBe(text);
    }),
    { seed, numRuns: 500 },
  );
});

const change = fc.record({
  at: fc.nat(11),
  how: fc.constantFrom("replace", "remove", "insert"),
  text: fc.constantFrom("x", "y", "z"),
});

/** Twelve lines of their own with some changes. */
function changed(changes: readonly { at: number; how: string; text: string }[]): string {
  const made = Array.from({ length: 12 }, (_, n) => [String(n)]);
  for (const { at, how, text } of changes) {
    if (how === "insert") made[at]?.push(`${text}${at}`);
    else made[at]?.splice(0, 1, ...(how === "remove" ? [] : [`${text}${at}`]));
  }
  return lines(...made.flat());
}

test("git merge-file comes to the same text, or to a conflict as well", () => {
  const root = newTree();
  const at = (name: string): string => join(root, name);
  let [clean, inConflict, onlyGit] = [0, 0, 0];
  const changes = fc.array(change, { maxLength: 3 });
  fc.assert(
    fc.property(changes, changes, (mine, theirs) => {
      const [before, yours, ours] = [changed([]), changed(mine), changed(theirs)];
      writeFileSync(at("base"), before);
      writeFileSync(at("yours"), yours);
      writeFileSync(at("ours"), ours);
      const git = gitMerge(["yours", "base", "ours"].map(at));
      const merged = merge(before, yours, ours);
      if (git.clean) {
        expect(merged).toEqual({ text: git.text, conflicts: [] });
        clean += 1;
      } else if (merged.conflicts.length > 0) inConflict += 1;
      // Both add at one place, and one adds all that the other does: git does not look into that.
      else onlyGit += 1;
    }),
    { seed, numRuns: 150 },
  );
  expect(Math.min(clean, inConflict)).toBeGreaterThan(25);
  expect(onlyGit).toBeLessThan(10);
});

function gitMerge(paths: readonly string[]): { clean: boolean; text: string } {
  try {
    const text = execFileSync("git", ["merge-file", "-p", "-q", ...paths], { encoding: "utf8" });
    return { clean: true, text };
  } catch {
    return { clean: false, text: "" };
  }
}
