import type { TableChange } from "./change.ts";
import {
  childrenUpdate,
  type ChildNames,
  contentUpdate,
  type RecordedChange,
  type RecordedUpdate,
} from "./recorded-update.ts";
import { updateRows } from "./statement.ts";

/**
 * What a history recorded is read through the table's own type, so a column under a new name, or one that is required now, has to be in
 * the rows recorded before. What they hold already stays for as long as code of before reads it, too, and goes then: it is no value of a
 * field that gets the same name later.
 */
export interface RecordedRows extends InHistory {
  /** The table whose rows were recorded. */
  readonly rows: TableChange;
  /** Names that earlier changes freed: rows that an earlier version of the tool left may still have them. */
  readonly freed: ReadonlySet<string>;
}

export interface InHistory {
  /** The history that holds rows: their own, or that of the root. */
  readonly history: TableChange;
  readonly column: "content" | "children";
}

/** The names of a child's rows in what its root recorded, at each moment of a change: both stand there between expand and contract. */
export function namesOf({
  was,
  to: { name },
  mode,
}: TableChange): Readonly<
  Record<"forwards" | "settled" | "unsettled" | "backwards" | "withoutGiven", ChildNames>
> {
  const same = { read: [name], write: [name], drop: [] };
  if (was === name)
    return {
      forwards: same,
      settled: same,
      unsettled: same,
      backwards: same,
      withoutGiven: same,
    };
  const before = { read: [was], write: [was], drop: [] };
  if (mode === "direct")
    return {
      forwards: { read: [was], write: [name], drop: [was] },
      settled: same,
      unsettled: same,
      backwards: { read: [name], write: [was], drop: [name] },
      withoutGiven: before,
    };
  return {
    forwards: { read: [name, was], write: [name], drop: [] },
    settled: { ...same, drop: [was] },
    unsettled: { ...same, write: [name, was] },
    backwards: before,
    withoutGiven: { read: [was, name], write: [was], drop: [name] },
  };
}

export const updateOf = (
  { column }: RecordedRows,
  names: ChildNames,
  change: RecordedChange,
): RecordedUpdate | undefined =>
  column === "content" ? contentUpdate(change) : childrenUpdate(names, change);

export const updateOfRows = (
  history: TableChange,
  { column, value, where }: RecordedUpdate & { readonly column: string },
): string => updateRows(history.to.name, column, value, where);

/** Columns under a name that none had before. */
export function newNames({ columns }: TableChange): readonly string[] {
  const before = new Set(
    columns.flatMap((each) => (each.kind === "added" ? [] : [each.from.name])),
  );
  return columns.flatMap((each) =>
    each.kind === "dropped" || each.to.value?.kind === "generated" || before.has(each.to.name)
      ? []
      : [each.to.name],
  );
}
