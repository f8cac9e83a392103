import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  specJsonSchema,
  specJsonSchemaText,
  specTypesText,
} from "../../../src/spec/json-schema.ts";
import type { Json } from "../../../src/spec/model.ts";
import { fieldSchema, fieldTypes } from "../../../src/spec/schema-entity.ts";

const isObject = (value: Json | undefined): value is { readonly [key: string]: Json } =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Every declared key in the schema, with where it stands. */
function properties(schema: Json, path = "spec"): { path: string; value: Json }[] {
  if (Array.isArray(schema))
    return schema.flatMap((entry, at) => properties(entry, `${path}[${at}]`));
  if (!isObject(schema)) return [];
  const own = isObject(schema["properties"]) ? Object.entries(schema["properties"]) : [];
  return [
    ...own.map(([key, value]) => ({ path: `${path}.${key}`, value })),
    ...Object.entries(schema).flatMap(([key, value]) => properties(value, `${path}.${key}`)),
  ];
}

test("assets/spec.schema.json is what the schema makes", () => {
  const file = readFileSync(join(import.meta.dirname, "../../../assets/spec.schema.json"), "utf8");
  expect(file, "regenerate it: npx async-db-starter schema > assets/spec.schema.json").toBe(
    specJsonSchemaText(),
  );
});

test("every key is described", () => {
  const bare = properties(specJsonSchema()).filter(
    ({ value }) => !isObject(value) || typeof value["description"] !== "string",
  );
  expect(bare.map(({ path }) => path)).toEqual([]);
  expect(properties(specJsonSchema()).length).toBeGreaterThan(100);
});

test("--types names every type", () => {
  const lines = specTypesText().split("\n");
  for (const type of fieldTypes)
    expect(lines.some((line) => line.startsWith(`${type} `) || line === type)).toBe(true);
});

test("--types names every word of a field", () => {
  const words = new Set(specTypesText().split(/[\s:]+/));
  const missing = Object.keys(fieldSchema.shape).filter((key) => !words.has(key));
  expect(missing).toEqual([]);
});
