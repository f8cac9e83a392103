import type { FieldIr } from "../../ir/types.ts";
import type { FieldType } from "../../spec/model.ts";
import type { StoredType } from "../engine.ts";

const scalars = {
  uuid: "char(36)",
  int: "int",
  bigint: "bigint",
  float: "double",
  boolean: "boolean",
  date: "date",
  timestamp: "datetime(3)",
  json: "json",
  array: "json",
  text: "longtext",
} as const satisfies Partial<Record<FieldType["kind"], string>>;

/** Longest string that is kept as `varchar`: all columns of a row share 65,535 bytes, of which a character takes up to four (MY-01). */
export const longestVarchar = 4_000;
/** MY-01: a row's columns without those that lie apart (text, blob, json). */
export const rowBytes = 65_535;

/** A length that may grow in place later: within one byte of length a longer `varchar` is a change of the catalogue only (MY-21). */
const enumLength = (values: readonly string[]): number =>
  Math.max(0, ...values.map((value) => value.length)) <= 63 ? 63 : 190;

/** Column type of a logical type; the same on both dialects. A column that was there before keeps its own. */
export const columnType = (type: FieldType): string => type.native ?? ownType(type);

/** The type that a column of the data layer's own making has. */
export function ownType(type: FieldType): string {
  switch (type.kind) {
    case "string":
      return type.max <= longestVarchar ? `varchar(${type.max})` : "longtext";
    case "enum":
      return `varchar(${enumLength(type.values)})`;
    case "decimal":
      return `decimal(${type.precision},${type.scale})`;
    case "binary":
      return "longblob";
    case "vector":
      return `varbinary(${4 * type.dimensions})`;
    default:
      return scalars[type.kind];
  }
}

/** Whether an index has to name a part of it: text and bytes without a limit. */
export const isUnlimited = (type: FieldType): boolean =>
  /^(?:json|(?:tiny|medium|long)?(?:text|blob))\b/.test(columnType(type));

/** Most bytes of a column within its row; what lies apart leaves a pointer of 12. */
export function columnBytes(type: FieldType): number {
  const text = columnType(type);
  const length = Number(/\((\d+)/.exec(text)?.[1] ?? 0);
  if (text.startsWith("varchar")) return 4 * length + 2;
  if (text.startsWith("char")) return 4 * length;
  if (/^(?:var)?binary/.test(text)) return length + 2;
  return isUnlimited(type) ? 12 : 8;
}

const mostDigits = 65;
const mostDecimals = 30;

/**
 * What a bound decimal is cast to beside a column: all whole digits that the column may have, the rest after the point. A number with more
 * whole digits becomes the greatest that there is, beyond every value of the column.
 */
const comparedScale = ({ precision, scale }: Decimal): number =>
  Math.min(mostDecimals, mostDigits - (precision - scale));

type Decimal = Extract<FieldType, { readonly kind: "decimal" }>;

/** The digits that a filter's value may have, where the server would round one with more, or take it for a value of the column. */
export const comparedDigits = (type: Decimal): Pick<Decimal, "precision" | "scale"> | undefined =>
  type.precision - type.scale < mostDigits - mostDecimals
    ? undefined
    : { precision: mostDigits, scale: comparedScale(type) };

/** A bound value in a comparison: texts of numbers and moments are given the column's type, everything else travels as it is. */
export function comparable(type: FieldType, parameter: string): string {
  switch (type.kind) {
    case "decimal":
      return `cast(${parameter} as decimal(${mostDigits},${comparedScale(type)}))`;
    case "timestamp":
      return `cast(${parameter} as datetime(3))`;
    case "date":
      return `cast(${parameter} as date)`;
    case "bigint":
      return `cast(${parameter} as signed)`;
    default:
      return parameter;
  }
}

/** {@link columnType} as the descriptor gives it, with what gets lost. */
export function storedType(type: FieldType, _field: FieldIr): StoredType {
  const column = columnType(type);
  if (type.kind === "timestamp")
    return { column, lossy: "microseconds: what a Date holds is kept" };
  if (type.kind === "json")
    return { column, lossy: "the order of an object's keys and repeated keys" };
  if (type.kind === "float") return { column, lossy: "NaN and infinities, which are refused" };
  return { column };
}
