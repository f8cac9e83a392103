import { misnamedEntities } from "../../../migrate/misnamed.ts";
import type { ChangeContext, PlannedChange, Snapshot } from "../../../migrate/step.ts";
import { type Draft, ordered } from "../../families/sql/draft.ts";
import { matchTables } from "../../families/sql/match.ts";
import { ownerKeyQuestions } from "../../families/sql/owner-key.ts";
import { entityNamed } from "../../families/sql/naming.ts";
import { refusalsFirst } from "./ask-rows.ts";
import { unreadDrafts, unreadRecordsDrafts } from "./ask-unread.ts";
import { contentDrafts, forgottenDrafts, type RecordedRows } from "./history-content.ts";
import { only, tableChange, type TableChange } from "./change.ts";
import type { Dialect } from "../dialect.ts";
import { columnDrafts } from "./columns.ts";
import { objectDrafts } from "./objects.ts";
import type { TablePart, TableShape } from "./shape.ts";
import { ownerReference, recordedTogether, type Together } from "./recorded-together.ts";
import { gainsTenantKey } from "./reference-change.ts";
import { partName, schemaOf } from "./snapshot.ts";
import { collationDrafts, commentDrafts, droppedTables, renameDrafts } from "./tables.ts";
import { type Exchange, triggerDrafts } from "./triggers.ts";
import { type NewlyRecorded, unheardUpdates } from "./unheard-updates.ts";
import { operationDraft, tableDrafts } from "./whole.ts";

/** The steps from one snapshot to another. */
export function diffSnapshots(
  from: Snapshot,
  to: Snapshot,
  context: ChangeContext,
  dialect: Dialect,
): PlannedChange {
  const [before, after] = [schemaOf(from), schemaOf(to)];
  const operation =
    before.store === undefined && after.store !== undefined ? [operationDraft(after.store)] : [];
  const tables = matchTables(before.tables, after.tables, context.store);
  const planned = tables.kept.map((pair) => ({ pair, changes: changesOf(pair, context, dialect) }));
  const questions = [
    ...misnamedEntities(
      before.tables.map(({ entity }) => entity),
      tables.added.map(({ entity, table }) => ({ entity, part: partName(table.name) })),
      context.store,
    ),
    ...planned.flatMap(({ changes }) => changes.flatMap((change) => change.questions)),
    ...ownerKeyQuestions(
      planned.flatMap(({ changes }) =>
        changes.map((change) => ({ ...change, kept: only(change, "kept") })),
      ),
      context,
    ),
  ];
  if (questions.length > 0) return { steps: [], questions };
  const names = new Map(
    tables.kept.map((pair) => [pair.from.table.name, pair.to.table.name] as const),
  );
  const former = new Map([...names].map(([was, is]) => [is, was] as const));
  const all = planned.flatMap(({ changes }) => changes);
  const gaining = all.filter(gainsTenantKey);
  const there = [...names.values(), ...names.keys()].filter(
    (name) =>
      !gaining.some(({ from: before, to: after }) => [before.name, after.name].includes(name)),
  );
  const drafts: readonly Draft[] = [
    ...tableDrafts(tables.added, there, gaining.length > 0 ? "addReference" : "createTable"),
    ...operation,
    ...planned.flatMap(({ pair, changes }) => [
      ...changes.flatMap((change) => changedTable(change, all, context.mode)),
      ...historyDrafts(pair.from, pair.to),
      ...newlyRecorded(pair, former, context).map(unheardUpdates),
      ...triggerDrafts(
        { ...pair, entity: entityNamed(pair.to.entity, context.store), former },
        exchangeOf(changes),
        dialect,
        togetherOf({ pair, changes }, planned, tables.dropped, context),
      ),
    ]),
    ...recordedRows(planned, context).flatMap((each) => [
      ...unreadRecordsDrafts(each),
      ...contentDrafts(each, context.values),
    ]),
    ...planned.flatMap(({ changes: [rows, history] }) =>
      rows === undefined || history === undefined
        ? []
        : ownedTables(tables.dropped, rows).flatMap(({ name }) => forgottenDrafts(history, name)),
    ),
    ...droppedTables(tables.dropped),
  ];
  return { steps: ordered(drafts), questions: [] };
}

interface Pair {
  readonly from: TablePart;
  readonly to: TablePart;
}

