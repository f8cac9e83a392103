import { createHash } from "node:crypto";
import { programmingError } from "./errors.ts";
import type {
  LedgerEntry,
  LedgerNote,
  Migration,
  MigrationTarget,
  Progress,
  StepRecord,
  StepText,
} from "./migration.ts";

/** A step with its texts; one that its file leaves out has nothing to do that way. */
export interface RunStep extends StepRecord {
  readonly up: StepText;
  readonly down: StepText;
}

/** Steps that run together: in one transaction, or one that runs alone. */
export interface StepGroup {
  readonly steps: readonly RunStep[];
  readonly alone: boolean;
}

/** Where a migration stands: the first step that is not known to be there, and whether it was begun. */
export interface Position {
  readonly index: number;
  readonly begun: boolean;
}

/** The steps of a migration. @throws DataError programming for a step in its texts that its record does not name */
export function stepsOf(target: MigrationTarget, migration: Migration): readonly RunStep[] {
  const { steps = [] } = migration;
  if (steps.length === 0) return [wholeMigration(migration)];
  const up = byName(split(target, migration, "up"), migration);
  const down = byName(split(target, migration, "down"), migration);
  const nothing = (name: string): StepText => ({ name, text: "", line: 1 });
  return steps.map((step) => ({
    ...step,
    up: up.get(step.name) ?? nothing(step.name),
    down: down.get(step.name) ?? nothing(step.name),
  }));
}

/** A text that cannot be split is named with its file. */
function split(
  target: MigrationTarget,
  { file, ...texts }: Migration,
  direction: "up" | "down",
): readonly StepText[] {
  try {
    return target.split(texts[direction]);
  } catch (error) {
    const what = error instanceof Error ? error.message : "cannot be read";
    throw programmingError(`${fileOf(file, direction)}: ${what}`, { operation: "migrate" });
  }
}

/** The file of one direction beside that of up. */
export const fileOf = (up: string, direction: "up" | "down"): string =>
  up.replace(/\.up(\.[^.]*)$/, `.${direction}$1`);

function wholeMigration({ id, up, down, transactional = true }: Migration): RunStep {
  const text = (content: string): StepText => ({ name: id, text: content, line: 1 });
  return { name: id, title: `all of ${id}`, transactional, up: text(up), down: text(down) };
}

function byName(
  texts: readonly StepText[],
  { steps = [], file }: Migration,
): ReadonlyMap<string, StepText> {
  const known = new Set(steps.map(({ name }) => name));
  const found = new Map<string, StepText>();
  for (const text of texts) {
    if (known.has(text.name) && !found.has(text.name)) found.set(text.name, text);
    else {
      const what = found.has(text.name) ? "is there twice" : "is not in its record";
      throw programmingError(`${file}: step ${text.name} ${what}`, { operation: "migrate" });
    }
  }
  return found;
}

/** Neighbours that one transaction may hold come together; a batch commits by itself. */
export function groupsOf(
  steps: readonly RunStep[],
  target: Pick<MigrationTarget, "transactional">,
): readonly StepGroup[] {
  const groups: StepGroup[] = [];
  for (const step of steps) {
    const alone = !target.transactional || !step.transactional || step.batch !== undefined;
    const last = groups.at(-1);
    if (last === undefined || alone || last.alone) groups.push({ steps: [step], alone });
    else groups[groups.length - 1] = { steps: [...last.steps, step], alone };
  }
  return groups;
}

/**
 * Where the ledger says that a migration stands.
 *
 * @throws DataError programming when steps that were run have changed or gone since: what they did is there and would not be done again
 */
export function positionOf(
  migration: Migration,
  steps: readonly RunStep[],
  entry: LedgerEntry | undefined,
): Position {
  if (entry === undefined) return { index: 0, begun: false };
  if (entry.dirty !== true) return { index: steps.length, begun: false };
  const { step, progress } = entry;
  // Of before steps were noted: such a migration is one step, and it was begun.
  if (step === undefined || progress === undefined) return { index: 0, begun: true };
  const index = steps.findIndex(({ name }) => name === step);
  const changed = changedStep(steps.slice(0, Math.max(0, index)), progress);
  if (index < 0 || changed !== undefined) {
    throw programmingError(
      index < 0
        ? `${migration.file}: it stopped at step ${step}, which is not there any more; bring it back`
        : `${migration.file}: step ${changed} has run here and has changed since; take the change back`,
      { operation: "migrate" },
    );
  }
  return { index, begun: progress.begun };
}

function changedStep(before: readonly RunStep[], { applied }: Progress): string | undefined {
  const changed = before.find((step) => applied[step.name] !== stepDigest(step))?.name;
  const known = new Set(before.map(({ name }) => name));
  return changed ?? Object.keys(applied).find((name) => !known.has(name));
}

/** Digests of the first `count` steps, by name. */
export function digestsOf(steps: readonly RunStep[], count: number): Progress["applied"] {
  return Object.fromEntries(steps.slice(0, count).map((step) => [step.name, stepDigest(step)]));
}

const stepDigest = ({ up }: RunStep): string =>
  createHash("sha256").update(up.text.replaceAll("\r\n", "\n").trim()).digest("hex").slice(0, 16);

/**
 * Whether an entry only says that a migration is to be run with those of a new store: written before anything is, so that a first run that is
 * killed is gone on with as what it was. Nothing of it is there.
 */
export const isPlanned = ({ dirty, progress }: LedgerEntry): boolean =>
  dirty === true &&
  progress !== undefined &&
  !progress.begun &&
  Object.keys(progress.applied).length === 0;

/** The note that makes such an entry. */
export function plannedNote(target: MigrationTarget, migration: Migration): LedgerNote {
  const [first] = stepsOf(target, migration);
  const step = first?.name ?? migration.id;
  return { state: "half-way", migration, step, progress: { begun: false, applied: {} } };
}
