import type { LentConnection } from "../../../../templates/engines/mysql/lend.ts";
import type { Filled } from "../../../migrate/rehearse/store.ts";
import { fillPart } from "../../families/sql/rehearse/fill-part.ts";
import { type Circular, parentsFirst } from "../../families/sql/rehearse/parents-first.ts";
import { Random } from "../../families/sql/rehearse/random.ts";
import {
  lateColumns,
  type Reference,
  type RowPlan,
  staysEmpty,
} from "../../families/sql/rehearse/row.ts";
import type { LiveReference, LiveTable } from "../live/tables.ts";
import { identifier, identifiers } from "../sql/quote.ts";
import { columnPlan } from "./column-plan.ts";
import { insertRows } from "./insert-rows.ts";

/** Rows of a target that references choose among. */
const mostTargets = 10_000;

type Circle = Circular<LiveTable, LiveReference>;

/** Puts generated rows into every table, parents first; what the server refuses is made again otherwise, or left out and told. */
export async function fillTables(
  connection: LentConnection,
  tables: readonly LiveTable[],
  rows: number,
  seed: number,
): Promise<readonly Filled[]> {
  const { order, circular } = parentsFirst(tables, ({ references }) =>
    references.map((reference) => ({ target: reference.target, reference })),
  );
  const filled: Filled[] = [];
  await connection.command(`set session foreign_key_checks = ${circular.length === 0 ? 1 : 0}`);
  try {
    for (const table of order) {
      const plan = await rowPlan(connection, table, circular);
      const insert = insertRows(connection, table);
      filled.push(await fillPart({ part: table.name, plan, insert }, rows, new Random(seed)));
    }
    for (const each of circular)
      if (!staysEmpty(each.reference.columns, each.table.columns))
        await connection.command(closeCircle(each));
    for (const { name } of order) await connection.command(`analyze table ${identifier(name)}`);
    return filled;
  } finally {
    await connection.command("set session foreign_key_checks = 1");
  }
}

async function rowPlan(
  connection: LentConnection,
  table: LiveTable,
  circular: readonly Circle[],
): Promise<RowPlan> {
  const columns = table.columns.flatMap((column) => columnPlan(column, table) ?? []);
  const late = circular.filter((each) => each.table === table).map(({ reference }) => reference);
  const references: Reference[] = [];
  for (const reference of table.references) {
    if (late.includes(reference)) continue;
    const { target, targetColumns } = reference;
    const texts = targetColumns.map((name) => `cast(${identifier(name)} as char)`);
    const { rows } = await connection.command(
      `select ${texts.join(", ")} from ${identifier(target)} order by ${identifiers(targetColumns)} limit ${mostTargets}`,
    );
    const own = table.columns.filter(({ name }) => reference.columns.includes(name));
    references.push({
      columns: reference.columns,
      rows: rows.map((row) => row.map((value) => (value === null ? null : String(value)))),
      distinct: columns.some(({ name, distinct }) => distinct && name === reference.columns.at(-1)),
      nullable: own.some(({ nullable }) => nullable),
    });
  }
  return {
    columns,
    references,
    late: new Set(late.flatMap(({ columns: names }) => lateColumns(names, table.columns))),
  };
}

/** Points every row at one of the target's, each in its turn. */
function closeCircle({ table, reference }: Circle): string {
  const { columns, target, targetColumns } = reference;
  const key = table.keys.find(({ primary }) => primary)?.columns ?? [];
  const own = identifiers(key);
  const same = key.map((name) => `here.${identifier(name)} = made.${identifier(name)}`);
  const sets = columns.map(
    (name, at) => `made.${identifier(name)} = there.${identifier(targetColumns[at] ?? "")}`,
  );
  const keys = identifiers(targetColumns);
  return `update ${identifier(table.name)} made
join (select ${own}, row_number() over (order by ${own}) n from ${identifier(table.name)}) here on ${same.join(" and ")}
join (select ${keys}, row_number() over (order by ${keys}) n, count(*) over () total from ${identifier(target)}) there
  on there.n = (here.n - 1) % there.total + 1
set ${sets.join(", ")}`;
}
