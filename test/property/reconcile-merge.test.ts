import * as fs from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { conflictsOf, hasDrift } from "../../src/reconcile/write-plan.ts";
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
  text,
} from "../unit/reconcile/trees.ts";
import { runsOf, seed, timeout } from "./size.ts";

// G2 of anchors/reliability.md: random edits of the user × random changes of the spec. Every line is
// told apart, so that what became of it can be seen without the merge's own idea of it.

/** A change of one line of the base: replaced, removed, or another put before it. */
interface Change {
  readonly at: number;
  readonly how: "replace" | "remove" | "insert";
}

const size = 14;
const change: fc.Arbitrary<Change> = fc.record({
  at: fc.nat(size),
  how: fc.constantFrom("replace", "remove", "insert"),
});
const changes = fc.uniqueArray(change, { selector: ({ at }) => at, maxLength: 3 });

/** The lines after some changes; new ones carry the author and where they are. */
function changed(base: readonly string[], all: readonly Change[], author: string): string[] {
  const by = new Map(all.map((one) => [one.at, one.how]));
  const lines = base.flatMap((line, at) => {
    switch (by.get(at)) {
      case "replace":
        return [`${author} replaces ${line}`];
      case "remove":
        return [];
      case "insert":
        return [`${author} before ${line}`, line];
      default:
        return [line];
    }
  });
  return by.has(base.length) ? [...lines, `${author} at the end`] : lines;
}

/** Lines of the base that a change spans: it touches another that begins before or where it ends. */
const spanOf = ({ at, how }: Change): readonly [number, number] =>
  at === size || how === "insert" ? [at, at] : [at, at + 1];

/** Whether changes of both touch somewhere, other than both taking away the same lines there. */
function touch(mine: readonly Change[], ours: readonly Change[]): boolean {
  const all = [
    ...mine.map((one) => ({ one, side: "mine" as const })),
    ...ours.map((one) => ({ one, side: "ours" as const })),
  ].toSorted((a, b) => spanOf(a.one)[0] - spanOf(b.one)[0] || spanOf(a.one)[1] - spanOf(b.one)[1]);
  const places: { end: number; mine: string[]; ours: string[] }[] = [];
  for (const { one, side } of all) {
    const [from, to] = spanOf(one);
    let place = places.at(-1);
    if (place === undefined || from > place.end) {
      place = { end: to, mine: [], ours: [] };
      places.push(place);
    }
    place.end = Math.max(place.end, to);
    place[side].push(
      one.at < size && one.how === "remove" ? `remove ${one.at}` : `${side} ${one.at}`,
    );
  }
  return places.some(
    (place) =>
      place.mine.length > 0 && place.ours.length > 0 && place.mine.join() !== place.ours.join(),
  );
}

type Shape = "lf" | "crlf" | "bom" | "no newline";

function shaped(lines: readonly string[], shape: Shape): string {
  const lf = lines.map((line) => `${line}\n`).join("");
  if (shape === "crlf") return lf.replaceAll("\n", "\r\n");
  if (shape === "bom") return `\uFEFF${lf}`;
  return shape === "no newline" ? lf.replace(/\n$/, "") : lf;
}

const linesOf = (content: string): string[] =>
  content
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .filter((line) => line !== "");

const isMarker = (line: string): boolean => /^(?:<{7} yours|={7}|>{7} generated)$/.test(line);

/** What the spec does with the file. */
type Fate = "stays" | "goes" | "is renamed" | "changes its unit";

const scenario = fc.record({
  mine: changes,
  ours: changes,
  later: changes,
  shape: fc.constantFrom<Shape>("lf", "crlf", "bom", "no newline"),
  fate: fc.constantFrom<Fate>("stays", "stays", "stays", "goes", "is renamed", "changes its unit"),
});
type Scenario = typeof scenario extends fc.Arbitrary<infer S> ? S : never;

const path = "src/data/order.ts";
const renamedPath = "src/data/purchase.ts";
const base = Array.from({ length: size }, (_, n) => `line ${n}`);
const renames = { paths: new Map([[renamedPath, path]]), rewordings: [] };

const rendered = (lines: readonly string[], fate: Fate): VirtualFile[] => {
  const unit = {
    stays: "Order",
    goes: "Order",
    "is renamed": "Purchase",
    "changes its unit": "Sale",
  };
  const other = file("src/other.ts", "1\n", { unit: "entities/Other" });
  if (fate === "goes") return [other];
  const content = lines.map((line) => `${line}\n`).join("");
  const at = fate === "is renamed" ? renamedPath : path;
  return [file(at, content, { unit: `entities/${unit[fate]}` }), other];
};

const seen = { disjoint: 0, touching: 0, untouched: 0, gone: 0, renamed: 0 };

