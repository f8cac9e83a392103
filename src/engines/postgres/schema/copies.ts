import { identifier } from "../sql/quote.ts";
import { batchDrafts } from "./batch.ts";
import { only, type TableChange } from "./change.ts";
import { valueActions } from "./columns.ts";
import { madeOptional } from "./loosened.ts";
import { lossOf } from "./loss.ts";
import { type Copied, isUnfilled, type Way, wayOf } from "./copy-way.ts";
import { type Draft, draft } from "../../families/sql/draft.ts";
import { placeholder } from "./fill.ts";
import { refuseHanging } from "./hanging.ts";
import { asOwner } from "./owner.ts";
import { rank } from "./rank.ts";
import { columnLine, commentOnColumn } from "./render.ts";
import { checkedNotNull, optionalStatements, requireStatements, triggerDraft } from "./required.ts";
import type { ColumnShape } from "./shape.ts";
import { alterColumn, alterTable, dropColumn, renameColumn, updateRows } from "./statement.ts";
import { triggerStatements } from "./sync.ts";

interface Statements {
  readonly up: readonly string[];
  readonly down: readonly string[];
}

/** When the second columns take over, and what goes with it in its transaction. */
export interface Exchange {
  readonly phase: Draft["phase"];
  /** Names of the objects that go with the old columns. */
  readonly going: readonly string[];
  /** They come back. */
  readonly restored: readonly string[];
  /** Those on the new ones get their names. */
  readonly after: Statements;
}

/** Columns under another name or of another type, each beside the one of before until no code of before needs that. */
export function copyDrafts(change: TableChange, exchange: Exchange): readonly Draft[] {
  const { phase, after } = exchange;
  const copies = only(change, "copied").map((column) => ({
    column,
    ...wayOf(change, column),
  }));
  if (copies.length === 0) return [];
  return [
    ...copies.flatMap((copy) => besides(change, copy, phase)),
    ...copies.map((copy, at) => exchanged(change, copy, at === 0, exchange)),
    ...named(change, copies, after, phase),
  ];
}

type Copy = { readonly column: Copied } & Way;

/** The default of a second column while its code is not alone. */
const meanwhile = ({ defaults }: Copy): ColumnShape["value"] =>
  defaults === undefined ? undefined : { kind: "default", expression: defaults.to };

/** Code of after may write null, and the first column gets it, too. */
const isLoosened = ({ column: { from, to }, written }: Copy): boolean =>
  written && to.nullable && !from.nullable;

const bare = (to: ColumnShape, name: string): ColumnShape => {
  const { value: _value, ...column } = to;
  return { ...column, name, nullable: true };
};

function besides(change: TableChange, copy: Copy, phase: Draft["phase"]): readonly Draft[] {
  const { column, trigger, forward } = copy;
  const { from, to, name } = column;
  const table = change.to.name;
  const how = from.name === to.name ? `as ${to.type}` : `under its new name ${to.name}`;
  return [
    draft({
      rank: rank.addColumn,
      stem: `${table}-add-${name}`,
      title: `${table}: column ${from.name} also stands ${how}`,
      up: [
        alterTable(table, `add column ${columnLine(bare(to, name))}`),
        commentOnColumn(table, { ...to, name }),
        // After it is added, so that the rows that are there stay empty as yet.
        ...valueActions(table, name, undefined, meanwhile(copy)),
      ],
      down: [dropColumn(table, name)],
      touches: [change.part],
    }),
    ...(isLoosened(copy) ? [madeOptional(change, from.name, from)] : []),
    triggerDraft(change, trigger, `${table}: ${from.name} and ${name} are kept in step`),
    ...batchDrafts(change, {
      column: name,
      value: forward,
      where: `${identifier(name)} is distinct from ${forward}`,
    }),
    ...(to.nullable
      ? []
      : checkedNotNull(change, name, phase, isUnfilled(column) ? to.name : undefined)),
  ];
}

function exchanged(
  change: TableChange,
  copy: Copy,
  isFirst: boolean,
  { phase, going, restored }: Exchange,
): Draft {
  const table = change.to.name;
  const { column, trigger, written } = copy;
  const { from, to, name } = column;
  const waits = phase === "contract" && (!written || isUnfilled(column));
  const isLost = !from.nullable && copy.backward === undefined && standIn(change, from) === "null";
  return draft({
    rank: rank.swap,
    phase,
    stem: `${table}-drop-${from.name}`,
    title: `${table}: ${from.name === to.name ? `${to.name} is ${to.type}` : `${from.name} goes, ${to.name} stays`}`,
    up: [
      ...trigger.drop,
      ...(to.nullable ? [] : requireStatements(change, name)),
      refuseHanging(table, from.name, going),
      dropColumn(table, from.name),
      ...valueActions(table, name, meanwhile(copy), to.value),
    ],
    down: [
      ...giveBack(change, copy),
      // The first step is the last to be taken back: every column is there again.
      ...(isFirst ? restored : []),
      ...triggerStatements(trigger),
    ],
    ...lossOf(`${change.part}.${from.name}`, column),
    ...(isLost && { reversibility: "irreversible" }),
    risks: waits ? ["locks", "new-code-waits"] : ["locks"],
    note: isLost
      ? "Nothing can stand for the values of before: taken back, it fails unless the table is empty."
      : "Taken back, it writes every row again.",
    touches: [change.part],
  });
}

/** Once every old column is gone, each second one and what stands on it takes the name that is free now. */
function named(
  change: TableChange,
  copies: readonly { readonly column: Copied }[],
  after: Statements,
  phase: Draft["phase"],
): readonly Draft[] {
  const table = change.to.name;
  const renamed = copies.flatMap(({ column: { to, name } }) =>
    name === to.name ? [] : [{ to, name }],
  );
  const up = [...renamed.map(({ to, name }) => renameColumn(table, name, to.name)), ...after.up];
  if (up.length === 0) return [];
  return [
    draft({
      rank: rank.swap + 1,
      phase,
      stem: `${table}-take-names`,
      title: `${table}: what took the place of something takes its name`,
      up,
      down: [...after.down, ...renamed.map(({ to, name }) => renameColumn(table, to.name, name))],
      risks: ["locks"],
      touches: [change.part],
    }),
  ];
}

const standIn = (change: TableChange, from: ColumnShape): string =>
  placeholder(from, change.from) ?? "null";

function giveBack(change: TableChange, copy: Copy): readonly string[] {
  const { column, backward } = copy;
  const { from, to, name } = column;
  const table = change.to.name;
  const value = backward ?? (from.nullable ? "null" : standIn(change, from));
  return [
    ...valueActions(table, name, to.value, meanwhile(copy)),
    alterTable(table, `add column ${columnLine({ ...from, nullable: true })}`),
    commentOnColumn(table, from),
    ...asOwner(change, "to", [updateRows(table, from.name, value)]),
    // What may be empty is filled where that is taken back.
    ...(from.nullable || isLoosened(copy) ? [] : [alterColumn(table, from.name, "set not null")]),
    ...(to.nullable ? [] : optionalStatements(change, name)),
  ];
}
