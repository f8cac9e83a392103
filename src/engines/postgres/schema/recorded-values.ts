import { identifier, literal } from "../sql/quote.ts";
import type { ColumnChange, TableChange } from "./change.ts";
import { conversion, losesSilently, readsTheSame } from "./convert.ts";
import { forwardOf } from "./copy-way.ts";
import { meanwhile } from "./dropped.ts";
import { fits } from "./fits.ts";
import { placeholder } from "./fill.ts";
import { type ColumnShape, isEmptyUnlessGiven, type TableShape } from "./shape.ts";
import { mentions } from "./tokens.ts";

/** A property that recorded rows get. */
export interface Property {
  readonly name: string;
  /** As jsonb, over `recorded`. */
  readonly value: string;
  /** Whether a recorded row is to get it. */
  readonly lacking: string;
  /** A property that goes when it comes. */
  readonly instead?: string;
  /** A value that nobody gave and that recorded nulls get, as people read it: `size 0`. */
  readonly standIn?: string;
}

/** What becomes of the recorded values of one column. */
export interface RecordedColumn {
  /** What rows recorded before get, beside what code of before reads. */
  readonly forwards: readonly Property[];
  /** What takes its place once no code of before runs. */
  readonly settled: readonly Property[];
  /** Names that go once no code of before runs. */
  readonly gone: readonly string[];
  /** What rows recorded since get when code of before may run again beside that of after. */
  readonly unsettled: readonly Property[];
  /** What they get when the change is taken back to its beginning. */
  readonly backwards: readonly Property[];
  /** What cannot be told any more from what takes its place, or has nothing in its place. */
  readonly loss?: "changed" | "gone";
}

const none: RecordedColumn = {
  forwards: [],
  settled: [],
  gone: [],
  unsettled: [],
  backwards: [],
};

const has = (name: string): string => `recorded ? ${literal(name)}`;
const isNone = (name: string): string => `recorded ->> ${literal(name)} is null`;
const of = (name: string): string => `recorded -> ${literal(name)}`;

/**
 * A recorded row is read through the table's own type, so a value under a new name, of another type, or one that has come for every row has to
 * stand in the rows recorded before.
 */
export function recordedColumn(rows: TableChange, column: ColumnChange): RecordedColumn {
  if (column.kind === "dropped") return dropped(rows, column.from);
  if (column.to.value?.kind === "generated") return none;
  if (column.kind === "added") return { ...none, forwards: filled(rows, column) };
  const { from, to } = column;
  const converts = column.kind === "copied" || column.converted !== undefined;
  const retyped = from.type !== to.type && converts && isReadOtherwise(column);
  if (retyped) return converted(rows, column);
  if (from.name === to.name) return fillsNulls(rows, column);
  return renamed(rows, column, of(from.name), of(to.name));
}

/**
 * What it held goes with it. Taken back, code of before reads no row without what it requires: from the contract on those that were recorded
 * since, and in the end those of rows that were empty meanwhile.
 */
function dropped(rows: TableChange, from: ColumnShape): RecordedColumn {
  if (from.value?.kind === "generated") return none;
  const gone = { ...none, gone: [from.name], loss: "gone" } as const;
  const standIn = from.nullable ? undefined : standInOf(rows.from, from);
  if (standIn === undefined) return gone;
  const back: Property = {
    name: from.name,
    value: `to_jsonb((${standIn})::${from.type})`,
    lacking: isNone(from.name),
    standIn: `${from.name} ${standIn}`,
  };
  if (rows.mode === "direct") return { ...gone, backwards: [back] };
  const mayBeEmpty = isEmptyUnlessGiven(from) && meanwhile(rows, from) === undefined;
  return { ...gone, unsettled: [back], backwards: mayBeEmpty ? [back] : [] };
}

/** Under two names for as long as code of before runs beside that of after; where it cannot, under its new one alone. */
function renamed(
  rows: TableChange,
  column: Kept,
  value: string,
  valueBefore: string,
): RecordedColumn {
  const { from, to } = column;
  const there = orFilled(rows, column, underName(to.name, value, from.name));
  const back = underName(from.name, valueBefore, to.name);
  if (column.kind === "copied")
    return { ...none, forwards: [there], gone: [from.name], unsettled: [back] };
  return {
    ...none,
    forwards: [{ ...there, instead: from.name }],
    backwards: [{ ...back, instead: to.name }],
  };
}

/** What nobody gave is no value for code of before, which reads a null. */
function fillsNulls(rows: TableChange, column: Kept): RecordedColumn {
  const properties = filled(rows, column);
  const late = rows.mode === "split" && properties.some(({ standIn }) => standIn !== undefined);
  return late ? { ...none, settled: properties } : { ...none, forwards: properties };
}

type Kept = Extract<ColumnChange, { readonly kind: "kept" | "copied" }>;

const isReadOtherwise = ({ from, to, given }: Kept): boolean =>
  given !== undefined || !readsTheSame(from.type, to.type);

/** What has another name in what was recorded; a new column that is not filled yet is recorded as null. */
const underName = (name: string, value: string, former: string): Property => ({
  name,
  value,
  lacking: `${isNone(name)} and ${has(former)} and (not ${has(name)} or not (${isNone(former)}))`,
});

/** What has a value has that one; what has none gets one where it is required from now on. */
function orFilled(rows: TableChange, column: Kept, property: Property): Property {
  const [filling] = column.from.nullable && !column.to.nullable ? filled(rows, column) : [];
  if (filling === undefined) return property;
  return {
    ...(filling.standIn !== undefined && { standIn: filling.standIn }),
    name: property.name,
    value: `coalesce(nullif(${property.value}, 'null'), ${filling.value})`,
    lacking: column.from.name === property.name ? "true" : filling.lacking,
  };
}

