import { type Draft, draft } from "../../families/sql/draft.ts";
import { inOneStatement } from "../../families/sql/one-statement.ts";
import { asOwner } from "./owner.ts";
import { rank } from "./rank.ts";
import { namesOf, newNames, type RecordedRows, updateOf, updateOfRows } from "./recorded-rows.ts";
import type { RecordedUpdate } from "./recorded-update.ts";
import type { Property, RecordedColumn } from "./recorded-values.ts";

/** What the way back of a change makes of recorded rows. */
export const contentBackDrafts = (
  recorded: RecordedRows,
  columns: readonly RecordedColumn[],
): readonly Draft[] => [
  ...unsettled(recorded, columns),
  ...backwards(recorded, columns),
  ...withoutGiven(recorded, columns),
];

/** Code of before may run again beside that of after: what was recorded since is there for both, once both names are recorded again. */
function unsettled(recorded: RecordedRows, columns: readonly RecordedColumn[]): readonly Draft[] {
  const properties = columns.flatMap((column) => column.unsettled);
  return takenBack(recorded, updateOf(recorded, namesOf(recorded.rows).unsettled, { properties }), {
    rank: rank.recordedBack,
    phase: "contract",
    stem: "back",
    title: titleOf(properties, "is there under the former names, too, when they come back"),
  });
}

function backwards(recorded: RecordedRows, columns: readonly RecordedColumn[]): readonly Draft[] {
  const properties = columns.flatMap((column) => column.backwards);
  return takenBack(recorded, updateOf(recorded, namesOf(recorded.rows).backwards, { properties }), {
    rank: rank.fill,
    stem: "as-read-before",
    title: titleOf(properties, "is read by the names and types of before, when they come back"),
  });
}

function titleOf(properties: readonly Property[], plain: string): string {
  const standIns = properties.flatMap(({ standIn }) => standIn ?? []);
  return standIns.length === 0
    ? plain
    : `gets, where it has no value, one of its type when the change is taken back: ${standIns.join(", ")}`;
}

/** A recorded row has what it had: the properties that the change gave it go last, after their columns. */
function withoutGiven(
  recorded: RecordedRows,
  columns: readonly RecordedColumn[],
): readonly Draft[] {
  const { rows } = recorded;
  const before = new Set(rows.from.columns.map(({ name }) => name));
  const given = [
    ...newNames(rows),
    ...columns.flatMap((column) => column.forwards.map(({ name }) => name)),
  ];
  const gone = [...new Set(given)].filter((name) => !before.has(name));
  return takenBack(recorded, updateOf(recorded, namesOf(rows).withoutGiven, { gone }), {
    rank: rank.dropColumn,
    stem: `of-${rows.to.name}-as-before`,
    title: "loses what this change gave it, when it is taken back",
  });
}

/** A step of the way back alone. */
function takenBack(
  { rows, history, column }: RecordedRows,
  update: RecordedUpdate | undefined,
  step: Pick<Draft, "rank" | "stem" | "title"> & Partial<Pick<Draft, "phase">>,
): readonly Draft[] {
  if (update === undefined) return [];
  const when = step.phase === "contract" ? "to" : "from";
  return [
    draft({
      ...step,
      stem: `${history.to.name}-${column}-${step.stem}`,
      title: `${history.to.name}: what was recorded of ${rows.to.name} ${step.title}; ${inOneStatement}`,
      risks: ["rewrites"],
      up: [],
      down: asOwner(history, when, [updateOfRows(history, { column, ...update })]),
      touches: [history.part],
    }),
  ];
}
