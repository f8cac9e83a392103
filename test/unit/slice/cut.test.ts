import { expect, test } from "vitest";
import type { UnitInput } from "../../../src/ir/unit-inputs.ts";
import { cutFiles, narrowedTexts, sliceOf } from "../../../src/slice/cut.ts";

const names = Array.from({ length: 12 }, (_, n) => `E${n}`);
const text = (change: (name: string) => string = () => ""): string =>
  `entities:\n${names.map((name) => `  ${name}:\n    comment: ${name}${change(name)}\n`).join("")}version: 1\n`;
const cut = (content: string) => cutFiles([{ path: "workloads.yaml", text: content }]) ?? [];
const unit = (name: string, ...to: string[]): [string, UnitInput] => [
  `entities/${name}`,
  { family: [name], own: name, to: to.map((each) => `entities/${each}`) },
];
// E0 → E1 → E2, E3 → E1; the others stand alone.
const units = new Map(
  names.map((name) =>
    unit(name, ...(name === "E0" || name === "E3" ? ["E1"] : name === "E1" ? ["E2"] : [])),
  ),
);
const changed = (name: string): string => text((each) => (each === name ? " changed" : ""));

test("an entity that stands alone is loaded with what the rest of the spec speaks of", () => {
  const slice = sliceOf(cut(text()), cut(changed("E5")), ["E4"], units);
  expect([...(slice?.units ?? [])]).toEqual(["entities/E5"]);
  expect([...(slice?.kept ?? [])].toSorted()).toEqual(["E4", "E5"]);
});

test("what a changed entity refers to and what refers to it may change, and is loaded with all that has to do with it", () => {
  const slice = sliceOf(cut(text()), cut(changed("E0")), [], units);
  expect([...(slice?.units ?? [])].toSorted()).toEqual([
    "entities/E0",
    "entities/E1",
    "entities/E2",
  ]);
  expect([...(slice?.kept ?? [])].toSorted()).toEqual(["E0", "E1", "E2", "E3"]);
});

test("nothing changed: only what has to be there for a valid spec", () => {
  const slice = sliceOf(cut(text()), cut(text()), ["E4"], units);
  expect(slice?.units.size).toBe(0);
  expect([...(slice?.kept ?? [])]).toEqual(["E4"]);
});

test.each([
  ["another part of the spec changed", changed("E5").replace("version: 1", "version: 2")],
  ["an entity came", text().replace("version", "  New:\n    comment: new\nversion")],
  ["an entity went", text().replace("  E5:\n    comment: E5\n", "")],
  ["two changed places", text().replace(/( {2}E5:[^]*)( {2}E6:[^]*?)(?= {2}E7)/, "$2$1")],
  ["most entities changed", text(() => " changed")],
])("%s: all has to be looked at", (_, now) => {
  expect(now).not.toBe(text());
  expect(sliceOf(cut(text()), cut(now), [], units)).toBeUndefined();
});

test("the text of a slice has the frame and the entries of its entities", () => {
  const texts = narrowedTexts(cut(text()), new Set(["E3"]));
  expect(texts.get("workloads.yaml")).toBe("entities:\n  E3:\n    comment: E3\nversion: 1\n");
});

test("a part of which no entity is kept stays a mapping", () => {
  const content = `entities: # all
  # the first
  E0:
    comment: zero
workloads:
  w:
    entities: [E0]
    access:
      E0: {}
    scale: {}
`;
  const texts = narrowedTexts(cut(content), new Set(["E3"]));
  expect(texts.get("workloads.yaml")).toBe(`entities: {} # all
  # the first
workloads:
  w:
    entities: [E0]
    access: {}
    scale: {}
`);
});
