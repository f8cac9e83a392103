import type { ColumnPlan } from "./column-plan.ts";
import { Random } from "./random.ts";
import { type ValueRequest, valueOf } from "./values.ts";

/** Values by column, as texts. */
export type Row = ReadonlyMap<string, string | null>;

/** Columns of a foreign key with what its target holds. */
export interface Reference {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
  /** No two rows may point at the same. */
  readonly distinct: boolean;
  /** One of its columns may be null: the row then refers to nothing. */
  readonly nullable: boolean;
}

/** How the rows of a table are made. */
export interface RowPlan {
  readonly columns: readonly ColumnPlan[];
  readonly references: readonly Reference[];
  /** Columns that get their value when the rows they point at are there. */
  readonly late: ReadonlySet<string>;
  /** Columns of which rows share few values, so that a circle closes among those of one. */
  readonly scope: ReadonlySet<string>;
}

/** A new row; every column of the plan is in it. */
export function rowOf(plan: RowPlan, request: ValueRequest): Row {
  const { random, row, attempt } = request;
  const values = new Map<string, string | null>();
  for (const column of plan.columns) {
    const isLate = plan.late.has(column.name);
    // A unique column holds any number of nulls, unless its constraint says otherwise: then the row is made anew.
    const mayBe = attempt === 0 || !column.distinct;
    const empty = column.nullable && (isLate || (mayBe && random.next() < 0.15));
    if (plan.scope.has(column.name) && attempt === 0)
      values.set(column.name, scopeValue(column, request));
    else if (empty) values.set(column.name, null);
    else values.set(column.name, isLate ? farValue(column, request) : valueOf(column, request));
  }
  const held = new Map<string, string | null>();
  for (const { columns, rows: all, distinct, nullable } of plan.references) {
    const rows = fitting(columns, all, held);
    const none = nullable && (rows.length === 0 || random.next() < 0.1);
    const scoped = columns.every((name) => plan.scope.has(name));
    const among = scoped ? Math.min(scopes, rows.length) : rows.length;
    const placed = (distinct || scoped) && attempt === 0;
    const place = placed ? rows[row % Math.max(1, among)] : undefined;
    const target = none ? undefined : (place ?? random.pick(rows));
    for (const [at, name] of columns.entries()) {
      if (none && plan.columns.some((each) => each.name === name && !each.nullable)) continue;
      const value = target?.[at] ?? null;
      values.set(name, value);
      if (target !== undefined) held.set(name, value);
    }
  }
  return values;
}

/** The rows that another reference of the same row can lead to, too: those of one tenant. */
const fitting = (
  columns: readonly string[],
  rows: Reference["rows"],
  held: ReadonlyMap<string, string | null>,
): Reference["rows"] =>
  columns.some((name) => held.has(name))
    ? rows.filter((row) =>
        columns.every((name, at) => !held.has(name) || held.get(name) === row[at]),
      )
    : rows;

/** So many tenants share the rows of a table in a circle. */
const scopes = 3;

/** One of a few, the same whichever row asks. */
function scopeValue(column: ColumnPlan, request: ValueRequest): string | null {
  const row = request.row % scopes;
  return valueOf(column, { ...request, row, attempt: 0, random: new Random(row + 1) });
}

/** A value that no target has, so that setting the right ones later meets none of these. */
function farValue(column: ColumnPlan, request: ValueRequest): string | null {
  const far = column.type === "smallint" ? 20_000 : 1_000_000_000;
  return valueOf(
    { ...column, distinct: true, words: [], bounds: { min: far } },
    { ...request, attempt: 0 },
  );
}

/** A reference that closes a circle, the key of its own table, and that of the table that it leads to. */
export interface CircularColumns {
  readonly columns: readonly string[];
  readonly ownKey: readonly string[];
  readonly targetColumns: readonly string[];
  readonly targetKey: readonly string[];
}

/**
 * The tenant, with which such a reference is held: what it leads to beside the key, or what its own rows are known by. A circle closes among
 * the rows that share it.
 */
export const scopeColumns = ({
  columns,
  ownKey,
  targetColumns,
  targetKey,
}: CircularColumns): readonly string[] => {
  const scope = columns.filter(
    (name, at) => ownKey.includes(name) || !targetKey.includes(targetColumns[at] ?? ""),
  );
  return scope.length === columns.length ? [] : scope;
};

/** Columns that wait for the rows that they point at. */
export function lateColumns(circular: CircularColumns): readonly string[] {
  const scope = scopeColumns(circular);
  return circular.columns.filter((name) => !scope.includes(name));
}
