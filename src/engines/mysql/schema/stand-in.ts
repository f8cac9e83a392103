import { mentions, type TableChange } from "./change.ts";
import { byteRoom, parsed, rangeOf, secondDigits, textRoom } from "./parsed-type.ts";
import { type Asked, askedOf, type Bounds } from "./plain-checks.ts";
import type { ColumnShape, ConstraintShape, TableShape } from "./shape.ts";
import { isUuid, placeholderOf } from "./types.ts";

/**
 * A value for rows that have lost theirs, of the column's type and as its checks want it.
 *
 * @returns undefined where a key or another table has a say in it, or where a check says something that is not plain: no value is better than
 * one that stops the change, or that no code reads
 */
export function standIn(change: TableChange, column: ColumnShape): string | undefined {
  const { name, role } = column;
  const keys = change.from.constraints.filter(({ kind }) => kind !== "check");
  // A tenant is held with a reference, which alone says where the row leads.
  const held = keys.filter(({ kind }) => role !== "tenant" || kind !== "foreign");
  if (held.some(({ columns = [] }) => columns.includes(name))) return undefined;
  return role !== "tenant" && isUnique(change.from, name)
    ? distinct(change.from, column)
    : allowed(change.from, column);
}

/** Whether no two rows may have the same there. */
const isUnique = ({ indexes }: TableShape, name: string): boolean =>
  indexes.some(
    ({ kind, columns, body }) =>
      kind === "unique" && (columns.includes(name) || mentions(body, name)),
  );

/** A value that each row has alone. */
function distinct({ constraints }: TableShape, { name, type }: ColumnShape): string | undefined {
  const own = parsed(type);
  const asked = askedOfColumn(constraints, name);
  if (asked === undefined || asked.among !== undefined || isBounded(asked.value)) return undefined;
  const { min = "0", max = "36" } = asked.length;
  const room = isUuid(own) ? 36 : (textRoom(own)?.surely ?? 0);
  return room >= 36 && Number(min) <= 36 && Number(max) >= 36 ? "uuid()" : undefined;
}

/** The same for a row that was recorded: no key and no check holds it, but code reads it by its type. @param table whose checks say what suits */
export const recordedStandIn = (table: TableShape, column: ColumnShape): string | undefined =>
  allowed(table, column) ?? placeholderOf(column.type) ?? noBytes(column.type);

/** As many as a vector has, which is what the data layer keeps in bytes of a given length; else none. */
function noBytes(type: string): string | undefined {
  const own = parsed(type);
  if (byteRoom(own) === undefined) return undefined;
  return own.length === 0 ? "''" : `unhex(repeat('00', ${own.length}))`;
}

function allowed({ constraints }: TableShape, { name, type }: ColumnShape): string | undefined {
  const asked = askedOfColumn(constraints, name);
  return asked && fitting(type, asked);
}

const askedOfColumn = (constraints: readonly ConstraintShape[], name: string): Asked | undefined =>
  askedOf(
    name,
    constraints.filter(({ kind }) => kind === "check").map(({ definition }) => definition),
  );

function fitting(type: string, { among, value, length }: Asked): string | undefined {
  const [valued, measured] = [isBounded(value), isBounded(length)];
  if (among !== undefined) return valued || measured ? undefined : among[0];
  const plain = placeholderOf(type);
  if (!valued && !measured) return plain;
  if (plain === undefined || (valued && measured)) return undefined;
  const own = parsed(type);
  if (measured) return ofLength(plain, length, textRoom(own) !== undefined);
  if (own.name === "date" || secondDigits(own) !== undefined) return value.min ?? value.max;
  return rangeOf(own) === undefined && own.name !== "double" && own.name !== "float"
    ? undefined
    : numberIn(value);
}

const isBounded = ({ min, max }: Bounds): boolean => min !== undefined || max !== undefined;

/** @param plain which is empty */
function ofLength(plain: string, { min = "0" }: Bounds, isText: boolean): string | undefined {
  if (!/^\d+$/.test(min)) return undefined;
  if (Number(min) === 0) return plain;
  return isText && plain === "''" ? `repeat('-', ${min})` : undefined;
}

/** Zero, or what is next to it. */
function numberIn({ min, max }: Bounds): string | undefined {
  if ([min, max].some((each) => each !== undefined && !/^-?\d+(?:\.\d+)?$/.test(each)))
    return undefined;
  if (min !== undefined && Number(min) > 0)
    return max === undefined || Number(min) <= Number(max) ? min : undefined;
  return max !== undefined && Number(max) < 0 ? max : "0";
}
