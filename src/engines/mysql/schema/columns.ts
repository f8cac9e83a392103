import { type Draft, draft } from "../../families/sql/draft.ts";
import { renamedAtOnce } from "../../families/sql/renamed-at-once.ts";
import { forgottenRisks, unknownRisks } from "../../../migrate/unknown-to-code.ts";
import { nullNote, nullRisk } from "../../../migrate/unread-null.ts";
import { sameButCase } from "../../../migrate/reused-names.ts";
import { deletedReason } from "../../../migrate/deletion-mark.ts";
import { identifier } from "../sql/quote.ts";
import { isVolatile } from "../sql/volatile.ts";
import { batchDraft } from "./batch.ts";
import { type Kept, only, type TableChange } from "./change.ts";
import { copiedDrafts } from "./copied.ts";
import { refuseHanging, refuseLostCheck } from "./hanging.ts";
import { lossOf } from "./loss.ts";
import { isVirtual, onlineOf, workOf } from "./online.ts";
import { alterTable, columnText, type Online } from "./render.ts";
import { formerRowName, refusal, rowName, unfitRefusal } from "./refusals.ts";
import { alone, noted, noWayBack, relaxed, requireDraft, slow, told } from "./required.ts";
import { rank } from "./rank.ts";
import type { ColumnShape } from "./shape.ts";
import { standIn } from "./stand-in.ts";
import { filledMeanwhile } from "./fill.ts";
import { fits, growsInPlace, isNarrower } from "./types.ts";
import { fitting } from "./fitting.ts";
import { unrecorded } from "./unrecorded.ts";
import { columnOfType, columnWritten, noColumn } from "./verify.ts";

/** What happens to the columns of a table. */
export const columnDrafts = (change: TableChange): readonly Draft[] => [
  ...only(change, "added").flatMap((each) => addedDrafts(change, each.to, each.fill)),
  ...only(change, "kept").flatMap((each) => keptDrafts(change, each)),
  ...only(change, "copied").flatMap((each) => copiedDrafts(change, each)),
  ...only(change, "dropped").flatMap((each) => droppedDrafts(change, each.from)),
];

/** The catalogue alone knows a virtual column until an index holds it. */
function howAdded(change: TableChange, phase: Draft["phase"], column: ColumnShape): Online {
  const { value } = column;
  if (isVirtual(column)) return onlineOf(change, phase, "value", "instant");
  const copied =
    value?.kind === "identity" ||
    value?.kind === "generated" ||
    computedDefault(change, column) !== undefined;
  return onlineOf(change, phase, "add", copied ? "copy" : "instant");
}

/** The expression of a default with which the server adds no column but by a copy of the table. */
function computedDefault({ dialect }: TableChange, { value }: ColumnShape): string | undefined {
  if (value?.kind !== "default" || !value.expression.startsWith("(")) return undefined;
  const isPlain = dialect.expressionDefaultsOnline && !isVolatile(value.expression);
  return isPlain ? undefined : value.expression;
}

function addedDrafts(
  change: TableChange,
  column: ColumnShape,
  given: string | undefined,
): readonly Draft[] {
  const table = change.from.name;
  const expression = computedDefault(change, column);
  const fill = given ?? expression;
  const later = fill !== undefined && !column.nullable;
  const bare = later || expression !== undefined;
  const made: ColumnShape = bare ? { ...withoutValue(column), nullable: true } : column;
  const online = howAdded(change, "expand", made);
  const generated = column.value?.kind === "generated";
  return [
    draft({
      ...alone,
      ...told(online),
      rank: generated ? rank.addGenerated : rank.addColumn,
      stem: `${table}-add-${column.name}`,
      title: `${table}: column ${column.name} is added`,
      risks: addedRisks(change, column, online),
      up: [alterTable(table, [`add column ${columnText(made)}`], online)],
      down: [
        alterTable(
          table,
          [`drop column ${identifier(column.name)}`],
          howDropped(change, "expand", column),
        ),
      ],
      verify: columnOfType(table, made),
      touches: [change.part],
      ...(!generated && { removes: `${table}.${column.name}` }),
    }),
    ...(expression === undefined ? [] : [defaultDraft(change, column)]),
    ...(fill === undefined
      ? []
      : later && expression === undefined
        ? filledMeanwhile(change, column.name, fill)
        : [filledOnce(change, column.name, fill)]),
    ...(later
      ? [
          expression === undefined
            ? requireDraft(change, column, withoutValue(column), undefined, false)
            : requireDraft(change, column, column, fill),
        ]
      : []),
  ];
}

