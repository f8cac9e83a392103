import { misnamedEntities } from "../../../migrate/misnamed.ts";
import type { ChangeContext, PlannedChange, Snapshot } from "../../../migrate/step.ts";
import { entityNamed, ownerOf } from "../ddl/naming.ts";
import {
  only,
  columnChanges,
  isRekeyed,
  questionsOf,
  renamesOf,
  tableChange,
  type ColumnChange,
  type TableChange,
  type TablePair,
} from "./change.ts";
import { orphanDrafts } from "./ask-references.ts";
import { recordedDrafts } from "./ask-recorded.ts";
import { askDrafts } from "./ask-rows.ts";
import { type TenantOfHistory, tenantlessDrafts } from "./ask-tenant.ts";
import { columnDrafts } from "./columns.ts";
import { copyDrafts } from "./copies.ts";
import { type Draft, inOrder, ordered, steps } from "../../families/sql/draft.ts";
import { generatedDrafts, rebuiltColumns } from "./generated.ts";
import { contentDrafts } from "./history-content.ts";
import { keyDrafts } from "./key.ts";
import { matchTables, misnamedFields } from "../../families/sql/match.ts";
import { domainDrafts } from "./named.ts";
import { ownerKeyQuestions } from "../../families/sql/owner-key.ts";
import { enumDrafts, enumQuestions } from "./enum-values.ts";
import { exchangeOf, objectDrafts } from "./object-steps.ts";
import { objectChanges } from "./objects.ts";
import { withOwnerReads } from "./owner-reads.ts";
import { rank } from "./rank.ts";
import { childTablesDrafts } from "./recorded-children.ts";
import type { RecordedRows } from "./recorded-rows.ts";
import { partitionDrafts, partitionQuestions } from "./partition.ts";
import { recordingDrafts } from "./recording.ts";
import { gainsTenantKey } from "./reference-change.ts";
import { renameDrafts } from "./rename-table.ts";
import { referenceOrder, type Schema, schemaOf } from "./schema.ts";
import { securityDrafts } from "./security.ts";
import type { TablePart } from "./shape.ts";
import { partName } from "./snapshot.ts";
import { storeDrafts } from "./store-part.ts";
import { addedTables, droppedTables } from "./tables.ts";
import { temporaryNames } from "./temporary.ts";
import { tornTables } from "./torn.ts";
import { tablesOf, wholeSteps } from "./whole.ts";
import { commentDrafts, grantDrafts } from "./words.ts";

/** The steps from one snapshot to another. */
export function diffSnapshots(from: Snapshot, to: Snapshot, context: ChangeContext): PlannedChange {
  const [before, after] = [schemaOf(from), schemaOf(to)];
  const spec = context.store.entities.map(({ name }) => name);
  if (from.size === 0) return { steps: ordered(wholeSteps(after, spec)), questions: [] };
  const tables = matchTables(before.tables, after.tables, context.store);
  const unknown = misnamedEntities(
    before.tables.map(({ entity }) => entity),
    tables.added.map(({ entity, table }) => ({ entity, part: partName(table.name) })),
    context.store,
  );
  const { changes, questions } = plannedTables(tables.kept, before, after, context);
  const asked = [...unknown, ...questions, ...enumQuestions(before.tables, after.tables)];
  if (asked.length > 0) return { steps: [], questions: asked };
  const there = tables.kept
    .map((each) => each.to.table.name)
    .filter((name) => !changes.some(({ table }) => table.rekeyed.has(name)));
  const gaining = changes.filter(({ table }) => gainsTenantKey(table)).map(({ table }) => table);
  const ready = there.filter((name) => !gaining.some(({ to: { name: own } }) => own === name));
  const late = gaining.some(({ mode }) => mode === "split")
    ? rank.addHeldReference
    : rank.addReference;
  const drafts = [
    ...enumDrafts(before.tables, after.tables),
    ...storeDrafts(before.store, after.store, context.mode, changes[0]?.table.temporary),
    ...droppedTables(tables.dropped, before, after, context),
    ...changes.flatMap((change) => changedTable(change, changes, context)),
    ...changes.flatMap(({ table, pair }) => partitionDrafts(table, pair, before)),
    ...recordedRows(changes, context).flatMap((recorded) => [
      ...recordedDrafts(recorded),
      ...contentDrafts(recorded),
    ]),
    ...changes.flatMap(({ table: rows, history }) =>
      history === undefined
        ? []
        : childTablesDrafts({ rows, history, freed: freedNames(context) }, tables),
    ),
    ...addedTables(tables.added, after, spec, ready, late),
  ];
  const forced = before.tables
    .flatMap(tablesOf)
    .flatMap(({ name, security }) => (security === "forced" ? [name] : []));
  return { steps: steps(withOwnerReads(inOrder(drafts), forced)), questions: [] };
}

interface PlannedTable {
  readonly table: TableChange;
  readonly history?: TableChange;
  readonly pair: { readonly from: TablePart; readonly to: TablePart };
}

