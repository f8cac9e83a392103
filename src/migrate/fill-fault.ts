import type { FieldIr } from "../ir/types.ts";
import type { Json } from "../spec/model.ts";
import { type FillColumn, limitsOf, mayNotRepeat } from "./fill-column.ts";
import type { Question } from "./step.ts";

/**
 * What a field has against a constant that all its stored rows would get: it would fail in the middle of the migration, after its first
 * steps have run. What a check of the user's or the database's says is left to them.
 */
export function fillFault(value: Json, column: FillColumn): Omit<Question, "about"> | undefined {
  const { field } = column;
  if (value === null)
    return field.nullable
      ? undefined
      : { text: "null: the field is required", hint: "give a value, or nullable: in the spec" };
  const fault = valueFault(value, field);
  if (fault !== undefined)
    return {
      text: `${JSON.stringify(value)}: ${fault}`,
      hint: "the rows that are there would not get past it",
    };
  if (!mayNotRepeat(column)) return undefined;
  return {
    text: `${JSON.stringify(value)}: no two rows may have the same value, and this one would go into each`,
    hint: "give an expression that differs for each row",
  };
}

function valueFault(value: Json, field: FieldIr): string | undefined {
  const { type } = field;
  // A column that was there before keeps what limits it.
  if (type.native !== undefined) return undefined;
  switch (type.kind) {
    case "enum":
      return type.values.includes(String(value))
        ? undefined
        : `the field has the values ${type.values.join(", ")}`;
    case "string":
    case "text":
      return typeof value === "string"
        ? beyond([...value].length, field, (limit) => `${limit} characters`)
        : undefined;
    case "int":
    case "bigint":
    case "decimal":
    case "float":
      return numberFault(value, field);
    case "date":
    case "timestamp":
      return typeof value === "string" ? momentFault(value, field) : undefined;
    case "array":
      return Array.isArray(value)
        ? beyond(value.length, field, (limit) => `${limit} elements`)
        : undefined;
    case "uuid":
      return typeof value !== "string" ||
        /^[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}$/i.test(value)
        ? undefined
        : "it is no UUID";
    case "boolean":
    case "json":
    case "binary":
    case "vector":
      return undefined;
  }
}

function numberFault(value: Json, field: FieldIr): string | undefined {
  if (typeof value !== "number" && typeof value !== "string") return undefined;
  const number = String(value).trim() === "" ? Number.NaN : Number(value);
  if (Number.isNaN(number) && !/^[+-]?(?:nan|inf(?:inity)?)$/i.test(String(value)))
    return "it is no number";
  return beyond(number, field, String);
}

function momentFault(value: string, field: FieldIr): string | undefined {
  const { min, max } = limitsOf(field);
  const at = Date.parse(value);
  if (min !== undefined && at < Date.parse(String(min))) return `the field begins at ${min}`;
  return max !== undefined && at > Date.parse(String(max)) ? `the field ends at ${max}` : undefined;
}

function beyond(
  measured: number,
  field: FieldIr,
  shown: (limit: number | string) => string,
): string | undefined {
  const { min, max } = limitsOf(field);
  if (min !== undefined && measured < Number(min)) return `the field takes ${shown(min)} or more`;
  return max !== undefined && measured > Number(max)
    ? `the field takes at most ${shown(max)}`
    : undefined;
}
