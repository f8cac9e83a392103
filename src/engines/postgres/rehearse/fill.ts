import { ask } from "../../../../templates/engines/postgres/ask.ts";
import type { Connection } from "../../../../templates/engines/postgres/wire.ts";
import type { Filled } from "../../../migrate/rehearse/store.ts";
import type { Catalogue } from "../introspect/catalogue.ts";
import { identifier } from "../sql/quote.ts";
import { closeCircle, deferrable } from "./circle.ts";
import { Random } from "./random.ts";
import { insertRows } from "./insert-rows.ts";
import { rowOf, type TablePlan, tablePlan } from "./row.ts";
import { parentsFirst, withPartitionKeys } from "./table-order.ts";

/** Rows per statement; a refused batch is tried again row by row. */
const batchSize = 50;
/** How often a row is made anew before it is given up. */
const attempts = 12;
/** Rows one after the other that may be refused before a table is taken for full. */
const patience = 12;

/** Puts generated rows into every table, parents first; what the database refuses is made again otherwise, or left out and told. */
export async function fillTables(
  connection: Connection,
  read: Catalogue,
  {
    rows,
    seed,
    texts = [],
  }: { readonly rows: number; readonly seed: number; readonly texts?: readonly string[] },
): Promise<readonly Filled[]> {
  const catalogue = withPartitionKeys(read);
  const { order, circular } = parentsFirst(catalogue);
  const late = circular.filter(({ constraint }) => !constraint.deferrable);
  for (const key of late) await ask(connection, deferrable(key, true));
  await ask(connection, "begin");
  try {
    const filled: Filled[] = [];
    for (const table of order) {
      const plan = await tablePlan(connection, table, catalogue, circular, texts);
      filled.push(await fillTable(connection, plan, rows, new Random(seed)));
    }
    for (const key of circular) await ask(connection, closeCircle(key, catalogue));
    await ask(connection, "commit");
    for (const { name } of order) await ask(connection, `analyze ${identifier(name)}`);
    return filled;
  } catch (error) {
    await ask(connection, "rollback");
    throw error;
  } finally {
    for (const key of late) await ask(connection, deferrable(key, false));
  }
}

async function fillTable(
  connection: Connection,
  plan: TablePlan,
  rows: number,
  random: Random,
): Promise<Filled> {
  const { table } = plan;
  let made = 0;
  let refused: string | undefined;
  let failures = 0;
  for (let first = 0; first < rows && failures < patience; first += batchSize) {
    const length = Math.min(batchSize, rows - first);
    const numbers = Array.from({ length }, (_, at) => first + at);
    const batch = numbers.map((row) => rowOf(plan, { row, attempt: 0, random }));
    if ((await insertRows(connection, table, batch)) === undefined) {
      made += batch.length;
      continue;
    }
    for (const row of numbers) {
      if (failures >= patience) break;
      const problem = await insertOne(connection, plan, row, random);
      failures = problem === undefined ? 0 : failures + 1;
      made += problem === undefined ? 1 : 0;
      refused = problem ?? refused;
    }
  }
  return { part: table.name, rows: made, ...(made < rows && refused !== undefined && { refused }) };
}

/** @returns what the database said the last time, or undefined when the row is in */
async function insertOne(
  connection: Connection,
  plan: TablePlan,
  row: number,
  random: Random,
): Promise<string | undefined> {
  let problem: string | undefined;
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    problem = await insertRows(connection, plan.table, [rowOf(plan, { row, attempt, random })]);
    if (problem === undefined) return undefined;
  }
  return problem;
}
