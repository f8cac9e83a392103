import type { ChangeContext } from "../../../migrate/step.ts";
import { sameButCase } from "../../../migrate/reused-names.ts";
import { identifier } from "../sql/quote.ts";
import type { ColumnChange, Copied, TableChange } from "./change.ts";
import { isInteger, parsed } from "./parsed-type.ts";
import { unfitNumber } from "./recorded-numbers.ts";
import { isRecordedAlike, pathTo, recordedForm } from "./recorded-form.ts";
import type { ColumnShape } from "./shape.ts";
import { recordedStandIn } from "./stand-in.ts";
import { roundedBack, valueBack } from "./types.ts";

/** A property that recorded rows get. */
export interface Property {
  readonly name: string;
  /** Over the columns of the recorded row, or JSON of it. */
  readonly value: string;
  /** Which recorded rows get it. */
  readonly when: string;
  /** A property that goes when it comes. */
  readonly instead?: string;
  /** A column that `value` reads as it was written. */
  readonly asText?: string;
  /** The value that takes the place of null although nobody gave one: the type wants some. */
  readonly standIn?: string;
}

/** A property that recorded rows lose. */
export interface Removal {
  readonly removed: string;
  readonly when: string;
}

export type Change = Property | Removal;

export const isRemoval = (change: Change): change is Removal => "removed" in change;

/** What becomes of the recorded values of one column. */
export interface RecordedColumn {
  /** What rows recorded before get, beside what code of before reads. */
  readonly forwards: readonly Property[];
  /** What of that rows recorded since may lack as well. */
  readonly again: readonly Property[];
  /** What takes its place once no code of before runs; and how that is taken back. */
  readonly settled: readonly Change[];
  readonly unsettled: readonly Property[];
  /** What code of before finds again once triggers record for it: rows recorded since lack it, the others have lost it. */
  readonly restored: readonly Property[];
  /** What rows recorded since get when the change is taken back. */
  readonly backwards: readonly Change[];
}

const none: RecordedColumn = {
  forwards: [],
  again: [],
  settled: [],
  unsettled: [],
  restored: [],
  backwards: [],
};

/**
 * A recorded row is read by the names and types of the columns of now, so a value under a new name, of another type, or one that has come for
 * every row has to stand in the rows recorded before.
 *
 * @param row the recorded row in the statement: JSON
 */
export function recordedColumn(
  rows: TableChange,
  column: ColumnChange,
  values: ChangeContext["values"],
  row: string,
): RecordedColumn {
  if (column.kind === "dropped") return droppedColumn(rows, column.from, row);
  if (column.to.value?.kind === "generated") return none;
  const { to } = column;
  const given = values[`${rows.part}.${to.name}`];
  if (column.kind === "added") {
    const fill = column.fill ?? defaultOf(to);
    const unknown =
      to.nullable && column.fill === undefined ? `not ${has(to.name, row)}` : undefined;
    const forwards = filled(to, fill, unknown ?? isNone(to.name, row));
    const isLater = column.fill !== undefined && !to.nullable;
    return {
      ...none,
      forwards,
      again: isLater ? meanwhile(rows, forwards) : [],
      backwards: [removal(to.name, row)],
    };
  }
  const { from } = column;
  const empty = [...new Set([from.name, column.kind === "copied" ? column.name : to.name])];
  const late =
    from.nullable && !to.nullable
      ? neverNull(rows, to, given, empty.map((name) => isNone(name, row)).join(" and "))
      : [];
  if (column.kind === "copied") return copiedColumn(rows, column, late, row);
  if (from.name !== to.name && sameButCase(from.name, to.name) && rows.mode === "split")
    return casedColumn(rows, column, late, row);
  return { ...none, ...keptColumn(rows, { from, to }, late, row), again: meanwhile(rows, late) };
}

/** Where code of before records on. */
const meanwhile = ({ mode }: TableChange, properties: readonly Property[]): readonly Property[] =>
  mode === "split" ? properties : [];

const moved = (name: string, row: string): string => `json_extract(${row}, ${pathTo(name)})`;
const has = (name: string, row: string): string =>
  `json_contains_path(${row}, 'one', ${pathTo(name)})`;
const isNone = (name: string, row: string): string => {
  const type = `json_type(${moved(name, row)})`;
  return `(${type} is null or cast(${type} as binary) = 'NULL')`;
};

const defaultOf = ({ value }: ColumnShape): string | undefined =>
  value?.kind === "default" ? value.expression : undefined;

const filled = (to: ColumnShape, text: string | undefined, when: string): readonly Property[] =>
  text === undefined ? [] : [{ name: to.name, value: recordedForm(to.type, text), when }];

/** What was recorded as null and may be so no more. */
function neverNull(
  rows: TableChange,
  to: ColumnShape,
  given: string | undefined,
  when: string,
): readonly Property[] {
  const known = given ?? defaultOf(to);
  if (known !== undefined) return filled(to, known, when);
  const value = recordedStandIn(rows.to, to);
  return filled(to, value, when).map((each) => ({
    ...each,
    ...(value !== undefined && { standIn: value }),
  }));
}

/** What has another name in what was recorded. */
const underName = (
  name: string,
  former: string,
  row: string,
  value = moved(former, row),
): Property => ({
  name,
  value,
  when: `${isNone(name, row)} and not ${isNone(former, row)}`,
});

