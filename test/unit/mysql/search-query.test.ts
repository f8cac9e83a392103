import { describe, expect, test } from "vitest";
import { highlighted } from "../../../templates/engines/mysql/highlight.ts";
import { formsOf } from "../../../templates/engines/mysql/search-forms.ts";
import { searchTexts, searchWords } from "../../../templates/engines/mysql/search-query.ts";

describe("a query in the boolean syntax of a full text index", () => {
  test.each([
    ["red apples", "+(red) +(apples)"],
    ['"red apples" -anger', '+"red apples" -(anger)'],
    ["sweet or pears", "(+(sweet)) (+(pears))"],
    ["-anger apples", "+(apples) -(anger)"],
    ["pears or -anger red -wet apples", "(+(pears)) (+(red) +(apples) -(anger) -(wet))"],
    ["the of", ""],
    ["-something", ""],
    ["", ""],
    ["e-mail", '+"e mail"'],
    ["rock-roll -e-mail well--known -foo", '+"rock roll" +(well) -"e mail" -(known) -(foo)'],
    ["state-of-the-art or -", '+"state of the art"'],
    ["5-6 set -tv", "+(set)"],
    ["a+b(c)~>*@\"' ; drop table notes", "+(drop) +(table) +(notes)"],
    ["twice Twice", "+(twice)"],
  ])("%s", (query, match) => {
    expect(searchTexts("simple", query).match).toBe(match);
  });

  test("a text that no store holds is refused", () => {
    for (const query of ["nul\0l", "half\uD800"])
      expect(() => searchTexts("simple", query)).toThrow(TypeError);
  });

  test("what no index holds is left out: short words, endless ones, more than a question has", () => {
    for (const query of ["to be x ab", "w".repeat(85)])
      expect(searchTexts("simple", query)).toEqual({
        match: "",
        some: "",
        all: "",
      });
    const many = Array.from({ length: 500 }, (_, at) => `word${at}`).join(" ");
    expect(searchTexts("simple", many).all.match(/\+/g)).toHaveLength(32);
  });
});

test("the words that are marked: those that are looked for, in all their forms, without accents", () => {
  expect(searchWords("simple", 'Été -mer or "Rouge vin" x')).toEqual(
    new Set(["ete", "rouge", "vin"]),
  );
  expect(searchWords("english", "apple")).toContain("apples");
  expect(searchWords("english", "-apple")).toEqual(new Set());
});

test.each([
  ["apple", "apples"],
  ["apples", "apple"],
  ["running", "run"],
  ["stop", "stopped"],
  ["making", "make"],
  ["cities", "city"],
  ["boxes", "box"],
])("%s asks for %s", (word, form) => {
  expect(formsOf(word, "english")).toContain(form);
  expect(formsOf(word, "simple")).toEqual([word]);
});

test("highlights mark whole words without regard to case and accents, and nothing where none is", () => {
  const words = new Set(["ete", "mer"]);
  expect(highlighted("Un Été à la mer, été hiver", words)).toBe(
    "Un <mark>Été</mark> à la <mark>mer</mark>, <mark>été</mark> hiver",
  );
  expect(highlighted("hammer", words)).toBe("");
  expect(highlighted("<b>mer</b>!", words)).toBe("&lt;b&gt;<mark>mer</mark>&lt;/b&gt;!");
});
