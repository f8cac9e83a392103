import type { Draft } from "../../families/sql/draft.ts";
import { type Online, onlines } from "./render.ts";
import type { TableChange } from "./change.ts";
import type { ColumnShape, IndexShape, TableShape } from "./shape.ts";

/** What is done to a column; `value` is what leaves its rows as they are: a default, a comment, a longer text. */
export type ColumnWork = "add" | "drop" | "require" | "relax" | "key" | "value";

/** How each is taken at best where an index holds a virtual column that writers would have to keep (MA-11). */
const besideComputed: Readonly<Record<ColumnWork, Online>> = {
  add: "shared",
  drop: "copy",
  require: "copy",
  relax: "shared",
  key: "shared",
  value: "instant",
};

/**
 * How the server takes a change of a column, with what else the table has by then. InnoDB changes none beside a full text index but by a
 * copy of the table (MY-21).
 *
 * @param phase when it is done, which decides what the table has
 * @param plain how a table takes it that has nothing of the kind
 */
export function onlineOf(
  change: TableChange,
  phase: Draft["phase"],
  work: ColumnWork,
  plain: Online,
): Online {
  const { dialect, from } = change;
  if (from.indexes.some(({ kind }) => kind === "fulltext")) return "copy";
  if (dialect.indexedVirtualOnline) return plain;
  if (work === "require" && from.columns.some(isStored)) return "copy";
  return holdsComputed(change, phase) ? slower(plain, besideComputed[work]) : plain;
}

const slower = (a: Online, b: Online): Online => (onlines.indexOf(a) < onlines.indexOf(b) ? b : a);

/** Until the contract a table keeps the indexes that it had; those that go go before its columns do, and those that come may stand. */
function holdsComputed({ from, to, mode }: TableChange, phase: Draft["phase"]): boolean {
  if (mode === "split" && phase === "expand") return holds(from.indexes, from);
  const exchanged = from.indexes.filter(({ name }) => to.indexes.some((own) => own.name === name));
  return holds([...to.indexes, ...exchanged], to);
}

const holds = (indexes: readonly IndexShape[], { columns }: TableShape): boolean =>
  columns.some(
    (column) => isVirtual(column) && indexes.some((index) => index.columns.includes(column.name)),
  );

export const isVirtual = ({ value }: ColumnShape): boolean =>
  value?.kind === "generated" && !value.stored;

const isStored = ({ value }: ColumnShape): boolean => value?.kind === "generated" && value.stored;

/** By whether it may be empty from now on. */
export function workOf(from: ColumnShape, to: ColumnShape): ColumnWork {
  if (from.nullable === to.nullable) return "value";
  return to.nullable ? "relax" : "require";
}
