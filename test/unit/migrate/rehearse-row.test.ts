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
  scope: new Set(),
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

test("references that hold a tenant lead to rows of one; an optional one is left empty without it", () => {
  const column = (name: string, nullable: boolean) => ({
    name,
    type: "text",
    words: [],
    bounds: {},
    distinct: false,
    nullable,
    prefers: 0,
  });
  const targets = [
    ["1", "a"],
    ["2", "b"],
    ["3", "b"],
  ];
  const random = new Random(7);
  const tenants = { distinct: false, rows: targets };
  const within: RowPlan = {
    columns: [column("list", false), column("other", true), column("tenant", false)],
    references: [
      { ...tenants, columns: ["list", "tenant"], nullable: false },
      { ...tenants, columns: ["other", "tenant"], nullable: true },
    ],
    late: new Set(),
    scope: new Set(),
  };
  const rows = Array.from({ length: 200 }, (_, row) => rowOf(within, { row, attempt: 0, random }));
  const tenantOf = new Map(targets.map(([id, tenant]) => [id, tenant]));
  const empty = rows.filter((row) => row.get("other") === null);
  expect(empty.length).toBeGreaterThan(5);
  expect(empty.length).toBeLessThan(60);
  for (const row of rows) {
    expect(row.get("tenant")).toBe(tenantOf.get(row.get("list") ?? ""));
    if (row.get("other") !== null)
      expect(row.get("tenant")).toBe(tenantOf.get(row.get("other") ?? ""));
  }
});