/** What may stay empty, or has its default from now on. */
const filledOnce = (change: TableChange, column: string, value: string): Draft =>
  batchDraft(change, { column, value, where: `${identifier(column)} is null` });

/**
 * What is written from now on has it; the rows that are there get it in batches, since with it the column would be added by a copy.
 * `set default` takes none for a long text or JSON (MY-31).
 */
function defaultDraft(change: TableChange, column: ColumnShape): Draft {
  const table = change.from.name;
  const changed = (to: ColumnShape): readonly string[] => [
    alterTable(table, [`modify column ${columnText(to)}`], "instant"),
  ];
  return draft({
    ...alone,
    rank: rank.alterColumn,
    stem: `${table}-default-${column.name}`,
    title: `${table}: column ${column.name} has its default`,
    up: changed({ ...column, nullable: true }),
    down: changed({ ...withoutValue(column), nullable: true }),
    touches: [change.part],
  });
}

function addedRisks(
  { historyOf }: TableChange,
  { role }: ColumnShape,
  online: Online,
): Draft["risks"] {
  const own = historyOf === undefined ? unknownRisks(role) : [];
  return own.length === 0
    ? slow(online)
    : [...slow(online).filter((risk) => risk !== "none"), ...own];
}

const withoutValue = ({ value: _value, ...column }: ColumnShape): ColumnShape => column;

/** A column of an index takes the index with it or changes it, which is no change of the catalogue alone. */
function howDropped(change: TableChange, phase: Draft["phase"], column: ColumnShape): Online {
  const { name, value } = column;
  const indexed = change.from.indexes.some(({ columns }) => columns.includes(name));
  const plain = indexed ? "inplace" : "instant";
  if (isVirtual(column)) return onlineOf(change, phase, "value", plain);
  return onlineOf(change, phase, "drop", value?.kind === "generated" ? "copy" : plain);
}

/** A column that stays, perhaps under another name, with another type, default or comment: all in its place. */
function keptDrafts(change: TableChange, { from, to, fill }: Kept): readonly Draft[] {
  const table = change.from.name;
  const drafts: Draft[] = [];
  const common = { ...alone, touches: [change.part] } as const;
  if (from.name !== to.name) {
    const cased = sameButCase(from.name, to.name);
    drafts.push(
      draft({
        ...common,
        rank: rank.renameColumn,
        stem: `${table}-rename-${from.name}`,
        title: `${table}: column ${from.name} becomes ${to.name}`,
        risks: cased ? ["none"] : ["breaks-old-code"],
        ...(cased ? { accepts: onlyCase } : renamedAtOnce(change.mode)),
        up: [renameColumn(table, from.name, to.name, howRenamed(change, from))],
        down: [renameColumn(table, to.name, from.name, howRenamed(change, from))],
        verify: cased ? columnWritten(table, to.name) : noColumn(table, from.name),
      }),
    );
  }
  const named = { ...from, name: to.name };
  const text = (column: ColumnShape): string => columnText({ ...column, comment: "" });
  if (to.value?.kind === "generated" && text(named) !== text(to)) {
    drafts.push(regenerated(change, named, to));
    return drafts;
  }
  const required = from.nullable && !to.nullable;
  const until: ColumnShape = required ? { ...to, nullable: true } : to;
  if (columnText(named) !== columnText(until)) {
    const narrowed = { column: to.name, from: named.type, to: until.type };
    drafts.push(
      ...askedNarrower(change, from, until),
      ...fitting(change, narrowed, modified(change, named, until)),
    );
  }
  if (required) drafts.push(...requiredDrafts(change, to, until, fill));
  return drafts;
}

