import { type Draft, draft } from "../../families/sql/draft.ts";
import { identifier } from "../sql/quote.ts";
import { substituted, type TableChange } from "./change.ts";
import { placeOf, type RecordedRows, updateOf } from "./history-content.ts";
import { type NarrowedValues, narrowedValues } from "./narrowed-values.ts";
import { rank } from "./rank.ts";
import { pathTo } from "./recorded-form.ts";
import { formerRowName, refusal } from "./refusals.ts";
import { alone } from "./required.ts";

type Phase = "expand" | "contract";

/** Rows with values that code of after does not read: a page with such a row would fail whole, before the contract asks for it. */
export const unreadDrafts = (change: TableChange): readonly Draft[] =>
  change.mode === "direct" ? [] : narrowedValues(change).map((each) => unreadRows(change, each));

function unreadRows(change: TableChange, { column: { from, to }, check }: NarrowedValues): Draft {
  const table = change.from.name;
  const condition = check.definition.replace(/^check \(([\s\S]*)\)$/, "$1");
  const now = substituted(condition, new Map([[to.name, identifier(from.name)]]));
  const reason = `a row of ${table} does not keep ${check.name}`;
  return asking(change, "expand", `reads-${check.name}`, {
    title: `${table}: no row has what code of after does not read in ${to.name}`,
    up: refusal(reason, formerRowName(change), `${identifier(table)} where not (${now})`),
  });
}

/**
 * What a history recorded with a value that code of after does not read, which would fail whole histories: asked before that code runs, and
 * once more when no code of before writes it any more.
 */
export const unreadRecordsDrafts = (recorded: RecordedRows): readonly Draft[] =>
  narrowedValues(recorded.rows).flatMap((narrowed) =>
    (recorded.rows.mode === "direct"
      ? (["expand"] as const)
      : (["expand", "contract"] as const)
    ).flatMap((phase) => unreadRecords(recorded, narrowed, phase)),
  );

function unreadRecords(
  recorded: RecordedRows,
  narrowed: NarrowedValues,
  phase: Phase,
): readonly Draft[] {
  const { rows, history, column } = recorded;
  const side = phase === "expand" ? "from" : "to";
  const place = placeOf(recorded, side);
  const table = identifier(history.from.name);
  const property = propertyAt(narrowed, phase);
  const { values, gone } = narrowed;
  const held = `json_extract(${place.row}, ${pathTo(property)})`;
  const text = `cast(json_unquote(${held}) as char) collate utf8mb4_bin`;
  const when = `cast(json_type(${held}) as binary) = 'STRING' and ${text} not in (${values.join(", ")})`;
  const mended = updateOf(recorded, place, [], [{ name: property, value: "'...'", when }]);
  if (mended === undefined) return [];
  const what = gone.length > 0 ? gone.join(", ") : `what is none of ${values.join(", ")}`;
  const kept = gone.length > 0 ? `keep ${gone.join(", ")} among its values` : "let it stay a text";
  const reason = `${history.from.name} recorded ${what} as ${property} of ${rows[side].name}, which code of after does not read`;
  const statement = oneLine(
    `update ${table} set ${column} = ${mended.value} where ${mended.where}`,
  );
  const mend = `give those revisions a value that stays, in place of '...': ${statement}; or ${kept} in the spec`;
  return [
    asking(history, phase, `${column}-${rows.to.name}-${narrowed.column.to.name}`, {
      title: `${history.from.name}: stops where ${reason}`,
      up: refusal(`${reason}; ${mend}`, counted, `${table} where ${mended.where}`),
    }),
  ];
}

const counted = "concat('revision ', revision, ', one of ', count(*) over ())";

/** Whoever stops at it reads it in one line; no text of it holds a line end. */
const oneLine = (statement: string): string => statement.replaceAll(/\s*\n\s*/g, " ");

/** The name at the beginning of a phase. */
const propertyAt = ({ column }: NarrowedValues, phase: Phase): string => {
  if (phase === "expand") return column.from.name;
  return column.kind === "copied" ? column.name : column.to.name;
};

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