/** Every table on both sides with what happens to its columns, references after what they refer to. */
function plannedTables(
  kept: readonly { readonly from: TablePart; readonly to: TablePart }[],
  before: Schema,
  after: Schema,
  context: ChangeContext,
): { readonly changes: readonly PlannedTable[]; readonly questions: PlannedChange["questions"] } {
  const temporary = temporaryNames([before, after]);
  const spec = context.store.entities.map(({ name }) => name);
  const order = referenceOrder(after.tables, spec);
  const planned = kept
    .toSorted((a, b) => order.indexOf(a.to) - order.indexOf(b.to))
    .map((pair) => {
      const pairs = pairsOf(pair, context);
      return {
        pair,
        sides: pairs.map((side) => ({ side, columns: columnChanges(side, context, temporary) })),
      };
    });
  const sides = planned.flatMap((each) => each.sides);
  const renames = {
    tables: new Map(sides.map(({ side }) => [side.from.name, side.to.name])),
    columns: new Map(sides.map(({ side, columns }) => [side.from.name, renamesOf(columns)])),
  };
  const rekeyed = new Set(
    sides.flatMap(({ side, columns }) => (isRekeyed(side, columns) ? [side.to.name] : [])),
  );
  const common = { mode: context.mode, temporary, rekeyed, torn: tornTables(sides) };
  const made = (side: TablePair, columns: readonly ColumnChange[], recorded: boolean) =>
    tableChange(side, columns, renames, { ...common, recorded });
  const isRecorded = ({ from, to }: PlannedTable["pair"]): boolean =>
    from.history !== undefined || to.history !== undefined;
  const changes = planned.flatMap(({ pair, sides: [table, history] }) =>
    table === undefined
      ? []
      : [
          {
            pair,
            table: made(table.side, table.columns, isRecorded(pair)),
            ...(history !== undefined && { history: made(history.side, history.columns, false) }),
          },
        ],
  );
  const questions = [
    ...sides.flatMap(({ side, columns }) => misnamedColumns(side, columns)),
    ...sides.flatMap(({ columns }) => questionsOf(columns)),
    ...changes.flatMap(({ table, pair }) => partitionQuestions(table, pair)),
    ...ownerKeyQuestions(
      sides.map(({ side, columns }) => ({ ...side, kept: only({ columns }, "kept") })),
      context,
    ),
  ];
  return { changes, questions };
}

const misnamedColumns = (
  { part, entity, from, historyOf }: TablePair,
  columns: readonly ColumnChange[],
): PlannedChange["questions"] =>
  historyOf === undefined
    ? misnamedFields(
        { part, entity },
        from.columns,
        only({ columns }, "added").map(({ to }) => to),
      )
    : [];

/** A table, and its history when it has one before and after. */
function pairsOf(
  { from, to }: { readonly from: TablePart; readonly to: TablePart },
  { store }: ChangeContext,
): readonly TablePair[] {
  const entity = entityNamed(to.entity, store);
  const common = { part: partName(to.table.name), ...(entity !== undefined && { entity }) };
  const own = { ...common, from: from.table, to: to.table };
  return from.history === undefined || to.history === undefined
    ? [own]
    : [own, { ...common, from: from.history, to: to.history, historyOf: to.table.name }];
}

/** Where the rows of each table are recorded: in its own history, and in its root's. */
function recordedRows(
  changes: readonly PlannedTable[],
  context: ChangeContext,
): readonly RecordedRows[] {
  const { store } = context;
  const freed = freedNames(context);
  return changes.flatMap(({ table, history, pair }): readonly RecordedRows[] => {
    const entity = entityNamed(pair.to.entity, store);
    const root = changes.find((each) => each.pair.to.entity === entity?.owner)?.history;
    return [
      ...(history === undefined
        ? []
        : [{ rows: table, history, column: "content", freed } as const]),
      ...(root === undefined
        ? []
        : [{ rows: table, history: root, column: "children", freed } as const]),
    ];
  });
}

/** Of tables and of columns. */
const freedNames = ({ displaced = [] }: ChangeContext): ReadonlySet<string> =>
  new Set(displaced.map((name) => name.slice(name.lastIndexOf(".") + 1)));

function changedTable(
  planned: PlannedTable,
  changes: readonly PlannedTable[],
  context: ChangeContext,
): readonly Draft[] {
  const { table, history, pair } = planned;
  const where = { part: table.part, mode: context.mode };
  return [
    ...tenantOfHistory(planned, changes, context).flatMap(tenantlessDrafts),
    ...alteredTable(table, pair.from.table, changes),
    ...(history === undefined || pair.from.history === undefined
      ? []
      : alteredTable(history, pair.from.history, changes)),
    ...recordingDrafts(table, pair.from, pair.to),
    ...domainDrafts(pair.from.domains, pair.to.domains, where),
  ];
}

function tenantOfHistory(
  { history, pair }: PlannedTable,
  changes: readonly PlannedTable[],
  { store, values }: ChangeContext,
): readonly TenantOfHistory[] {
  const entity = entityNamed(pair.to.entity, store);
  const owner = entity === undefined ? undefined : ownerOf(entity, store);
  const root = changes.find((each) => each.pair.to.entity === owner?.name);
  if (!history || !entity || !owner || !root) return [];
  return [{ entity, history, owner, root: root.table, rootHistory: root.history, values }];
}

/** All that happens to one table. */
function alteredTable(
  change: TableChange,
  before: TablePair["from"],
  changes: readonly PlannedTable[],
): readonly Draft[] {
  const objects = objectChanges(change, rebuiltColumns(change));
  const exchange = exchangeOf(change, objects);
  return [
    ...askDrafts(change, objects, exchange.phase),
    ...orphanDrafts(
      change,
      objects,
      changes.map(({ table }) => table),
    ),
    ...renameDrafts(change, before),
    ...keyDrafts(change),
    ...columnDrafts(change),
    ...copyDrafts(change, exchange),
    ...generatedDrafts(change),
    ...objectDrafts(change, objects),
    ...securityDrafts(change),
    ...grantDrafts(change),
    ...commentDrafts(change),
  ];
}
