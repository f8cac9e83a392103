import { literal } from "../sql/quote.ts";
import type { TableChange } from "./change.ts";
import { fits } from "./fits.ts";
import { type NarrowedValues, narrowedValues } from "./narrowed-values.ts";

type Kept = NarrowedValues["column"];

/** Values of one column that code of after would not read in what was recorded of it. */
export interface UnreadRecords {
  readonly column: Kept;
  /** What they are: `"stuck"`. */
  readonly what: string;
  /** What the spec can say instead: `keep "stuck" among its values`. */
  readonly kept: string;
  /** Condition of a recorded row, such as `content`, that has one under a name. */
  readonly inRow: (row: string, property: string) => string;
  /** Condition of what a root recorded of a child's table. */
  readonly inChildren: (table: string, property: string) => string;
  /** Whether a column beside it is made from what was recorded under its name of before until the contract. */
  readonly madeFrom: boolean;
}

export const unreadRecords = (rows: TableChange): readonly UnreadRecords[] => [
  ...narrowedValues(rows).map((narrowed) =>
    narrowed.made === undefined || narrowed.column.given !== undefined
      ? otherMembers(rows, narrowed)
      : noMembers(rows, narrowed),
  ),
  ...rows.columns.flatMap((column) =>
    column.kind === "copied" || (column.kind === "kept" && column.converted !== undefined)
      ? unfitValues(column)
      : [],
  ),
];

function otherMembers(
  { part }: TableChange,
  { column, values, gone }: NarrowedValues,
): UnreadRecords {
  const { given } = column;
  const plain = gone.length > 0 ? `keep ${list(gone)} among its values` : stays(column);
  return {
    column,
    what: gone.length > 0 ? list(gone) : `what is none of ${list(values)}`,
    kept:
      given === undefined
        ? plain
        : `give another --set ${part}.${column.to.name}=EXPRESSION, or list the value`,
    inRow: (row, property) => `${row} @? ${literal(path([property], values))}`,
    inChildren: (table, property) => `children @? ${literal(path([table, property], values))}`,
    madeFrom: false,
  };
}

/** What was recorded as no text: it is compared as the conversion writes it. */
function noMembers({ part }: TableChange, { column, values }: NarrowedValues): UnreadRecords {
  const inRow = (row: string, property: string): string =>
    `${row} ->> ${literal(property)} not in (${values.map(literal).join(", ")})`;
  return {
    column,
    what: `what is none of ${list(values)}`,
    kept: `say with --set ${part}.${column.to.name}=EXPRESSION what becomes of each, or ${stays(column)}`,
    inRow,
    inChildren: (table, property) =>
      `exists (select from ${elements(table)} where ${inRow("recorded", property)})`,
    madeFrom: true,
  };
}

const stays = ({ from: { type } }: Kept): string => `let it stay ${type}`;

const list = (values: readonly string[]): string =>
  values.map((value) => JSON.stringify(value)).join(", ");

/** To values that are none of those; a check can ask it as well as a query. Source: PostgreSQL manual, SQL/JSON path language. */
function path(place: readonly string[], values: readonly string[]): string {
  const at = place.map((name) => `.${JSON.stringify(name)}`).join("[*]");
  const others = values.map((value) => ` && @ != ${JSON.stringify(value)}`).join("");
  return `$${at} ? (@ != null${others})`;
}

/** An expression of the user says itself what becomes of every value. */
function unfitValues(column: Kept): readonly UnreadRecords[] {
  const { from, to, given } = column;
  if (given !== undefined || fits(from.type, to.type, "") === undefined) return [];
  const inRow = (row: string, property: string): string =>
    `not (${fits(from.type, to.type, recordedValue(row, property, from.type))})`;
  return [
    {
      column,
      what: `what does not fit ${to.type}`,
      kept: stays(column),
      inRow,
      inChildren: (table, property) =>
        `exists (select from ${elements(table)} where ${inRow("recorded", property)})`,
      madeFrom: true,
    },
  ];
}

function recordedValue(row: string, property: string, type: string): string {
  if (/^jsonb?$/.test(type)) return `(${row} -> ${literal(property)})`;
  const text = `(${row} ->> ${literal(property)})`;
  return type === "text" ? text : `${text}::${type}`;
}

/** What a root recorded of a child's table, row by row. */
export const elements = (table: string): string =>
  `jsonb_array_elements(children -> ${literal(table)}) given(recorded)`;
