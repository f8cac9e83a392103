import type { ColumnPlan } from "./column-plan.ts";
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
    if (empty) values.set(column.name, null);
    else values.set(column.name, isLate ? farValue(column, request) : valueOf(column, request));
  }
  const held = new Map<string, string | null>();
  for (const { columns, rows: all, distinct, nullable } of plan.references) {
    const rows = fitting(columns, all, held);
    const none = nullable && (rows.length === 0 || random.next() < 0.1);
    const place = distinct && attempt === 0 ? rows[row % Math.max(1, rows.length)] : undefined;
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

/** A value that no target has, so that setting the right ones later meets none of these. */
function farValue(column: ColumnPlan, request: ValueRequest): string | null {
  const far = column.type === "smallint" ? 20_000 : 1_000_000_000;
  return valueOf(
    { ...column, distinct: true, words: [], bounds: { min: far } },
    { ...request, attempt: 0 },
  );
}

interface Nullability {
  readonly name: string;
  readonly nullable: boolean;
}

const emptiable = (names: readonly string[], columns: readonly Nullability[]): readonly string[] =>
  names.filter((name) => columns.some((column) => column.name === name && column.nullable));

/** Columns of a reference that closes a circle, which wait for the rows it points at: the tenant that it is held with does not. */
export function lateColumns(
  names: readonly string[],
  columns: readonly Nullability[],
): readonly string[] {
  const found = emptiable(names, columns);
  return found.length === 0 ? names : found;
}

/** Whether such a reference stays empty: whom it leads to within its tenant is not known beforehand. */
export const staysEmpty = (names: readonly string[], columns: readonly Nullability[]): boolean =>
  ![0, names.length].includes(emptiable(names, columns).length);
