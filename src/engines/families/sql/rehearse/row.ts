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
  for (const { columns, rows, distinct, nullable } of plan.references) {
    const none = nullable && (rows.length === 0 || random.next() < 0.1);
    const place = distinct && attempt === 0 ? rows[row % Math.max(1, rows.length)] : undefined;
    const target = none ? undefined : (place ?? random.pick(rows));
    for (const [at, name] of columns.entries()) values.set(name, target?.[at] ?? null);
  }
  return values;
}

/** A value that no target has, so that setting the right ones later meets none of these. */
function farValue(column: ColumnPlan, request: ValueRequest): string | null {
  const far = column.type === "smallint" ? 20_000 : 1_000_000_000;
  return valueOf(
    { ...column, distinct: true, words: [], bounds: { min: far } },
    { ...request, attempt: 0 },
  );
}
