import { identifier } from "../sql/quote.ts";
import { nullNote, nullRisk } from "../../../migrate/unread-null.ts";
import type { TableChange } from "./change.ts";
import { type Draft, draft } from "../../families/sql/draft.ts";
import { placeholder } from "./fill.ts";
import { asOwner } from "./owner.ts";
import { rank } from "./rank.ts";
import type { ColumnShape } from "./shape.ts";
import { alterColumn, updateRows } from "./statement.ts";

/**
 * A column that may be empty from now on. Taken back, the empty ones get a value that stands for none; not a tenant, though: those rows were
 * written by code that knows none, and only people can say whose they are.
 */
export function loosened(change: TableChange, column: string, before: ColumnShape): Draft {
  const table = change.to.name;
  const isTenant = before.role === "tenant";
  const value = isTenant ? undefined : placeholder(before, change.from);
  const isEmpty = `${identifier(column)} is null`;
  const fills = value === undefined ? [] : [updateRows(table, column, value, isEmpty)];
  return draft({
    rank: rank.alterColumn,
    stem: `${table}-optional-${column}`,
    title: `${table}: column ${column} may be empty`,
    up: [alterColumn(table, column, "drop not null")],
    down: [...asOwner(change, "from", fills), alterColumn(table, column, "set not null")],
    ...(isTenant && {
      note: `Taken back, it fails while a row has none, as those of code that knows no tenant: set ${column} of each to its own first.`,
    }),
    ...(value === undefined &&
      !isTenant && {
        note: "Taken back, it fails while a row has none: no value could stand for one.",
      }),
    touches: [change.part],
  });
}

/** The same where the spec says so: code of after writes none. Whose rows have no tenant, code of before does not see. */
export function madeOptional(change: TableChange, column: string, before: ColumnShape): Draft {
  const step = loosened(change, column, before);
  if (before.role === "tenant") return step;
  const note = step.note === undefined ? nullNote : `${nullNote} ${step.note}`;
  return { ...step, risks: [nullRisk], note };
}
