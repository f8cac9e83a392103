import type { FieldSpec } from "../schema-entity.ts";

/** Values of the logical types as a spec writes them: bounds and defaults. */

const datePattern = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;
const timestampPattern =
  /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,3})?Z$/;
const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const integerPattern = /^-?[0-9]{1,19}$/;
const decimalPattern = /^-?[0-9]{1,1000}(?:\.[0-9]{1,1000})?$/;

const int32 = 2 ** 31;
const int64 = 2n ** 63n;

/** Why a value does not fit a field's type, or undefined. Bounds of the field itself are {@link orderOf}'s matter. */
export function misfit(value: unknown, field: FieldSpec): string | undefined {
  switch (field.type) {
    case "int":
      return isInt32(value) ? undefined : "a whole number from -2147483648 to 2147483647";
    case "bigint":
      return isInt64(value) ? undefined : "a whole number of 64 bits, in quotes when it is large";
    case "float":
      return typeof value === "number" ? undefined : "a number";
    case "decimal":
      return decimalMisfit(value, field);
    case "boolean":
      return typeof value === "boolean" ? undefined : "true or false";
    case "enum":
      return typeof value === "string" && field.values?.includes(value)
        ? undefined
        : `one of ${(field.values ?? []).join(", ")}`;
    case "array":
      return Array.isArray(value) ? undefined : "a list";
    case "vector":
      return Array.isArray(value) && value.length === field.dimensions
        ? undefined
        : `a list of ${field.dimensions} numbers`;
    case "json":
      return undefined;
    default:
      return typeof value === "string" ? textMisfit(value, field) : "text in quotes";
  }
}

function textMisfit(value: string, field: FieldSpec): string | undefined {
  if (field.type === "date") return isDay(value) ? undefined : 'a date such as "2026-01-31"';
  if (field.type === "timestamp") {
    return timestampPattern.test(value) &&
      isDay(value.slice(0, 10)) &&
      !Number.isNaN(Date.parse(value))
      ? undefined
      : 'a time in UTC such as "2026-01-31T12:00:00Z"';
  }
  if (field.type === "uuid") return uuidPattern.test(value) ? undefined : "a uuid";
  if (field.type === "binary") return "left out: a binary field has no default";
  const max = typeof field.max === "number" ? field.max : 255;
  return field.type === "string" && [...value].length > max
    ? `text of at most ${max} characters`
    : undefined;
}

const isInt32 = (value: unknown): boolean =>
  typeof value === "number" && Number.isInteger(value) && value >= -int32 && value < int32;

function isInt64(value: unknown): boolean {
  if (typeof value === "number") return Number.isSafeInteger(value);
  if (typeof value !== "string" || !integerPattern.test(value)) return false;
  const exact = BigInt(value);
  return exact >= -int64 && exact < int64;
}

function decimalMisfit(value: unknown, { precision, scale }: FieldSpec): string | undefined {
  const text = typeof value === "number" ? String(value) : value;
  if (typeof text !== "string" || !decimalPattern.test(text)) return 'a decimal such as "12.50"';
  // Digits that are missing or cannot be are told for themselves, and measure nothing.
  if (precision === undefined || scale === undefined || scale > precision) return undefined;
  const [whole = "", fraction = ""] = text.replace("-", "").split(".");
  const digits = whole.replace(/^0+/, "").length;
  return fraction.length > scale || digits > precision - scale
    ? `a decimal of at most ${precision - scale} digits before and ${scale} after the point`
    : undefined;
}

function isDay(value: string): boolean {
  if (!datePattern.test(value)) return false;
  const day = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(value);
}

/** Compares two values that fit the field's type: negative, zero or positive. */
export function orderOf(a: unknown, b: unknown, { type }: FieldSpec): number {
  if (type === "bigint") return compare(BigInt(String(a)), BigInt(String(b)));
  if (type === "date" || type === "timestamp")
    return compare(Date.parse(String(a)), Date.parse(String(b)));
  return compare(Number(a), Number(b));
}

const compare = <Value extends number | bigint>(a: Value, b: Value): number =>
  a < b ? -1 : a > b ? 1 : 0;
