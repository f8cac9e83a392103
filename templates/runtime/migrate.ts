import { programmingError } from "./errors.ts";
import type { MigrateEvent } from "./migrate-note.ts";
import { partitionsWithin } from "./migrate-partitions.ts";
import { prepareRun, runDown, runUp } from "./migrate-run.ts";
import { compare, withAncestors, type MigrationStatus, type Released } from "./migrate-status.ts";
import { isPlanned, plannedNote, positionOf, stepsOf } from "./migrate-steps.ts";
import { defaultLock, defaultWaitMs } from "./migrate-defaults.ts";
import { adopted, changesOf, ledgerDrift, type ObjectChange } from "./migrate-drift.ts";
import type {
  LedgerEntry,
  LockPatience,
  Migration,
  MigrationTarget,
  StepRecord,
} from "./migration.ts";

export type { LedgerEntry, Migration, MigrationTarget } from "./migration.ts";
export type { MigrateEvent, StepProgress } from "./migrate-note.ts";
export { migratePartitions, type PartitionOptions } from "./migrate-partitions.ts";
export { compare, type HeldMigration, type MigrationStatus } from "./migrate-status.ts";

export interface MigrateOptions {
  /** Milliseconds to wait for another migrator. Default 60,000. */
  readonly waitMs?: number | undefined;
  /** How long a step waits for locks. Default 4 s an attempt, 60 s in all. */
  readonly lock?: LockPatience | undefined;
  readonly onEvent?: ((event: MigrateEvent) => void) | undefined;
}

export interface UpOptions extends MigrateOptions {
  /** Only this migration and what it stands on. */
  readonly to?: string | undefined;
  /** Contract migrations of a store that is in use: all, or those named. Default none. */
  readonly contract?: Released | undefined;
}

export interface DownOptions extends MigrateOptions {
  /** Takes back everything that stands on this migration; without it, the newest that none stands on. */
  readonly to?: string | undefined;
  /** Takes back these migrations although data goes for good; true: any. */
  readonly allowDestructive?: Released | undefined;
}

/** Where a store stands against its files; takes no lock. */
export async function migrationStatus(
  target: MigrationTarget,
  migrations: readonly Migration[],
  released?: Released,
): Promise<MigrationStatus> {
  return compare(migrations, await target.ledger(), released);
}

/**
 * Applies what is pending, under the lock; of several that start together, the losers find nothing left to do. What broke off before is
 * gone on with. Then partitions are made for the time to come: see `migratePartitions`. Contract migrations are held while the store is in use, unless they are released. Resolves to the ids it applied.
 *
 * @throws DataError programming naming every problem, before anything is applied
 */
export function migrateUp(
  target: MigrationTarget,
  migrations: readonly Migration[],
  options: UpOptions = {},
): Promise<readonly string[]> {
  const { lock = defaultLock, to, contract, onEvent: tell = () => {} } = options;
  return target.locked(async () => {
    const status = await sound(target, migrations, "migrate up", contract);
    const wanted =
      to === undefined ? undefined : withAncestors(known(to, migrations).id, migrations);
    const isWanted = ({ id }: Migration): boolean => wanted?.has(id) ?? true;
    for (const { migration, reason } of status.held) {
      if (isWanted(migration)) tell({ kind: "held", migration, reason });
    }
    const pending = status.pending.filter(isWanted);
    if (status.applied.length + status.halfWay.length === 0) await planAll(target, pending, lock);
    for (const migration of pending) {
      const ledger = await target.ledger();
      const run = await prepareRun(target, migration, ledger, { lock, tell });
      const entry = entryOf(ledger, migration.id);
      await runUp(run, entry !== undefined && isPlanned(entry) ? undefined : entry);
    }
    await recordCatalogue(target, migrations, lock);
    for (const note of await partitionsWithin(target, { lock })) tell({ kind: "partition", note });
    return pending.map(({ id }) => id);
  }, options.waitMs ?? defaultWaitMs);
}

/**
 * Takes back one migration, or all that stand on `to`, the newest first; resolves to their ids. What is half-way is taken back as far as it
 * had come.
 *
 * @throws DataError programming naming every problem, or the migrations whose data would be lost, before anything is taken back
 */
