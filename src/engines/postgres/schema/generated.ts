import { isWidening } from "./convert.ts";
import { only, type TableChange } from "./change.ts";
import { type Draft, draft } from "../../families/sql/draft.ts";
import { rank } from "./rank.ts";
import { columnLine, commentOnColumn, commentOnIndex, createIndex } from "./render.ts";
import type { ColumnShape, TableShape } from "./shape.ts";
import { alterTable, dropColumn } from "./statement.ts";
import { mentionsAny } from "./tokens.ts";

/** A generated column that is made anew, or made or dropped with its indexes: no statement writes it, so nothing is lost. */
interface Rebuilt {
  readonly from?: ColumnShape;
  readonly to?: ColumnShape;
  /** It waits until the columns below it are exchanged or dropped. */
  readonly late: boolean;
}

const expressionOf = ({ value }: ColumnShape): string | undefined =>
  value?.kind === "generated" ? value.expression : undefined;

function rebuilt(change: TableChange): readonly Rebuilt[] {
  const copies = only(change, "copied");
  const dropped = only(change, "dropped").filter(({ from }) => expressionOf(from) === undefined);
  const retyped = only(change, "kept").flatMap(({ from, to }) =>
    from.type === to.type || isWidening(from.type, to.type) ? [] : [to.name],
  );
  const leaving = [...copies, ...dropped].map(({ from }) => from.name);
  const second = copies.flatMap(({ to, name }) => (to.name === name ? [] : [to.name]));
  const split = change.mode === "split";
  const before = (name: string): ColumnShape | undefined =>
    change.from.columns.find((column) => column.name === name);
  return change.columns.flatMap((column): readonly Rebuilt[] => {
    if (column.kind === "added") {
      const text = expressionOf(column.to);
      if (text === undefined || !mentionsAny(text, second)) return [];
      return [{ to: column.to, late: true }];
    }
    if (column.kind === "dropped") {
      return expressionOf(column.from) === undefined
        ? []
        : [{ from: before(column.from.name) ?? column.from, late: split }];
    }
    const from = before(column.to.name) ?? column.from;
    const [old, text] = [expressionOf(from), expressionOf(column.to)];
    if (old === undefined || text === undefined) return [];
    const touched = mentionsAny(old, leaving);
    if (old === text && !touched && !mentionsAny(old, retyped)) return [];
    return [{ from, to: column.to, late: split && touched }];
  });
}

/** Columns whose indexes go and come with them. */
export const rebuiltColumns = (change: TableChange): ReadonlySet<string> =>
  new Set(
    rebuilt(change).flatMap(({ from, to }) => [
      ...(from === undefined ? [] : [from.name]),
      ...(to === undefined ? [] : [to.name]),
    ]),
  );

export const generatedDrafts = (change: TableChange): readonly Draft[] => [
  ...rebuilt(change).flatMap((each) => rebuiltDrafts(change, each)),
  ...only(change, "added")
    .filter(({ to }) => expressionOf(to) !== undefined && !rebuiltColumns(change).has(to.name))
    .map(({ to }) => addedDraft(change, to)),
];

/** Source: PostgreSQL, `alter table`: a column that is there becomes no generated one, and adding a stored one writes the table again. */
const madeAtOnce = {
  rule: "add-stored-generated-column",
  because:
    "PostgreSQL turns no column that is there into a generated one, so the table is written again while all wait; run it when few use the table",
} as const;

function addedDraft(change: TableChange, to: ColumnShape): Draft {
  const table = change.to.name;
  return draft({
    rank: rank.addGenerated,
    stem: `${table}-add-${to.name}`,
    title: `${table}: search column ${to.name} is added`,
    up: [alterTable(table, `add column ${columnLine(to)}`), commentOnColumn(table, to)],
    down: [dropColumn(table, to.name)],
    risks: ["rewrites"],
    accepts: madeAtOnce,
    touches: [change.part],
  });
}

function rebuiltDrafts(change: TableChange, { from, to, late }: Rebuilt): readonly Draft[] {
  const table = change.to.name;
  const phase = late ? "contract" : "expand";
  const drop =
    from === undefined
      ? []
      : [
          draft({
            rank: late && to === undefined ? rank.dropObject : rank.dropGenerated,
            phase,
            stem: `${table}-drop-${from.name}`,
            title: `${table}: search column ${from.name} ${to === undefined ? "is dropped" : "goes, to be made anew"}`,
            up: [dropColumn(table, from.name)],
            down: makeStatements(change.from, table, from),
            risks: ["locks"],
            touches: [change.part],
          }),
        ];
  const make =
    to === undefined
      ? []
      : [
          draft({
            rank: late ? rank.dropRest + 1 : rank.addGenerated,
            phase,
            stem: `${table}-make-${to.name}`,
            title: `${table}: search column ${to.name} is made`,
            up: makeStatements(change.to, table, to),
            down: [dropColumn(table, to.name)],
            risks: ["rewrites"],
            accepts: madeAtOnce,
            touches: [change.part],
          }),
        ];
  return [...drop, ...make];
}

/** The column with its comment and its indexes. */
function makeStatements(shape: TableShape, table: string, column: ColumnShape): readonly string[] {
  const indexes = shape.indexes.filter(({ body }) => mentionsAny(body, [column.name]));
  return [
    alterTable(table, `add column ${columnLine(column)}`),
    commentOnColumn(table, column),
    ...indexes.flatMap((index) => [
      createIndex(table, index),
      commentOnIndex(index.name, index.comment),
    ]),
  ];
}
