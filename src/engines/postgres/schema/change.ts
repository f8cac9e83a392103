import type { ChangeContext, Question } from "../../../migrate/step.ts";
import type { EntityIr } from "../../../ir/types.ts";
import { identifier } from "../sql/quote.ts";
import { conversion, isWidening } from "./convert.ts";
import { type Fill, type FillPlace, fillOf, purposes } from "./fill.ts";
import { matchColumns } from "../../families/sql/match.ts";
import type { Names, Renames } from "./renamed.ts";
import { renamedTable } from "./renamed.ts";
import type { ColumnShape, ConstraintShape, TableShape } from "./shape.ts";
import type { TemporaryNames } from "./temporary.ts";
import { substituted } from "./tokens.ts";

/** What happens to one column. */
export type ColumnChange =
  /** It stays, though perhaps with another name, type or default, all at once. */
  | {
      readonly kind: "kept";
      readonly from: ColumnShape;
      readonly to: ColumnShape;
      /** Expression of the old value in the new type, when the type changes. */
      readonly converted?: string;
      /** An expression of the user makes that value. */
      readonly given?: string;
      readonly fill: Fill;
    }
  /** A second column is filled beside it, so that code of before and after finds its own. */
  | {
      readonly kind: "copied";
      readonly from: ColumnShape;
      readonly to: ColumnShape;
      /** Of the second column, until the first one goes. */
      readonly name: string;
      /** The user's expression for its value, over the columns of before and after, when the type changes. */
      readonly given?: string;
      readonly fill: Fill;
    }
  | { readonly kind: "added"; readonly to: ColumnShape; readonly fill: Fill }
  | { readonly kind: "dropped"; readonly from: ColumnShape };

type Of<K extends ColumnChange["kind"]> = Extract<ColumnChange, { readonly kind: K }>;

/** A table on both sides of a change: of an entity, its history, or that of the operation ids. */
export interface TableChange {
  readonly part: string;
  /** Its name before. */
  readonly was: string;
  /** As it was, with every name that changes on the spot already changed. */
  readonly from: TableShape;
  readonly to: TableShape;
  readonly columns: readonly ColumnChange[];
  readonly mode: ChangeContext["mode"];
  readonly temporary: TemporaryNames;
  /** Whether its changes are recorded, before or after. */
  readonly recorded: boolean;
  /** Tables whose key or whose key's type changes: what refers to them has to let go meanwhile. */
  readonly rekeyed: ReadonlySet<string>;
  /** Tables that lose their tenant while a reference holds them to rows that keep theirs. */
  readonly torn: ReadonlySet<string>;
}

export const only = <K extends ColumnChange["kind"]>(
  { columns }: Pick<TableChange, "columns">,
  kind: K,
): readonly Of<K>[] => columns.filter((each): each is Of<K> => each.kind === kind);

/** A table on both sides, before its columns are looked at. */
export interface TablePair {
  readonly part: string;
  readonly from: TableShape;
  readonly to: TableShape;
  readonly entity?: EntityIr;
  readonly historyOf?: string;
}

/** Plans the columns of a table, each in the gentlest way that it can take. */
export function columnChanges(
  pair: TablePair,
  context: ChangeContext,
  temporary: TemporaryNames,
): readonly ColumnChange[] {
  const { from, to, entity, historyOf } = pair;
  const { kept, added, dropped } = matchColumns(from.columns, to.columns, entity);
  const place = {
    table: to,
    entity,
    store: context.store,
    values: context.values,
    ...(historyOf !== undefined && { historyOf }),
  };
  return [
    ...kept.map((each) => keptColumn(each.from, each.to, { pair, context, temporary, place })),
    ...added.map((each): ColumnChange => ({
      kind: "added",
      to: each,
      fill: fillOf(undefined, each, place),
    })),
    ...dropped.map((each): ColumnChange => ({ kind: "dropped", from: each })),
  ];
}