export function migrateDownTo(
  target: MigrationTarget,
  migrations: readonly Migration[],
  options: DownOptions = {},
): Promise<readonly string[]> {
  const { lock = defaultLock, to, onEvent: tell = () => {} } = options;
  return target.locked(async () => {
    await sound(target, migrations, "migrate down");
    const chosen = downOrder(
      await target.ledger(),
      to === undefined ? undefined : known(to, migrations).id,
    );
    const reverted = chosen.map((id) => known(id, migrations));
    const present = await target.ledger();
    const ran: BegunMigration[] = [];
    for (const migration of reverted) {
      const steps = await begunSteps(target, migration, entryOf(present, migration.id));
      ran.push({ id: migration.id, steps });
    }
    refuseLosses(ran, options.allowDestructive ?? false);
    for (const migration of reverted) {
      const ledger = await target.ledger();
      const entry = entryOf(ledger, migration.id);
      if (entry !== undefined)
        await runDown(await prepareRun(target, migration, ledger, { lock, tell }), entry);
    }
    return chosen;
  }, options.waitMs ?? defaultWaitMs);
}

/** Takes back the newest applied migration that no other one stands on; resolves to its id, or undefined when there is none. */
export async function migrateDown(
  target: MigrationTarget,
  migrations: readonly Migration[],
  options: Omit<DownOptions, "to"> = {},
): Promise<string | undefined> {
  const [reverted] = await migrateDownTo(target, migrations, options);
  return reverted;
}

/**
 * Objects of the catalogue that are not as the last migration left them; undefined when nothing was recorded, or the engine cannot say.
 *
 * @throws DataError programming while a migration is half-way
 */
export async function migrationDrift(
  target: MigrationTarget,
): Promise<readonly ObjectChange[] | undefined> {
  const ledger = await target.ledger();
  const halfWay = ledger.find((entry) => entry.dirty === true && !isPlanned(entry));
  if (halfWay !== undefined) {
    throw programmingError(`${halfWay.id} is half-way: migrate up or migrate down ends it`, {
      operation: "migrate verify",
    });
  }
  const drift = await ledgerDrift(target, ledger);
  return drift === undefined ? undefined : changesOf(drift);
}

/**
 * Makes the file of an applied migration its record, whatever was changed in it; the store stays as it is, and what the new text would have
 * done is not done. Refused while the catalogue is not as the last migration left it: then nobody knows what is there.
 *
 * With an empty ledger it also records the first migration of a store that was made by other means.
 *
 * @throws DataError programming
 */
export function acceptMigration(
  target: MigrationTarget,
  migrations: readonly Migration[],
  id: string,
  { waitMs = defaultWaitMs, lock = defaultLock }: MigrateOptions = {},
): Promise<void> {
  return target.locked(async () => {
    const migration = known(id, migrations);
    refuseSkipping(migration, await target.ledger());
    const changes = (await migrationDrift(target)) ?? [];
    if (changes.length > 0) {
      const named = changes.map(({ object, change }) => `${object} (${change})`).join(", ");
      throw programmingError(
        `${id} cannot be accepted: the store is not as its migrations left it: ${named}`,
        { operation: "migrate accept", hint: "mend these first: migrate verify names them" },
      );
    }
    const context = { file: migration.file, lock, waiting: () => {} };
    await target.run(
      [],
      { state: "applied", migration, adopt: (now) => adopted(now, []) },
      context,
    );
  }, waitMs);
}

/** Where none is on record, because a run was cut off just before or the ledger is of an earlier version, the catalogue as it is now. */
async function recordCatalogue(
  target: MigrationTarget,
  migrations: readonly Migration[],
  lock: LockPatience,
): Promise<void> {
  const ledger = await target.ledger();
  const isRecorded = ledger.some(({ dirty, objects }) => dirty === true || objects !== undefined);
  const migration = migrations.find(({ id }) => id === ledger.at(-1)?.id);
  if (isRecorded || migration === undefined || target.objects === undefined) return;
  const context = { file: migration.file, lock, waiting: () => {} };
  await target.run([], { state: "applied", migration, adopt: (now) => now }, context);
}

/** A new store gets the contracts with the rest, also when the run is killed and another goes on with it. */
async function planAll(
  target: MigrationTarget,
  pending: readonly Migration[],
  lock: LockPatience,
): Promise<void> {
  for (const migration of pending) {
    if (migration.phase !== "contract") continue;
    const context = { file: migration.file, lock, waiting: () => {} };
    await target.run([], plannedNote(target, migration), context);
  }
}

