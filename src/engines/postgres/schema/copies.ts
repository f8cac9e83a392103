import { identifier } from "../sql/quote.ts";
import type { ChangeContext } from "../../../migrate/step.ts";
import { batchDrafts } from "./batch.ts";
import { type ColumnChange, only, type TableChange } from "./change.ts";
import { valueActions } from "./columns.ts";
import { conversion, losesSilently, mayNarrow } from "./convert.ts";
import { type Draft, draft } from "./draft.ts";
import { placeholder } from "./fill.ts";
import { asOwner } from "./owner.ts";
import { rank } from "./rank.ts";
import { columnLine, commentOnColumn } from "./render.ts";
import { checkedNotNull, optionalStatements, requireStatements, triggerDraft } from "./required.ts";
import type { ColumnShape } from "./shape.ts";
import { alterColumn, alterTable, dropColumn, renameColumn, updateRows } from "./statement.ts";
import { copyTrigger, type SyncTrigger, triggerStatements } from "./sync.ts";
import { substituted } from "./tokens.ts";

export type Copied = Extract<ColumnChange, { readonly kind: "copied" }>;

/** What goes with the exchange of the columns, in its transaction: objects on the old ones go, those on the new ones get their names. */
export interface Exchange {
  readonly up: readonly string[];
  readonly down: readonly string[];
}

/** Columns under another name or of another type, each beside the one of before until no code of before runs. */
export function copyDrafts(
  change: TableChange,
  values: ChangeContext["values"],
  before: Exchange,
  after: Exchange,
): readonly Draft[] {
  const copies = only(change, "copied").map((column) => ({
    column,
    ...wayOf(change, column, values),
  }));
  if (copies.length === 0) return [];
  return [
    ...copies.flatMap(({ column, trigger, forward }) => besides(change, column, trigger, forward)),
    exchanged(change, copies, before, after),
  ];
}

interface Way {
  readonly forward: string;
  readonly backward: string | undefined;
  readonly trigger: SyncTrigger;
}

function wayOf(
  change: TableChange,
  { from, to, name }: Copied,
  values: ChangeContext["values"],
): Way {
  const given = from.type === to.type ? undefined : values[`${change.part}.${to.name}`];
  const forward =
    given === undefined
      ? (conversion(from.type, to.type, identifier(from.name)) ?? `null::${to.type}`)
      : substituted(given, new Map([[to.name, from.name]]));
  const backward = conversion(to.type, from.type, identifier(name));
  // Under one name nobody writes the second column before the exchange.
  const written = from.name !== to.name && backward !== undefined;
  const trigger = copyTrigger(change, {
    from: from.name,
    to: name,
    forward,
    ...(written && { backward }),
  });
  return { forward, backward, trigger };
}

const bare = (to: ColumnShape, name: string): ColumnShape => {
  const { value: _value, ...column } = to;
  return { ...column, name, nullable: true };
};

function besides(
  change: TableChange,
  { from, to, name }: Copied,
  trigger: SyncTrigger,
  forward: string,
): readonly Draft[] {
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
      ],
      down: [dropColumn(table, name)],
      touches: [change.part],
    }),
    triggerDraft(change, trigger, `${table}: ${from.name} and ${name} are kept in step`),
    ...batchDrafts(change, {
      column: name,
      value: forward,
      where: `${identifier(name)} is distinct from ${forward}`,
    }),
    ...(to.nullable ? [] : checkedNotNull(change, name)),
  ];
}

function exchanged(
  change: TableChange,
  copies: readonly ({ readonly column: Copied } & Way)[],
  before: Exchange,
  after: Exchange,
): Draft {
  const table = change.to.name;
  const lossy = copies.some(({ column: { from, to } }) => mayNarrow(from.type, to.type));
  const lost = copies.find(({ column: { from, to } }) => losesSilently(from.type, to.type));
  return draft({
    rank: rank.swap,
    phase: "contract",
    stem: `${table}-drop-${copies.map(({ column }) => column.from.name).join("-")}`,
    title: `${table}: ${copies.map(({ column: { from, to } }) => (from.name === to.name ? `${to.name} is ${to.type}` : `${from.name} goes, ${to.name} stays`)).join("; ")}`,
    up: [
      ...copies.flatMap(({ trigger }) => trigger.drop),
      ...before.up,
      ...copies.flatMap((copy) => takeOver(change, copy.column)),
      ...after.up,
    ],
    down: [
      ...after.down,
      ...copies.toReversed().flatMap((copy) => giveBack(change, copy)),
      ...before.down,
      ...copies.flatMap(({ trigger }) => triggerStatements(trigger)),
    ],
    reversibility: lossy ? "loses-data" : "reversible",
    risks: ["locks"],
    note: "Taken back, it writes every row again.",
    touches: [change.part],
    ...(lost !== undefined && { destroys: `${change.part}.${lost.column.from.name}` }),
  });
}

function takeOver(change: TableChange, { from, to, name }: Copied): readonly string[] {
  const table = change.to.name;
  return [
    ...(to.nullable ? [] : requireStatements(change, name)),
    dropColumn(table, from.name),
    ...(name === to.name ? [] : [renameColumn(table, name, to.name)]),
    ...valueActions(table, to.name, undefined, to.value),
  ];
}

function giveBack(
  change: TableChange,
  { column: { from, to, name }, backward }: { readonly column: Copied } & Way,
): readonly string[] {
  const table = change.to.name;
  const value = backward ?? (from.nullable ? "null" : (placeholder(from, change.from) ?? "null"));
  return [
    ...valueActions(table, to.name, to.value, undefined),
    ...(name === to.name ? [] : [renameColumn(table, to.name, name)]),
    alterTable(table, `add column ${columnLine({ ...from, nullable: true })}`),
    commentOnColumn(table, from),
    ...asOwner(change, "to", [updateRows(table, from.name, value)]),
    ...(from.nullable ? [] : [alterColumn(table, from.name, "set not null")]),
    ...(to.nullable ? [] : optionalStatements(change, name)),
  ];
}
