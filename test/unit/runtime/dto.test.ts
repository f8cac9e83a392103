import { expect, test } from "vitest";
import { z } from "zod";
import { array, json, jsonOf, text } from "../../../templates/runtime/dto.ts";

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
