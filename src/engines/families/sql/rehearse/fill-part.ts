import type { Filled } from "../../../../migrate/rehearse/store.ts";
import type { Random } from "./random.ts";
import { type Row, rowOf, type RowPlan } from "./row.ts";

/** Rows per statement; a refused batch is tried again row by row. */
const batchSize = 50;
/** How often a row is made anew before it is given up. */
const attempts = 12;
/** Rows one after the other that may be refused before a table is taken for full. */
const patience = 12;

/** A table that gets rows. */
export interface FilledPart {
  readonly part: string;
  readonly plan: RowPlan;
  /** All of them or none. @returns what the database said, or undefined when they are in */
  readonly insert: (rows: readonly Row[]) => Promise<string | undefined>;
}

/** Puts generated rows into one table; what the database refuses is made again otherwise, or left out and told. */
export async function fillPart(
  { part, plan, insert }: FilledPart,
  rows: number,
  random: Random,
): Promise<Filled> {
  let made = 0;
  let refused: string | undefined;
  let failures = 0;
  const one = async (row: number): Promise<string | undefined> => {
    let problem: string | undefined;
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      problem = await insert([rowOf(plan, { row, attempt, random })]);
      if (problem === undefined) return undefined;
    }
    return problem;
  };
  for (let first = 0; first < rows && failures < patience; first += batchSize) {
    const length = Math.min(batchSize, rows - first);
    const numbers = Array.from({ length }, (_, at) => first + at);
    const batch = numbers.map((row) => rowOf(plan, { row, attempt: 0, random }));
    if ((await insert(batch)) === undefined) {
      made += batch.length;
      continue;
    }
    for (const row of numbers) {
      if (failures >= patience) break;
      const problem = await one(row);
      failures = problem === undefined ? 0 : failures + 1;
      made += problem === undefined ? 1 : 0;
      refused = problem ?? refused;
    }
  }
  return { part, rows: made, ...(made < rows && refused !== undefined && { refused }) };
}
