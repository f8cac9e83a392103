// What --set is for: it stands where a document has no value, and converts what nothing else converts or what it names.
import { describe, expect, test } from "vitest";
import { planner } from "../../../src/engines/mongodb/schema/planner.ts";
import { edited } from "../compat/versions.ts";
import { applied, type Doc, Double } from "./documents.ts";
import { changed, commandsOf, contextOf, outline, press, stepCalled, storeOf } from "./press.ts";

const line = "words: { type: int, min: 0 }";
const withWords = (type: string, name = "words"): string =>
  edited(press, line, `${name}: { type: ${type} }`).replace(
    "orderBy: [words], ",
    name === "words" ? "orderBy: [words], " : "",
  );
const optional = withWords("int, nullable: true");

/** The documents after every step of a change. */
const followed = (change: ReturnType<typeof changed>, docs: readonly Doc[]): readonly Doc[] => {
  expect(change.questions).toEqual([]);
  return change.steps.reduce((now, { up }) => applied(now, commandsOf(up)), docs);
};

describe("a value for what becomes required with another type", () => {
  test.each([
    ["under its own name", withWords("text"), "words"],
    ["under a new one", withWords("text, was: words", "size"), "size"],
  ])("%s: fills what is empty, and every other converts", (_, after, name) => {
    const change = changed(optional, after, { values: { [`articles.${name}`]: '"none"' } });
    expect(followed(change, [{ words: 5 }, { words: null }, {}])).toEqual([
      { [name]: "5" },
      { [name]: "none" },
      { [name]: "none" },
    ]);
    expect(change.steps.flatMap(({ destroys }) => destroys ?? [])).toEqual([]);
  });

  test.each([
    ["under its own name", withWords("text"), "words"],
    ["under a new one", withWords("text, was: words", "size"), "size"],
  ])("%s, naming the value: converts it, which is a loss", (_, after, name) => {
    const given =
      '{"$cond":[{"$in":[{"$type":"$words"},["int"]]},{"$cond":[{"$gt":["$words",3]},"many","few"]},"none"]}';
    const change = changed(optional, after, { values: { [`articles.${name}`]: given } });
    expect(followed(change, [{ words: 5 }, { words: 1 }, { words: null }])).toEqual([
      { [name]: "many" },
      { [name]: "few" },
      { [name]: "none" },
    ]);
    const lost = change.steps.flatMap(({ destroys }) => destroys ?? []);
    expect(lost).toEqual(["articles.words"]);
  });

  // Words that Extended JSON begins its tags with, too.
  test.each([
    ['"$date_label"', { date_label: "a" }],
    ['"$numbered"', { numbered: "a" }],
    ['"$date"', { date: "a" }],
  ])("%s is an expression", (given, doc) => {
    const change = changed(optional, withWords("text"), { values: { "articles.words": given } });
    expect(followed(change, [{ ...doc, words: null }])).toEqual([{ ...doc, words: "a" }]);
  });

  test("an expression that leaves a value null stops the contract", () => {
    const values = { "articles.words": '{"$ifNull":["$extra.size",null]}' };
    const change = changed(optional, withWords("int"), { values });
    expect(outline(change)).toContain("contract articles-ask-words-filled");
    expect(followed(change, [{ words: null, extra: { size: 3 } }])).toMatchObject([{ words: 3 }]);
    const ask = commandsOf(stepCalled(change, "articles-ask-words-filled").up);
    expect(() => applied([{ words: null }], ask)).toThrow(/makes no value of it/);
  });
});

test("what no rule converts is converted by what is given, under its own name where the type tells it", () => {
  const required = withWords("int");
  const values = { "articles.words": '{"$gt":["$words",0]}' };
  const change = changed(required, withWords("boolean"), { values });
  expect(followed(change, [{ words: 5 }, { words: 0 }])).toEqual([
    { words: true },
    { words: false },
  ]);
  expect(stepCalled(change, "articles-convert-words")).toMatchObject({
    destroys: "articles.words",
    phase: "contract",
  });
  const asked = changed(required, withWords("boolean")).questions;
  expect(asked[0]?.hint).toContain("--set 'articles.words=");
  // Of two kinds of lists none tells whether it is converted already.
  const lists = changed(
    withWords("array, of: int").replace("orderBy: [words], ", ""),
    withWords("array, of: text").replace("orderBy: [words], ", ""),
    { values: { "articles.words": '["$words"]' } },
  );
  expect(lists.questions[0]?.hint).toContain("was: words");
});

