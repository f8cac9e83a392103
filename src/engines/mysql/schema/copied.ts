import { type Draft, draft } from "../../families/sql/draft.ts";
import { triggerName } from "../ddl/naming.ts";
import { identifier } from "../sql/quote.ts";
import { batchDraft } from "./batch.ts";
import { type ColumnChange, substituted, type TableChange } from "./change.ts";

import { fitting } from "./fitting.ts";
import { refuseHanging } from "./hanging.ts";
import { rank } from "./rank.ts";
import { unfitRefusal } from "./refusals.ts";
import { alone, beside, relaxed, requireDraft, restored, standIn, told } from "./required.ts";
import { alterTable, columnText, dropTrigger } from "./render.ts";
import type { ColumnShape } from "./shape.ts";
import { fits, meanwhileType, rounds } from "./types.ts";
import { columnIs, triggerIs } from "./verify.ts";

type Copied = Extract<ColumnChange, { readonly kind: "copied" }>;

/**
 * A column moves by a second one beside it: added, kept equal by triggers while old and new code run, filled in batches; then the first
 * one goes, and the second takes its name where it is to have it.
 */
export const copiedDrafts = (change: TableChange, copied: Copied): readonly Draft[] => {
  const { from, to, name, backward } = copied;
  const value = identifier(name);
  const required = !to.nullable;
  return [
    added(change, copied),
    ...(isRelaxed(change, copied) ? [relaxed(change, from, backward)] : []),
    ...(change.mode === "split" ? synchronised(change, copied) : []),
    batchDraft(change, {
      column: name,
      value: copied.forward,
      where: `${value} is null and ${identifier(from.name)} is not null`,
    }),
    dropped(change, copied),
    ...(required || to.value !== undefined || heldType(copied) !== to.type
      ? fitting(
          change,
          { column: to.name, from: heldType(copied), to: to.type },
          finished(change, copied),
        )
      : []),
  ];
};

/** Code of after, which does not know the first one, has to get by without a value for it. */
const isRelaxed = ({ mode }: TableChange, { from, backward }: Copied): boolean =>
  mode === "split" && !from.nullable && backward !== undefined && from.value === undefined;

/** Type of the second column until the first one goes: it takes whatever code of before writes. */
export const heldType = ({ from, to, backward }: Copied): string =>
  backward === undefined ? to.type : meanwhileType(from.type, to.type);

/** The second column as it is until the first one goes: empty where nothing is known yet. */
const meanwhile = (copied: Copied): ColumnShape => {
  const { value: _value, ...column } = copied.to;
  return { ...column, name: copied.name, type: heldType(copied), nullable: true };
};

function added(change: TableChange, copied: Copied): Draft {
  const table = change.from.name;
  const { from, to, name } = copied;
  const online = beside(change.from, "instant");
  return draft({
    ...alone,
    rank: rank.addColumn,
    stem: `${table}-add-${name}`,
    title: `${table}: column ${name} is added beside ${from.name}`,
    risks: online === "copy" ? ["rewrites"] : ["none"],
    note: `${from.name} becomes ${to.name} by a copy, so that code of before and after finds its own column.`,
    up: [alterTable(table, [`add column ${columnText(meanwhile(copied))}`], online)],
    down: [alterTable(table, [`drop column ${identifier(name)}`], online)],
    verify: columnIs(true, table, name),
    touches: [change.part],
    removes: `${table}.${name}`,
  });
}

const syncName = (table: string, column: string, event: string): string =>
  triggerName(table, `sync_${column}_${event}`);

/** Whoever writes one of the two columns writes the other with it. */
function synchronised(change: TableChange, copied: Copied): readonly Draft[] {
  const table = change.from.name;
  const { from, name, forward, backward } = copied;
  const own = change.from.columns.map((column) => column.name);
  const ofRow = (text: string): string =>
    substituted(
      text,
      new Map([...own, name].map((column) => [column, `new.${identifier(column)}`])),
    );
  const [first, second] = [`new.${identifier(from.name)}`, `new.${identifier(name)}`];
  const changed = (column: string): string =>
    `not (new.${identifier(column)} <=> old.${identifier(column)})`;
  // Code of after leaves the first one to its default, which must not win over what it gives.
  const inserted = [
    ...(backward === undefined
      ? []
      : [`${first} = if(${second} is null, ${first}, coalesce(${ofRow(backward)}, ${first}))`]),
    `${second} = coalesce(${second}, ${ofRow(forward)})`,
  ];
  const updated = [
    `${second} = if(${changed(from.name)}, ${ofRow(forward)}, ${second})`,
    ...(backward === undefined
      ? []
      : [`${first} = if(${changed(name)}, ${ofRow(backward)}, ${first})`]),
  ];
  return (["insert", "update"] as const).map((event) => {
    const trigger = syncName(table, name, event);
    const sets = event === "insert" ? inserted : updated;
    return draft({
      ...alone,
      rank: rank.createTrigger,
      stem: `${table}-sync-${name}-${event}`,
      title: `${table}: ${from.name} and ${name} stay equal on ${event}`,
      up: [
        `create trigger ${identifier(trigger)} before ${event} on ${identifier(table)} for each row\nset ${sets.join(",\n  ")};`,
      ],
      down: [dropTrigger(trigger)],
      verify: triggerIs(true, trigger),
      touches: [change.part],
    });
  });
}

