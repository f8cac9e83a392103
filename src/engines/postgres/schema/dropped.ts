import type { TableChange } from "./change.ts";
import { type Draft, draft } from "../../families/sql/draft.ts";
import { forgottenRisks } from "../../../migrate/unknown-to-code.ts";
import { placeholder } from "./fill.ts";
import { refuseHanging } from "./hanging.ts";
import { loosened } from "./loosened.ts";
import { asOwner } from "./owner.ts";
import { rank } from "./rank.ts";
import { columnLine, commentOnColumn } from "./render.ts";
import { type ColumnShape, isEmptyUnlessGiven } from "./shape.ts";
import { partName } from "./snapshot.ts";
import { alterColumn, alterTable, dropColumn, updateRows } from "./statement.ts";

/** A column that goes: at once, or once no code of before writes it; meanwhile code of after leaves it out, and code of before reads it. */
export function droppedColumn(change: TableChange, from: ColumnShape): readonly Draft[] {
  if (change.mode === "direct") return [removedColumn(change, from, restored(change, from))];
  if (isFilledAlone(from)) return [removedColumn(change, from, added(change, from))];
  const value = meanwhile(change, from);
  if (value === undefined)
    return [
      opened(change, from),
      removedColumn(change, from, [
        ...added(change, { ...from, nullable: true }),
        ...(from.role === "tenant" ? filled(change, from) : []),
      ]),
    ];
  const given = { ...from, value: { kind: "default", expression: value } } as const;
  return [standing(change, from, value), removedColumn(change, from, added(change, given))];
}

/**
 * What rows of code of after have in a column that it does not know, so that code of before reads them. Whose such rows are, only people can say.
 */
export const meanwhile = (change: TableChange, column: ColumnShape): string | undefined =>
  column.role === "tenant" ? undefined : standIn(change, column);

function standing(change: TableChange, from: ColumnShape, value: string): Draft {
  const table = change.to.name;
  return draft({
    rank: rank.alterColumn,
    stem: `${table}-default-of-${from.name}`,
    title: `${table}: column ${from.name} is ${value} where nothing is given for it`,
    up: [alterColumn(table, from.name, `set default ${value}`)],
    down: [alterColumn(table, from.name, "drop default")],
    touches: [change.part],
  });
}

/** A column that may be empty meanwhile. */
function opened(change: TableChange, from: ColumnShape): Draft {
  const step = loosened(change, from.name, from);
  if (from.role === "tenant") return step;
  return {
    ...step,
    risks: ["breaks-old-code"],
    note: `Nothing could stand for a value: code of before reads no row that code of after writes. Taken back, it fails while a row has none.`,
  };
}

function removedColumn(change: TableChange, from: ColumnShape, down: readonly string[]): Draft {
  const table = change.to.name;
  const lost = lossOf(change, from);
  const note = lost ?? noteOf(change, from);
  return draft({
    rank: change.mode === "direct" ? rank.dropColumn : rank.dropRest,
    phase: change.mode === "direct" ? "expand" : "contract",
    stem: `${table}-drop-${from.name}`,
    title: `${table}: column ${from.name} is dropped`,
    up: [refuseHanging(table, from.name, []), dropColumn(table, from.name)],
    down,
    reversibility: lost === undefined ? "loses-data" : "irreversible",
    risks: risksOf(change, from),
    ...(note !== undefined && { note }),
    touches: [change.part],
    destroys: `${partName(table)}.${from.name}`,
  });
}

function risksOf({ mode }: TableChange, { role }: ColumnShape): Draft["risks"] {
  if (mode === "direct") return ["breaks-old-code"];
  const forgotten = forgottenRisks(role);
  return forgotten.length === 0 ? ["none"] : forgotten;
}

/** Why there is no way back over rows. */
function lossOf(change: TableChange, column: ColumnShape): string | undefined {
  if (isTorn(change, column))
    return "A reference holds its rows to others that keep their tenant, and nothing tells theirs: taken back, it fails unless the table is empty.";
  if (isFilledAlone(column) || standIn(change, column) !== undefined) return undefined;
  return change.mode === "direct"
    ? "Nothing can stand for its values: taken back, it fails unless the table is empty."
    : "Nothing can stand for its values: the column comes back empty, and is required again once each row has been given one.";
}

function noteOf(change: TableChange, column: ColumnShape): string | undefined {
  if (column.role === "deletedAt")
    return "Rows that were marked as deleted would be shown again by code of after: it stops while there are any.";
  if (change.mode === "split" && !isFilledAlone(column) && meanwhile(change, column) !== undefined)
    return `Taken back, every row has ${standIn(change, column)} there.`;
  if (column.role !== "tenant") return undefined;
  return `Taken back, every row belongs to tenant ${standIn(change, column)}, which is nobody's: set ${column.name} of each to its own before code that binds tenants runs.`;
}

const isFilledAlone = (column: ColumnShape): boolean =>
  column.nullable || !isEmptyUnlessGiven(column);

const isTorn = ({ to, torn }: TableChange, { role }: ColumnShape): boolean =>
  role === "tenant" && torn.has(to.name);

const standIn = (change: TableChange, column: ColumnShape): string | undefined =>
  isTorn(change, column) ? undefined : placeholder(column, change.from);

const added = ({ from: { name } }: TableChange, column: ColumnShape): readonly string[] => [
  alterTable(name, `add column ${columnLine(column)}`),
  commentOnColumn(name, column),
];

/** The rows of a column that is back. Those of a tenant are filled before its policies and references hold them again. */
function filled(change: TableChange, column: ColumnShape): readonly string[] {
  const value = standIn(change, column);
  const when = column.role === "tenant" ? "to" : "from";
  return value === undefined
    ? []
    : asOwner(change, when, [updateRows(change.from.name, column.name, value)]);
}

/** The column as it was, with something in place of what is gone. */
function restored(change: TableChange, column: ColumnShape): readonly string[] {
  const fills = isFilledAlone(column) ? [] : filled(change, column);
  if (fills.length === 0) return added(change, column);
  return [
    ...added(change, { ...column, nullable: true }),
    ...fills,
    alterColumn(change.from.name, column.name, "set not null"),
  ];
}
