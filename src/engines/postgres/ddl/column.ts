import type { EntityIr, FieldIr } from "../../../ir/types.ts";
import type { Field, Json } from "../../../spec/model.ts";
import type { Bounds, ColumnShape, ColumnValue, ConstraintShape } from "../schema/shape.ts";
import { identifier, literal } from "../sql/quote.ts";
import { columnType, parameterType } from "../types.ts";
import { columnComment } from "../../families/sql/comment.ts";
import { checkName } from "./naming.ts";

/** A required column of a table that no field of the spec stands behind. */
export const ownColumn = (name: string, type: string, comment: string): ColumnShape => ({
  name,
  field: name,
  role: "data",
  type,
  nullable: false,
  comment,
});

/** The column of a field, with its comment. */
export const columnShape = (field: FieldIr): ColumnShape => {
  const value = columnValue(field);
  return {
    name: field.column,
    field: field.name,
    role: field.source.role,
    type: columnType(field.type),
    nullable: field.nullable,
    ...(value !== undefined && { value }),
    ...(isEnumType(field.type) && { values: field.type.values }),
    comment: columnComment(field, "row-level security shows it to nobody else"),
  };
};

/** Whether the column's own type lists the values; one of text does not. */
const isEnumType = (type: FieldIr["type"]): type is FieldIr["type"] & { readonly kind: "enum" } =>
  type.kind === "enum" && type.native !== undefined && !textTypes.test(type.native);

const textTypes = /^(?:(?:text|citext|name|bpchar|char|character|varchar)\b|"char"$)/;

const byDefault = (expression: string): ColumnValue => ({ kind: "default", expression });

function columnValue(field: FieldIr): ColumnValue | undefined {
  const { role, generated } = field.source;
  if (role === "tenant") return byDefault(tenantSetting(field));
  if (role === "createdAt" || role === "updatedAt") return byDefault("now()");
  if (role === "version") return byDefault("1");
  if (field.source.default !== undefined) return byDefault(constant(field, field.source.default));
  if (field.source.storedDefault !== undefined) return byDefault(field.source.storedDefault);
  if (!field.key || generated !== "database") return undefined;
  return field.type.kind === "uuid"
    ? byDefault("gen_random_uuid()")
    : { kind: "identity", always: field.source.storedIdentity === "always" };
}

/** The tenant a session is bound to, in the tenant column's type; null when there is none, so that no row matches it. */
export const tenantSetting = (field: FieldIr): string => {
  const setting = "nullif(current_setting('app.current_tenant', true), '')";
  return parameterType(field.type) === "text"
    ? setting
    : `${setting}::${parameterType(field.type)}`;
};

/** A value of the spec as SQL, cast where its text alone would be read as another type. */
export function constant(field: FieldIr, value: Json): string {
  switch (field.type.kind) {
    case "json":
      return `${literal(JSON.stringify(value))}::jsonb`;
    case "array":
      return Array.isArray(value)
        ? `${literal(arrayText(value))}::${columnType(field.type)}`
        : literal(String(value));
    case "boolean":
      return value === true ? "true" : "false";
    case "int":
    case "bigint":
    case "decimal":
    case "float":
      return numeric(value);
    default:
      return literal(String(value));
  }
}

/** A number as the spec gave it; text that is no plain number stays a string literal, which the server then refuses or casts. */
const numeric = (value: Json): string =>
  /^-?\d+(?:\.\d+)?$/.test(String(value)) ? String(value) : literal(String(value));

const arrayText = (values: readonly Json[]): string =>
  `{${values.map((value) => `"${String(value).replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`).join(",")}}`;

/** The condition that a field's bounds imply, or undefined. Length of text in characters, of an array in elements. */
export function boundsCondition(field: FieldIr): string | undefined {
  // A column that was there before keeps what limits it; its own checks are told in the spec by name.
  if (field.type.native !== undefined) return undefined;
  const column = identifier(field.column);
  const conditions: string[] = [];
  if (field.type.kind === "enum")
    conditions.push(`${column} in (${field.type.values.map(literal).join(", ")})`);
  const measured = measure(field, column);
  const { min, max } = bounds(field);
  if (min !== undefined && min === max) conditions.push(`${measured} = ${bound(field, min)}`);
  else if (min !== undefined && max !== undefined)
    conditions.push(`${measured} between ${bound(field, min)} and ${bound(field, max)}`);
  else if (min !== undefined) conditions.push(`${measured} >= ${bound(field, min)}`);
  else if (max !== undefined) conditions.push(`${measured} <= ${bound(field, max)}`);
  return conditions.length === 0 ? undefined : conditions.join(" and ");
}

function measure(field: FieldIr, column: string): string {
  switch (field.type.kind) {
    case "string":
    case "text":
      return `char_length(${column})`;
    case "array":
      return `cardinality(${column})`;
    case "binary":
      return `octet_length(${column})`;
    default:
      return column;
  }
}

function bounds(field: FieldIr): Pick<Field, "min" | "max"> {
  const max =
    field.type.kind === "string" || field.type.kind === "array"
      ? (field.type.max ?? field.source.max)
      : field.source.max;
  return {
    ...(field.source.min !== undefined && { min: field.source.min }),
    ...(max !== undefined && { max }),
  };
}

function bound(field: FieldIr, value: number | string): string {
  if (field.type.kind === "date" || field.type.kind === "timestamp") return literal(String(value));
  return numeric(value);
}

/** Every check of a table: those of the bounds first, then the user's own. */
export function checksOf(entity: EntityIr): readonly ConstraintShape[] {
  const implied = entity.fields.flatMap((field): readonly ConstraintShape[] => {
    const condition = boundsCondition(field);
    if (condition === undefined) return [];
    const name = checkName(entity.table, field.column);
    return [{ ...check(name, condition), bounds: impliedBounds(field) }];
  });
  return [...implied, ...entity.checks.map(({ name, condition }) => check(name, condition))];
}

const check = (name: string, condition: string): ConstraintShape => ({
  name,
  kind: "check",
  definition: `check (${condition})`,
});

const impliedBounds = (field: FieldIr): Bounds => ({
  ...(field.type.kind === "enum" && { values: field.type.values }),
  ...bounds(field),
});
