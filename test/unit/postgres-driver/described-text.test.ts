import { expect, test } from "vitest";
import { indexText, typeText } from "../../../templates/engines/postgres/described-text.ts";

test.each([
  ["timestamptz(3)", "timestamp(3) with time zone"],
  ["timestamp(3) with time zone", "timestamp(3) with time zone"],
  ["TIMESTAMP", "timestamp without time zone"],
  ["timestamptz[]", "timestamp with time zone[]"],
  ["timetz", "time with time zone"],
  ["numeric(10, 2)", "numeric(10,2)"],
  ["decimal(10)", "numeric(10,0)"],
  ["numeric", "numeric"],
  ["varchar(3)[]", "character varying(3)[]"],
  ["char", "character(1)"],
  ["int8", "bigint"],
  ["double precision", "double precision"],
  ["vector(384)", "vector(384)"],
  ["public.vector(384)", "vector(384)"],
  ['"Odd type"', '"Odd type"'],
  ['extra."Odd type"', '"Odd type"'],
])("type %s is told as %s", (type, text) => expect(typeText(type)).toBe(text));

test.each([
  ["(a, b desc)", " USING btree (a, b DESC)"],
  ["using gin (tags)", " USING gin (tags)"],
  [
    "(status, placed_at desc) where status <> 'shipped'",
    " USING btree (status, placed_at DESC) WHERE (status <> 'shipped'::text)",
  ],
  ['(lower(email), "Odd, name")', ' USING btree (lower(email), "Odd, name")'],
  [
    "using hnsw (embedding vector_cosine_ops) with (m = 24)",
    " USING hnsw (embedding public.vector_cosine_ops) WITH (m='24')",
  ],
  ["(a) include (b, c)", " USING btree (a) INCLUDE (b, c)"],
  ["(a nulls first) nulls not distinct", " USING btree (a NULLS FIRST) NULLS NOT DISTINCT"],
])("index %s is told as the server's %s", (ours, theirs) => {
  expect(indexText(theirs)).toBe(indexText(ours));
});

test.each([
  ["(a)", "(b)"],
  ["(a)", "(a desc)"],
  ["(a)", "(a, b)"],
  ["(a)", "using hash (a)"],
  ["(a)", "(a) where a > 1"],
  ["(a text_pattern_ops)", "(a)"],
  ["(a) include (b)", "(a)"],
  ["(a nulls first)", "(a)"],
])("index %s is not %s", (one, other) => expect(indexText(one)).not.toBe(indexText(other)));
