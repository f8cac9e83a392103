import { DataError, isDataError, programmingError } from "./errors.ts";
import { halfWay, type Run } from "./migrate-note.ts";
import type { BatchPosition, BatchResult, BatchRule, Progress } from "./migration.ts";

/** Rows done so far, and how many there were to do when this run began. */
interface Tally {
  readonly before: number;
  readonly total: number | undefined;
  readonly beganAt: number;
}

/** Runs a batch step from where it stands to its end; key and count are noted in the transaction of each batch. */
export async function runBatches(
  run: Run,
  index: number,
  { keys, size, pauseMs, estimate }: BatchRule,
  was: Progress | undefined,
): Promise<void> {
  let key = was?.key ?? Array.from({ length: keys }, () => null);
  let done = was?.done ?? 0;
  const left = estimate === undefined ? undefined : await estimated(run, index, estimate);
  const total = left === undefined ? undefined : done + left;
  const tally: Tally = { before: done, total, beganAt: performance.now() };
  tell(run, index, done, tally);
  for (;;) {
    const result = await oneBatch(run, index, { key, size }, done);
    if (result === undefined || result.done === 0) return;
    refuseStandstill(run, index, key, result.key);
    key = result.key;
    done += result.done;
    tell(run, index, done, tally);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

/** A count that fails (a row's value does not convert) is told with its place, as its batch would be. */
async function estimated(
  { target, steps, context }: Run,
  index: number,
  estimate: string,
): Promise<number> {
  try {
    return await target.count(estimate);
  } catch (error) {
    if (!isDataError(error)) throw error;
    const { kind, operation, code, hint, cause } = error;
    const { name = "", title = "", up } = steps[index] ?? {};
    const message = `${context.file}:${up?.line ?? 1}: step ${name} (${title}): ${error.message}`;
    throw new DataError({ kind, message, operation, code, hint, cause });
  }
}

function oneBatch(
  run: Run,
  index: number,
  position: BatchPosition,
  before: number,
): Promise<BatchResult | undefined> {
  const { target, steps, context } = run;
  const text = steps[index]?.up ?? { name: "", text: "", line: 1 };
  const note = ({ done, key }: BatchResult) =>
    halfWay(run, index, { begun: true, key, done: before + done });
  return target.batch(text, position, note, context);
}

/** A batch that ends where it began would run for ever. */
function refuseStandstill(
  { migration, steps }: Run,
  index: number,
  before: BatchResult["key"],
  after: BatchResult["key"],
): void {
  if (after.length === 0 || after.some((part, at) => part !== before[at])) return;
  throw programmingError(
    `${migration.file}: step ${steps[index]?.name} does not get on: a batch ended at the key of the one before`,
    { operation: "migrate" },
  );
}

function tell(run: Run, index: number, done: number, { before, total, beganAt }: Tally): void {
  const { migration, steps } = run;
  const { name = "", title = "" } = steps[index] ?? {};
  const left = total === undefined ? undefined : Math.max(0, total - done);
  const pace = (performance.now() - beganAt) / (done - before);
  run.tell({
    kind: "progress",
    migration,
    step: name,
    title,
    done,
    ...(total !== undefined && { total: Math.max(total, done) }),
    ...(left !== undefined && done > before && { etaMs: Math.round(left * pace) }),
  });
}
