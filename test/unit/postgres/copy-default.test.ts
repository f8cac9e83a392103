/** Which defaults tell null from nothing while two columns hold one value. */
import { expect, test } from "vitest";
import { copyDefaults } from "../../../src/engines/postgres/schema/copy-default.ts";
import type { ColumnShape } from "../../../src/engines/postgres/schema/shape.ts";

const column = (type: string, expression?: string, nullable = true): ColumnShape => ({
  name: "seen",
  field: "seen",
  role: "data",
  comment: "",
  type,
  nullable,
  ...(expression !== undefined && { value: { kind: "default", expression } }),
});

test("one value for all rows of a transaction tells them apart, in both types", () => {
  const from = column("date", "current_date");
  expect(copyDefaults(from, column("timestamptz(3)", "now()"))).toEqual({
    from: "(current_date)::date",
    to: "((current_date)::date::timestamp at time zone 'UTC')::timestamptz(3)",
    nullIsAbsent: false,
  });
  expect(copyDefaults(column("integer", "7"), column("bigint", "7"))).toMatchObject({
    to: "(7)::integer::bigint",
  });
});

// A value of such a default is another at each look, so it cannot be told from one that code wrote: what code of after leaves null is filled
// by the default until the contract, and no value of either code is lost.
test.each([
  "gen_random_uuid()",
  "clock_timestamp()",
  "nextval('notes_seen_seq'::regclass)",
  `"own_default"()`,
  "upper(md5(random()::text))",
])("%s cannot: null stays what the default makes of it until the contract", (expression) => {
  expect(copyDefaults(column("text", expression), column("text", expression))).toBeUndefined();
  expect(
    copyDefaults(column("text", undefined, false), column("text", expression)),
  ).toBeUndefined();
});

test("a word that only looks like a call in a text is none", () => {
  expect(copyDefaults(column("text", "'random()'"), column("text", "'random()'"))).toBeDefined();
});
