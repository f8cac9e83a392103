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

/** A column that goes: at once, or once no code of before writes it; meanwhile it may be empty, since code of after leaves it out. */
export function droppedColumn(change: TableChange, from: ColumnShape): readonly Draft[] {
  if (change.mode === "direct") return [removedColumn(change, from, restored(change, from))];
  const needsValue = !from.nullable && isEmptyUnlessGiven(from);
  const optional = needsValue ? { ...from, nullable: true } : from;
  return [
    ...(needsValue ? [loosened(change, from.name, from)] : []),
    removedColumn(change, from, [
      ...added(change, optional),
      ...(from.role === "tenant" ? filled(change, from) : []),
    ]),
  ];
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
  if (change.mode !== "direct" || isFilledAlone(column)) return undefined;
  return standIn(change, column) === undefined
    ? "Nothing can stand for its values: taken back, it fails unless the table is empty."
    : undefined;
}

function noteOf(change: TableChange, column: ColumnShape): string | undefined {
  if (column.role === "deletedAt")
    return "Rows that were marked as deleted would be shown again by code of after: it stops while there are any.";
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
