import { ask } from "../../../../templates/engines/postgres/ask.ts";
import type { Connection } from "../../../../templates/engines/postgres/wire.ts";
import type { Catalogue, CatalogueTable } from "../introspect/catalogue.ts";
import { identifier, identifiers } from "../sql/quote.ts";
import type { CircularKey } from "./circle.ts";
import { type ColumnPlan, columnPlan } from "./column-plan.ts";
import { type ValueRequest, valueOf } from "./values.ts";

/** Values by column, as texts. */
export type Row = ReadonlyMap<string, string | null>;

/** How the rows of a table are made. */
export interface TablePlan {
  readonly table: CatalogueTable;
  readonly columns: readonly ColumnPlan[];
  readonly references: readonly Reference[];
  /** Columns that get their value when the rows they point at are there. */
  readonly late: ReadonlySet<string>;
}

/** Columns of a foreign key with what its target holds. */
interface Reference {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
  /** No two rows may point at the same. */
  readonly distinct: boolean;
  readonly nullable: boolean;
}

const mostTargets = 10_000;

export async function tablePlan(
  connection: Connection,
  table: CatalogueTable,
  catalogue: Catalogue,
  circular: readonly CircularKey[],
  texts: readonly string[],
): Promise<TablePlan> {
  const columns = table.columns.flatMap(
    (column) => columnPlan(column, table, catalogue, texts) ?? [],
  );
  const late = circular.filter((key) => key.table === table.name);
  const references: Reference[] = [];
  for (const constraint of table.constraints) {
    const { kind, target } = constraint;
    if (kind !== "foreign key" || target === undefined) continue;
    if (late.some((key) => key.constraint === constraint)) continue;
    const texts = target.columns.map((name) => `${identifier(name)}::text`);
    const rows = await ask(
      connection,
      `select ${texts.join(", ")} from ${identifier(target.table)} order by ${identifiers(target.columns)} limit ${mostTargets}`,
    );
    const own = table.columns.filter(({ name }) => constraint.columns.includes(name));
    references.push({
      columns: constraint.columns,
      rows,
      distinct: columns.some(
        ({ name, distinct }) => distinct && name === constraint.columns.at(-1),
      ),
      nullable: own.every(({ nullable }) => nullable),
    });
  }
  return {
    table,
    columns,
    references,
    late: new Set(late.flatMap(({ constraint }) => constraint.columns)),
  };
}

/** A new row; every column of the plan is in it. */
export function rowOf(plan: TablePlan, request: ValueRequest): Row {
  const { random, row, attempt } = request;
  const values = new Map<string, string | null>();
  for (const column of plan.columns) {
    const isLate = plan.late.has(column.name);
    const empty = column.nullable && (isLate || (!column.distinct && random.next() < 0.15));
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
