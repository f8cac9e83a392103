import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { columnName, tableName } from "../../../src/ir/names.ts";
import {
  columnMapping,
  entityNameOf,
  fieldNameOf,
  Names,
  tableMapping,
} from "../../../src/migrate/baseline/names.ts";
import { losses, moved, type Observation } from "../../../src/migrate/rehearse/observation.ts";
import { boundsOf, literalsOf } from "../../../src/engines/families/sql/conditions.ts";
import { typeSpecOf } from "../../../src/engines/postgres/introspect/adopt/column-type.ts";
import type { Catalogue } from "../../../src/engines/postgres/introspect/catalogue.ts";

const seed = 20_260_101;

describe("what a check says plainly", () => {
  it.each([
    ["x", "x >= 1 AND x <= 10", { min: 1, max: 10 }],
    ["x", "x > 0", { min: 1 }],
    ["x", "x < 2.5", { max: 2.5 }],
    ["x", "x >= '-5'::integer", { min: -5 }],
    ["x", "x > 0::numeric", { min: 1 }],
    ["x", "max_x > 3", {}],
    ["x", "x > 3 OR y > 0", {}],
    ["value", "CHECK (VALUE >= 1901 AND VALUE <= 2155)", { min: 1901, max: 2155 }],
    ["char_length(name)", "char_length(name) <= 40", { max: 40 }],
    ["char_length(name)", "CHECK ((char_length(name) <= 40))", { max: 40 }],
    ["x", "CHECK (((x)::numeric >= (1)::numeric) AND (x <= 9))", { min: 1, max: 9 }],
    ["tags", "json_length(tags) <= 20", {}],
    ["code", "char_length(code) >= 5", {}],
    ["code", "CHECK ((char_length((code)::text) >= 5))", {}],
    ["x", "y - x >= 5", {}],
    ["x", "x >= 5 - y", {}],
    ["day", "day >= '2000-01-01'", {}],
    ["moment", "moment >= '12:00:00'", {}],
  ])("bounds of %s in %s", (subject, condition, bounds) => {
    expect(boundsOf(subject, [condition])).toEqual(bounds);
  });

  it("its literals", () => {
    expect(literalsOf("s = ANY (ARRAY['a'::text, 'it''s'::text, 'a'::text])")).toEqual([
      "a",
      "it's",
    ]);
  });
});

describe("names of what was there", () => {
  it.each([
    ["film", "Film", "film"],
    ["films", "Film", undefined],
    ["order_lines", "OrderLine", undefined],
    ["categories", "Category", undefined],
    ["addresses", "Address", undefined],
    ["address", "Address", "address"],
    ["people", "Person", undefined],
    ["status", "Status", "status"],
    ["Order Lines", "OrderLine", "Order Lines"],
    ["2fa_tokens", "T2faToken", "2fa_tokens"],
    ["pages", "PageRow", "pages"],
    ["日本", "Table", "日本"],
  ])("table %s becomes %s", (table, entity, mapping) => {
    expect(entityNameOf(table, new Names())).toBe(entity);
    expect(tableMapping(entity, table)).toBe(mapping);
  });

  it("lead back to the table and the column, whatever these are called", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", minLength: 1, maxLength: 20 }), (name) => {
        const entity = entityNameOf(name, new Names());
        expect(entity).toMatch(/^[A-Z][A-Za-z0-9]*$/);
        expect(tableName(entity, tableMapping(entity, name))).toBe(name);
        const field = fieldNameOf(name, new Names());
        expect(field).toMatch(/^[a-z][A-Za-z0-9]*$/);
        expect(columnName(field, columnMapping(field, name))).toBe(name);
      }),
      { seed, numRuns: 500 },
    );
  });

  it("are given once", () => {
    const names = new Names();
    expect(["users", "user", "USERS"].map((table) => entityNameOf(table, names))).toEqual([
      "User",
      "User2",
      "User3",
    ]);
  });
});

