import { sameButCase } from "../../../migrate/reused-names.ts";
import { nullNote, nullRisk } from "../../../migrate/unread-null.ts";
import { type Draft, draft } from "../../families/sql/draft.ts";
import { identifier } from "../sql/quote.ts";
import { batchDraft } from "./batch.ts";
import { type Copied, type TableChange, valueOf } from "./change.ts";
import { fitting } from "./fitting.ts";
import { refuseHanging } from "./hanging.ts";
import { lossOf } from "./loss.ts";
import { onlineOf } from "./online.ts";
import { rank } from "./rank.ts";
import { unfitRefusal } from "./refusals.ts";
import {
  alone,
  noted,
  noWayBack,
  relaxed,
  requireDraft,
  restored,
  slow,
  told,
} from "./required.ts";
import { alterTable, columnText } from "./render.ts";
import type { ColumnShape } from "./shape.ts";
import { standIn } from "./stand-in.ts";
import { syncTriggers } from "./sync.ts";
import { comesBack, meanwhileType, valueBack } from "./types.ts";
import { unrecorded } from "./unrecorded.ts";
import { columnOfType, noColumn, triggerIs } from "./verify.ts";

/**
 * A column moves by a second one beside it: added, kept equal by triggers while old and new code run, filled in batches; then the first
 * one goes, and the second takes its name where it is to have it.
 */
export const copiedDrafts = (change: TableChange, copied: Copied): readonly Draft[] => {
  const { to, name } = copied;
  const required = !to.nullable;
  return [
    added(change, copied),
    ...(isRelaxed(change, copied) ? [relaxedBeside(change, copied)] : []),
    ...(change.mode === "split" ? synchronised(change, copied) : []),
    batchDraft(change, {
      column: name,
      value: valueOf(copied),
      where: unfilled(copied),
    }),
    settled(change, copied),
    dropped(change, copied),
    ...requiredBack(change, copied),
    ...(required || to.value !== undefined || heldType(copied) !== to.type
      ? fitting(
          change,
          { column: to.name, from: heldType(copied), to: to.type },
          finished(change, copied),
        )
      : []),
  ];
};

/** Rows whose second column is to have a value, and has none; an expression of the user may have one for a row that had none. */
const unfilled = ({ from, name, fill, given }: Copied): string =>
  [
    `${identifier(name)} is null`,
    ...(fill === undefined && given !== true ? [`${identifier(from.name)} is not null`] : []),
  ].join(" and ");

/** Code of after, which does not know the first one, has to get by without a value for it, or writes none. */
const isRelaxed = ({ mode }: TableChange, { from, to, backward }: Copied): boolean =>
  mode === "split" &&
  !from.nullable &&
  backward !== undefined &&
  (from.value === undefined || to.nullable);

/** What code of after leaves empty, the first one has empty, too. */
function relaxedBeside(change: TableChange, copied: Copied): Draft {
  const step = relaxed(change, copied.from, wayBack(change, copied));
  if (!copied.to.nullable) return step;
  return {
    ...step,
    ...noted(nullNote, step.note),
    risks: [...step.risks.filter((risk) => risk !== "none"), nullRisk],
  };
}

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
  const online = onlineOf(change, "expand", "add", "instant");
  const back = onlineOf(change, "expand", "drop", "instant");
  return draft({
    ...alone,
    rank: rank.addColumn,
    stem: `${table}-add-${name}`,
    title: `${table}: column ${name} is added beside ${from.name}`,
    risks: slow(online),
    note: `${from.name} becomes ${to.name} by a copy, so that code of before and after finds its own column.`,
    up: [alterTable(table, [`add column ${columnText(meanwhile(copied))}`], online)],
    down: [alterTable(table, [`drop column ${identifier(name)}`], back)],
    verify: columnOfType(table, meanwhile(copied)),
    touches: [change.part],
    removes: `${table}.${name}`,
  });
}

function synchronised(change: TableChange, copied: Copied): readonly Draft[] {
  const table = change.from.name;
  const { from, name } = copied;
  return syncTriggers(change, copied).map(({ event, trigger, create, drop }) =>
    draft({
      ...alone,
      rank: rank.createTrigger,
      stem: `${table}-sync-${name}-${event}`,
      title: `${table}: ${from.name} and ${name} stay equal on ${event}`,
      up: [create],
      down: [drop],
      verify: triggerIs(table, trigger),
      touches: [change.part],
    }),
  );
}

/** While both are kept equal, so that a null which code of after writes meanwhile is no gap. Done once it never runs again. */
function settled(change: TableChange, copied: Copied): Draft {
  const table = change.from.name;
  const { from, name, backward } = copied;
  return draft({
    ...alone,
    phase: "contract",
    rank: rank.settle,
    stem: `${table}-settle-${name}`,
    title: `${table}: what the batches left empty in ${name} is filled`,
    up: [
      ...(backward === undefined
        ? []
        : unfitRefusal(change, from.name, from.type, heldType(copied))),
      ...unrecorded(change, [
        `update ${identifier(table)} set ${identifier(name)} = ${valueOf(copied)}\nwhere ${unfilled(copied)};`,
      ]),
    ],
    down: [],
    touches: [change.part],
  });
}