function dropped(change: TableChange, copied: Copied): Draft {
  const table = change.from.name;
  const { from, to, name, forward, backward } = copied;
  const indexed = change.from.indexes.some(({ columns }) => columns.includes(from.name));
  const online = beside(change.from, indexed ? "inplace" : "instant");
  const triggers =
    change.mode === "split"
      ? (["insert", "update"] as const).map((event) => dropTrigger(syncName(table, name, event)))
      : [];
  const isLost = backward === undefined || rounds(from.type, heldType(copied));
  const swap =
    name === to.name ? [] : [`rename column ${identifier(name)} to ${identifier(to.name)}`];
  const column = identifier(from.name);
  const back: ColumnShape = { ...from, nullable: true };
  return draft({
    ...alone,
    phase: "contract",
    rank: rank.dropColumn,
    stem: `${table}-drop-${from.name}`,
    title: `${table}: column ${from.name} gives way to ${to.name}`,
    reversibility: isLost || fits(from.type, to.type) === "perhaps" ? "loses-data" : "reversible",
    risks: ["breaks-old-code"],
    note: "What was written between the last batch and this step is filled once more.",
    up: [
      ...refuseHanging(change, from),
      ...(backward === undefined
        ? []
        : unfitRefusal(change, from.name, from.type, heldType(copied))),
      ...triggers,
      `update ${identifier(table)} set ${identifier(name)} = ${forward}\nwhere ${identifier(name)} is null and ${column} is not null;`,
      alterTable(table, [`drop column ${column}`, ...swap], online),
    ],
    down: [
      alterTable(
        table,
        [
          ...(swap.length === 0
            ? []
            : [`rename column ${identifier(to.name)} to ${identifier(name)}`]),
          `add column ${columnText(back)}`,
        ],
        online,
      ),
      ...refilled(change, copied),
    ],
    verify: columnIs(false, table, from.name === to.name ? name : from.name),
    touches: [change.part],
    ...(isLost && { destroys: `${table}.${from.name}` }),
  });
}

/** The first column gets its values again, and is required again where nobody else makes it so. */
function refilled(change: TableChange, copied: Copied): readonly string[] {
  const { from, backward } = copied;
  const fill = backward ?? (from.nullable ? undefined : standIn(change, from));
  if (fill === undefined) return [];
  const column = identifier(from.name);
  return from.nullable || isRelaxed(change, copied)
    ? [`update ${identifier(change.from.name)} set ${column} = ${fill} where ${column} is null;`]
    : restored(change, from, fill);
}

/** Required, or with its default, once it stands alone. */
function finished(change: TableChange, copied: Copied): Draft {
  const { to } = copied;
  const was = { ...meanwhile(copied), name: to.name };
  const value = to.value?.kind === "default" ? to.value.expression : undefined;
  if (!to.nullable) return requireDraft(change, to, was, value);
  const table = change.from.name;
  const narrowed = was.type !== to.type;
  const online = narrowed ? "copy" : "instant";
  return draft({
    ...alone,
    ...told(online),
    phase: "contract",
    rank: rank.require,
    stem: `${table}-finish-${to.name}`,
    title: `${table}: column ${to.name} ${narrowed ? `becomes ${to.type}` : "has its default"}`,
    risks: narrowed ? ["rewrites", "depends-on-data"] : ["none"],
    up: [
      ...unfitRefusal(change, to.name, was.type, to.type),
      alterTable(table, [`modify column ${columnText(to)}`], online),
    ],
    down: [alterTable(table, [`modify column ${columnText(was)}`], online)],
    touches: [change.part],
  });
}
