import type { EntityIr, FieldIr } from "../../../ir/types.ts";
import type { ArrayElement, Field, Json } from "../../../spec/model.ts";
import { columnComment } from "../../families/sql/comment.ts";
import type { ColumnShape, ColumnValue, ConstraintShape } from "../schema/shape.ts";
import { identifier, literal } from "../sql/quote.ts";
import { columnType, isUnlimited } from "../types.ts";
import { checkName, liveColumn } from "./naming.ts";

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
export function columnShape(field: FieldIr): ColumnShape {
  const value = columnValue(field);
  return {
    name: field.column,
    field: field.name,
    role: field.source.role,
    type: columnType(field.type),
    ...(field.type.kind === "array" && { elements: keptElement(field.type.of) }),
    nullable: field.nullable,
    ...(value !== undefined && { value }),
    comment: columnComment(field, "every statement of the data layer names it"),
  };
}

/** Both are texts of any length within JSON. */
const keptElement = (of: ArrayElement): ArrayElement => (of === "string" ? "text" : of);

/** Unique keys compare it: deleted rows are null there, and null equals nothing. */
export const liveColumnShape = (entity: EntityIr): ColumnShape => ({
  name: liveColumn,
  field: liveColumn,
  role: "live",
  type: "tinyint",
  nullable: true,
  value: {
    kind: "generated",
    expression: `if(${identifier(entity.deletedAt?.column ?? "deleted_at")} is null, 1, null)`,
    stored: false,
  },
  comment: "1 while the row is there: unique keys hold among those rows.",
});

export const byDefault = (expression: string): ColumnValue => ({ kind: "default", expression });

/** The moment of a statement in milliseconds, UTC as the session is. */
export const now = "current_timestamp(3)";

function columnValue(field: FieldIr): ColumnValue | undefined {
  const { role, generated, default: value, storedDefault } = field.source;
  if (storedDefault !== undefined) return byDefault(storedDefault);
  if (role === "createdAt" || role === "updatedAt") return byDefault(now);
  if (role === "version") return byDefault("1");
  if (value !== undefined && value !== null) return byDefault(constant(field, value));
  if (!field.key || generated !== "database") return undefined;
  return field.type.kind === "uuid" ? byDefault("(uuid())") : { kind: "identity" };
}

/** A default of the spec as SQL; a type that lies apart from its row takes an expression only. */
function constant(field: FieldIr, value: Json): string {
  const text = constantText(field, value);
  return isUnlimited(field.type) ? `(${text})` : text;
}

/** A value of the spec as SQL. */
export function constantText(field: FieldIr, value: Json): string {
  switch (field.type.kind) {
    case "json":
      return literal(JSON.stringify(value));
    case "array":
      return literal(JSON.stringify(elementsOf(value, field.type.of)));
    case "boolean":
      return value === true ? "true" : "false";
    case "int":
    case "bigint":
    case "decimal":
    case "float":
      return numeric(value);
    case "timestamp":
      return literal(moment(String(value)));
    default:
      return literal(String(value));
  }
}

/** A list of the spec as the codec of arrays writes it. */
const elementsOf = (value: Json, of: ArrayElement): Json =>
  Array.isArray(value) ? value.map((one: Json) => elementOf(one, of)) : value;

function elementOf(value: Json, of: ArrayElement): Json {
  switch (of) {
    case "int":
    case "float":
      return value;
    case "boolean":
      return Number(value);
    case "timestamp":
      return moment(String(value));
    default:
      return String(value);
  }
}

/** A moment of the spec as DATETIME takes it, in UTC. */
export function moment(value: string): string {
  const time = new Date(value);
  return Number.isNaN(time.getTime())
    ? value
    : time.toISOString().replace("T", " ").replace("Z", "");
}

/** A number as the spec gave it; text that is no plain number stays a string literal, which the server then refuses or casts. */
const numeric = (value: Json): string =>
  /^-?\d+(?:\.\d+)?$/.test(String(value)) ? String(value) : literal(String(value));

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
      return `json_length(${column})`;
    case "binary":
      return `octet_length(${column})`;
    default:
      return column;
  }
}

/** The length of a `varchar` is its type's: a longer text is an error in strict mode. */
function bounds(field: FieldIr): Pick<Field, "min" | "max"> {
  const { min, max } = field.source;
  const limit = field.type.kind === "array" ? (field.type.max ?? max) : limitOf(field);
  return { ...(min !== undefined && { min }), ...(limit !== undefined && { max: limit }) };
}

function limitOf({ type, source }: FieldIr): Field["max"] {
  if (type.kind !== "string") return source.max;
  return isUnlimited(type) ? type.max : undefined;
}

function bound(field: FieldIr, value: number | string): string {
  if (field.type.kind === "timestamp") return literal(moment(String(value)));
  return field.type.kind === "date" ? literal(String(value)) : numeric(value);
}

/** Every check of a table: those of the bounds first, then the user's own. */
export function checksOf(entity: EntityIr): readonly ConstraintShape[] {
  const implied = entity.fields.flatMap((field): readonly ConstraintShape[] => {
    const condition = boundsCondition(field);
    return condition === undefined
      ? []
      : [check(checkName(entity.table, field.column), condition, [field.column])];
  });
  return [...implied, ...entity.checks.map(({ name, condition }) => check(name, condition))];
}

const check = (name: string, condition: string, columns?: readonly string[]): ConstraintShape => ({
  name,
  kind: "check",
  definition: `check (${condition})`,
  ...(columns !== undefined && { columns }),
});
