import { expect, test } from "vitest";
import { expressionProblem } from "../../../src/engines/postgres/sql/expression.ts";
import { remark } from "../../../src/engines/families/sql/remark.ts";
import { unknownColumn } from "../../../src/engines/postgres/sql/unknown-column.ts";
import { identifier, literal } from "../../../src/engines/postgres/sql/quote.ts";
import { stopwatch } from "../../support/stopwatch.ts";

test.each([
  "status = 'new' or total_cents > 0",
  "lower(email)",
  "note <> 'it''s; -- not a comment /* nor this */'",
  `"odd;name" > 1`,
  "tag = E'a\\'b'",
  "coalesce(a, b) > array[1, 2][1]",
  "x = $tag$ ;-- ) $tag$",
  "data->>'a' is not null",
])("one expression: %s", (text) => {
  expect(expressionProblem(text)).toBeUndefined();
});

test.each([
  ["", /empty/],
  ["true); drop table x; --", /without its/],
  ["true; drop table x", /semicolon/],
  ["(true", /never closed/],
  ["true -- rest", /comment/],
  ["true /* rest", /comment/],
  ["note = 'open", /never closed/],
  ["note = E'open\\'", /never closed/],
  ["a, b", /comma/],
  ["a = $1", /parameter/],
  ["a = $x$ open", /never closed/],
  ["(a]", /without its/],
  ["a\0b", /NUL/],
])("not one expression: %s", (text, problem) => {
  expect(expressionProblem(text)).toMatch(problem);
});

const known = {
  table: "visits",
  columns: ["id", "fee_amount", "status", "day", "Odd Name", "at"],
  fields: new Map([
    ["id", "id"],
    ["feeAmount", "fee_amount"],
    ["status", "status"],
  ]),
};

test.each([
  "fee_amount >= 0 and status in ('new', 'feeAmount') or not (id is null)",
  "FEE_AMOUNT between 0 and 10::double precision",
  `"Odd Name" collate "C" <> E'x\\'y' and visits.status like 'a%' escape '!'`,
  "extract(year from at) > 2000 and at > date '2000-01-01' - interval '1 day'",
  "cast(fee_amount as numeric) > pg_catalog.abs(1) and char_length(status) > 2",
  "at::timestamp with time zone at time zone 'utc' < now() and status is not distinct from 'a'",
  `"left"((status)::text, 1) = any ((array['new'::character varying, 'x'])::public."Mood"[])`,
  "exists (select 1 from other o where o.x = id)",
  "case when day then $x$ feeAmount $x$ else status end similar to 'a'",
])("every name is a column: %s", (text) => {
  expect(unknownColumn(text, known)).toBeUndefined();
});

test.each([
  ["feeAmount >= 0", "names feeAmount,", "the column of field feeAmount is fee_amount"],
  [`"feeAmount" >= 0`, `names "feeAmount",`, "the column of field feeAmount is fee_amount"],
  ["fee_amout >= 0", "names fee_amout,", 'did you mean "fee_amount"?'],
  ["id > 0 and zzz = 1", "names zzz,", "columns: id, fee_amount, status, day, Odd Name, at"],
])("a name that is no column: %s", (text, part, hint) => {
  const found = unknownColumn(text, known);
  expect(found?.text).toContain(`${part} which is no column of visits`);
  expect(found?.hint).toBe(hint);
});

test("long hostile text is judged in linear time", () => {
  for (const piece of ["'", "E'", "$", "(", "$a$", "-", "é", '"']) {
    const started = stopwatch();
    expressionProblem(piece.repeat(50_000));
    unknownColumn(piece.repeat(50_000), known);
    unknownColumn(piece.repeat(9_000), known);
    expect(started.elapsed()).toBeLessThan(1_000);
  }
});

test("identifiers are bare only where that means the same", () => {
  expect(["orders", "order", "Order", 'a"b', "1a", "a;b", "user"].map(identifier)).toEqual([
    "orders",
    '"order"',
    '"Order"',
    '"a""b"',
    '"1a"',
    '"a;b"',
    '"user"',
  ]);
  expect(() => identifier("a\0")).toThrow(RangeError);
});

test("literals mean the same whatever standard_conforming_strings says", () => {
  expect(literal("it's")).toBe("'it''s'");
  expect(literal("a\\'b")).toBe("E'a\\\\''b'");
  expect(remark("one\ntwo\u2028three")).toBe("-- one two three");
});