/** A value for every row: one that is required, or that the rows were given. */
function filled(
  rows: TableChange,
  column: Extract<ColumnChange, { readonly kind: "added" }> | Kept,
): readonly Property[] {
  const { to, fill } = column;
  const given = fill.kind === "expression" ? (fill.recorded ?? fill.text) : undefined;
  const isNew = column.kind === "added";
  const required = !to.nullable && (isNew || column.from.nullable);
  const known = given ?? defaultOf(to);
  // A null would be read as none of its type, and its whole history with it.
  const standIn = known === undefined && required && !isNew ? standInOf(rows.to, to) : undefined;
  const text = known ?? standIn;
  if (text === undefined || !(required || isNew)) return [];
  const table = identifier(rows.to.name);
  const row = `jsonb_populate_record(null::${table}, recorded) ${table}`;
  const value = `(select to_jsonb((${text})::${to.type}) from ${row})`;
  // The default of an optional column is that of the rows that were there; null written since is null.
  const lacking = required || given !== undefined ? isNone(to.name) : `not ${has(to.name)}`;
  return [
    {
      name: to.name,
      value,
      lacking,
      ...(standIn !== undefined && { standIn: `${to.name} ${standIn}` }),
    },
  ];
}

/** No key and no reference holds what was recorded. */
function standInOf(table: TableShape, column: ColumnShape): string | undefined {
  const { type } = column;
  const [first] = column.values ?? [];
  if (first !== undefined) return literal(first);
  if (type === "uuid") return literal("00000000-0000-0000-0000-000000000000");
  if (type === "bytea") return "''";
  const [, dimensions] = /^vector\((\d+)\)$/.exec(type) ?? [];
  if (dimensions !== undefined) return `'[' || repeat('0,', ${Number(dimensions) - 1}) || '0]'`;
  const constraints = table.constraints.filter(({ kind }) => kind === "check");
  const plain = placeholder(column, { ...table, constraints, indexes: [] });
  return plain ?? (type.endsWith("[]") ? "'{}'" : undefined);
}

const defaultOf = ({ value }: ColumnShape): string | undefined =>
  value?.kind === "default" ? value.expression : undefined;

/** Of another type, written otherwise. */
function converted(rows: TableChange, column: Kept): RecordedColumn {
  const { from, to } = column;
  const forward = column.kind === "copied" ? forwardOf(column) : (column.converted ?? "null");
  const value = `(select to_jsonb((${forward})::${to.type}) from ${recordBefore(rows, forward)})`;
  const back = `(select to_jsonb((${backward(rows, column)})::${from.type}) from ${recordOf(rows, [[to.name, to.type]])})`;
  const loss = losesForms(column) ? ({ loss: "changed" } as const) : {};
  if (from.name !== to.name) return { ...renamed(rows, column, value, back), ...loss };
  if (column.kind === "kept") {
    const [name, lacking] = [to.name, `recorded ->> ${literal(to.name)} is not null`];
    return {
      ...none,
      ...loss,
      forwards: [orFilled(rows, column, { name, value, lacking })],
      backwards: [{ name, value: back, lacking }],
    };
  }
  const next = column.name;
  return {
    ...none,
    ...loss,
    forwards: [{ name: next, value, lacking: `${has(from.name)} and not ${has(next)}` }],
    settled: [{ name: to.name, value: of(next), lacking: has(next), instead: next }],
    unsettled: [
      { name: next, value: of(to.name), lacking: `not ${has(next)}` },
      { name: from.name, value: back, lacking: `not ${has(next)}` },
    ],
  };
}

/** Whether a value of the new type may be another one than that of the old type it was made from. */
const losesForms = ({ from, to, given }: Kept): boolean =>
  given !== undefined ||
  losesSilently(from.type, to.type) ||
  fits(from.type, to.type, "") !== undefined;

function backward(rows: TableChange, { from, to }: Kept): string {
  const known = conversion(to.type, from.type, identifier(to.name));
  return known ?? (from.nullable ? "null" : (placeholder(from, rows.from) ?? "null"));
}

/** The columns of before that an expression names, each in its type of then, whatever the table has by now. */
function recordBefore(rows: TableChange, expression: string): string {
  const columns = rows.columns.flatMap((column): readonly (readonly [string, string, string])[] => {
    if (column.kind === "added" || column.from.value?.kind === "generated") return [];
    const { from } = column;
    return [[column.kind === "kept" ? column.to.name : from.name, from.type, from.name]];
  });
  const named = columns.filter(([name]) => mentions(expression, name));
  const moved = named.flatMap(([name, , was]) =>
    name === was ? [] : [`${literal(name)}, ${of(was)}`],
  );
  return recordOf(rows, named, moved);
}

function recordOf(
  rows: TableChange,
  columns: readonly (readonly [name: string, type: string, ...rest: readonly string[]])[],
  moved: readonly string[] = [],
): string {
  const table = identifier(rows.to.name);
  if (columns.length === 0) return `(select) ${table}`;
  const source =
    moved.length === 0 ? "recorded" : `recorded || jsonb_build_object(${moved.join(", ")})`;
  const typed = columns.map(([name, type]) => `${identifier(name)} ${type}`);
  return `jsonb_to_record(${source}) ${table}(${typed.join(", ")})`;
}
