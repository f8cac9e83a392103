import { expect, test } from "vitest";
import { expressionText } from "../../../templates/engines/postgres/expression-text.ts";

test.each([
  ["'new'::text", "('new'::character varying)::text"],
  ["(grams >= 1)", "((grams)::bigint >= (1)::bigint)"],
  [
    "(status = ANY (ARRAY['new'::text, 'sent'::text]))",
    "((status)::text = ANY ((ARRAY['new'::character varying, 'sent'::character varying(9)])::text[]))",
  ],
  ["(a > 1)", '((a)::numeric(10,2) > (1)::extra."Odd type"[])'],
  ["(at < b)", "((at)::timestamp(3) with time zone < b)"],
])("%s is told as %s", (one, other) => expect(expressionText(other)).toBe(expressionText(one)));

test.each([
  ["((a OR b) AND c)", "(a OR (b AND c))"],
  ["(a > 1)", "(a >= 1)"],
  ["'::text'::text", "''::text"],
  [`("a::text" > 1)`, `("a" > 1)`],
  ["lower(a)", "lower((a, b))"],
  ["now()", "now"],
  ["'a  b'", "'a b'"],
  ["(a - (b - c))", "(a - b - c)"],
])("%s is not %s", (one, other) => expect(expressionText(one)).not.toBe(expressionText(other)));
