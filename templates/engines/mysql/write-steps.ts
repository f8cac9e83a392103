import { classify } from "./errors.ts";
import { strangersKey } from "./key-guard.ts";
import type { Answer } from "./mysql-connection.ts";
import type { Prepared } from "./prepared.ts";
import type { Value, ValueRow, Write } from "./statement.ts";

/** Runs one step with the values of the write. */
export type StepRunner = (step: Prepared) => Promise<Answer>;

/** One statement changes all that it changes: no transaction needed. */
export const isSingleStep = <R>({ steps, result }: Write<R>): boolean =>
  steps.before.length === 0 &&
  steps.with.length === 0 &&
  steps.otherwise === undefined &&
  steps.missing === undefined &&
  (steps.select === undefined || (typeof result === "object" && result.when === "committed"));

/** The result rows of a change that reads none: its own, or the key. */
export const resultOf = <R>(
  { result, keyValues = 1 }: Write<R>,
  change: Answer,
  values: readonly Value[],
): readonly ValueRow[] => {
  if (result === "returning") return change.rows;
  return change.found === 0 ? [] : [values.slice(0, keyValues)];
};

/** Everything that belongs to a write, in order. Undefined when one row is promised and the change found none. */
export const runSteps = async <R>(
  statement: Write<R>,
  { values, single }: { readonly values: readonly Value[]; readonly single: boolean },
  run: StepRunner,
): Promise<readonly ValueRow[] | undefined> => {
  const { steps } = statement;
  for (const step of steps.before) await run(step);
  const first = await run(steps.change);
  const { otherwise } = steps;
  const change =
    first.found === 0 && otherwise !== undefined
      ? await insertOrFind(steps.change, otherwise, run)
      : first;
  if (steps.missing !== undefined) await insertMissing(steps.change, steps.missing, run);
  if (change.found === 0 && single) return undefined;
  for (const step of steps.with) await run(step);
  return steps.select === undefined
    ? resultOf(statement, change, values)
    : (await run(steps.select)).rows;
};

/** The same of a batch: what another call has inserted meanwhile is changed then. */
const insertMissing = async (
  change: Prepared,
  insert: Prepared,
  run: StepRunner,
): Promise<void> => {
  try {
    await run(insert);
  } catch (error) {
    if (classify(error).violated !== "unique") throw error;
    await run(change);
    await run(insert).catch((again: unknown) => {
      throw strangersKey(again);
    });
  }
};

/** Between the two statements of an upsert another call may have inserted the key: then it is there to be changed. */
const insertOrFind = async (
  change: Prepared,
  insert: Prepared,
  run: StepRunner,
): Promise<Answer> => {
  try {
    return await run(insert);
  } catch (error) {
    if (classify(error).violated !== "unique") throw error;
    const again = await run(change);
    if (again.found === 0) throw strangersKey(error);
    return again;
  }
};