const onlyCase = {
  rule: "rename-column",
  because: "the server does not mind the case of a column: code of before and after finds it",
} as const;

const renameColumn = (table: string, from: string, to: string, online: Online): string =>
  alterTable(table, [`rename column ${identifier(from)} to ${identifier(to)}`], online);

/** What a reference may lead to takes another name beside the writers, in the catalogue alone (MY-21). */
function howRenamed({ from }: TableChange, { name }: ColumnShape): Online {
  const keys = [
    ...from.constraints.filter(({ kind }) => kind === "primary"),
    ...from.indexes.filter(({ kind }) => kind === "unique"),
  ];
  return keys.some(({ columns = [] }) => columns.includes(name)) ? "inplace" : "instant";
}

function modified(change: TableChange, from: ColumnShape, to: ColumnShape): Draft {
  const table = change.from.name;
  const fit = fits(from.type, to.type);
  const phase = fit === "perhaps" ? "contract" : "expand";
  const online = onlineOf(change, phase, workOf(from, to), howModified(from, to));
  const back = onlineOf(change, phase, workOf(to, from), howModified(to, from));
  const unread = isMadeOptional(from, to) && phase === "expand";
  return draft({
    ...alone,
    ...noted(unread ? nullNote : undefined, told(online)?.note),
    // What not every value fits has to wait until no old code writes such values.
    phase,
    rank: rank.alterColumn,
    stem: `${table}-change-${to.name}`,
    title: `${table}: column ${to.name} is changed`,
    ...lossOf(`${table}.${to.name}`, { from: from.type, to: to.type }),
    risks: [
      ...slow(online).filter((risk) => risk !== "none"),
      ...(fit === "perhaps" ? (["depends-on-data"] as const) : []),
      ...(newCodeWaits(change, from, to) ? (["new-code-waits"] as const) : []),
      ...(unread ? [nullRisk] : []),
    ],
    up: [
      ...refuseLostCheck(change, to.name),
      ...unfitRefusal(change, to.name, from.type, to.type),
      alterTable(table, [`modify column ${columnText(to)}`], online),
    ],
    down: [alterTable(table, [`modify column ${columnText(from)}`], back)],
    touches: [change.part],
  });
}

/** Code of before does not see rows that belong to no tenant. */
const isMadeOptional = (from: ColumnShape, to: ColumnShape): boolean =>
  !from.nullable && to.nullable && from.role !== "tenant";

/** Until then the column holds what is no value of new code's type. */
const newCodeWaits = ({ mode }: TableChange, from: ColumnShape, to: ColumnShape): boolean =>
  mode === "split" && isNarrower(from.type, to.type);

/** Before code of before is stopped for it. */
function askedNarrower(change: TableChange, from: ColumnShape, to: ColumnShape): readonly Draft[] {
  if (!newCodeWaits(change, from, to)) return [];
  const table = change.from.name;
  return [
    draft({
      ...alone,
      rank: rank.askRows,
      stem: `${table}-ask-${from.name}`,
      title: `${table}: stops where a value of ${from.name} does not fit ${to.type}`,
      risks: ["scans", "depends-on-data"],
      up: unfitRefusal(change, from.name, from.type, to.type, formerRowName(change)),
      down: [],
      touches: [change.part],
    }),
  ];
}

/** MY-21: a default or a comment is the catalogue's; nullability rebuilds the table beside its writers; a type copies it. */
function howModified(from: ColumnShape, to: ColumnShape): Online {
  if ((from.value?.kind === "identity") !== (to.value?.kind === "identity")) return "copy";
  if (from.type !== to.type) return growsInPlace(from.type, to.type) ? "inplace" : "copy";
  if (from.nullable !== to.nullable) return "inplace";
  return "instant";
}

/** A column that may be empty and is required now: the rows get its default, or must have a value. */
function requiredDrafts(
  change: TableChange,
  to: ColumnShape,
  until: ColumnShape,
  fill: string | undefined,
): readonly Draft[] {
  return [
    ...(fill === undefined ? [] : filledMeanwhile(change, to.name, fill)),
    requireDraft(change, to, until, undefined, fill === undefined),
  ];
}