/** What code of before writes meanwhile may not fit: the contract asks for that, and a batch would round it, or fail. */
function whereFit(
  { mode }: TableChange,
  { from, to, given }: Pick<Copied, "from" | "to" | "given">,
  property: Property,
  row: string,
): Property {
  const unfit = unfitNumber(from.type, to.type, moved(from.name, row));
  if (mode === "direct" || given === true || unfit === undefined) return property;
  if (isRecordedAlike(from.type, to.type)) return property;
  const fit = `not coalesce(${unfit}, false)`;
  // The value is computed of each row, wanted or not.
  const value = `case when ${fit} then ${property.value} end`;
  return { ...property, value, when: `${property.when} and ${fit}` };
}

/** A column that comes back when the change is taken back: code of before has to find something in it. */
const returned = (rows: TableChange, from: ColumnShape, when: string): readonly Property[] =>
  from.nullable || from.value?.kind === "generated"
    ? []
    : filled(from, defaultOf(from) ?? recordedStandIn(rows.from, from), when);

const removal = (name: string, row: string): Removal => ({ removed: name, when: has(name, row) });

/** Nobody is to find what was dropped, not even under a new column of that name. */
function droppedColumn(rows: TableChange, from: ColumnShape, row: string): RecordedColumn {
  if (from.value?.kind === "generated") return none;
  const back = returned(rows, from, isNone(from.name, row));
  return { ...none, settled: [removal(from.name, row)], restored: back, backwards: back };
}

/** Both names hold the value until the contract. */
function renamedColumn(
  rows: TableChange,
  column: Pick<Copied, "from" | "to" | "given">,
  {
    forward,
    late,
    back,
    row,
  }: {
    readonly forward: Property;
    readonly late: readonly Property[];
    readonly back: string;
    readonly row: string;
  },
): RecordedColumn {
  const { from, to } = column;
  const nowhere = [from, to].map(({ name }) => isNone(name, row)).join(" and ");
  const empty = to.nullable ? returned(rows, from, nowhere) : [];
  const restored = [underName(from.name, to.name, row, back), ...empty];
  const fit = whereFit(rows, column, forward, row);
  return {
    ...none,
    forwards: [fit, ...late],
    again: meanwhile(rows, fit === forward ? late : [forward, ...late]),
    settled: [removal(from.name, row)],
    restored,
    backwards: [...restored, removal(to.name, row)],
  };
}

/** A whole number may have been recorded with a fraction of zeros. */
const asWritten = (type: string, text: string): string =>
  isInteger(parsed(type)) ? `cast(${text} as decimal(38,9))` : text;

/** What takes its name on the spot ends code of before, which reads the former one. */
function keptColumn(
  rows: TableChange,
  { from, to }: Pick<Copied, "from" | "to">,
  late: readonly Property[],
  row: string,
): Partial<RecordedColumn> {
  const alike = isRecordedAlike(from.type, to.type);
  if (from.name === to.name && alike) return { forwards: late };
  return {
    forwards: [whereFit(rows, { from, to }, rewritten(to, from.name, alike, row), row), ...late],
    backwards: [rewritten(from, to.name, alike, row)],
  };
}

/** A value under the name, and in the form, of a column. */
function rewritten(
  { name, type }: ColumnShape,
  source: string,
  alike: boolean,
  row: string,
): Property {
  const value = alike
    ? moved(source, row)
    : recordedForm(type, asWritten(type, identifier(source)));
  return {
    name,
    value,
    when: name === source ? `not ${isNone(name, row)}` : has(source, row),
    ...(name !== source && { instead: source }),
    ...(!alike && { asText: source }),
  };
}

/** The server knows both names as one, so that code of before runs on; what was recorded knows two. */
function casedColumn(
  rows: TableChange,
  { from, to }: Pick<Copied, "from" | "to">,
  late: readonly Property[],
  row: string,
): RecordedColumn {
  const alike = isRecordedAlike(from.type, to.type);
  const forward = rewritten(to, from.name, alike, row).value;
  const back = rewritten(from, to.name, alike, row).value;
  const own = underName(to.name, from.name, row, forward);
  return renamedColumn(rows, { from, to }, { forward: own, late, back, row });
}

function copiedColumn(
  rows: TableChange,
  copied: Copied,
  late: readonly Property[],
  row: string,
): RecordedColumn {
  const { from, to, name, forward } = copied;
  const sameType = from.type === to.type;
  const value = sameType ? moved(from.name, row) : recordedForm(to.type, forward);
  const back = sameType ? moved(to.name, row) : backward(rows, copied);
  if (name === to.name)
    return renamedColumn(rows, copied, {
      forward: underName(to.name, from.name, row, value),
      late,
      back,
      row,
    });
  return {
    ...none,
    forwards: [
      whereFit(
        rows,
        copied,
        { name, value, when: `${has(from.name, row)} and not ${has(name, row)}` },
        row,
      ),
    ],
    settled: [
      { name: to.name, value: moved(name, row), when: has(name, row), instead: name },
      ...late,
      ...(from.name === to.name ? [] : [removal(from.name, row)]),
    ],
    unsettled: [
      { name, value: moved(to.name, row), when: `not ${has(name, row)}` },
      { name: from.name, value: back, when: `not ${has(name, row)}` },
    ],
    backwards: [{ name, value: "null", when: has(name, row), instead: name }],
  };
}

/** What the row itself gets, which the server rounds where it is copied as it is. */
function backward(rows: TableChange, { from, to, backward: copy }: Copied): string {
  const rounded = copy === undefined ? undefined : roundedBack(to.type, from.type, to.name);
  const known = rounded ?? valueBack(to.type, from.type, to.name);
  const spare = from.nullable ? undefined : (defaultOf(from) ?? recordedStandIn(rows.from, from));
  const value = [known, spare].filter((each) => each !== undefined).join(", ");
  return recordedForm(from.type, value === "" ? "null" : `coalesce(${value})`);
}