/** Only the first migration of all may be taken for applied without having run. */
function refuseSkipping({ id, parents }: Migration, ledger: readonly LedgerEntry[]): void {
  if (entryOf(ledger, id) !== undefined || (ledger.length === 0 && parents.length === 0)) return;
  throw programmingError(`${id} is not applied here, so there is nothing to accept`, {
    operation: "migrate accept",
    hint: "migrate up applies it",
  });
}

const entryOf = (ledger: readonly LedgerEntry[], id: string): LedgerEntry | undefined =>
  ledger.find((entry) => entry.id === id);

function known(id: string, migrations: readonly Migration[]): Migration {
  const found = migrations.find((migration) => migration.id === id);
  if (found !== undefined) return found;
  const ids = migrations.map((migration) => migration.id).join(", ") || "none";
  throw programmingError(`there is no migration ${id}; there are: ${ids}`, {
    operation: "migrate",
  });
}

/** What `migrate down` takes back, in order: children before their parents, of equals what is half-way, then the newest. */
function downOrder(ledger: readonly LedgerEntry[], to: string | undefined): readonly string[] {
  const newestFirst = ledger
    .filter((entry) => !isPlanned(entry))
    .sort(
      (a, b) =>
        Number(b.dirty === true) - Number(a.dirty === true) ||
        b.appliedAt.getTime() - a.appliedAt.getTime() ||
        (a.id < b.id ? 1 : -1),
    );
  const wanted = newestFirst.filter(
    ({ id }) => to === undefined || (id !== to && withAncestors(id, ledger).has(to)),
  );
  const left = new Set(wanted);
  const order: string[] = [];
  for (;;) {
    const next = [...left].find(({ id }) => ![...left].some(({ parents }) => parents.includes(id)));
    if (next === undefined) return to === undefined ? order.slice(0, 1) : order;
    left.delete(next);
    order.push(next.id);
  }
}

/** A migration with those of its steps that are taken back. */
interface BegunMigration {
  readonly id: string;
  readonly steps: readonly StepRecord[];
}

/** The steps that are there, and one that may be there in part: only those are taken back. */
async function begunSteps(
  target: MigrationTarget,
  migration: Migration,
  entry: LedgerEntry | undefined,
): Promise<readonly StepRecord[]> {
  const { steps = [] } = migration;
  if (steps.length === 0) return steps;
  const { index, begun } = positionOf(migration, stepsOf(target, migration), entry);
  const done = steps.slice(0, index);
  const [open] = begun ? steps.slice(index) : [];
  if (open === undefined) return done;
  // Nobody has written to what is not there: a step that failed at its first statement made nothing that could go.
  const isThere = open.verify === undefined || (await target.holds(open.verify));
  return [...done, isThere ? open : { ...open, removes: undefined }];
}

function refuseLosses(migrations: readonly BegunMigration[], allowed: Released): void {
  const losses = migrations.flatMap(({ id, steps }) => {
    if (typeof allowed === "boolean" ? allowed : allowed.includes(id)) return [];
    return steps.flatMap(({ name, title, reversibility, removes }) => {
      if (removes !== undefined)
        return [`${id}: ${name} (${title}): ${removes} goes, with what was written to it since`];
      return reversibility === "loses-data" || reversibility === "irreversible"
        ? [`${id}: ${name} (${title}): ${reversibility}`]
        : [];
    });
  });
  if (losses.length === 0) return;
  const ids = [...new Set(losses.map((loss) => loss.slice(0, loss.indexOf(":"))))];
  throw programmingError(`taking it back does not bring everything back:\n${losses.join("\n")}`, {
    operation: "migrate down",
    hint: `when that is meant: migrate down ${ids.map((id) => `--allow-destructive ${id}`).join(" ")}`,
  });
}

async function sound(
  target: MigrationTarget,
  migrations: readonly Migration[],
  operation: string,
  released?: Released,
): Promise<MigrationStatus> {
  const status = await migrationStatus(target, migrations, released);
  if (status.problems.length > 0) throw programmingError(status.problems.join("\n"), { operation });
  return status;
}
