import { boundUnits, unitsAround } from "../../runtime/decimal-units.ts";
import { programmingError } from "../../runtime/errors.ts";
import { arrayElements, type ColumnDefinition, textBytes } from "./definition.ts";
import type { Reply } from "./service.ts";

/** `DataType` of schema.proto. */
export const dataType = {
  bool: 1,
  int32: 4,
  int64: 5,
  double: 11,
  varChar: 21,
  array: 22,
  floatVector: 101,
} as const;

/** Type and place of a kind's values in the protocol. */
const stored = {
  text: { type: dataType.varChar, data: "string_data" },
  int: { type: dataType.int32, data: "int_data" },
  bigint: { type: dataType.int64, data: "long_data" },
  float: { type: dataType.double, data: "double_data" },
  boolean: { type: dataType.bool, data: "bool_data" },
  timestamp: { type: dataType.int64, data: "long_data" },
  decimal: { type: dataType.int64, data: "long_data" },
} as const;

export const typeOf = ({ kind }: ColumnDefinition): number => stored[kind].type;

/** What the protocol holds of a value; 64-bit numbers are texts, since a JavaScript number does not hold them. */
export type Scalar = string | number | boolean;

/** @throws DataError programming for a value that the column cannot hold */
export function scalarOf(column: ColumnDefinition, value: unknown): Scalar {
  switch (column.kind) {
    case "text":
      return textOf(column, value);
    case "boolean":
      return typeof value === "boolean" ? value : refuse(column, "is no boolean");
    case "int":
      return wholeWithin(column, value, 2 ** 31);
    case "float":
      return typeof value === "number" && Number.isFinite(value)
        ? value
        : refuse(column, "is no finite number");
    case "bigint":
      return typeof value === "bigint" ? int64(column, value) : refuse(column, "is no bigint");
    case "timestamp":
      return value instanceof Date && !Number.isNaN(value.getTime())
        ? String(value.getTime())
        : refuse(column, "is no valid Date");
    case "decimal":
      return scaled(column, value);
  }
}

function textOf(column: ColumnDefinition, value: unknown): string {
  if (typeof value !== "string") return refuse(column, "is no text");
  return value.isWellFormed() ? value : refuse(column, "holds half of a surrogate pair");
}

function wholeWithin(column: ColumnDefinition, value: unknown, bound: number): number {
  return typeof value === "number" && Number.isInteger(value) && value >= -bound && value < bound
    ? value
    : refuse(column, "is no 32-bit whole number");
}

function int64(column: ColumnDefinition, value: bigint): string {
  return BigInt.asIntN(64, value) === value
    ? String(value)
    : refuse(column, "is no 64-bit whole number");
}

/** `"12.5"` at a scale of 2 is 1250: whole numbers compare exactly. */
function scaled(column: ColumnDefinition, value: unknown): string {
  const { scale = 0 } = column;
  const { floor, ceil } = unitsAround(value, scale) ?? refuse(column, "is no decimal");
  return floor === ceil ? int64(column, floor) : refuse(column, `has more than ${scale} decimals`);
}

/** What rows are compared with; undefined for a decimal of finer digits than the column has, which none of them holds. @throws DataError programming */
export function soughtOf(column: ColumnDefinition, value: unknown): Scalar | undefined {
  if (column.kind !== "decimal") return scalarOf(column, value);
  const { floor, ceil } = boundUnits(value, column.scale ?? 0) ?? refuse(column, "is no decimal");
  return floor === ceil ? String(floor) : undefined;
}

/**
 * The end of a range as the column compares it. A decimal may have finer digits than the column: it goes inwards to the next value that the
 * column can hold, which leaves the range as it is.
 *
 * @throws DataError programming for what is none of the column's kind
 */
export function boundOf(
  column: ColumnDefinition,
  value: unknown,
  inwards: "floor" | "ceil",
): Scalar {
  if (column.kind !== "decimal") return scalarOf(column, value);
  const units = boundUnits(value, column.scale ?? 0) ?? refuse(column, "is no decimal");
  return String(units[inwards]);
}

/** One field of an upsert, all rows. @throws DataError programming for a value that the column cannot hold */
export function columnData(column: ColumnDefinition, values: readonly unknown[]): object {
  const { type, data } = stored[column.kind];
  const valid = values.map((value) => value !== null && value !== undefined);
  const present = values.filter((_, row) => valid[row]);
  const whole = { field_name: column.name, valid_data: valid };
  if (column.list !== true) {
    const scalars = { [data]: { data: present.map((value) => checked(column, value)) } };
    return { ...whole, type, scalars };
  }
  const lists = present.map((value) => ({ [data]: { data: listOf(column, value) } }));
  return {
    ...whole,
    type: dataType.array,
    scalars: { array_data: { data: lists, element_type: type } },
  };
}

function listOf(column: ColumnDefinition, value: unknown): readonly Scalar[] {
  if (!Array.isArray(value)) return refuse(column, "is no list");
  if (value.length > arrayElements)
    return refuse(column, `has more than ${arrayElements} elements, which Milvus does not hold`);
  return value.map((element: unknown) => checked(column, element));
}

function checked(column: ColumnDefinition, value: unknown): Scalar {
  const scalar = scalarOf(column, value);
  if (typeof scalar !== "string" || Buffer.byteLength(scalar) <= textBytes) return scalar;
  return refuse(column, `has more than ${textBytes} bytes, which Milvus does not hold`);
}

function refuse(column: ColumnDefinition, what: string): never {
  throw programmingError(`${column.name.replace(/^f_/, "")} ${what}`);
}

/** The values of one text or 64-bit field of a reply, row by row. */
export function textsOf(fields: unknown, name: string): readonly string[] {
  const scalars = fieldOf(fields, name)?.["scalars"];
  const data = at(at(scalars, "string_data"), "data") ?? at(at(scalars, "long_data"), "data");
  return Array.isArray(data) ? data.map(String) : [];
}

/** The vectors of a reply, one behind the other. */
export function vectorsOf(fields: unknown, name: string): readonly number[] {
  const data = at(at(fieldOf(fields, name)?.["vectors"], "float_vector"), "data");
  return Array.isArray(data) ? (data as readonly number[]) : [];
}

function fieldOf(fields: unknown, name: string): Reply | undefined {
  if (!Array.isArray(fields)) return undefined;
  return (fields as readonly Reply[]).find((each) => each["field_name"] === name);
}

/** A property of a reply's part that may not be there. */
export const at = (part: unknown, name: string): unknown =>
  typeof part === "object" && part !== null ? (part as Reply)[name] : undefined;
