import { expect, test } from "vitest";
import { searchText } from "../../../templates/engines/postgres/search-text.ts";

test.each([
  ["red apples", "red apples"],
  ["  apples   -green ", "  apples   -green "],
  ['"a or -b"', '"a or -b"'],
  ["e-mail or rock-roll", "e-mail or rock-roll"],
  ["-green", ""],
  ['- "green pears"', ""],
  ["--green OR -", ""],
  ["apples or -green", "apples"],
  ['-green or "red apples" -x or pears', '"red apples" -x or pears'],
  ["", ""],
])("%s asks for %s", (query, asked) => expect(searchText.encode(query)).toBe(asked));

test("what PostgreSQL cannot hold is refused", () => {
  expect(() => searchText.encode("nul\0l")).toThrow(TypeError);
});
