import { DataError, isDataError, programmingError } from "./errors.ts";
import { runBatches } from "./migrate-batch.ts";
import { ledgerDrift } from "./migrate-drift.ts";
import { halfWay, noteAt, type Run } from "./migrate-note.ts";
import { fileOf, groupsOf, isPlanned, positionOf, stepsOf, type RunStep } from "./migrate-steps.ts";
import type {
  LedgerEntry,
  LedgerNote,
  LockPatience,
  Migration,
  MigrationTarget,
  Progress,
  RunContext,
  StepText,
} from "./migration.ts";

/** Reads where a migration stands and what its catalogue was. @throws DataError programming when its files do not fit */
export async function prepareRun(
  target: MigrationTarget,
  migration: Migration,
  ledger: readonly LedgerEntry[],
  { lock, tell }: { readonly lock: LockPatience; readonly tell: Run["tell"] },
): Promise<Run> {
  const entry = ledger.find(({ id }) => id === migration.id);
  const drift =
    entry?.dirty === true && !isPlanned(entry)
      ? (entry.progress?.drift ?? [])
      : ((await ledgerDrift(target, ledger)) ?? []);
  const waiting = (attempt: number): void => tell({ kind: "waiting", migration, attempt });
  const context: RunContext = { file: migration.file, lock, waiting };
  return { target, migration, steps: stepsOf(target, migration), context, tell, drift };
}

/** Runs the steps that are not there yet. After a failure or a kill at any point it is called again and goes on. */
export async function runUp(run: Run, entry: LedgerEntry | undefined): Promise<void> {
  const { target, migration, steps, context } = run;
  const position = positionOf(migration, steps, entry);
  if (entry === undefined) run.tell({ kind: "apply", migration });
  else run.tell({ kind: "resume", migration, step: steps[position.index]?.name ?? "" });
  let { index } = position;
  let was = position.begun ? (entry?.progress ?? bare) : undefined;
  for (const group of groupsOf(steps.slice(index), target)) {
    const next = index + group.steps.length;
    const note = noteAt(run, next, "applied");
    const kept =
      index === 0
        ? `${migration.id} is not applied`
        : `the steps before ${stepAt(run, index).name} stay applied`;
    await hinted(kept, () =>
      group.alone
        ? upAlone(run, index, was, note)
        : target.run(group.steps.map(({ up }) => up).filter(hasWork), note, context),
    );
    index = next;
    was = undefined;
  }
  run.tell({ kind: "applied", migration });
}

/** Takes back the steps that are there, the last one first, and one that was only begun. */
export async function runDown(run: Run, entry: LedgerEntry): Promise<void> {
  const { target, migration, steps } = run;
  const context = { ...run.context, file: fileOf(migration.file, "down") };
  const { index, begun } = positionOf(migration, steps, entry);
  run.tell({ kind: "revert", migration });
  let rest = begun ? index + 1 : index;
  let debris = begun;
  for (const group of groupsOf(steps.slice(0, rest).reverse(), target)) {
    const next = rest - group.steps.length;
    const note = noteAt(run, next, "reverted");
    const alone = group.alone && group.steps.every(({ batch }) => batch === undefined);
    await hinted("what is not taken back yet stays applied", () =>
      alone || !target.transactional
        ? downAlone({ ...run, context }, next, debris, note)
        : target.run(group.steps.map(({ down }) => down).filter(hasWork), note, context),
    );
    rest = next;
    debris = false;
  }
  run.tell({ kind: "reverted", migration });
}

const bare: Progress = { begun: true, applied: {} };

const hasWork = ({ text }: StepText): boolean => text.trim() !== "";

/** A step outside of a transaction: noted before it begins, so that whoever comes after a kill knows that it may be there in part. */
async function upAlone(
  run: Run,
  index: number,
  was: Progress | undefined,
  done: LedgerNote,
): Promise<void> {
  const { target, context } = run;
  const step = stepAt(run, index);
  if (step.batch !== undefined) await runBatches(run, index, step.batch, was);
  else if (was === undefined || !(await isWhole(run, step))) {
    if (was === undefined) await target.run([], halfWay(run, index, { begun: true }), context);
    else await repair(run, step);
    await attempt(run, step);
  }
  await target.run([], done, context);
}

/** Whether a step that was begun is there after all: the server may have ended it after its client was killed. */
async function isWhole({ target }: Run, { verify }: RunStep): Promise<boolean> {
  return verify !== undefined && (await target.holds(verify));
}

/** @throws DataError programming where something else bears the name of what the step makes */
async function repair({ target, context, migration }: Run, step: RunStep): Promise<void> {
  if (step.repair === undefined) return;
  if (step.debris !== undefined && !(await target.holds(step.debris)))
    throw programmingError(
      `${migration.file}:${step.up.line}: what is there under the name of what step ${step.name} makes is something else`,
      { operation: "migrate", hint: "it is left as it is: rename or drop it, then run this again" },
    );
  await target.runAlone({ ...step.up, text: step.repair }, context);
}

/** Runs the step and looks at what it made. What a failed attempt leaves (an invalid index costs every writer) is removed at once. */
async function attempt(run: Run, step: RunStep): Promise<void> {
  const { target, migration, context } = run;
  try {
    if (hasWork(step.up)) await target.runAlone(step.up, context);
    if (step.verify === undefined || (await target.holds(step.verify))) return;
    throw programmingError(
      `${migration.file}:${step.up.line}: step ${step.name} has run, but what it made is not whole`,
      { operation: "migrate" },
    );
  } catch (error) {
    await repair(run, step).catch(() => {});
    throw error;
  }
}

async function downAlone(
  run: Run,
  index: number,
  debris: boolean,
  done: LedgerNote,
): Promise<void> {
  const { target, context } = run;
  const step = stepAt(run, index);
  if (debris) await clear(run, step);
  else await target.run([], halfWay(run, index, { begun: true }), context);
  if (hasWork(step.down)) await target.runAlone(step.down, context);
  await target.run([], done, context);
}

/** Before a step is taken back that may be there in part: its debris is removed or, where it has none of its own, it is done again. */
async function clear(run: Run, step: RunStep): Promise<void> {
  if (step.repair !== undefined) return repair(run, step);
  // What failed on the rows at hand would fail on them again: where there is nothing to take back, there is nothing to do.
  if (!hasWork(step.down) || step.verify === undefined || (await isWhole(run, step))) return;
  await run.target.runAlone(step.up, run.context);
}

function stepAt({ steps }: Run, index: number): RunStep {
  const step = steps[index];
  if (step === undefined) throw new RangeError(`there is no step ${index}`);
  return step;
}

/** Says with a failure how it goes on. */
async function hinted(kept: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isDataError(error) || error.hint !== undefined) throw error;
    const { kind, message, operation, code, cause } = error;
    const hint = `${kept}; mend the cause and run it again: it goes on there`;
    throw new DataError({ kind, message, operation, code, hint, cause });
  }
}
