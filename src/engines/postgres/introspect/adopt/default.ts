import type { FieldSpec } from "../../../../spec/schema-entity.ts";
import type { TypeSpec } from "../../../families/sql/adopt/dialect.ts";

/** How a field says its column's default: a value where the expression is one, else the expression. */
export function defaultSpec(
  expression: string,
  type: TypeSpec,
): Pick<FieldSpec, "default"> | { readonly expression: string } {
  const value = constantOf(expression, type);
  return value === undefined ? { expression } : { default: value };
}

function constantOf(expression: string, { type, values }: TypeSpec): FieldSpec["default"] {
  const text = /^'((?:[^'\\]|'')*)'(?:::[^']+)?$/.exec(expression)?.[1]?.replaceAll("''", "'");
  const number = /^\(?(-?\d+(?:\.\d+)?)\)?(?:::[a-z ]+)?$/.exec(text ?? expression)?.[1];
  switch (type) {
    case "int":
    case "float":
      return number === undefined ? undefined : Number(number);
    case "bigint":
    case "decimal":
      return number;
    case "boolean":
      return expression === "true" || expression === "false" ? expression === "true" : undefined;
    case "enum":
      return text !== undefined && values?.includes(text) === true ? text : undefined;
    case "string":
    case "text":
      return text;
    case "json":
      return jsonOf(text);
    case "array":
      return text === "{}" ? [] : undefined;
    default:
      return undefined;
  }
}

function jsonOf(text: string | undefined): FieldSpec["default"] {
  if (text === undefined) return undefined;
  const value: unknown = JSON.parse(text);
  return typeof value === "object" && value !== null && Object.keys(value).length === 0
    ? Array.isArray(value)
      ? []
      : {}
    : undefined;
}
