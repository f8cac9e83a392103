import { ask } from "../../../../templates/engines/postgres/ask.ts";
import type { Connection } from "../../../../templates/engines/postgres/wire.ts";
import type { Catalogue, CatalogueTable } from "../introspect/catalogue.ts";
import { identifier, identifiers } from "../sql/quote.ts";
import { type CircularKey, circularColumns } from "./circle.ts";
import {
  lateColumns,
  type Reference,
  type RowPlan,
  scopeColumns,
} from "../../families/sql/rehearse/row.ts";
import { holdingChecks } from "../../families/sql/rehearse/held-checks.ts";
import { columnPlan } from "./column-plan.ts";

/** How the rows of a table are made. */
export interface TablePlan extends RowPlan {
  readonly table: CatalogueTable;
}

/** Rows of a target that references choose among. */
const mostTargets = 10_000;

export async function tablePlan(
  connection: Connection,
  table: CatalogueTable,
  catalogue: Catalogue,
  circular: readonly CircularKey[],
  texts: readonly string[],
): Promise<TablePlan> {
  const plans = table.columns.flatMap(
    (column) => columnPlan(column, table, catalogue, texts) ?? [],
  );
  const columns = holdingChecks(plans, conditionsOf(table), referring(table));
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
      nullable: own.some(({ nullable }) => nullable),
    });
  }
  const circles = late.map((closing) => circularColumns(closing, catalogue));
  return {
    table,
    columns,
    references,
    late: new Set(circles.flatMap(lateColumns)),
    scope: new Set(circles.flatMap(scopeColumns)),
  };
}

const conditionsOf = ({ constraints }: CatalogueTable): readonly string[] =>
  constraints.flatMap(({ kind, condition }) =>
    kind === "check" && condition !== undefined ? [condition] : [],
  );

const referring = ({ constraints }: CatalogueTable): ReadonlySet<string> =>
  new Set(constraints.flatMap(({ kind, columns }) => (kind === "foreign key" ? columns : [])));