interface Standing {
  readonly pair: TablePair;
  readonly context: ChangeContext;
  readonly temporary: TemporaryNames;
  readonly place: FillPlace;
}

function keptColumn(from: ColumnShape, to: ColumnShape, standing: Standing): ColumnChange {
  const { context, temporary, place } = standing;
  const { converting } = purposes(from, to, place);
  const common = {
    fill: fillOf(from, to, place),
    ...(converting !== undefined && { given: converting }),
  };
  const retyped =
    from.type !== to.type && (converting !== undefined || !isWidening(from.type, to.type));
  const moves = from.name !== to.name || retyped;
  if (moves && context.mode === "split" && canBeCopied(from, to, retyped, standing)) {
    const taken = standing.pair.from.columns.some((column) => column.name === to.name);
    const name = taken ? temporary(to.name, "next") : to.name;
    return { kind: "copied", from, to, name, ...common };
  }
  if (from.type === to.type || to.value?.kind === "generated")
    return { kind: "kept", from, to, ...common };
  return { kind: "kept", from, to, ...common, converted: convertedValue(from, to, converting) };
}

/** A column's value in its new type, under its new name. */
const convertedValue = (from: ColumnShape, to: ColumnShape, given: string | undefined): string =>
  given === undefined
    ? (conversion(from.type, to.type, identifier(to.name)) ?? `null::${to.type}`)
    : substituted(given, new Map([[from.name, to.name]]));

/**
 * A key, a tenant and what refers to a key hang together with other tables and policies; what the database makes itself has nothing to
 * copy. Those change at once.
 */
function canBeCopied(
  from: ColumnShape,
  to: ColumnShape,
  retyped: boolean,
  { pair }: Standing,
): boolean {
  if (pair.entity === undefined || pair.historyOf !== undefined) return false;
  if ([from, to].some(({ value }) => value !== undefined && value.kind !== "default")) return false;
  if (to.role === "tenant" || to.role === "ownerKey") return false;
  const holds = (kind: ConstraintShape["kind"]): boolean =>
    isHeld(pair.from, from, kind) || isHeld(pair.to, to, kind);
  return !holds("primary") && !(retyped && holds("foreign"));
}

export const isHeld = (
  { constraints }: TableShape,
  { name }: ColumnShape,
  kind: ConstraintShape["kind"],
): boolean => constraints.some((each) => each.kind === kind && each.columns?.includes(name));

/** Columns that take their new names on the spot. */
export const renamesOf = (columns: readonly ColumnChange[]): Names =>
  new Map(
    only({ columns }, "kept").flatMap(({ from, to }) =>
      from.name === to.name ? [] : [[from.name, to.name] as const],
    ),
  );

/** Whether what refers to the key of a table has to let go of it. */
export function isRekeyed({ from, to }: TablePair, columns: readonly ColumnChange[]): boolean {
  const keyOf = (table: TableShape): ConstraintShape | undefined =>
    table.constraints.find(({ kind }) => kind === "primary");
  const names = renamesOf(columns);
  const before = keyOf(from)?.columns?.map((each) => names.get(each) ?? each);
  const after = keyOf(to)?.columns;
  const retyped = only({ columns }, "kept").some(
    (each) => each.from.type !== each.to.type && after?.includes(each.to.name),
  );
  return retyped || before?.join("\0") !== after?.join("\0");
}

export const tableChange = (
  pair: TablePair,
  columns: readonly ColumnChange[],
  renames: Renames,
  rest: Pick<TableChange, "mode" | "temporary" | "rekeyed" | "torn" | "recorded">,
): TableChange => ({
  part: pair.part,
  was: pair.from.name,
  from: renamedTable(pair.from, renames),
  to: pair.to,
  columns,
  ...rest,
});

/** What has to be told before a table can change. */
export const questionsOf = (columns: readonly ColumnChange[]): readonly Question[] =>
  columns.flatMap((column) =>
    column.kind !== "dropped" && column.fill.kind === "asked" ? [column.fill.question] : [],
  );
