import { identifier, literal } from "../sql/quote.ts";
import { batchDrafts } from "./batch.ts";
import type { ColumnChange, TableChange } from "./change.ts";
import { type Draft, draft } from "../../families/sql/draft.ts";
import { asOwner } from "./owner.ts";
import { rank } from "./rank.ts";
import type { ColumnShape } from "./shape.ts";
import { updateRows } from "./statement.ts";

/**
 * What a history recorded is read through the table's own type, so a column under a new name, or one that is required now, has to be in
 * the rows recorded before. What they hold already stays as it is: code of before reads it, too.
 */
export interface RecordedRows {
  /** The table whose rows were recorded. */
  readonly rows: TableChange;
  /** The history that holds them: its own, or that of the root. */
  readonly history: TableChange;
  readonly column: "content" | "children";
}

export function contentDrafts(recorded: RecordedRows): readonly Draft[] {
  const added = recorded.rows.columns.flatMap((column) => addedValue(recorded, column));
  const back = recorded.rows.columns.flatMap(formerValue);
  const renamed = recorded.column === "children" && recorded.rows.was !== recorded.rows.to.name;
  return [
    ...(added.length > 0 || renamed ? forwards(recorded, added) : []),
    ...(back.length > 0 || renamed ? [backwards(recorded, back)] : []),
  ];
}

/** A property that recorded rows get where they lack it. */
interface Property {
  readonly name: string;
  /** As jsonb, over `recorded`. */
  readonly value: string;
  /** Whether a recorded row lacks it. */
  readonly lacking: string;
}

const isNone = (name: string): string => `recorded ->> ${literal(name)} is null`;

/** What has another name in what was recorded. */
const underName = (name: string, former: string): Property => ({
  name,
  value: `recorded -> ${literal(former)}`,
  lacking: `${isNone(name)} and recorded ->> ${literal(former)} is not null`,
});

function addedValue({ rows }: RecordedRows, column: ColumnChange): readonly Property[] {
  if (column.kind === "dropped" || column.to.value?.kind === "generated") return [];
  const { to, fill } = column;
  if (column.kind !== "added" && column.from.name !== to.name)
    return [underName(to.name, column.from.name)];
  const required = !to.nullable && (column.kind === "added" || column.from.nullable);
  const text = fill.kind === "expression" ? fill.text : defaultOf(to);
  if (!required || text === undefined) return [];
  const table = identifier(rows.to.name);
  const row = `jsonb_populate_record(null::${table}, recorded) ${table}`;
  const value = `(select to_jsonb((${text})::${to.type}) from ${row})`;
  return [{ name: to.name, value, lacking: isNone(to.name) }];
}

const defaultOf = ({ value }: ColumnShape): string | undefined =>
  value?.kind === "default" ? value.expression : undefined;

/** Taken back, rows that were recorded since lack what they were called before. */
function formerValue(column: ColumnChange): readonly Property[] {
  if (column.kind === "added" || column.kind === "dropped" || column.from.name === column.to.name)
    return [];
  return [underName(column.from.name, column.to.name)];
}

function forwards(recorded: RecordedRows, properties: readonly Property[]): readonly Draft[] {
  const { rows, history, column } = recorded;
  const names = { from: rows.was, to: rows.to.name };
  const fill = { column, ...contentUpdate(recorded, properties, names) };
  // After the rows themselves: filling those records them once more.
  if (rows.mode === "split")
    return batchDrafts(history, fill).map((each) =>
      each.batch === undefined ? each : { ...each, rank: rank.batch + 1 },
    );
  return [
    draft({
      rank: rank.fill,
      stem: `${history.to.name}-${column}-of-${rows.to.name}`,
      title: `${history.to.name}: what was recorded of ${rows.to.name} is read with its new columns`,
      up: asOwner(history, "from", [updateRows(history.to.name, column, fill.value, fill.where)]),
      down: [],
      risks: ["rewrites"],
      touches: [history.part],
    }),
  ];
}

function backwards(recorded: RecordedRows, properties: readonly Property[]): Draft {
  const { rows, history, column } = recorded;
  const late = rows.mode === "split";
  const names = { from: rows.to.name, to: rows.was };
  const fill = contentUpdate(recorded, properties, names);
  return draft({
    rank: late ? rank.closeAccess : rank.fill,
    phase: late ? "contract" : "expand",
    stem: `${history.to.name}-${column}-back`,
    title: `${history.to.name}: what was recorded since is read under the former names, when they come back`,
    up: [],
    down: asOwner(history, "to", [updateRows(history.to.name, column, fill.value, fill.where)]),
    touches: [history.part],
  });
}

/** A recorded row keeps what it has and gets what it lacks. */
function contentUpdate(
  { column }: RecordedRows,
  properties: readonly Property[],
  names: { readonly from: string; readonly to: string },
): { readonly value: string; readonly where: string } {
  const parts = properties.map(({ name, value, lacking }) => {
    const own = literal(name);
    return `${own}, case when ${lacking} then ${value} else recorded -> ${own} end`;
  });
  const whole =
    parts.length === 0 ? "recorded" : `recorded || jsonb_build_object(${parts.join(", ")})`;
  const lacks = properties.map(({ lacking }) => `(${lacking})`).join(" or ");
  if (column === "content") {
    return {
      value: `(select ${whole} from (select content) given(recorded))`,
      where: `exists (select from (select content) given(recorded) where ${lacks})`,
    };
  }
  return childrenUpdate(names, whole, lacks);
}

/** The rows of a child as its root recorded them, under the child's table. */
function childrenUpdate(
  names: { readonly from: string; readonly to: string },
  whole: string,
  lacks: string,
): { readonly value: string; readonly where: string } {
  const [from, to] = [literal(names.from), literal(names.to)];
  const same = from === to;
  const source = same ? `children -> ${to}` : `coalesce(children -> ${to}, children -> ${from})`;
  const given = `jsonb_array_elements(${source}) given(recorded)`;
  const rows = `(select coalesce(jsonb_agg(${whole}), '[]') from ${given})`;
  const wanting = [
    ...(same ? [] : [`not children ? ${to}`]),
    ...(lacks === "" ? [] : [`exists (select from ${given} where ${lacks})`]),
  ];
  const held = same ? `children ? ${to}` : `children ?| array[${from}, ${to}]`;
  return {
    value: `children || jsonb_build_object(${to}, ${rows})`,
    where: `${held} and (${wanting.join(" or ")})`,
  };
}
