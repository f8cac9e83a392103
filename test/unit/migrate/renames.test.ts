import { expect, test } from "vitest";
import { renamesIn } from "../../../src/migrate/renames.ts";

const renames = (from: string, to: readonly (readonly [string, string?])[]) => [
  ...renamesIn(
    from.split(" "),
    to.map(([name, was]) => [name, was] as const),
  ),
];

test("a new name takes over the old one that is given up", () => {
  expect(renames("label", [["note", "label"]])).toEqual([["note", "label"]]);
});

test("also when something new takes the old name at once", () => {
  expect(renames("label", [["note", "label"], ["label"]])).toEqual([["note", "label"]]);
});

test("also when the new name was somebody else's, who goes", () => {
  expect(renames("label title", [["label", "title"]])).toEqual([["label", "title"]]);
});

test("a rename that is done is none, nor when its old name is in use again since", () => {
  expect(renames("note", [["note", "label"]])).toEqual([]);
  expect(renames("note label", [["note", "label"], ["label"]])).toEqual([]);
});
