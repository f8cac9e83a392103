import fc from "fast-check";
import { loadModule, parseSync } from "libpg-query";
import { beforeAll, expect, test } from "vitest";
import { expressionProblem as judgedForMysql } from "../../../src/engines/mysql/sql/expression.ts";
import { expressionProblem } from "../../../src/engines/postgres/sql/expression.ts";
import { expressionTokens } from "../../../src/engines/postgres/sql/expression-tokens.ts";

// Conditions of a spec are judged when it is read, without a server. PostgreSQL's own parser is the measure: nothing that it takes may be
// refused, and of what it refuses little may pass.

beforeAll(() => loadModule());

const run = { seed: 20_261_122 };

function isSql(text: string): boolean {
  try {
    parseSync(`select (${text})`);
    return true;
  } catch {
    return false;
  }
}

test.each([
  ["total > > 0", "has > after >, where a value has to stand"],
  ["total cents > 0", "has cents right after total: an operator is missing between them"],
  ["total >", "ends with >, where a value has to follow"],
  ["> 0", "has >, where a value has to stand"],
  ["status = 'new' total > 0", "has total right after 'new': an operator is missing between them"],
  ["status in ()", "has ) after (, where a value has to stand"],
  ["status is nul", "has nul after is, where null, true, false or distinct from can stand"],
  ["status not null", "has not right after status: an operator is missing between them"],
  ["total == 0", "has ==, and equal is = in SQL"],
  ["total between 1", "has a between without its and"],
  ["case when total > 0 then 1", "has a case without its end"],
  ["case total then 1 end = 1", "has then of a case at a wrong place"],
  ["total = 1 and or status = 'a'", "has or after and, where a value has to stand"],
  ["coalesce(total,) > 0", "has ) after ,, where a value has to stand"],
  ["(total > 0) (status = 'a')", "has ( right after ): an operator is missing between them"],
])("%s", (text, problem) => {
  expect(isSql(text) && !text.includes("==")).toBe(false);
  expect(expressionProblem(text)).toBe(problem);
  expect(judgedForMysql(text)).toBe(problem);
});

/** What users and other tools write: forms of the manual's chapters on operators, functions and types. */
const written: readonly string[] = [
  "total >= 0",
  "total>=-1 and total<+10",
  "not (a and not b) or c",
  "status in ('new', 'paid') and status not in ('x')",
  "total between symmetric 0 and 10 and status like 'a%' escape '!'",
  "total not between -1 and 1",
  "name ~ '^[a-z]+$' and name !~* 'x'",
  "name ilike '%a' or name not ilike 'b' or name similar to '(a|b)%'",
  "a is null and b is not null and c is not true and d is distinct from e and e is not distinct from 1",
  "a isnull or b notnull",
  "doc is json object with unique keys and txt is nfc normalized and txt is not normalized",
  "x::double precision > 1.5e3 and y::character varying(20) = 'a'::text and z::int[] = '{}'",
  "cast(x as timestamp with time zone) > timestamp with time zone '2020-01-01 00:00+00'",
  "at at time zone 'utc' < now() at local",
  "extract(year from at) > 2000 and extract('day' from at) = 1",
  "substring(name from 1 for 2) = trim(both ' ' from name) and position('a' in name) > 0",
  "overlay(name placing 'x' from 1 for 1) = 'a' and trim(leading from name) <> ''",
  "interval '1' day < d and interval '1 day' > e and interval '1-2' year to month <> f",
  "date '2020-01-01' < day and time '10:00' > hour",
  "tags @> array['a', 'b'] and tags && array[]::text[] and tags[1] = 'x' and tags[1:2] <> tags[:3] and tags[2:] is null",
  "array[[1, 2], [3, 4]] <> m",
  "doc ->> 'a' = 'x' and doc #>> '{a,b}' is not null and doc ? 'k' and doc ?| array['a'] and (doc -> 'a')::int > 1",
  "status = any (array['a'::text, 'b'::text]) and 1 <> all ('{1,2}'::int[])",
  "((status)::text = any ((array['new'::character varying, 'x'::character varying])::text[]))",
  "case status when 'a' then 1 when 'b' then 2 else 3 end > 1",
  "case when a then b end or case when c is null then true else false end",
  "case when a between 1 and 2 then b else c end",
  "row(a, b) = (1, 2) and (a, b) <> row(3, 4)",
  'name collate "C" > \'a\' collate pg_catalog."de_DE"',
  "a operator(pg_catalog.=) b",
  "(range).lower > 1 and int4range(1, 5) @> 3",
  "make_interval(days => 10) > interval '1 day' and f(variadic array[1, 2])",
  "a || 'x' || b = $tag$ it's $tag$",
  "- a + + b * (-c) ^ 2 % 3 / 4 <> @ d",
  "|/ area > 2 and a & 1 = 0 and a << 2 > ~ 5 and a # 1 = 2",
  "current_date > day and current_timestamp(3) <= now() and current_user = 'me'",
  "E'a\\'b' = name or N'x' = name or B'101' = bits or U&'\\0041' = name",
  '"Odd Name" > 1 and tbl."Odd" = 2 and public.f("x") is true',
  "bool and true or false and unknown is null",
  "localtimestamp > at and coalesce(a, nullif(b, c), greatest(d, e)) is not null",
  "(a, b) overlaps (c, d)",
  "xmlelement is null or text = 'x' or value > 1 or day = 2 or key = 'k'",
  "num_nonnulls(a, b) = 1 and length(btrim(name)) > 0 and char_length(name::text) <= 10",
  "exists (select 1 from other where x = 1)",
  "a in (1) is true and (b = 1) is not false",
  "md5(name || coalesce(other, '')) = hash and name <> '' and 1_000 < total and 0xff > .5",
  "timestamp '2020-01-01' + interval '2 hours' * 3 > at and day - 7 < d",
];

