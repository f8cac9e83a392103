/** Values of users stand in the text of an expression: read back by the grammar's rules, each is one literal and the value it was. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { ColumnDefinition } from "../../../templates/engines/milvus/definition.ts";
import {
  between,
  equal,
  equalUuid,
  filterExpression,
  keysExpression,
  textLiteral,
} from "../../../templates/engines/milvus/expression.ts";

const run = { seed: 20_261_121, numRuns: 2_000 };

/** Letters that mean something to an expression, among any others. */
const hostile = fc.string({
  unit: fc.oneof(
    fc.constantFrom('"', "'", "\\", "\n", "\r", "\t", "\0", ")", "]", " or ", "{a}", "$meta", "%"),
    fc.string({ minLength: 1, maxLength: 1, unit: "binary" }),
  ),
});

/** Reads a literal at the start of a text as Plan.g4 does: gives its value and what follows. */
function readLiteral(text: string): { readonly value: string; readonly rest: string } {
  expect(text[0]).toBe('"');
  let value = "";
  for (let at = 1; at < text.length; at += 1) {
    const letter = text[at] ?? "";
    if (letter === '"') return { value, rest: text.slice(at + 1) };
    expect(["\n", "\r"]).not.toContain(letter);
    if (letter !== "\\") value += letter;
    else {
      at += 1;
      const escaped = new Map([
        ['"', '"'],
        ["\\", "\\"],
        ["n", "\n"],
        ["r", "\r"],
      ]).get(text[at] ?? "");
      expect(escaped).toBeDefined();
      value += escaped;
    }
  }
  throw new Error("the literal does not end");
}

test("a text is one literal with its value, whatever is in it", () => {
  fc.assert(
    fc.property(hostile, (text) => {
      fc.pre(text.isWellFormed());
      expect(readLiteral(textLiteral(text))).toEqual({ value: text, rest: "" });
    }),
    run,
  );
});

test("half of a surrogate pair is refused: no literal holds it", () => {
  expect(() => textLiteral("\ud800")).toThrow(/surrogate/);
});

const columns: readonly ColumnDefinition[] = [
  { name: "f_title", kind: "text" },
  { name: "f_tags", kind: "text", list: true },
  { name: "f_page", kind: "int" },
  { name: "f_serial", kind: "bigint" },
  { name: "f_price", kind: "decimal", scale: 2 },
  { name: "f_weight", kind: "float" },
  { name: "f_open", kind: "boolean" },
  { name: "f_added", kind: "timestamp" },
];
const filter = (conditions: Parameters<typeof filterExpression>[1], tenant?: string): string =>
  filterExpression({ columns }, conditions, tenant);

test("the conditions are joined; the tenant comes first, and what is deleted is never found", () => {
  fc.assert(
    fc.property(hostile, hostile, hostile, (tenant, title, tag) => {
      fc.pre([tenant, title, tag].every((text) => text.isWellFormed()));
      let rest = filter([...equal("f_title", title), ...equal("f_tags", tag)], tenant);
      for (const [before, value] of [
        ["tenant == ", tenant],
        [" and f_title == ", title],
        [" and array_contains(f_tags, ", tag],
      ] as const) {
        expect(rest.startsWith(before)).toBe(true);
        const read = readLiteral(rest.slice(before.length));
        expect(read.value).toBe(value);
        ({ rest } = read);
      }
      expect(rest).toBe(") and deleted == false");
    }),
    run,
  );
});

test("keys of a list", () => {
  fc.assert(
    fc.property(fc.array(hostile, { minLength: 1, maxLength: 5 }), (keys) => {
      fc.pre(keys.every((key) => key.isWellFormed()));
      let rest = keysExpression(keys);
      for (const [at, key] of keys.entries()) {
        const before = at === 0 ? "pk in [" : ", ";
        expect(rest.startsWith(before)).toBe(true);
        const read = readLiteral(rest.slice(before.length));
        expect(read.value).toBe(key);
        ({ rest } = read);
      }
      expect(rest).toBe("]");
    }),
    { ...run, numRuns: 500 },
  );
});

test.each([
  [between("f_page", { min: -3, max: 7 }), "f_page >= -3 and f_page <= 7"],
  [between("f_page", { max: 7 }), "f_page <= 7"],
  [between("f_page", {}), ""],
  [between("f_page", undefined), ""],
  [equal("f_page", undefined), ""],
  [equal("f_serial", 2n ** 63n - 1n), "f_serial == 9223372036854775807"],
  [equal("f_serial", -(2n ** 63n)), "f_serial == (-9223372036854775807 - 1)"],
  [between("f_price", { min: "12.5", max: "-0.07" }), "f_price >= 1250 and f_price <= -7"],
  [between("f_price", { min: "0.014", max: "1.009" }), "f_price >= 2 and f_price <= 100"],
  [between("f_price", { min: "-0.014", max: "-0.005" }), "f_price >= -1 and f_price <= -1"],
  [between("f_price", { max: "9".repeat(40) }), "f_price <= 1000000000000000000"],
  [equal("f_weight", 1e21), "f_weight == 1e+21"],
  [equal("f_price", "12.50"), "f_price == 1250"],
  [equal("f_price", "12.501"), "deleted == true"],
  [equal("f_open", false), "f_open == false"],
  [equal("f_added", new Date(1_700_000_000_123)), "f_added == 1700000000123"],
] as const)("a condition as text, case %#", (conditions, text) => {
  expect(filter(conditions)).toBe(
    text === "" ? "deleted == false" : `${text} and deleted == false`,
  );
});

test.each([
  ["f_page", 1.5],
  ["f_page", 2 ** 31],
  ["f_page", "1 or true"],
  ["f_serial", 2n ** 63n],
  ["f_serial", 5],
  ["f_price", "12,345"],
  ["f_price", "1e3"],
  ["f_weight", Number.NaN],
  ["f_weight", Number.POSITIVE_INFINITY],
  ["f_open", "true"],
  ["f_added", new Date(Number.NaN)],
  ["f_title", null],
  ["f_title", { toString: () => '"' }],
  ["f_unknown", 1],
])("%s == %s is a programming error, not a text in the expression", (column, value) => {
  expect(() => filter(equal(column, value))).toThrow(
    expect.objectContaining({ kind: "programming" }),
  );
});

test("a UUID is asked for in the form that is kept", () => {
  const id = "abcdef01-0000-4000-8000-00000000000a";
  expect(equalUuid("owner", id.toUpperCase())).toEqual(equal("owner", id));
  expect(equalUuid("owner", undefined)).toEqual([]);
  expect(equalUuid("owner", "none")).toEqual(equal("owner", "none"));
});
