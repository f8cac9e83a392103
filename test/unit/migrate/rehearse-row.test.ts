import { expect, test } from "vitest";
import { Random } from "../../../src/engines/families/sql/rehearse/random.ts";
import { rowOf, type RowPlan } from "../../../src/engines/families/sql/rehearse/row.ts";

const plan: RowPlan = {
  columns: ["email", "id"].map((name) => ({
    name,
    type: "text",
    words: [],
    bounds: {},
    distinct: true,
    nullable: name === "email",
    prefers: 0,
  })),
  references: [],
  late: new Set(),
};

const nulls = (column: string, attempt: number): number => {
  const random = new Random(7);
  const rows = Array.from({ length: 200 }, (_, row) => rowOf(plan, { row, attempt, random }));
  return rows.filter((row) => row.get(column) === null).length;
};

test("a unique column that may be empty is so in some rows, and in none that is made anew", () => {
  expect(nulls("email", 0)).toBeGreaterThan(10);
  expect(nulls("email", 0)).toBeLessThan(60);
  expect(nulls("email", 1)).toBe(0);
  expect(nulls("id", 0)).toBe(0);
});
