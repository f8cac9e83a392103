import { identifier } from "../sql/quote.ts";
import { only, type TableChange } from "./change.ts";
import { type Draft, draft } from "../../families/sql/draft.ts";
import { recordingOf } from "./named.ts";
import { rank } from "./rank.ts";
import { createTable, grant, replaceFunction, secure } from "./render.ts";
import type { TablePart, TableShape } from "./shape.ts";

/** The history of a table: made with it or later, kept in step with it, dropped with every change it holds. */
export function recordingDrafts(
  change: TableChange,
  from: TablePart,
  to: TablePart,
): readonly Draft[] {
  const table = change.to.name;
  // Dropped before the table is renamed, and so brought back after it has its former name again.
  const [before, after] = [recordingOf(from, change.was), recordingOf(to, table)];
  if (from.history === undefined && to.history === undefined) return [];
  if (from.history === undefined && to.history !== undefined)
    return [recordsFromNowOn(change, to.history, after)];
  if (from.history !== undefined && to.history === undefined)
    return recordsNoMore(change, from.history, before);
  if (
    JSON.stringify([from.functions, from.triggers]) === JSON.stringify([to.functions, to.triggers])
  )
    return [];
  const sameNames =
    from.functions.map(({ name }) => name).join() === to.functions.map(({ name }) => name).join();
  const writes = change.mode === "direct" || change.rekeyed.has(table);
  return sameNames && !writes
    ? [replaced(change, from, to)]
    : [
        stopped(change, before),
        recording(change, after.make, after.drop, `${table}: changes are recorded again`),
      ];
}

type Recording = ReturnType<typeof recordingOf>;

const recording = (
  change: TableChange,
  up: readonly string[],
  down: readonly string[],
  title: string,
): Draft =>
  draft({
    rank: rank.recording,
    stem: `${change.to.name}-record-history`,
    title,
    up,
    down,
    risks: ["locks"],
    touches: [change.part],
  });

const recordsFromNowOn = (change: TableChange, history: TableShape, made: Recording): Draft => ({
  ...recording(
    change,
    [...historyStatements(history), ...made.make],
    [...made.drop, `drop table ${identifier(history.name)};`],
    `${change.to.name}: every change is recorded from now on`,
  ),
  removes: history.name,
});

const historyStatements = (history: TableShape): readonly string[] => [
  ...createTable(history, history.constraints),
  ...secure(history),
  ...history.grants.flatMap((each) => grant(history.name, each)),
];

/**
 * What new code needs of the function is there before it starts; nothing is written meanwhile. A tenant is recorded for as long as code of
 * before binds one, which may read and write no history of another.
 */
const replaced = (change: TableChange, from: TablePart, to: TablePart): Draft => ({
  ...recording(
    change,
    to.functions.flatMap(replaceFunction),
    from.functions.flatMap(replaceFunction),
    `${change.to.name}: changes are recorded otherwise`,
  ),
  phase: losesTenant(change) ? "contract" : "expand",
});

const losesTenant = (change: TableChange): boolean =>
  only(change, "dropped").some(({ from }) => from.role === "tenant");

/** While rows are changed for the sake of the schema alone, that is no change to record. */
const stopped = (change: TableChange, before: Recording): Draft =>
  draft({
    rank: rank.dropRecording,
    stem: `${change.to.name}-stop-recording`,
    title: `${change.to.name}: changes are not recorded while the table changes`,
    up: before.drop,
    down: before.make,
    risks: ["locks"],
    touches: [change.part],
  });

function recordsNoMore(
  change: TableChange,
  history: TableShape,
  before: Recording,
): readonly Draft[] {
  const table = change.to.name;
  const late = change.mode === "split";
  const phase = late ? "contract" : "expand";
  return [
    draft({
      rank: rank.dropRecording,
      phase,
      stem: `${table}-stop-recording`,
      title: `${table}: changes are recorded no more`,
      up: before.drop,
      down: before.make,
      risks: late ? ["locks"] : ["locks", "breaks-old-code"],
      touches: [change.part],
    }),
    draft({
      rank: late ? rank.dropRest : rank.dropTable,
      phase,
      stem: `${history.name}-drop`,
      title: `${history.name} is dropped with every recorded change`,
      up: [`drop table ${identifier(history.name)};`],
      down: historyStatements(history),
      reversibility: "loses-data",
      touches: [change.part],
      destroys: history.name,
    }),
  ];
}