function dropped(change: TableChange, copied: Copied): Draft {
  const table = change.from.name;
  const { from, to, name, backward } = copied;
  const indexed = change.from.indexes.some(({ columns }) => columns.includes(from.name));
  const online = onlineOf(change, "contract", "drop", indexed ? "inplace" : "instant");
  const triggers = change.mode === "split" ? syncTriggers(change, copied) : [];
  const swap =
    name === to.name ? [] : [`rename column ${identifier(name)} to ${identifier(to.name)}`];
  const { value: _value, ...plain } = from;
  const back: ColumnShape = { ...plain, nullable: true };
  const made = triggers.flatMap(({ drop, create }) => [drop, create]);
  const filled = refilled(change, copied);
  return draft({
    ...alone,
    phase: "contract",
    rank: rank.dropColumn,
    stem: `${table}-drop-${from.name}`,
    title: `${table}: column ${from.name} gives way to ${to.name}`,
    // Code of after finds the second column under its name, or of its type, only then.
    risks: [
      ...slow(online).filter((risk) => risk !== "none"),
      "breaks-old-code",
      ...(newCodeWaits(change, copied) ? (["new-code-waits"] as const) : []),
    ],
    up: [
      ...refuseHanging(change, from),
      ...triggers.map(({ drop }) => drop),
      alterTable(table, [`drop column ${identifier(from.name)}`, ...swap], online),
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
        onlineOf(change, "contract", "add", indexed ? "inplace" : "instant"),
      ),
      // What stands for a value that is gone is none of the second column.
      ...(backward === undefined ? [...filled, ...made] : [...made, ...filled]),
    ],
    verify: noColumn(table, sameButCase(from.name, to.name) ? name : from.name),
    touches: [change.part],
    ...lossOf(`${table}.${from.name}`, { from: from.type, to: to.type, given: copied.given }),
    ...(isLost(change, copied) && { reversibility: "irreversible", note: noWayBack }),
  });
}

/**
 * Whether only code of before writes until the first column goes, since the way back is not known, or whether code of after could not read a
 * row that nothing fills.
 */
const newCodeWaits = ({ mode }: TableChange, copied: Copied): boolean =>
  mode === "split" && (copied.backward === undefined || isUnfilled(copied));

/** Rows may be empty in a column that is to be required, and nothing fills them. */
const isUnfilled = ({ from, to, fill, given }: Copied): boolean => {
  const value = fill ?? (to.value?.kind === "default" ? to.value.expression : undefined);
  return from.nullable && !to.nullable && value === undefined && given !== true;
};

/** What a row gets in the first column when that comes back; where it is required, something in place of none. */
function wayBack(change: TableChange, copied: Copied): string | undefined {
  const { from, to, backward } = copied;
  const known = knownBack(copied);
  const total = backward !== undefined || comesBack(to.type, from.type);
  if (from.nullable || (known !== undefined && total && !to.nullable)) return known;
  const spare = from.value?.kind === "default" ? from.value.expression : standIn(change, from);
  return known === undefined || spare === undefined ? spare : `coalesce(${known}, ${spare})`;
}

/** The first column comes back empty and gets its values, then its default; it is required again where nobody else makes it so. */
function refilled(change: TableChange, copied: Copied): readonly string[] {
  const { from, backward } = copied;
  const table = change.from.name;
  const later = isRelaxed(change, copied);
  const fill = later ? backward : wayBack(change, copied);
  if (fill !== undefined && !from.nullable && !later)
    return restored(change, from, fill, "contract");
  const column = identifier(from.name);
  const optional = columnText({ ...from, nullable: true });
  return [
    ...(fill === undefined
      ? []
      : unrecorded(change, [
          `update ${identifier(table)} set ${column} = ${fill} where ${column} is null;`,
        ])),
    ...(from.value === undefined
      ? []
      : [
          alterTable(
            table,
            [`modify column ${optional}`],
            onlineOf(change, "contract", "value", "instant"),
          ),
        ]),
  ];
}

/** Whether a row may be left without a value in the first column, which is required, when that comes back. */
const isOpenBack = (change: TableChange, copied: Copied): boolean =>
  !copied.from.nullable && !isRelaxed(change, copied) && wayBack(change, copied) === undefined;

const isLost = (change: TableChange, copied: Copied): boolean =>
  isOpenBack(change, copied) && knownBack(copied) === undefined;

/** What a row of code of after has for code of before. */
const knownBack = ({ from, to, name, backward }: Copied): string | undefined =>
  backward ?? valueBack(to.type, from.type, name);

/** Where nothing could stand for a value of the first column, whoever takes the change back gives it to the rows that have none. */
function requiredBack(change: TableChange, copied: Copied): readonly Draft[] {
  if (!isOpenBack(change, copied)) return [];
  const { from } = copied;
  const table = change.from.name;
  return [
    draft({
      ...alone,
      phase: "contract",
      rank: rank.dropColumn - 0.5,
      stem: `${table}-require-${from.name}-back`,
      title: `${table}: taken back, column ${from.name} is required again, and it stops while a row has no value there`,
      up: [],
      down: restored(change, from, knownBack(copied), "contract", false),
      touches: [change.part],
    }),
  ];
}

/** Required, or with its default, once it stands alone. */
function finished(change: TableChange, copied: Copied): Draft {
  const { to } = copied;
  const was = { ...meanwhile(copied), name: to.name };
  const value = to.value?.kind === "default" ? to.value.expression : undefined;
  if (!to.nullable) {
    return requireDraft(change, to, was, value, isUnfilled(copied));
  }
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