describe("a constant", () => {
  const judge = async (type: string, text: string) => {
    const store = storeOf(withWords(type).replace("orderBy: [words], ", ""));
    const snapshot = planner.snapshot(store, "press");
    const context = contextOf(store, { values: { "articles.words": text } });
    return (await planner.judgeValues?.(snapshot, snapshot, context)) ?? [];
  };

  test.each([
    ["int", "1.5"],
    ["int", '"5"'],
    ["int", "2147483648"],
    ["bigint", "9007199254740993"],
    ["bigint", "true"],
    ["bigint", '"9223372036854775808"'],
    ["bigint", '"-99999999999999999999"'],
    ["bigint", '{"$numberLong":"99999999999999999999"}'],
    ["int", '{"$numberInt":"0x10"}'],
    ["decimal, precision: 5, scale: 2", '"much"'],
    ["decimal, precision: 5, scale: 2", '"0x10"'],
    ["decimal, precision: 5, scale: 2", '"1e2"'],
    ["decimal, precision: 5, scale: 2", '{"$numberDecimal":"1E+2"}'],
    ["decimal, precision: 5, scale: 2", '{"$numberDecimal":"Infinity"}'],
    ["decimal, precision: 5, scale: 2", '"NaN"'],
    ["decimal, precision: 5, scale: 2", "1e21"],
    ["decimal, precision: 5, scale: 2", '"1000.00"'],
    ["decimal, precision: 5, scale: 2", "1.005"],
    ["decimal, precision: 30, scale: 0", "12345678901234567890"],
    ["array, of: decimal", '["0x10"]'],
    ["array, of: bigint", '["99999999999999999999"]'],
    ["array, of: date", '["2026-02-31"]'],
    ["float", '{"$numberDouble":"0x10"}'],
    ["float", '{"$numberDouble":"Infinity"}'],
    ["float", '"1"'],
    ["text", "5"],
    ["boolean", '"yes"'],
    ["date", '"2026-13-40"'],
    ["date", '"2026-02-31"'],
    ["timestamp", '"soon"'],
    ["timestamp", '"2026-02-31T12:00:00Z"'],
    ["timestamp", '{"$date":"2026-02-31T12:00:00Z"}'],
    ["timestamp", '"5"'],
    ["uuid", "7"],
    ["array, of: int", '["a"]'],
    ["array, of: int", "5"],
    ["vector, dimensions: 2, metric: cosine", "[1]"],
    ["binary", '"AAE="'],
    ["text", "null"],
    ["text", "none"],
  ])("%s: %s is none of its type", async (type, text) => {
    const [fault, ...more] = await judge(type, text);
    expect(more).toEqual([]);
    expect(fault).toMatchObject({ about: "articles.words" });
    expect(fault?.hint).not.toBe("");
  });

  test.each([
    ["int", "5", 5],
    ["bigint", "5", 5n],
    ["bigint", '"9007199254740993"', 9007199254740993n],
    ["bigint", '{"$numberLong":"5"}', 5n],
    ["bigint", '"-9223372036854775808"', -(2n ** 63n)],
    ["float", "1", new Double(1)],
    ["timestamp", '"2026-01-31T12:00:00Z"', new Date("2026-01-31T12:00:00Z")],
    ["date", '"2026-01-31"', "2026-01-31"],
    ["vector, dimensions: 2, metric: cosine", "[1, 2]", [new Double(1), new Double(2)]],
    ["array, of: bigint", "[1]", [1n]],
    ["boolean", "false", false],
    ["text", '"none"', "none"],
    ["json", '{"a":1}', { a: 1 }],
  ])("%s: %s is stored as its field's values are", async (type, text, stored) => {
    expect(await judge(type, text)).toEqual([]);
    const after = withWords(type).replace("orderBy: [words], ", "");
    const before = edited(press, `      ${line}\n`, "").replace("orderBy: [words], ", "");
    const change = changed(before, after, { values: { "articles.words": text } });
    expect(followed(change, [{ slug: "a" }])).toEqual([{ slug: "a", words: stored }]);
  });

  test.each([
    ["decimal, precision: 5, scale: 2", '"1.50"'],
    ["decimal, precision: 5, scale: 2", "-999.99"],
    ["decimal, precision: 5, scale: 2", '"0001.5000"'],
    ["decimal, precision: 2, scale: 2", '"0.99"'],
    ["decimal, precision: 30, scale: 0", '"12345678901234567890"'],
    ["float", "1e3"],
    ["float", '{"$numberDouble":"1.5e3"}'],
    ["date", '"2028-02-29"'],
    ["timestamp", '"2026-01-31"'],
    ["timestamp", '"2026-01-31T12:00:00.5+02:00"'],
    ["timestamp", '{"$date":{"$numberLong":"-5"}}'],
  ])("%s: %s is one of its type", async (type, text) => {
    expect(await judge(type, text)).toEqual([]);
  });

  test.each([
    [5, 2, "1.50", "3 digits before the point and 2 after it"],
    [4, 0, "1", "4 digits before the point and 0 after it"],
    [3, 3, "0.500", "0 digits before the point and 3 after it"],
  ])(
    "that a decimal of %i digits, %i of them behind, cannot hold",
    async (all, behind, shown, limits) => {
      const type = `decimal, precision: ${all}, scale: ${behind}`;
      const [fault] = await judge(type, '"10000.0001"');
      expect(fault?.hint).toContain(`"${shown}"`);
      expect(fault?.hint).toContain(limits);
      expect(await judge(type, `"${shown}"`)).toEqual([]);
    },
  );

  test("of a property that is not there is named with those that are", async () => {
    const store = storeOf(press);
    const snapshot = planner.snapshot(store, "press");
    const judged = async (about: string) =>
      planner.judgeValues?.(snapshot, snapshot, contextOf(store, { values: { [about]: '"x"' } }));
    expect(await judged("articles.nothing")).toMatchObject([
      { text: "articles has no property nothing", hint: expect.stringContaining("slug") },
    ]);
    expect(await judged("articles.sections.text")).toEqual([]);
    expect(await judged("articles.sections.no")).toMatchObject([
      { text: expect.stringContaining("is no int, which the field is") },
    ]);
  });
});
