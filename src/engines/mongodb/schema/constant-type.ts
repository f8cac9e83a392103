import type { FieldType, Json } from "../../../spec/model.ts";
import { isDay } from "../../../../templates/runtime/day.ts";
import { isExtended, isTagged, plain } from "./constants.ts";

/** Digits of a decimal; those of an element of a list are not declared. */
type Digits = Pick<Extract<FieldType, { readonly kind: "decimal" }>, "precision" | "scale">;

/** Whether a constant is one of the field's type: another would be stored as it is, and code could neither read nor change its document. */
export function isOfType(value: Json, type: FieldType): boolean {
  if (type.kind === "array")
    return Array.isArray(value) && value.every((one: Json) => isOfKind(one, type.of));
  if (type.kind === "vector")
    return (
      Array.isArray(value) &&
      value.length === type.dimensions &&
      value.every((one: Json) => isOfKind(one, "float"))
    );
  return isOfKind(value, type.kind, type.kind === "decimal" ? type : undefined);
}

function isOfKind(
  value: Json,
  kind: Exclude<FieldType["kind"], "array" | "vector">,
  digits?: Digits,
): boolean {
  if (kind === "binary") return isExtended(value, kind);
  if (kind === "json") return true;
  if (typeof value === "object" && !isExtended(value, kind)) return false;
  const bare = plain(value);
  switch (kind) {
    case "boolean":
      return typeof bare === "boolean";
    case "int":
      return !isText(value) && isWhole(bare) && (Number(bare) | 0) === Number(bare);
    case "bigint":
      return isWhole(bare) && (isText(bare) || Number.isSafeInteger(bare)) && isInt64(String(bare));
    case "decimal":
      return isDecimal(bare, digits);
    case "float":
      return !isText(value) && isFloat(bare);
    case "date":
      return isText(bare) && isDate(bare);
    case "timestamp":
      return isText(bare) ? isMoment(bare) : isTagged(bare, "$numberLong") && isTime(plain(bare));
    default:
      return isText(bare);
  }
}

const isText = (value: Json): value is string => typeof value === "string";

const isWhole = (value: Json): boolean => /^-?\d+$/.test(String(value));
const isInt64 = (text: string): boolean => BigInt.asIntN(64, BigInt(text)) === BigInt(text);

const isFloat = (value: Json): boolean =>
  /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(String(value)) && Number.isFinite(Number(value));

/** Digits that every number of JSON keeps. Source: IEEE 754, double precision. */
const exactDigits = 15;

/** Digits that the server stores. Source: BSON specification, "decimal128". */
const storedDigits = 34;

/** With the digits that count, before the point and after it. */
const decimalForm = /^-?(?=\d)0*(\d*?)(?:\.(?=\d)(\d*?)0*)?$/;

/** One that code writes, too: plain digits, none more than the field declares. */
function isDecimal(value: Json, digits: Digits | undefined): boolean {
  if (typeof value !== "number" && !isText(value)) return false;
  const [, whole, fraction = ""] = decimalForm.exec(String(value)) ?? [];
  if (whole === undefined) return false;
  if (whole.length + fraction.length > (isText(value) ? storedDigits : exactDigits)) return false;
  return (
    digits === undefined ||
    (fraction.length <= digits.scale && whole.length <= digits.precision - digits.scale)
  );
}

const isDate = (text: string): boolean => isDay(text) && text.length === "2026-01-31".length;

/** A day, or a time with its offset: one without would be another moment on another machine. */
const momentForm = /^(\d{4}-\d\d-\d\d)(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d))?$/;

function isMoment(text: string): boolean {
  const [, day] = momentForm.exec(text) ?? [];
  return isDay(day) && !Number.isNaN(Date.parse(text));
}

const isTime = (milliseconds: Json): boolean =>
  isWhole(milliseconds) && !Number.isNaN(new Date(Number(milliseconds)).getTime());

/** What a constant of a type looks like. */
export const exampleOf = (type: FieldType): string =>
  type.kind === "decimal" ? decimalExample(type) : examples[type.kind];

function decimalExample({ precision, scale }: Digits): string {
  const whole = precision > scale ? "1" : "0";
  const shown = scale === 0 ? whole : `${whole}.5${"0".repeat(scale - 1)}`;
  return `"${shown}" (${precision - scale} digits before the point and ${scale} after it)`;
}

const text = '"text"';
const examples: Readonly<Record<Exclude<FieldType["kind"], "decimal">, string>> = {
  uuid: '"0190a5b0-0000-7000-8000-000000000000"',
  string: text,
  text,
  enum: text,
  int: "5",
  bigint: '5, or "9007199254740993" beyond what JSON holds exactly, of 64 bits at most',
  float: "1.5",
  boolean: "false",
  date: '"2026-01-31"',
  timestamp: '"2026-01-31T12:00:00Z"',
  json: "{}",
  binary: '{"$binary":{"base64":"AAE=","subType":"00"}}',
  array: "[]",
  vector: "[0.1, 0.2, …], one number for each dimension",
};