test.each(written)("what PostgreSQL takes is taken: %s", (text) => {
  expect(isSql(text)).toBe(true);
  expect(expressionProblem(text)).toBeUndefined();
});

test.each([
  "total >= 0 and `odd name` <=> 1",
  "name regexp '^a' and name not rlike 'b' and name sounds like 'c'",
  "a div 2 = 1 and b mod 3 <> 0 xor c",
  "date_add(day, interval 1 day) > now() and day + interval 2 year > other",
  "json_extract(doc, '$.a') = 'x' and doc ->> '$.b' is not null",
  "convert(name using utf8mb4) = _utf8mb4'x' and cast(x as unsigned) > 1 and cast(y as char character set utf8mb4) = 'a'",
  "binary name = 'A' and 3 member of(doc)",
  "if(a > 1, b, c) is not null and (a && b || not c)",
  "timestampdiff(day, a, b) > 0 and extract(year_month from a) > 1 and ! b",
])("what MySQL takes is taken: %s", (text) => {
  expect(judgedForMysql(text)).toBeUndefined();
});

const { value } = fc.letrec<{ value: string; condition: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthIdentifier: "sql" },
    fc.constantFrom(
      "a",
      "b",
      '"C d"',
      "t.e",
      "1",
      "2.5",
      "'x'",
      "'it''s'",
      "null",
      "true",
      "now()",
    ),
    fc
      .tuple(
        tie("value"),
        fc.constantFrom("+", "-", "*", "/", "||", "->>", "@>", "%"),
        tie("value"),
      )
      .map(([left, operator, right]) => `${left} ${operator} ${right}`),
    tie("value").map((inner) => `(${inner})`),
    tie("value").map((inner) => `(${inner})::numeric(10, 2)`),
    tie("value").map((inner) => `- ${inner}`),
    fc.tuple(tie("value"), tie("value")).map((args) => `coalesce(${args.join(", ")})`),
    fc.tuple(tie("value"), tie("value")).map(([x, y]) => `(array[${x}, ${y}])[1]`),
    fc
      .tuple(tie("condition"), tie("value"), tie("value"))
      .map(([when, then, other]) => `case when ${when} then ${then} else ${other} end`),
    tie("condition").map((inner) => `(${inner})`),
  ),
  condition: fc.oneof(
    { maxDepth: 4, depthIdentifier: "sql" },
    fc
      .tuple(tie("value"), fc.constantFrom("=", "<>", "<", ">=", "like", "not in"), tie("value"))
      .map(([left, operator, right]) =>
        operator === "not in" ? `(${left}) not in (${right})` : `(${left}) ${operator} (${right})`,
      ),
    fc.tuple(tie("value"), tie("value")).map(([x, y]) => `(${x}) between (${y}) and (${x})`),
    fc
      .tuple(tie("value"), fc.constantFrom("is null", "is not null", "is not true"))
      .map(([x, is]) => `(${x}) ${is}`),
    fc
      .tuple(tie("condition"), fc.constantFrom("and", "or"), tie("condition"))
      .map(([x, word, y]) => `${x} ${word} ${y}`),
    tie("condition").map((inner) => `not (${inner})`),
  ),
}));

test("expressions of any depth that PostgreSQL takes are taken", () => {
  let taken = 0;
  fc.assert(
    fc.property(value, (text) => {
      if (!isSql(text)) return;
      taken += 1;
      expect(expressionProblem(text), text).toBeUndefined();
    }),
    { ...run, numRuns: 2_000 },
  );
  expect(taken).toBeGreaterThan(1_500);
});

test("a token too many, too few, or in another's place: what PostgreSQL still takes is taken, and most of the rest refused", () => {
  const seen = { taken: 0, refused: 0, passed: 0 };
  fc.assert(
    fc.property(
      fc.oneof(fc.constantFrom(...written), value),
      fc.nat(),
      fc.constantFrom("drop", "double", "swap"),
      (text, pick, how) => {
        const tokens = expressionTokens(text).map((token) => token.text);
        const at = pick % tokens.length;
        const [one = "", two = ""] = tokens.slice(at, at + 2);
        if (how === "drop") tokens.splice(at, 1);
        else if (how === "double") tokens.splice(at, 0, one);
        else tokens.splice(at, 2, two, one);
        const changed = tokens.join(" ");
        const problem = expressionProblem(changed);
        if (isSql(changed)) {
          seen.taken += 1;
          // Of these the grammar makes operators before a value, or types called like, which no server has.
          if (!/^has (?:\|\||&&|->|==|i?like)/.test(problem ?? ""))
            expect(problem, changed).toBeUndefined();
        } else if (problem === undefined) seen.passed += 1;
        else seen.refused += 1;
      },
    ),
    { ...run, numRuns: 6_000 },
  );
  expect(seen.taken).toBeGreaterThan(500);
  expect(seen.refused).toBeGreaterThan(seen.passed * 15);
});
