import { identifier, literal } from "../sql/quote.ts";
import { type ColumnChange, isHeld, only, type TableChange } from "./change.ts";
import { type Draft, draft } from "../../families/sql/draft.ts";
import { droppedColumn } from "./dropped.ts";
import { renamedAtOnce } from "../../families/sql/renamed-at-once.ts";
import { unknownRisks } from "../../../migrate/unknown-to-code.ts";
import { asOwner } from "./owner.ts";
import { unfilledNote } from "../../families/sql/unfilled-note.ts";
import { madeOptional } from "./loosened.ts";
import { filledColumn, requiredLater } from "./required.ts";
import { rank } from "./rank.ts";
import { columnLine, commentOnColumn, valueClause } from "./render.ts";
import { retypedColumn } from "./retype.ts";
import type { ColumnShape } from "./shape.ts";
import {
  alterColumn,
  alterTable,
  dropColumn,
  renameColumn,
  renameSequence,
  updateRows,
} from "./statement.ts";

type Kept = Extract<ColumnChange, { readonly kind: "kept" }>;
type Added = Extract<ColumnChange, { readonly kind: "added" }>;

const isGenerated = ({ value }: ColumnShape): boolean => value?.kind === "generated";

/** Columns that are added, dropped, or change where they stand; generated ones and copies are made elsewhere. */
export const columnDrafts = (change: TableChange): readonly Draft[] => [
  ...only(change, "added")
    .filter(({ to }) => !isGenerated(to))
    .flatMap((column) => addedColumn(change, column)),
  ...only(change, "kept")
    .filter(({ to }) => !isGenerated(to))
    .flatMap((column) => keptColumn(change, column)),
  ...only(change, "dropped")
    .filter(({ from }) => !isGenerated(from))
    .flatMap(({ from }) => droppedColumn(change, from)),
];

function addedColumn(change: TableChange, { to, fill }: Added): readonly Draft[] {
  if (fill.kind === "expression") return filledColumn(change, to, fill.text);
  const table = change.to.name;
  return [
    draft({
      rank: rank.addColumn,
      stem: `${table}-add-${to.name}`,
      title: `${table}: column ${to.name} is added`,
      up: [alterTable(table, `add column ${columnLine(to)}`), commentOnColumn(table, to)],
      down: [dropColumn(table, to.name)],
      removes: `${change.part}.${to.name}`,
      risks:
        to.value?.kind === "identity"
          ? ["rewrites"]
          : unknownRisks(to.role).length > 0
            ? unknownRisks(to.role)
            : ["none"],
      touches: [change.part],
    }),
  ];
}

function keptColumn(change: TableChange, column: Kept): readonly Draft[] {
  const { from, to } = column;
  return [
    ...(from.name === to.name ? [] : [renamedColumn(change, column)]),
    // What was no value before may be none now, so it may be empty first, and has a value last.
    ...(to.nullable ? changedNullability(change, column) : []),
    ...(from.type === to.type ? changedValue(change, column) : retypedColumn(change, column)),
    ...(to.nullable ? [] : changedNullability(change, column)),
  ];
}

function renamedColumn(
  { to: { name: table }, part, mode }: TableChange,
  { from, to }: Kept,
): Draft {
  const sequence = (before: ColumnShape, after: ColumnShape): readonly string[] =>
    from.value?.kind === "identity"
      ? renameSequence({ table, column: before.name }, { table, column: after.name })
      : [];
  return draft({
    rank: rank.renameColumn,
    stem: `${table}-rename-${from.name}-to-${to.name}`,
    title: `${table}: column ${from.name} is now called ${to.name}`,
    up: [renameColumn(table, from.name, to.name), ...sequence(from, to)],
    down: [...sequence(to, from), renameColumn(table, to.name, from.name)],
    risks: ["breaks-old-code"],
    ...renamedAtOnce(mode),
    ...(mode === "split" && {
      note: "A key, a tenant or what the database fills cannot stand under two names: deploy the new code at once.",
    }),
    touches: [part],
  });
}

/** Default and identity. */
function changedValue(change: TableChange, { from, to }: Kept): readonly Draft[] {
  const [before, after] = [from.value, to.value];
  if (same(before, after)) return [];
  const table = change.to.name;
  const late = change.mode === "split" && after === undefined;
  return [
    draft({
      rank: rank.alterColumn,
      phase: late ? "contract" : "expand",
      stem: `${table}-default-of-${to.name}`,
      title: `${table}: ${after === undefined ? `column ${to.name} has no default any more` : `column ${to.name} gets another default`}`,
      up: valueActions(table, to.name, before, after),
      down: valueActions(table, to.name, after, before),
      touches: [change.part],
    }),
  ];
}

const same = (a: ColumnShape["value"], b: ColumnShape["value"]): boolean =>
  (a === undefined ? "" : valueClause(a)) === (b === undefined ? "" : valueClause(b));

export function valueActions(
  table: string,
  column: string,
  before: ColumnShape["value"],
  after: ColumnShape["value"],
): readonly string[] {
  const drop =
    before === undefined
      ? []
      : [alterColumn(table, column, before.kind === "identity" ? "drop identity" : "drop default")];
  if (after === undefined) return drop;
  if (after.kind === "identity") {
    const sequence = `pg_get_serial_sequence(${literal(identifier(table))}, ${literal(column)})`;
    return [
      ...drop,
      alterColumn(table, column, `add ${valueClause(after)}`),
      `select setval(${sequence}, (select coalesce(max(${identifier(column)}), 0) + 1 from ${identifier(table)}), false);`,
    ];
  }
  return [
    ...(before?.kind === "identity" ? drop : []),
    alterColumn(table, column, `set ${valueClause(after)}`),
  ];
}

function changedNullability(change: TableChange, { from, to, fill }: Kept): readonly Draft[] {
  if (from.nullable === to.nullable) return [];
  const table = change.to.name;
  if (to.nullable) return [madeOptional(change, to.name, { ...from, name: to.name })];
  const text = fill.kind === "expression" ? fill.text : undefined;
  if (change.mode === "split" && !isHeld(change.to, to, "primary"))
    return requiredLater(change, to.name, text);
  const fills =
    text === undefined ? [] : [updateRows(table, to.name, text, `${identifier(to.name)} is null`)];
  return [
    draft({
      rank: rank.alterColumn,
      stem: `${table}-require-${to.name}`,
      title: `${table}: column ${to.name} is required`,
      up: [...asOwner(change, "from", fills), alterColumn(table, to.name, "set not null")],
      down: [alterColumn(table, to.name, "drop not null")],
      risks: ["scans", "depends-on-data"],
      ...(text === undefined && { note: unfilledNote(change.part, to.name) }),
      touches: [change.part],
    }),
  ];
}
