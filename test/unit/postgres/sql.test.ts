import { expect, test } from "vitest";
import { expressionProblem } from "../../../src/engines/postgres/sql/expression.ts";
import { remark } from "../../../src/engines/families/sql/remark.ts";
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

test("long hostile text is judged in linear time", () => {
  for (const piece of ["'", "E'", "$", "(", "$a$", "-", "é", '"']) {
    const started = stopwatch();
    expressionProblem(piece.repeat(50_000));
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
