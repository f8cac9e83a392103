import { typeKeys } from "./rules/field-types.ts";
import { fieldSchema } from "./schema-entity.ts";

/** The field types for `async-db-starter schema --types` and for `references/spec.md`. */
export const specTypes: readonly (readonly [
  type: string,
  typescript: string,
  keys: string,
  meaning: string,
])[] = [
  [
    "uuid",
    "string (branded when a key)",
    "",
    "made by the client (v7) when a key; generated: database | caller",
  ],
  ["string", "string", "max", "text of at most max characters; 255 by default"],
  ["text", "string", "", "text of any length"],
  ["int", "number", "min max", "whole number of 32 bits; a key may be generated: database"],
  ["bigint", "bigint", "min max", "whole number of 64 bits; a key may be generated: database"],
  [
    "decimal",
    "string",
    "precision scale min max",
    "exact decimal; precision and scale are required",
  ],
  ["float", "number", "min max", "double precision"],
  ["boolean", "boolean", "", ""],
  ["date", "string (YYYY-MM-DD)", "min max", "calendar day without time zone"],
  ["timestamp", "Date", "min max", "instant in milliseconds, UTC"],
  ["json", "its schema's type", "schema", "inline JSON Schema or ./path.json"],
  ["binary", "Uint8Array", "", ""],
  ["enum", "union of its values", "values", "values are required"],
  [
    "array",
    "readonly T[]",
    "of max",
    "of: uuid string text int bigint decimal float boolean date timestamp",
  ],
  [
    "vector",
    "Float32Array",
    "dimensions metric",
    "1 to 16000 dimensions; metric: cosine (default) l2 ip",
  ],
];

/** A table: type, TypeScript type, the keys that belong to it, what it means. */
export function specTypesText(): string {
  const rows = [["type", "TypeScript", "keys", "meaning"] as const, ...specTypes];
  const widths = [0, 1, 2].map((column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  const lines = rows.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  return [
    ...lines,
    "",
    `Every type takes: ${keysOfEveryType().join(" ")}`,
    "  generated: who makes the value of a key: client (uuid v7; the default of uuid), database or caller",
    "  stored: { type, default, identity }: how a column of an existing schema is stored, in the store's own words",
    "",
  ].join("\n");
}

const keysOfEveryType = (): readonly string[] =>
  Object.keys(fieldSchema.shape).filter((key) => key !== "type" && typeKeys[key] === undefined);
