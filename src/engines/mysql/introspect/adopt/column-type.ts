import type { FieldType, LogicalType } from "../../../../spec/model.ts";
import type { CatalogueColumn } from "../../../families/sql/adopt/catalogue.ts";
import type { TypeSpec } from "../../../families/sql/adopt/dialect.ts";
import { columnType, longestVarchar } from "../../types.ts";

/** Most characters of a key over a text without a limit: MY-01, four bytes each. */
const longestKey = 768;

/** A whole number without a sign that has more than 31 bits is a bigint: an int of the spec has one. */
const scalars: Readonly<Record<string, TypeSpec["type"]>> = {
  "tinyint(1)": "boolean",
  tinyint: "int",
  "tinyint unsigned": "int",
  smallint: "int",
  "smallint unsigned": "int",
  mediumint: "int",
  "mediumint unsigned": "int",
  int: "int",
  "int unsigned": "bigint",
  bigint: "bigint",
  "bigint unsigned": "bigint",
  year: "int",
  float: "float",
  "float unsigned": "float",
  double: "float",
  "double unsigned": "float",
  date: "date",
  datetime: "timestamp",
  timestamp: "timestamp",
  json: "json",
  uuid: "uuid",
  bit: "binary",
  binary: "binary",
  varbinary: "binary",
  tinyblob: "binary",
  blob: "binary",
  mediumblob: "binary",
  longblob: "binary",
};

/**
 * The type of a column in the words of the spec. A type that it has no word for travels as its text, which the driver gives.
 *
 * @param compared part of a key or of a unique constraint, where the spec wants a string with a limit
 */
export function typeSpecOf({ type }: CatalogueColumn, compared: boolean): TypeSpec {
  const logical = logicalType(type);
  // A limit that the column does not have: with its own type named, no check is taken to be there.
  if (compared && logical.type === "text")
    return { type: "string", max: longestKey, stored: { type } };
  return columnType(typeOf(logical)) === type.replace("tinyint(1)", "boolean")
    ? logical
    : { ...logical, stored: { type } };
}

function logicalType(type: string): TypeSpec {
  const bare = type.replace(/ character set \w+ collate \w+$/, "").replace(/ zerofill$/, "");
  const exact = scalars[bare];
  if (exact !== undefined) return { type: exact };
  const [, word = "", limits = ""] = /^(\w+)\((.*)\)/.exec(bare) ?? [];
  const [first = 0, second = 0] = limits.split(",").map(Number);
  switch (word) {
    case "enum":
      return enumOf(limits);
    case "char":
    case "varchar":
      return { type: "string", max: Math.max(1, first) };
    case "decimal":
      return { type: "decimal", precision: first, scale: second };
    default:
      return { type: scalars[word] ?? "text" };
  }
}

/** One that may be empty has a value that no type of TypeScript names well. */
function enumOf(list: string): TypeSpec {
  const values = [...list.matchAll(/'((?:[^']|'')*)'/g)].map(([, value = ""]) =>
    value.replaceAll("''", "'"),
  );
  return values.includes("") || values.length === 0 ? { type: "text" } : { type: "enum", values };
}

/** A field's type as the engine reads it. */
export const fieldTypeOf = (spec: TypeSpec): FieldType => ({
  ...typeOf(spec),
  ...(spec.stored?.type !== undefined && { native: spec.stored.type }),
});

function typeOf(spec: TypeSpec): LogicalType {
  switch (spec.type) {
    case "string":
      return { kind: "string", max: Number(spec.max) };
    case "decimal":
      return { kind: "decimal", precision: spec.precision ?? 10, scale: spec.scale ?? 0 };
    case "enum":
      return { kind: "enum", values: spec.values ?? [] };
    case "array":
      return { kind: "array", of: spec.of ?? "text" };
    case "vector":
      return { kind: "vector", dimensions: spec.dimensions ?? 1, metric: "cosine" };
    default:
      return { kind: spec.type };
  }
}

/** What a value of the spec may be that the column does not keep as it is, or keeps otherwise. */
export function typeRemark(type: string): string | undefined {
  const remarks: readonly (readonly [RegExp, string])[] = [
    [/^char\(/, "the column takes blanks at the end away"],
    [/^(?:datetime|timestamp)$/, "the column keeps whole seconds and rounds what is given"],
    [/^(?:datetime|timestamp)\([12]\)$/, "the column rounds milliseconds"],
    [/^(?:datetime|timestamp)\([456]\)$/, "microseconds of the column are not read"],
    [/^bigint unsigned/, "values above 9223372036854775807 can be read and not written"],
    [/^float/, "the column keeps 24 bits: about seven digits"],
    [/^set\(/, "several words with commas between"],
    [/_(?:ci|ai_ci)$/, "compared without regard to case"],
  ];
  const found = remarks.find(([form]) => form.test(type));
  if (found !== undefined) return found[1];
  const max = Number(/^varchar\((\d+)\)/.exec(type)?.[1] ?? 0);
  return max > longestVarchar ? "longer than the data layer would make it" : undefined;
}
