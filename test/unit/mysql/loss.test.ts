// What a change of type is said to lose, up and down, for every pair of types that a spec knows: what PostgreSQL's planner calls a loss is one here.
import { expect, test } from "vitest";
import { lossOf } from "../../../src/engines/mysql/schema/loss.ts";
import { isRecordedAlike, recordedForm } from "../../../src/engines/mysql/schema/recorded-form.ts";
import { fits } from "../../../src/engines/mysql/schema/types.ts";
import { ownType } from "../../../src/engines/mysql/types.ts";
import { lossOf as lossThere } from "../../../src/engines/postgres/schema/loss.ts";
import { columnType } from "../../../src/engines/postgres/types.ts";
import type { FieldType } from "../../../src/spec/model.ts";

const types: readonly FieldType[] = [
  { kind: "boolean" },
  { kind: "int" },
  { kind: "bigint" },
  { kind: "float" },
  { kind: "decimal", precision: 5, scale: 1 },
  { kind: "decimal", precision: 12, scale: 4 },
  { kind: "decimal", precision: 20, scale: 0 },
  { kind: "string", max: 5 },
  { kind: "string", max: 60 },
  { kind: "text" },
  { kind: "enum", values: ["a", "b"] },
  { kind: "uuid" },
  { kind: "date" },
  { kind: "timestamp" },
  { kind: "json" },
  { kind: "array", of: "text" },
  { kind: "binary" },
  { kind: "vector", dimensions: 3, metric: "cosine" },
];

const pairs = types.flatMap((from) =>
  types.flatMap((to) => (from === to ? [] : [{ from, to, name: `${named(from)} → ${named(to)}` }])),
);

function named(type: FieldType): string {
  if (type.kind === "decimal") return `decimal(${type.precision},${type.scale})`;
  return type.kind === "string" ? `string(${type.max})` : type.kind;
}

type Verdict = "up" | "down" | "none";
const verdict = ({ destroys, removes }: ReturnType<typeof lossOf>): Verdict =>
  destroys !== undefined ? "up" : removes !== undefined ? "down" : "none";

const here = ({ from, to }: (typeof pairs)[number]): Verdict =>
  verdict(lossOf("notes.x", { from: ownType(from), to: ownType(to) }));

/** Only what {@link lossThere} reads of a column. */
const column = (type: FieldType) => ({
  name: "x",
  field: "x",
  role: "data" as const,
  type: columnType(type),
  nullable: true,
  comment: "",
});
const there = ({ from, to }: (typeof pairs)[number]): Verdict =>
  columnType(from) === columnType(to)
    ? "none"
    : verdict(lossThere("notes.x", { from: column(from), to: column(to) }));

test("what the other planner calls a loss is one here, but what is refused before it is rounded", () => {
  const unsaid = pairs.filter((pair) => there(pair) !== "none" && here(pair) === "none");
  // The rows are asked first, and the change stops at one with a digit more: nothing is lost that way, and nothing on the way back.
  expect(unsaid.map(({ name }) => name)).toEqual([
    "decimal(5,1) → decimal(20,0)",
    "decimal(12,4) → decimal(5,1)",
    "decimal(12,4) → decimal(20,0)",
    // A vector is kept as its bytes, and they stay.
    "vector → binary",
  ]);
  for (const { from, to } of unsaid.slice(0, 3))
    expect(fits(ownType(from), ownType(to))).toBe("perhaps");
});

test("what up takes away there is taken away or refused here", () => {
  const gentler = pairs.filter((pair) => there(pair) === "up" && here(pair) !== "up");
  expect(
    gentler
      .filter(({ from, to }) => fits(ownType(from), ownType(to)) !== "perhaps")
      .map(({ name }) => name),
  ).toEqual([
    // A uuid is kept as text, which takes the value as it is; the way back asks for what is none.
    "boolean → uuid",
    "int → uuid",
    "bigint → uuid",
    "vector → binary",
  ]);
});

test.each([
  ["date", "datetime(3)"],
  ["int", "double"],
  ["int", "decimal(12,2)"],
  ["bigint", "decimal(20,4)"],
  ["boolean", "int"],
  ["decimal(5,1)", "decimal(12,4)"],
  ["datetime", "datetime(3)"],
  ["float", "double"],
  ["int", "varchar(40)"],
])("%s → %s: down says that it loses what was written since", (from, to) => {
  expect(lossOf("notes.x", { from, to })).toEqual({
    reversibility: "reversible",
    removes: `what is no ${from} in notes.x`,
  });
});

test.each([
  ["int", "bigint"],
  ["varchar(5)", "longtext"],
  ["decimal(5,1)", "decimal(12,1)"],
])("%s → %s: the rows are asked on the way that could lose something", (from, to) => {
  expect(lossOf("notes.x", { from, to }).destroys).toBeUndefined();
});

test("a float is recorded as the double that its row has once it is one", () => {
  expect(recordedForm("float", "size")).toContain("cast(size as double)");
  expect(isRecordedAlike("float", "double")).toBe(true);
});

test("an expression of the user makes of a value whatever it makes of it", () => {
  expect(lossOf("notes.x", { from: "int", to: "bigint", given: true })).toEqual({
    reversibility: "loses-data",
    destroys: "notes.x",
  });
});
