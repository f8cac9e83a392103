import type { FieldSpec } from "../../../../spec/schema-entity.ts";
import type { CatalogueColumn } from "../../../families/sql/adopt/catalogue.ts";
import type { Filled, TypeSpec } from "../../../families/sql/adopt/dialect.ts";

/** What a column has when no value is given: a value where the expression is one, else the expression. */
export function valueOf(
  { default: expression, identity }: CatalogueColumn,
  type: TypeSpec,
  inKey: boolean,
): Filled {
  if (identity !== undefined && inKey) return { generated: "database" };
  if (expression === undefined || expression === "null") return {};
  const value = constantOf(expression, type);
  return value === undefined ? { stored: { default: expression } } : { default: value };
}

function constantOf(expression: string, { type, values }: TypeSpec): FieldSpec["default"] {
  const text = textOf(expression);
  const number = /^-?\d+(?:\.\d+)?$/.exec(text ?? expression)?.[0];
  switch (type) {
    case "int":
    case "float":
      return number === undefined ? undefined : Number(number);
    case "bigint":
    case "decimal":
      return number;
    case "boolean":
      return number === "0" || number === "1" ? number === "1" : undefined;
    case "enum":
      return text !== undefined && values?.includes(text) === true ? text : undefined;
    case "string":
      return text;
    default:
      return undefined;
  }
}

/** The text of a literal without backslashes, which would have to be read as the server does. */
const textOf = (expression: string): string | undefined =>
  /^'((?:[^'\\]|'')*)'$/.exec(expression)?.[1]?.replaceAll("''", "'");
