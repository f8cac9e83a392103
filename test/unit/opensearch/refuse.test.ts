import { expect, test } from "vitest";
import { refuse } from "../../../src/engines/opensearch/refuse.ts";
import { nameProblems } from "../../../src/ir/collisions.ts";
import { edited, version } from "../compat/versions.ts";
import { books, storeOf } from "./books.ts";

test("what the engine carries is not refused", () => expect(refuse(storeOf(books))).toEqual([]));

test("more digits than a double keeps are not compared", () => {
  const wide = edited(books, "precision: 8, scale: 2", "precision: 20, scale: 2");
  expect(refuse(storeOf(wide))).toMatchObject([
    {
      path: "workloads.book-search.access.find.filter",
      hint: expect.stringContaining("leave it out"),
    },
  ]);
});

test.each(["ViewTarget", "SearchSession", "TargetConnection"])(
  "an entity with the name of %s, which adapters import, is refused where its views lie here",
  (name) => {
    const problems = nameProblems(version(books.replaceAll("Book", name)).ir);
    expect(problems.map(({ path }) => path)).toEqual([`entities.${name}`]);
    expect(nameProblems(version(books.replaceAll("Book", "TextRow2")).ir)).toEqual([]);
  },
);
