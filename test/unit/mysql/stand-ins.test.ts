// A required column that comes back has a value of its type in every row, one that its checks let through; or none, where that is not plain.
import { describe, expect, test } from "vitest";
import mariadb from "../../../src/engines/mariadb/index.ts";
import mysql from "../../../src/engines/mysql/index.ts";
import type { Field, FieldType } from "../../../src/spec/model.ts";
import { entity, field, int, mainStore, text, transactional, uuid } from "../postgres/model.ts";

const storeOf = (fields: readonly Field[], check?: string, audit = false) =>
  mainStore(
    [
      entity({
        name: "Note",
        timestamps: false,
        audit,
        checks: check === undefined ? {} : { own: check },
        fields: [field("id", uuid, { key: true }), ...fields],
      }),
    ],
    [transactional("all", { Note: [{ op: "get", name: "get" }] })],
  ).store;

type Case = readonly [
  name: string,
  type: FieldType,
  value: string | undefined,
  more?: Partial<Field>,
  check?: string,
];

const tags = { kind: "array", of: "text" } as const;
const decimal = { kind: "decimal", precision: 12, scale: 2 } as const;
const date = { kind: "date" } as const;

const cases: readonly Case[] = [
  ["an array", tags, "'[]'"],
  ["an array with a greatest number of elements", { ...tags, max: 20 }, "'[]'"],
  ["an array that is never empty", tags, undefined, { min: 2 }],
  ["any JSON", { kind: "json" }, "'[]'"],
  ["a vector", { kind: "vector", dimensions: 3, metric: "cosine" }, undefined],
  ["bytes", { kind: "binary" }, undefined],
  ["a uuid", uuid, "'00000000-0000-0000-0000-000000000000'"],
  ["a text", text, "''"],
  ["a text with a least length", text, "repeat('-', 5)", {}, "char_length(own) >= 5"],
  ["a text between lengths", text, "repeat('-', 2)", { min: 2, max: 9 }],
  ["a text that is not empty", text, "repeat('-', 1)", {}, "own <> ''"],
  ["a text other than a word", text, undefined, {}, "own <> 'a'"],
  ["a text of a pattern", text, undefined, {}, "own like 'a%'"],
  ["a text that no other row has", { kind: "string", max: 40 }, "uuid()", { unique: true }],
  ["a short text that no other row has", { kind: "string", max: 10 }, undefined, { unique: true }],
  ["a uuid that no other row has", uuid, "uuid()", { unique: true }],
  ["a number that no other row has", int, undefined, { unique: true }],
  ["one of some words", { kind: "enum", values: ["it's", "b"] }, "'it''s'"],
  ["words in lower case", text, undefined, {}, "lower(own) in ('a')"],
  ["words of another column", text, undefined, {}, "other in (7) and own > 'b'"],
  ["a number", int, "0"],
  ["a number from a negative one", int, "0", { min: -5, max: 5 }],
  ["a number from another one", int, "3", { min: 3, max: 5 }],
  ["a number up to a great one", int, "0", { max: 100 }],
  ["a number below zero", int, "-1", {}, "own < 0"],
  ["an amount above zero", decimal, "1", {}, "`own` > 0"],
  ["a number in a function", int, undefined, {}, "abs(own) >= 5"],
  ["a number beside another column", int, undefined, {}, "own > other"],
  ["a number in a sum", int, undefined, {}, "other - own >= 5"],
  ["a choice of conditions", int, undefined, {}, "own >= 5 and other = 1 or other = 2"],
  ["conditions in brackets", int, "5", {}, "((own >= 5) and (own <= 9)) and (other > 3)"],
  ["a day", date, "'1970-01-01'"],
  ["a day from another one", date, "'2000-01-01'", { min: "2000-01-01" }],
];

describe.each([mysql, mariadb])("$id", ({ schema: planner }) => {
  if (planner === undefined) throw new Error("no planner");
  const planned = (
    from: ReturnType<typeof storeOf>,
    to: ReturnType<typeof storeOf>,
    values: Readonly<Record<string, string>> = {},
  ) => {
    const { steps, questions } = planner.diff(
      planner.snapshot(from, "p"),
      planner.snapshot(to, "p"),
      {
        store: to,
        project: "p",
        mode: "split",
        values,
      },
    );
    expect(questions).toEqual([]);
    return steps;
  };

  for (const [name, type, value, more, check] of cases)
    test(name, () => {
      const other = field("other", int);
      const steps = planned(storeOf([other, field("own", type, more)], check), storeOf([other]));
      const fills = steps.flatMap(
        ({ down }) => /^update notes set own = (.*) where own is null;$/m.exec(down)?.[1] ?? [],
      );
      expect([...new Set(fills)]).toEqual(value === undefined ? [] : [value]);
    });

  const recorded: readonly (readonly [string, FieldType, string])[] = [
    ["a uuid", uuid, "'00000000-0000-0000-0000-000000000000'"],
    ["a vector", { kind: "vector", dimensions: 3, metric: "cosine" }, "unhex(repeat('00', 12))"],
    ["bytes", { kind: "binary" }, "''"],
    ["an array", { ...tags, max: 20 }, "'[]'"],
  ];
  test.each(recorded)("%s that was recorded as null", (_, type, value) => {
    const steps = planned(
      storeOf([field("own", type, { nullable: true })], undefined, true),
      storeOf([field("own", type)], undefined, true),
    );
    expect(
      steps.flatMap(({ title, reversibility }) =>
        title.includes("what was recorded") ? [[title, reversibility]] : [],
      ),
    ).toEqual(
      // Once for what is there, and for what code of before records until the contract.
      ["is read", "meanwhile is read"].map((read) => [
        `notes_history: what was recorded of notes ${read} with its new columns; what was recorded as null gets what its type has for nothing, since no --set and no default says more: own ${value}`,
        "loses-data",
      ]),
    );
  });
});
