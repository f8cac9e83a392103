import { expect, test } from "vitest";
import { substituted } from "../../../src/engines/mysql/schema/change.ts";

const names = new Map([
  ["group", "`team`"],
  ["count", "total"],
  ["title", "subject"],
]);

test.each([
  [
    "select `group`.title from `group` group by title",
    "select `team`.subject from `team` group by subject",
  ],
  [
    "select count(*), count from notes having count(*) > 1",
    "select count(*), total from notes having count(*) > 1",
  ],
  ["Title = 'title' and title <> ''", "Title = 'title' and subject <> ''"],
])("%s", (text, expected) => {
  expect(substituted(text, names)).toBe(expected);
});
