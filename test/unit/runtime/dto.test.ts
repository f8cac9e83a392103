import { expect, test } from "vitest";
import { z } from "zod";
import {
  array,
  bigint,
  date,
  decimal,
  json,
  jsonOf,
  text,
  timestamp,
  within,
} from "../../../templates/runtime/dto.ts";

const unstorable = ["a\u0000", "\ud83d", "x\ude00y"];
const storable = ["", "\\u0000", "\\ud800", "a\\\\u0000", "😀"];

test.each([
  ["text", text()],
  ["text with a limit", text(40)],
  ["JSON", json],
  ["JSON of a form", jsonOf(z.object({ note: z.string() }))],
  ["elements", array(text())],
] as const)("%s from outside has nothing that no store keeps", (what, schema) => {
  const wrapped = (value: string): unknown =>
    what === "elements" ? [value] : what === "JSON of a form" ? { note: value } : value;
  for (const value of unstorable)
    expect(schema.safeParse(wrapped(value)).error?.message).toContain("no NUL");
  for (const value of storable) expect(schema.parse(wrapped(value))).toEqual(wrapped(value));
});

test("a property's name counts as well", () => {
  expect(json.safeParse({ deep: [{ "a\u0000": 1 }] }).success).toBe(false);
});

test.each([
  ["date", within(date, "2024-01-01", "2026-12-31"), ["", "1.1.2024", "2024-02-30", 7, null]],
  [
    "timestamp",
    within(timestamp, new Date("2024-01-01T00:00:00Z"), new Date("2026-01-01T00:00:00Z")),
    ["", "2024-01-01", "2023-13-01T00:00:00Z", 7],
  ],
  ["bigint", within(bigint, 1n, 9n), ["", "1.5", "99999999999999999999", 0.5]],
  ["decimal", decimal(4, 2, "1.00", "9.00"), ["", "0.123", "100.00", 7]],
] as const)(
  "a value that is no %s at all is one problem, not also one of its bounds",
  (_, schema, values) => {
    for (const value of values)
      expect(schema.safeParse(value).error?.issues, String(value)).toHaveLength(1);
  },
);
