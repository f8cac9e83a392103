import { type Draft, draft } from "../../families/sql/draft.ts";
import { identifier } from "../sql/quote.ts";
import { mentions, substituted, type TableChange } from "./change.ts";
import { placeOf, type RecordedRows, updateOf } from "./history-content.ts";
import { isGiven, type NarrowedValues, narrowedValues } from "./narrowed-values.ts";
import { rank } from "./rank.ts";
import { pathTo, recordedForm } from "./recorded-form.ts";
import { formerRowName, refusal } from "./refusals.ts";
import { alone } from "./required.ts";
import { type UnreadRecords, unreadRecords } from "./unread-records.ts";

type Phase = "expand" | "contract";

/** Rows with values that code of after does not read: a page with such a row would fail whole, before the contract asks for it. */
export const unreadDrafts = (change: TableChange): readonly Draft[] =>
  change.mode === "direct"
    ? []
    : narrowedValues(change).flatMap((each) => unreadRows(change, each));

function unreadRows(
  change: TableChange,
  { column, check, made }: NarrowedValues,
): readonly Draft[] {
  const { from, to } = column;
  if (made !== undefined && comingNames(change).some((name) => mentions(made, name))) return [];
  const table = change.from.name;
  const condition = check.definition.replace(/^check \(([\s\S]*)\)$/, "$1");
  const value = made === undefined ? identifier(from.name) : `(${made})`;
  const now = substituted(condition, new Map([[to.name, value]]));
  const mend =
    made === undefined || isGiven(column)
      ? ""
      : `; a migration made with --set ${change.part}.${to.name}=EXPRESSION gives each row what stays`;
  const reason = `a row of ${table} does not keep ${check.name}${mend}`;
  return [
    asking(change, "expand", `reads-${check.name}`, {
      title: `${table}: no row has what code of after does not read in ${to.name}`,
      up: refusal(reason, formerRowName(change), `${identifier(table)} where not (${now})`),
    }),
  ];
}

/** Columns that no row has yet. */
function comingNames({ columns, to }: TableChange): readonly string[] {
  const there = new Set(columns.flatMap((each) => (each.kind === "added" ? [] : [each.from.name])));
  return to.columns.map(({ name }) => name).filter((name) => !there.has(name));
}

/**
 * What a history recorded with a value that code of after does not read, which would fail whole histories: asked before that code runs, and
 * once more when no code of before writes it any more.
 */
export const unreadRecordsDrafts = (recorded: RecordedRows): readonly Draft[] =>
  unreadRecords(recorded.rows).flatMap((unread) =>
    phasesOf(recorded, unread).flatMap((phase) =>
      questionsOf(unread, phase).flatMap((question) =>
        askDrafts(recorded, unread, phase, question),
      ),
    ),
  );

/** What an expression of the user makes of it is there once the batches have run. */
function phasesOf({ rows }: RecordedRows, { column }: UnreadRecords): readonly Phase[] {
  if (isGiven(column)) return ["contract"];
  return rows.mode === "direct" ? ["expand"] : ["expand", "contract"];
}

/** A property of recorded rows. */
interface Question {
  readonly property: string;
  readonly type: string;
  /** A property that takes its place where it is there. */
  readonly unless?: string;
}

/** By the names at the beginning of a phase. */
function questionsOf({ column, madeFrom }: UnreadRecords, phase: Phase): readonly Question[] {
  const { from, to } = column;
  const former = { property: from.name, type: from.type };
  if (phase === "expand") return [former];
  if (column.kind === "kept") return [{ property: to.name, type: to.type }];
  const beside = { property: column.name, type: to.type };
  return madeFrom ? [{ ...former, unless: column.name }, beside] : [beside];
}

function askDrafts(
  recorded: RecordedRows,
  { column: { to }, what, kept, isUnread }: UnreadRecords,
  phase: Phase,
  { property, type, unless }: Question,
): readonly Draft[] {
  const { rows, history, column } = recorded;
  const side = phase === "expand" ? "from" : "to";
  const place = placeOf(recorded, side);
  const table = identifier(history.from.name);
  const own = isUnread(`json_extract(${place.row}, ${pathTo(property)})`);
  const when =
    unless === undefined
      ? own
      : `${own} and not json_contains_path(${place.row}, 'one', ${pathTo(unless)})`;
  const value = recordedForm(type, "'...'");
  const mended = updateOf(recorded, place, [], [{ name: property, value, when }]);
  if (mended === undefined) return [];
  const reason = `${history.from.name} recorded ${what} as ${property} of ${rows[side].name}, which code of after does not read`;
  const statement = oneLine(
    `update ${table} set ${column} = ${mended.value} where ${mended.where}`,
  );
  const mend = `give those revisions a value that stays, in place of '...': ${statement}; or ${kept} in the spec`;
  return [
    asking(history, phase, `${column}-${rows.to.name}-${to.name}`, {
      title: `${history.from.name}: stops where ${reason}`,
      up: refusal(`${reason}; ${mend}`, counted, `${table} where ${mended.where}`),
    }),
  ];
}

const counted = "concat('revision ', revision, ', one of ', count(*) over ())";

/** Whoever stops at it reads it in one line; no text of it holds a line end. */
const oneLine = (statement: string): string => statement.replaceAll(/\s*\n\s*/g, " ");

const asking = (
  change: TableChange,
  phase: Phase,
  stem: string,
  step: Pick<Draft, "title" | "up">,
): Draft =>
  draft({
    ...alone,
    ...step,
    phase,
    rank: rank.askRows,
    stem: `${change.from.name}-ask-${stem}`,
    risks: ["scans", "depends-on-data"],
    down: [],
    touches: [change.part],
  });
