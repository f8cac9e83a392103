import { sameButCase } from "../../../migrate/reused-names.ts";
import type { ChildIr, EntityIr, FieldIr } from "../../../ir/types.ts";
import { childFields } from "../../families/sql/row.ts";
import {
  historyKey,
  ownedBy,
  type RecordedChild,
  type RecordedValue,
  recordedValue,
  type Recording,
} from "../ddl/recording.ts";
import { qualified } from "../sql/quote.ts";
import type { ColumnChange, TableChange } from "./change.ts";
import { columnForm, isRecordedAlike } from "./recorded-form.ts";
import type { ColumnShape, TableShape } from "./shape.ts";

/** An audited table that changes, with the rows that are recorded with its own. */
export interface RecordedTable {
  readonly rows: TableChange;
  readonly history: TableChange;
  readonly entity: EntityIr;
  readonly children: readonly {
    readonly child: ChildIr;
    /** Absent for a table that comes. */
    readonly rows?: TableChange;
  }[];
  /** Tables of children that go. */
  readonly gone: readonly TableShape[];
}

/** What is recorded while code of before and of after runs. */
export interface Together {
  readonly recording: Recording;
  /** Whether something of it is read by code of before alone. */
  readonly former: boolean;
  /** Whether something of it is read by code of after alone. */
  readonly latter: boolean;
  /** Whether that is so of children. */
  readonly ofChildren: boolean;
}

/** Everything that code of before and of after reads in a recorded row, each under its own names and in its own form. */
export function recordedTogether(table: RecordedTable): Together {
  const { rows, history, entity } = table;
  const content = contentOf(rows, entity.fields, () => true);
  const children = [...table.children.map((each) => childOf(each, entity)), ...goneOf(table)];
  const found = foundBy(rows, history, entity);
  const gone = found.length > historyKey(entity).length;
  const deletedAt = entity.deletedAt?.column ?? formerMark(rows);
  const hasChildren = children.length > 0;
  const all = [content, ...children];
  return {
    recording: {
      table: rows.from.name,
      history: history.from.name,
      found,
      key: entity.key.map(({ column }) => column),
      content: content.values,
      ...(hasChildren && { children: children.map(({ recorded }) => recorded) }),
      ...(deletedAt !== undefined && { deletedAt }),
    },
    former: gone || all.some(({ former }) => former),
    latter: all.some(({ latter }) => latter),
    ofChildren: children.some(({ former, latter }) => former || latter),
  };
}

interface Read {
  readonly former: boolean;
  readonly latter: boolean;
}

interface Content extends Read {
  readonly values: readonly RecordedValue[];
}

function contentOf(
  { columns }: TableChange,
  fields: readonly FieldIr[],
  isShown: (column: ColumnShape) => boolean,
): Content {
  const former = columns.flatMap((column) => {
    const shown = formerColumn(column);
    return shown === undefined || !isShown(shown) ? [] : [shown];
  });
  const own = fields.filter(({ column }) =>
    // Until the contract it stands under another name, and code of after waits.
    columns.every((each) => !isAside(each) || each.to.name !== column),
  );
  return {
    values: [...own.map(recordedValue), ...former.map(formerValue)],
    former: former.length > 0,
    latter: columns.some((column) => isLatter(column, fields)),
  };
}

const isAside = (column: ColumnChange): column is Extract<ColumnChange, { kind: "copied" }> =>
  column.kind === "copied" && column.name !== column.to.name;

/** A column that code of before reads under a name, or in a form, that code of after does not. */
export function formerColumn(column: ColumnChange): ColumnShape | undefined {
  if (column.kind === "added") return undefined;
  const { from } = column;
  if (column.kind === "dropped") return from.value?.kind === "generated" ? undefined : from;
  if (column.kind === "copied") return from;
  return from.name !== column.to.name && sameButCase(from.name, column.to.name) ? from : undefined;
}

const formerValue = ({ name, type }: ColumnShape): RecordedValue => ({
  name,
  value: (row) => columnForm(type, qualified(row, name)),
});

function isLatter(column: ColumnChange, fields: readonly FieldIr[]): boolean {
  if (column.kind === "dropped" || isAside(column)) return false;
  const { to } = column;
  if (!fields.some((field) => field.column === to.name)) return false;
  return (
    column.kind !== "kept" ||
    column.from.name !== to.name ||
    !isRecordedAlike(column.from.type, to.type)
  );
}

/** Code of before finds a row by what goes, too. */
function foundBy(rows: TableChange, history: TableChange, entity: EntityIr): Recording["found"] {
  const former = history.columns.flatMap((column) => {
    if (column.kind !== "dropped") return [];
    const { name } = column.from;
    const held = rows.columns.find((each) => each.kind !== "added" && each.from.name === name);
    if (held === undefined || held.kind === "added") return [];
    return [[name, held.kind === "kept" ? held.to.name : name] as const];
  });
  return [...historyKey(entity).map(({ column }) => [column, column] as const), ...former];
}

const formerMark = ({ columns }: TableChange): string | undefined =>
  columns.flatMap((column) =>
    column.kind === "dropped" && column.from.role === "deletedAt" ? [column.from.name] : [],
  )[0];

interface Child extends Read {
  readonly recorded: RecordedChild;
}

/** Columns that a root does not show of its children. */
export const hidden: ReadonlySet<string> = new Set(["ownerKey", "tenant", "search", "live"]);
const isShown = ({ role }: ColumnShape): boolean => !hidden.has(role);

function childOf({ child, rows }: RecordedTable["children"][number], owner: EntityIr): Child {
  const fields = childFields(child);
  const owned = ownedBy(child, owner);
  if (rows === undefined) {
    const { table } = child.entity;
    const recorded = { table, names: [table], owned, content: fields.map(recordedValue) };
    return { recorded, former: false, latter: true };
  }
  const { values, former, latter } = contentOf(rows, fields, isShown);
  const names = [...new Set([rows.to.name, rows.from.name])];
  return {
    recorded: { table: rows.from.name, names, owned, content: values },
    former: former || names.length > 1,
    latter: latter || names.length > 1,
  };
}

/** Rows of a child that goes, by the reference that holds them to their owner. */
const goneOf = ({ gone, rows }: RecordedTable): readonly Child[] =>
  gone.map((table) => ({
    recorded: {
      table: table.name,
      names: [table.name],
      owned: ownedColumns(table, rows),
      content: table.columns.filter(isShown).map(formerValue),
    },
    former: true,
    latter: false,
  }));

const ownedColumns = (table: TableShape, owner: TableChange): RecordedChild["owned"] => {
  const keys = new Set(
    table.columns.filter(({ role }) => role === "ownerKey").map(({ name }) => name),
  );
  const reference = ownerReference(table, owner.from.name);
  const { columns = [], targetColumns = [] } = reference ?? {};
  return columns.flatMap((column, at) => {
    const target = targetColumns[at] ?? column;
    if (!keys.has(column)) return [];
    const held = owner.columns.find((each) => each.kind === "kept" && each.from.name === target);
    return [[column, held?.kind === "kept" ? held.to.name : target] as const];
  });
};

/** By which a table's rows are those of an owner. */
export const ownerReference = (table: TableShape, owner: string) =>
  table.constraints.find(
    ({ kind, target, columns = [] }) =>
      kind === "foreign" &&
      target === owner &&
      columns.some((name) =>
        table.columns.some((column) => column.name === name && column.role === "ownerKey"),
      ),
  );
