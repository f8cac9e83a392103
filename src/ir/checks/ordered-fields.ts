import type { Field } from "../../spec/model.ts";
import { columnName } from "../names.ts";
import type { OrderedField, Room } from "./rooms.ts";

/** The fields of which one value is less than another; those that refer to other rows have theirs. */
export const orderedFields = (fields: readonly Field[]): readonly OrderedField[] =>
  fields.flatMap((field) => orderedField(field) ?? []);

function orderedField(field: Field): OrderedField | undefined {
  const { name, type } = field;
  if (field.reference !== undefined || field.role === "version" || field.role === "tenant")
    return undefined;
  const unasked = unaskedRoom(field);
  const column = columnName(name, field.column);
  const own = { name, column, ...(unasked !== undefined && { unasked }) };
  const numbers = { unit: "number", ...limits(field) } as const;
  switch (type.kind) {
    case "date":
    case "timestamp":
      return { ...own, unit: "day", holds: {} };
    case "int":
      return { ...own, ...numbers, holds: { min: -(2 ** 31), max: 2 ** 31 - 1 } };
    case "decimal": {
      const most = 10 ** (type.precision - type.scale) - 1;
      const step = 10 ** -Math.min(type.scale, 2);
      return { ...own, ...numbers, step, holds: { min: -most, max: most } };
    }
    case "bigint":
      return { ...own, ...numbers, holds: {} };
    case "float":
      return { ...own, ...numbers, step: 0.01, holds: {} };
    default:
      return undefined;
  }
}

function limits({ min, max }: Field): Room {
  return {
    ...(min !== undefined && { min: Number(min) }),
    ...(max !== undefined && { max: Number(max) }),
  };
}

/** Days of the years in which the clock of a database is believed to be. */
const clock: Room = { min: Date.UTC(2000) / 86_400_000, max: Date.UTC(2100) / 86_400_000 };

function unaskedRoom({ type, role, default: value }: Field): Room | undefined {
  const isTime = type.kind === "date" || type.kind === "timestamp";
  if (isTime && (role !== "data" || (value !== undefined && value !== null))) return clock;
  if (value === undefined || value === null || isTime) return undefined;
  const number = Number(value);
  return Number.isNaN(number) ? undefined : { min: number, max: number };
}
