import { literal } from "../sql/quote.ts";
import { batchDrafts } from "./batch.ts";
import type { TableChange } from "./change.ts";
import { type Draft, draft } from "../../families/sql/draft.ts";
import { asOwner } from "./owner.ts";
import { rank } from "./rank.ts";
import { type Property, recordedColumn } from "./recorded-values.ts";
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
  const { rows } = recorded;
  const columns = rows.columns.map((column) => recordedColumn(rows, column));
  const added = columns.flatMap((each) => each.forwards);
  const settled = columns.flatMap((each) => each.settled);
  const back = columns.flatMap((each) => each.backwards);
  const lost = columns.some(({ lossy }) => lossy === true);
  const names = new Set(rows.from.columns.map(({ name }) => name));
  const given = added.map(({ name }) => name).filter((name) => !names.has(name));
  const renamed = recorded.column === "children" && rows.was !== rows.to.name;
  return [
    ...(added.length > 0 || renamed ? forwards(recorded, added) : []),
    ...(settled.length > 0 ? settledContent(recorded, settled, lost) : []),
    ...(given.length > 0 && !renamed ? [withoutGiven(recorded, given)] : []),
    ...(back.length > 0 || renamed ? [backwards(recorded, back)] : []),
  ];
}

function forwards(recorded: RecordedRows, properties: readonly Property[]): readonly Draft[] {
  const { rows, history, column } = recorded;
  const names = { from: rows.was, to: rows.to.name };
  const fill = { column, ...contentUpdate(recorded, properties, names) };
  // After the rows themselves, which code of before may have written meanwhile.
  if (rows.mode === "split")
    return batchDrafts(history, fill).map((each) =>
      each.batch === undefined
        ? each
        : { ...each, rank: rank.batch + 1, ...invented(recorded, properties) },
    );
  return [
    draft({
      rank: rank.fill,
      stem: `${history.to.name}-${column}-of-${rows.to.name}`,
      title: `${history.to.name}: what was recorded of ${rows.to.name} is read with its new columns`,
      ...invented(recorded, properties),
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

/** A null that was recorded cannot be told from such a value any more. */
function invented(
  { rows, history }: RecordedRows,
  properties: readonly Property[],
): Partial<Pick<Draft, "title" | "reversibility">> {
  const standIns = properties.flatMap(({ standIn }) => standIn ?? []);
  return standIns.length === 0
    ? {}
    : {
        title: `${history.to.name}: what was recorded of ${rows.to.name} as null gets what its type has for nothing, since no --set and no default says more: ${standIns.join(", ")}`,
        reversibility: "loses-data",
      };
}

/** After the exchange of the columns: code of after reads a value under its name. */
function settledContent(
  recorded: RecordedRows,
  properties: readonly Property[],
  lost: boolean,
): readonly Draft[] {
  const { rows, history, column } = recorded;
  const names = { from: rows.to.name, to: rows.to.name };
  const fill = { column, ...contentUpdate({ column }, properties, names) };
  return batchDrafts(history, fill, "contract").map((each) =>
    each.batch === undefined
      ? each
      : {
          ...each,
          rank: rank.swap + 2,
          ...invented(recorded, properties),
          ...(lost && {
            title: `${history.to.name}: what was recorded of ${rows.to.name} is rounded, cut or emptied as its columns are`,
            reversibility: "loses-data" as const,
            destroys: `${history.to.name}.${column}`,
          }),
        },
  );
}

/** Taken back, a recorded row has what it had: the properties that the change gave it go last, after their columns. */
function withoutGiven({ rows, history, column }: RecordedRows, given: readonly string[]): Draft {
  const keys = `array[${given.map(literal).join(", ")}]`;
  const [name, table] = [history.to.name, literal(rows.to.name)];
  const elements = `jsonb_array_elements(children -> ${table}) given(recorded)`;
  const [value, where] =
    column === "content"
      ? [`content - ${keys}`, `content ?| ${keys}`]
      : [
          `children || jsonb_build_object(${table}, (select jsonb_agg(recorded - ${keys}) from ${elements}))`,
          `children ? ${table} and exists (select from ${elements} where recorded ?| ${keys})`,
        ];
  return draft({
    rank: rank.dropColumn,
    stem: `${name}-${column}-of-${rows.to.name}-as-before`,
    title: `${name}: what was recorded of ${rows.to.name} loses what this change gave it, when it is taken back`,
    up: [],
    down: asOwner(history, "from", [updateRows(name, column, value, where)]),
    touches: [history.part],
  });
}

/** A recorded row keeps what it has and gets what it lacks. */
function contentUpdate(
  { column }: Pick<RecordedRows, "column">,
  properties: readonly Property[],
  names: { readonly from: string; readonly to: string },
): { readonly value: string; readonly where: string } {
  const parts = properties.map(({ name, value, lacking }) => {
    const own = literal(name);
    return `${own}, case when ${lacking} then ${value} else recorded -> ${own} end`;
  });
  const gone = properties.flatMap(({ instead }) => instead ?? []);
  const rest =
    gone.length === 0 ? "recorded" : `(recorded - array[${gone.map(literal).join(", ")}])`;
  const whole =
    parts.length === 0 ? "recorded" : `${rest} || jsonb_build_object(${parts.join(", ")})`;
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
