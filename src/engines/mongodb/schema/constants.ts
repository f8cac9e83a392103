import type { FieldType, Json } from "../../../spec/model.ts";

/** A value of the spec as the data layer stores it, in Extended JSON. */
export function stored(value: Json, kind: string): Json {
  if (Array.isArray(value))
    return value.map((one: Json) =>
      kind === "json" ? one : stored(one, kind === "vector" ? "float" : kind),
    );
  const tag = tags[kind];
  return tag === undefined || kind === "int" || isTagged(value, tag)
    ? value
    : { [tag]: String(value) };
}

/** Extended JSON of the values that plain JSON does not tell apart. Source: MongoDB manual, "MongoDB Extended JSON (v2)". */
const tags: Readonly<Record<string, string>> = {
  int: "$numberInt",
  bigint: "$numberLong",
  decimal: "$numberDecimal",
  float: "$numberDouble",
  timestamp: "$date",
  binary: "$binary",
};

const isTagged = (value: Json, tag: string): boolean =>
  typeof value === "object" && value !== null && !Array.isArray(value) && tag in value;

/** A number or moment out of its Extended JSON. */
export function plain(value: Json): Json {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return value;
  const [only, ...more] = Object.entries(value);
  return more.length === 0 && /^\$(?:number|date)/.test(only?.[0] ?? "")
    ? (only?.[1] ?? value)
    : value;
}

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
  return isOfKind(value, type.kind);
}

function isOfKind(value: Json, kind: Exclude<FieldType["kind"], "array" | "vector">): boolean {
  const own = tags[kind];
  if (kind === "binary") return own !== undefined && isTagged(value, own);
  if (kind === "json") return true;
  if (typeof value === "object" && (own === undefined || !isTagged(value, own))) return false;
  const bare = plain(value);
  switch (kind) {
    case "boolean":
      return typeof bare === "boolean";
    case "int":
      return isNumber(bare) && (Number(bare) | 0) === Number(bare) && !isText(value);
    case "bigint":
      return /^-?\d+$/.test(String(bare)) && (isText(bare) || Number.isSafeInteger(bare));
    case "decimal":
      return isNumber(bare);
    case "float":
      return isNumber(bare) && !isText(value);
    case "date":
      return isText(bare) && /^\d{4}-\d\d-\d\d$/.test(bare) && isMoment(bare);
    case "timestamp":
      return isText(bare) ? isMoment(bare) : isTagged(bare, "$numberLong");
    default:
      return isText(bare);
  }
}

const isText = (value: Json): value is string => typeof value === "string";
const isMoment = (text: string): boolean => !Number.isNaN(Date.parse(text));
const isNumber = (value: Json): boolean =>
  (typeof value === "number" || (isText(value) && value.trim() !== "")) &&
  Number.isFinite(Number(value));

/** What a constant of a type looks like. */
export const exampleOf = ({ kind }: FieldType): string => examples[kind];

const text = '"text"';
const examples: Readonly<Record<FieldType["kind"], string>> = {
  uuid: '"0190a5b0-0000-7000-8000-000000000000"',
  string: text,
  text,
  enum: text,
  int: "5",
  bigint: '5, or "9007199254740993" beyond what JSON holds exactly',
  decimal: '"1.50"',
  float: "1.5",
  boolean: "false",
  date: '"2026-01-31"',
  timestamp: '"2026-01-31T12:00:00Z"',
  json: "{}",
  binary: '{"$binary":{"base64":"AAE=","subType":"00"}}',
  array: "[]",
  vector: "[0.1, 0.2, …], one number for each dimension",
};
