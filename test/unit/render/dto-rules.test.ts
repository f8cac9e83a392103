/** Every rule that a spec puts on the values of a field holds of what comes from outside, too: at the bound a value passes, past it none does. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { z } from "zod";
import type { Field } from "../../../src/spec/model.ts";
import { entity, enumOf, field, int, key, model, string, transactional } from "../ir/models.ts";
import { removed, rendered, written } from "./tree.ts";

interface Rule {
  readonly field: Field;
  readonly passes: readonly unknown[];
  readonly refused: readonly unknown[];
}

const decimal = { kind: "decimal", precision: 5, scale: 2 } as const;
const far = "9223372036854775807";

const rules: readonly Rule[] = [
  {
    field: field("int", int, { min: -2, max: 5 }),
    passes: [-2, 5],
    refused: [-3, 6, 1.5, "1"],
  },
  {
    field: field("anyInt", int),
    passes: [-2_147_483_648, 2_147_483_647],
    refused: [-2_147_483_649, 2_147_483_648],
  },
  {
    field: field("bigint", { kind: "bigint" }, { min: "-9007199254740993", max: 10 }),
    passes: ["-9007199254740993", "10", 10],
    refused: ["-9007199254740994", "11", 11, "1.0", ""],
  },
  {
    field: field("bigintFrom", { kind: "bigint" }, { min: 0 }),
    passes: [0, far],
    refused: [-1, "-1", "9223372036854775808"],
  },
  {
    field: field("bigintTo", { kind: "bigint" }, { max: far }),
    passes: [far, `-9223372036854775808`],
    refused: ["9223372036854775808", "-9223372036854775809"],
  },
  {
    field: field("decimal", decimal, { min: "-0.5", max: 100 }),
    passes: ["-0.50", "-0.5", "0", "100", "100.00", "99.99"],
    refused: ["-0.51", "-1", "100.01", "101", "1000", "0.125", "abc", 1],
  },
  {
    field: field("decimalTo", decimal, { max: "-1.05" }),
    passes: ["-1.05", "-1.06", "-999.99"],
    refused: ["-1.04", "-1", "0"],
  },
  {
    field: field("fraction", { kind: "decimal", precision: 2, scale: 2 }),
    passes: ["0.99", "-0.99", "0"],
    refused: ["1", "5.00", "-1.00", "0.999"],
  },
  {
    field: field("float", { kind: "float" }, { min: -0.5, max: 0.5 }),
    passes: [-0.5, 0.5],
    refused: [-0.6, 0.6, "0"],
  },
  {
    field: field("string", string(3)),
    passes: ["", "abc", "😀😀😀"],
    refused: ["abcd", "😀😀😀😀", "a\u0000", 1],
  },
  {
    field: field("date", { kind: "date" }, { min: "2020-02-29", max: "2030-01-01" }),
    passes: ["2020-02-29", "2030-01-01"],
    refused: ["2020-02-28", "2030-01-02", "2021-02-29"],
  },
  {
    field: field(
      "timestamp",
      { kind: "timestamp" },
      { min: "2020-01-01T00:00:00Z", max: "2030-01-01T00:00:00.500Z" },
    ),
    passes: ["2020-01-01T00:00:00Z", "2020-01-01T01:00:00+01:00", "2030-01-01T00:00:00.500Z"],
    refused: ["2019-12-31T23:59:59.999Z", "2020-01-01T00:00:00+01:00", "2030-01-01T00:00:00.501Z"],
  },
  {
    field: field("enum", enumOf("a", "b")),
    passes: ["a", "b"],
    refused: ["c", "A", ""],
  },
  {
    field: field("array", { kind: "array", of: "int", max: 2 }),
    passes: [[], [1, 2]],
    refused: [[1, 2, 3], ["1"], [2_147_483_648]],
  },
  {
    field: field("bigints", { kind: "array", of: "bigint", max: 1 }),
    passes: [[far]],
    refused: [["9223372036854775808"], [1, 2]],
  },
  {
    field: field("vector", { kind: "vector", dimensions: 2, metric: "l2" }),
    passes: [[0, 1.5]],
    refused: [[1], [1, 2, 3], [1e300, 0], [null, 0]],
  },
];

let folder = "";
beforeAll(() => {
  const fields = rules.map((rule) => ({ ...rule.field, nullable: true, default: null }));
  const all = entity("Ruled", [key("id", string(9)), ...fields]);
  const spec = model(
    [all],
    [transactional("w", { Ruled: [{ op: "insert", name: "add", bulk: false }] })],
  );
  folder = written(rendered(spec), "dto-rules");
});
afterAll(() => removed(folder));

const schemaOf = async (): Promise<z.ZodType> => {
  const module = await import(pathToFileURL(join(folder, "src/data/domain/ruled-dto.ts")).href);
  return module.newRuledSchema;
};

test.each(rules)("$field.name", async ({ field: { name }, passes, refused }) => {
  const schema = await schemaOf();
  const problem = (value: unknown): unknown =>
    schema.safeParse({ id: "a", [name]: value }).error?.issues[0]?.path[0];
  for (const value of passes) expect([value, problem(value)]).toEqual([value, undefined]);
  for (const value of refused) expect([value, problem(value)]).toEqual([value, name]);
});

test("what is past a bound is told with the bound", async () => {
  const schema = await schemaOf();
  const message = (values: object): unknown =>
    schema.safeParse({ id: "a", ...values }).error?.issues[0]?.message;
  expect(message({ bigint: 11 })).toBe("must be at most 10");
  expect(message({ decimal: "-0.51" })).toBe("must be at least -0.5");
  expect(message({ date: "2030-01-02" })).toBe("must be at most 2030-01-01");
  expect(message({ timestamp: "2019-12-31T23:59:59.999Z" })).toBe(
    "must be at least 2020-01-01T00:00:00.000Z",
  );
  expect(message({ string: "abcd" })).toBe("must have at most 3 characters");
});
