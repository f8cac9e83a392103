import { expect, test } from "vitest";
import { admitted } from "../../../src/engines/families/sql/rehearse/admitted.ts";

test.each([
  ["(tier in ('free', 'it''s (pro')) is false", "tier in ('free', 'it''s (pro')"],
  ["(a < b) is false or (c) is false", "not ((a < b) is false or (c) is false)"],
  ["not (amount between 1 and 5)", "amount between 1 and 5"],
  ["not (a) and (b)", "not (not (a) and (b))"],
  ['"size" is null', '"size" is not null'],
  ["`tier` not in ('a','b')", "`tier` in ('a','b')"],
  ["char_length(`note`) > 5", "char_length(`note`) <= 5"],
  ["`size` not between -5 and 7", "`size` between -5 and 7"],
  ["a is null and b is null", "not (a is null and b is null)"],
  ["(a > 1 or b > 2)", "not ((a > 1 or b > 2))"],
])("%s lets pass %s", (refused, passes) => {
  expect(admitted(refused)).toBe(passes);
});