function regenerated(change: TableChange, from: ColumnShape, to: ColumnShape): Draft {
  const table = change.from.name;
  const again = (column: ColumnShape): readonly string[] => [
    alterTable(
      table,
      [`drop column ${identifier(column.name)}`, `add column ${columnText(column)}`],
      "copy",
    ),
  ];
  return draft({
    ...alone,
    ...told("copy"),
    rank: rank.addGenerated,
    stem: `${table}-compute-${to.name}`,
    title: `${table}: column ${to.name} is computed otherwise`,
    risks: ["rewrites"],
    up: again(to),
    down: again(from),
    touches: [change.part],
  });
}

/** Old code reads and writes the column until it is gone; new code does not give it a value. */
function droppedDrafts(change: TableChange, column: ColumnShape): readonly Draft[] {
  const table = change.from.name;
  const generated = column.value?.kind === "generated";
  // In a store that stands still it goes before what it is computed from takes another name.
  const phase = generated && change.mode === "direct" ? "expand" : "contract";
  const online = howDropped(change, phase, column);
  const back: ColumnShape = {
    ...column,
    nullable: column.nullable || column.value?.kind !== "default",
  };
  const value = standIn(change, column);
  const isFilledAlone = generated || column.nullable || column.value !== undefined;
  const isLost = !isFilledAlone && value === undefined;
  const restore = generated
    ? [alterTable(table, [`add column ${columnText(column)}`], howAdded(change, phase, column))]
    : [
        alterTable(table, [`add column ${columnText(back)}`], howAdded(change, phase, back)),
        ...(isFilledAlone || value === undefined
          ? []
          : unrecorded(change, [
              `update ${identifier(table)} set ${identifier(column.name)} = ${value} where ${identifier(column.name)} is null;`,
            ])),
      ];
  return [
    ...askedDeleted(change, column),
    ...(isFilledAlone || isKey(change, column) ? [] : [relaxed(change, column, value)]),
    draft({
      ...alone,
      ...noted(isLost ? noWayBack : undefined, told(online)?.note),
      phase,
      rank: generated ? rank.dropGenerated : rank.dropColumn,
      stem: `${table}-drop-${column.name}`,
      title: `${table}: column ${column.name} is dropped`,
      reversibility: isLost ? "irreversible" : generated ? "reversible" : "loses-data",
      risks: [
        ...slow(online).filter((risk) => risk !== "none"),
        "breaks-old-code",
        ...(change.mode === "split" ? forgottenRisks(column.role) : []),
      ],
      up: [
        ...deletedRows(change, column),
        ...refuseHanging(change, column),
        alterTable(table, [`drop column ${identifier(column.name)}`], online),
      ],
      down: restore,
      verify: noColumn(table, column.name),
      touches: [change.part],
      ...(!generated && { destroys: `${table}.${column.name}` }),
    }),
  ];
}

/** Rows that only their mark keeps from being seen: code of after knows no mark. */
const deletedRows = (
  change: TableChange,
  { name, role }: ColumnShape,
  named = rowName(change),
): readonly string[] =>
  role !== "deletedAt"
    ? []
    : refusal(
        deletedReason(change.from.name, name),
        named,
        `${identifier(change.from.name)} where ${identifier(name)} is not null`,
      );

/** Before code of after starts, too. */
function askedDeleted(change: TableChange, column: ColumnShape): readonly Draft[] {
  const asked = deletedRows(change, column, formerRowName(change));
  if (asked.length === 0 || change.mode === "direct") return [];
  const table = change.from.name;
  return [
    draft({
      ...alone,
      rank: rank.askRows,
      stem: `${table}-ask-deleted`,
      title: `${table}: stops where rows that were deleted would be seen again`,
      risks: ["depends-on-data"],
      up: asked,
      down: [],
      touches: [change.part],
    }),
  ];
}

const isKey = ({ from }: TableChange, { name }: ColumnShape): boolean =>
  from.constraints.some(({ kind, columns = [] }) => kind === "primary" && columns.includes(name));
