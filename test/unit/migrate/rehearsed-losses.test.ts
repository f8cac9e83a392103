import { expect, test } from "vitest";
import {
  losses,
  type Observation,
  type PartRows,
} from "../../../src/migrate/rehearse/observation.ts";

const part = (values: readonly (string | null)[], keys?: readonly string[]): PartRows => ({
  keys,
  rows: values.length,
  columns: new Map([["rank", values]]),
});
const observed = (rows: PartRows): Observation => ({
  parts: new Map([["items", rows]]),
  schema: undefined,
  invalid: [],
});
const between = (before: PartRows, after: PartRows) => losses(observed(before), observed(after));
const keys = ["a", "b", "c"];

test.each([
  ["by key", keys],
  ["by count", undefined],
])(
  "a value that is another one afterwards is lost, a null that was filled is none (%s)",
  (_, of) => {
    const before = part(["1", null, "3"], of);
    expect(between(before, part(["1", "5", "3"], of))).toEqual([]);
    expect(between(before, part(["1", "5", "4"], of))).toEqual([
      { part: "items", column: "rank", rows: 1, what: "values changed" },
    ]);
    expect(between(before, part([null, null, "3"], of))).toEqual([
      { part: "items", column: "rank", rows: 1, what: "values changed" },
    ]);
  },
);

test("rows that are gone are told as rows", () => {
  expect(between(part(["1", null, "3"], keys), part(["1"], ["a"]))).toEqual([
    { part: "items", rows: 2, what: "rows gone" },
  ]);
});