function run({ mine, ours, later, shape, fate }: Scenario): void {
  const root = newTree();
  generate(root, rendered(base, "stays"));
  const yours = changed(base, mine, "I");
  put(root, path, shaped(yours, shape));
  const planned = changed(base, ours, "generator");
  const next = rendered(planned, fate);
  const plan = planFor(root, next, new Map(), renames);
  const report = generate(root, next, {}, new Map(), renames);
  expect(report.outcome).toBe("applied");
  const edited = mine.length > 0;
  if (fate === "goes") {
    seen.gone += 1;
    expect(has(root, path)).toBe(edited);
    if (edited) expect(text(root, path)).toBe(shaped(yours, shape));
    fs.rmSync(root, { recursive: true });
    return;
  }
  const at = fate === "is renamed" ? renamedPath : path;
  if (fate === "is renamed") {
    seen.renamed += 1;
    expect(has(root, path)).toBe(false);
  }
  const conflicts = conflictsOf(plan.actions);
  const result = linesOf(text(root, at));
  const touching = edited && ours.length > 0 && touch(mine, ours);
  expect(conflicts.length > 0, JSON.stringify({ mine, ours })).toBe(touching);
  expectNothingLost(result, { yours, planned, conflicts: conflicts.length });
  if (touching) {
    seen.touching += 1;
    resolveConflict(
      root,
      at,
      next,
      conflicts.map(({ from, to }) => [from, to]),
    );
  } else if (edited && ours.length > 0) seen.disjoint += 1;
  else seen.untouched += 1;
  expectSettled(root, next, at);
  mergeOnceMore(
    root,
    at,
    changed(
      planned,
      later.filter(({ at: n }) => n < planned.length),
      "later",
    ),
    fate,
  );
  fs.rmSync(root, { recursive: true });
}

/** Each line that either side has of its own is there, and none that either took away, outside of markers. */
function expectNothingLost(
  result: readonly string[],
  side: { yours: readonly string[]; planned: readonly string[]; conflicts: number },
): void {
  const own = (lines: readonly string[]): string[] => lines.filter((line) => !base.includes(line));
  for (const line of [...own(side.yours), ...own(side.planned)]) expect(result).toContain(line);
  if (side.conflicts > 0) return;
  expect(result.some(isMarker)).toBe(false);
  for (const line of base) {
    const kept = side.yours.includes(line) && side.planned.includes(line);
    expect(result.includes(line), line).toBe(kept);
  }
  expect(result.filter((line) => side.yours.includes(line))).toEqual(
    side.yours.filter((line) => result.includes(line)),
  );
  expect(result.filter((line) => side.planned.includes(line))).toEqual(
    side.planned.filter((line) => result.includes(line)),
  );
}

/** The next run waits and writes nothing; then the user takes out the markers. */
function resolveConflict(
  root: string,
  at: string,
  next: readonly VirtualFile[],
  places: readonly (readonly number[])[],
): void {
  const lines = text(root, at)
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/);
  for (const [from = 0, to = 0] of places) {
    expect([lines[from - 1], lines[to - 1]]).toEqual(["<<<<<<< yours", ">>>>>>> generated"]);
  }
  const before = stamps(root);
  const waiting = generate(root, next, {}, new Map(), renames);
  expect(waiting).toMatchObject({
    outcome: "refused",
    findings: [{ kind: "unresolved", path: at }],
  });
  expect(stamps(root)).toEqual(before);
  put(root, at, text(root, at).replaceAll(/^(?:<{7} yours|={7}|>{7} generated)\r?\n/gm, ""));
}

function expectSettled(root: string, next: readonly VirtualFile[], at: string): void {
  expect(hasDrift(planFor(root, next, new Map(), renames)), at).toBe(false);
  const before = snapshot(root);
  const times = stamps(root);
  generate(root, next, {}, new Map(), renames);
  expect([snapshot(root), stamps(root)]).toEqual([before, times]);
}

/** A later change of the generator against the new base: the user's lines are still there. */
function mergeOnceMore(root: string, at: string, planned: readonly string[], fate: Fate): void {
  const mine = linesOf(text(root, at)).filter((line) => line.startsWith("I "));
  const report = generate(root, rendered(planned, fate), {}, new Map(), renames);
  expect(report.outcome).toBe("applied");
  const result = linesOf(text(root, at));
  for (const line of mine) expect(result).toContain(line);
  for (const line of planned.filter((each) => each.startsWith("later"))) {
    expect(result).toContain(line);
  }
}

test(
  "G2: no edit is lost, whatever the generator changes: apart both are kept, touching is a conflict",
  () => {
    fc.assert(fc.property(scenario, run), { seed, numRuns: runsOf(10_000) });
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(runsOf(10_000) / 20);
  },
  timeout,
);