/** A table, and its history when it has one before and after. */
function changesOf(
  { from, to }: Pair,
  context: ChangeContext,
  dialect: Dialect,
): readonly TableChange[] {
  const entity = entityNamed(to.entity, context.store);
  const common = {
    part: partName(to.table.name),
    dialect,
    ...(entity !== undefined && { entity }),
  };
  const isRecorded = from.history !== undefined || to.history !== undefined;
  const own = tableChange(
    { ...common, ...(isRecorded && { recorded: true }), from: from.table, to: to.table },
    context,
  );
  if (from.history === undefined || to.history === undefined) return [own];
  // Nobody but the triggers and the data layer knows the history: it changes at once.
  return [
    own,
    tableChange(
      { ...common, from: from.history, to: to.history, historyOf: partName(to.table.name) },
      { ...context, mode: "direct" },
    ),
  ];
}

interface PlannedTable {
  readonly pair: Pair;
  /** Of the table, then of its history. */
  readonly changes: readonly TableChange[];
}

/** Where the rows of each table are recorded: in its own history, and in its root's. */
const recordedRows = (
  planned: readonly PlannedTable[],
  { store }: ChangeContext,
): readonly RecordedRows[] =>
  planned.flatMap(({ pair, changes: [rows, history] }): readonly RecordedRows[] => {
    if (rows === undefined) return [];
    const { owner } = entityNamed(pair.to.entity, store) ?? {};
    const root = planned.find((each) => each.pair.to.entity === owner)?.changes[1];
    return [
      ...(history === undefined ? [] : [{ rows, history, column: "content" } as const]),
      ...(root === undefined ? [] : [{ rows, history: root, column: "children" } as const]),
    ];
  });

/** What is recorded while code of before and of after runs. */
function togetherOf(
  { pair, changes: [rows, history] }: PlannedTable,
  planned: readonly PlannedTable[],
  dropped: readonly TablePart[],
  { mode, store }: ChangeContext,
): Together | undefined {
  const entity = entityNamed(pair.to.entity, store);
  if (mode === "direct" || !rows || !history || !entity) return undefined;
  return recordedTogether({
    rows,
    history,
    entity,
    children: entity.children.map((child) => {
      const own = planned.find(({ pair: { to } }) => to.entity === child.entity.name);
      const change = own?.changes[0];
      return { child, ...(change !== undefined && { rows: change }) };
    }),
    gone: ownedTables(dropped, rows),
  });
}

const ownedTables = (parts: readonly TablePart[], { from }: TableChange): readonly TableShape[] =>
  parts.map(({ table }) => table).filter((table) => ownerReference(table, from.name) !== undefined);

/** A trigger names columns: one that is to name what takes its name on the spot cannot come before. */
function exchangeOf(changes: readonly TableChange[]): Exchange {
  const renamed = changes.some((change) =>
    only(change, "kept").some((column) => column.from.name !== column.to.name),
  );
  return renamed || changes[0]?.mode === "direct" ? "after-columns" : "at-once";
}

const changedTable = (
  change: TableChange,
  all: readonly TableChange[],
  mode: ChangeContext["mode"],
): readonly Draft[] => [
  ...unreadDrafts(change),
  ...refusalsFirst(change, [...columnDrafts(change), ...objectDrafts(change, all)], all),
  ...collationDrafts(change),
  // The name of a history is known to code of before and after, too.
  ...renameDrafts({ ...change, mode }),
  ...commentDrafts(change),
];

/** A history that comes or goes with `audit:`. */
const historyDrafts = (from: TablePart, to: TablePart): readonly Draft[] => {
  if (from.history === undefined && to.history !== undefined)
    return tableDrafts([{ ...to, table: to.history, triggers: [] }].map(asTable), [to.table.name]);
  if (from.history !== undefined && to.history === undefined)
    return droppedTables([asTable({ ...from, table: from.history, triggers: [] })]);
  return [];
};

/** @param former names of tables before, by those after */
function newlyRecorded(
  { from, to }: Pair,
  former: ReadonlyMap<string, string>,
  { store }: ChangeContext,
): readonly NewlyRecorded[] {
  const entity = entityNamed(to.entity, store);
  if (entity === undefined || from.history !== undefined || to.history === undefined) return [];
  const children = entity.children.flatMap(({ entity: { table } }) => former.get(table) ?? []);
  return [{ entity, part: partName(to.table.name), table: from.table.name, children }];
}

const asTable = ({ history: _history, ...part }: TablePart): TablePart => part;