describe("types of what was there", () => {
  const empty: Catalogue = {
    extensions: [],
    enums: [{ name: "mood", values: ["sad", "ok"] }],
    domains: [
      {
        name: "year",
        type: "integer",
        nullable: true,
        checks: [{ name: "c", definition: "CHECK (VALUE > 1900)" }],
      },
    ],
    sequences: [],
    functions: [],
    tables: [],
    views: [],
    others: [],
  };
  it.each([
    ["integer", { type: "int" }],
    ["smallint", { type: "int", stored: { type: "smallint" } }],
    ["numeric(4,2)", { type: "decimal", precision: 4, scale: 2 }],
    ["character varying(9)", { type: "string", max: 9, stored: { type: "character varying(9)" } }],
    ["timestamp(3) with time zone", { type: "timestamp" }],
    [
      "timestamp with time zone",
      { type: "timestamp", stored: { type: "timestamp with time zone" } },
    ],
    ["text[]", { type: "array", of: "text" }],
    ["mood", { type: "enum", values: ["sad", "ok"], stored: { type: "mood" } }],
    ["mood[]", { type: "array", of: "text", stored: { type: "mood[]" } }],
    ["year", { type: "int", min: 1901, stored: { type: "year" } }],
    ["vector(3)", { type: "vector", dimensions: 3 }],
    ["tsrange", { type: "text", stored: { type: "tsrange" } }],
    ["other.mood", { type: "text", stored: { type: "other.mood" } }],
  ])("%s", (type, spec) => {
    expect(typeSpecOf(type, empty, false)).toEqual(spec);
  });
});

describe("what is lost between two moments", () => {
  const at = (
    parts: Readonly<
      Record<string, { keys?: string[]; columns: Record<string, (string | null)[]> }>
    >,
  ): Observation => ({
    schema: undefined,
    invalid: [],
    parts: new Map(
      Object.entries(parts).map(([name, { keys, columns }]) => [
        name,
        {
          keys,
          rows: keys?.length ?? Object.values(columns)[0]?.length ?? 0,
          columns: new Map(Object.entries(columns)),
        },
      ]),
    ),
  });

  it("nothing, when only the order and new columns differ", () => {
    const before = at({ t: { keys: ["1", "2"], columns: { a: ["x", "y"] } } });
    const after = at({ t: { keys: ["2", "1"], columns: { a: ["y", "x"], b: ["n", "n"] } } });
    expect(losses(before, after)).toEqual([]);
  });

  it("rows, values and columns, each by its number", () => {
    const before = at({
      t: {
        keys: ["1", "2", "3"],
        columns: { a: ["x", "y", "z"], b: ["p", null, "q"], c: ["1", "2", "3"] },
      },
      gone: { keys: ["1"], columns: { a: ["x"] } },
      empty: { keys: [], columns: { a: [] } },
    });
    const after = at({ t: { keys: ["1", "3"], columns: { a: ["x", "other"], c: ["1", "3"] } } });
    expect(losses(before, after)).toEqual([
      { part: "t", rows: 1, what: "rows gone" },
      { part: "t", column: "a", rows: 1, what: "values changed" },
      { part: "t", column: "b", rows: 2, what: "values gone" },
      { part: "gone", rows: 1, what: "rows gone" },
    ]);
  });

  it("values are counted where a part has no key", () => {
    const before = at({ t: { columns: { a: ["x", "x", "y"] } } });
    const after = at({ t: { columns: { a: ["y", "x", "z"] } } });
    expect(losses(before, after)).toEqual([
      { part: "t", column: "a", rows: 1, what: "values changed" },
    ]);
  });

  it("a column that stands under another name is found there", () => {
    const before = at({ t: { keys: ["1"], columns: { a: ["x"] } } });
    const after = at({ t: { keys: ["1"], columns: { b: ["x"] } } });
    const [loss] = losses(before, after);
    expect(loss && moved(loss, before, after)).toBe("b");
  });
});
