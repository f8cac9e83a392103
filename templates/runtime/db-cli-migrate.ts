import type { CommandOptions } from "./db-cli-options.ts";
import type { ProgressLines } from "./db-cli-progress.ts";
import { isNeeded } from "./migrate-code.ts";
import { programmingError } from "./errors.ts";
import { type DeployCheck, deployCheck } from "./migrate-deploy.ts";
import {
  acceptMigration,
  compare,
  migrateDownTo,
  migratePartitions,
  migrateUp,
  migrationDrift,
  migrationStatus,
  type HeldMigration,
  type LedgerEntry,
  type MigrateEvent,
  type Migration,
  type MigrationStatus,
  type MigrationTarget,
} from "./migrate.ts";
import { differenceLines, snapshotDifferences } from "./migrate-snapshot.ts";
import type { PartitionNote } from "./migration.ts";
import { type Released, withAncestors } from "./migrate-status.ts";

/** A store with what the commands need of it. */
export interface CommandStore {
  readonly name: string;
  readonly target: MigrationTarget;
  readonly migrations: readonly Migration[];
  /** Ids of those that the code expects and that have no file. */
  readonly lost: readonly string[];
  /** Path or file URL of `migrations/<store>`. */
  readonly folder: string | URL;
  /** The variable of its DSN and where that leads. */
  readonly place?: string | undefined;
  readonly progress: ProgressLines;
}

/** Done · a finding · wrong arguments, configuration or files · a store. */
export type ExitStatus = 0 | 1 | 2 | 3;

/** One store's part of an answer. */
export interface StoreAnswer {
  readonly lines: readonly string[];
  readonly json: object;
  readonly status: ExitStatus;
}

export type StoreCommand = (store: CommandStore, options: CommandOptions) => Promise<StoreAnswer>;

export const up: StoreCommand = async (store, options) => {
  if (options.dryRun) return plan(store, options);
  const applied: Migration[] = [];
  const held: HeldMigration[] = [];
  const notes: PartitionNote[] = [];
  const onEvent = (event: MigrateEvent): void => {
    if (event.kind === "partition") notes.push(event.note);
    if (event.kind === "applied") applied.push(event.migration);
    if (event.kind === "held") held.push(event);
    store.progress.show(store.name, event);
  };
  const { to, contract } = options;
  const failure = await ended(store, async () => {
    await refuseLost(store);
    await migrateUp(store.target, store.migrations, { to, contract, onEvent });
  });
  const lines = applied.flatMap((one) => [`applied ${one.id}`, ...noteLines(store, one)]);
  if (applied.length === 0 && failure === undefined) lines.push("nothing to apply");
  lines.push(...held.map(({ migration, reason }) => `held ${migration.id}: ${reason}`));
  lines.push(...notes.map(partitionLine));
  const told = answer(
    store,
    lines,
    {
      applied: applied.map(({ id }) => id),
      held: held.map(heldJson),
      ...(notes.length > 0 && { partitions: notes }),
    },
    failure,
  );
  // A contract can wait; what the new code needs and stands behind one cannot.
  const needed = held.some(({ migration }) => isNeeded(migration));
  return { ...told, status: needed ? 1 : 0 };
};

export const plan: StoreCommand = async (store, { to, contract }) => {
  const { migrations } = store;
  const status = await statusOf(store, contract);
  const wanted = to === undefined ? undefined : withAncestors(to, migrations);
  const pending = status.pending.filter(({ id }) => wanted?.has(id) ?? true);
  const held = status.held.filter(({ migration }) => wanted?.has(migration.id) ?? true);
  const lines = [
    ...pending.flatMap((migration) => [
      `would apply ${described(migration)}`,
      ...stepLines(migration),
    ]),
    ...held.map(({ migration, reason }) => `held ${migration.id}: ${reason}`),
    ...status.problems.map((problem) => `problem ${problem}`),
    ...(pending.length === 0 ? ["nothing to apply"] : []),
  ];
  const json = {
    pending: pending.map(({ id, phase, steps }) => ({
      id,
      phase: phase ?? null,
      steps: steps ?? [],
    })),
    held: held.map(heldJson),
    problems: status.problems,
  };
  return { ...answer(store, lines, json), status: status.problems.length > 0 ? 1 : 0 };
};

export const down: StoreCommand = async (store, { to, allowDestructive }) => {
  const reverted: string[] = [];
  const onEvent = (event: MigrateEvent): void => {
    if (event.kind === "reverted") reverted.push(event.migration.id);
    store.progress.show(store.name, event);
  };
  const failure = await ended(store, () =>
    migrateDownTo(store.target, store.migrations, { to, allowDestructive, onEvent }),
  );
  const lines = reverted.map((id) => `reverted ${id}`);
  if (reverted.length === 0 && failure === undefined) lines.push("nothing to revert");
  return answer(store, lines, { reverted }, failure);
};

export const status: StoreCommand = async (store) => {
  const found = await statusOf(store);
  const { applied, halfWay, pending, held, problems } = found;
  const begun = new Set(halfWay.map(({ id }) => id));
  const waiting = pending.filter(({ id }) => !begun.has(id));
  const lines = [
    ...applied.map((entry) => `applied ${described(entry)} at ${entry.appliedAt.toISOString()}`),
    ...halfWay.map((entry) => `half-way ${halfWayText(entry)}`),
    ...waiting.map((migration) => `pending ${described(migration)}`),
    ...held.map(({ migration, reason }) => `held ${migration.id}: ${reason}`),
    ...problems.map((problem) => `problem ${problem}`),
  ];
  const json = {
    applied: applied.map(({ id, appliedAt, phase }) => ({
      id,
      appliedAt: appliedAt.toISOString(),
      ...(phase !== undefined && { phase }),
    })),
    halfWay: halfWay.map(({ id, step = null, progress }) => ({
      id,
      step,
      done: progress?.done ?? null,
    })),
    pending: waiting.map(({ id }) => id),
    held: held.map(heldJson),
    problems,
  };
  return {
    ...answer(store, lines.length > 0 ? lines : ["no migrations"], json),
    status: problems.length > 0 ? 1 : 0,
  };
};

export const verify: StoreCommand = async (store) => {
  const { target, migrations, folder, name } = store;
  if (target.objects === undefined)
    return answer(store, ["its engine has no catalogue to compare"], { checked: false });
  const drift = await migrationDrift(target);
  const status = await migrationStatus(target, migrations, true);
  const { differences = [], notes = [] } =
    (await snapshotDifferences(target, name, folder, status)) ?? {};
  const unrecorded = "nothing to compare with: migrate up records the catalogue";
  const found = [
    ...(drift === undefined ? [unrecorded] : []),
    ...differenceLines(drift ?? [], differences),
  ];
  const lines = [...(found.length > 0 ? found : ["as its migrations left it"]), ...notes];
  const json = { checked: drift !== undefined, drift: drift ?? [], differences, notes };
  return { ...answer(store, lines, json), status: found.length > 0 ? 1 : 0 };
};

export const deploy: StoreCommand = async (store, { running }) => {
  const { target, migrations } = store;
  const ledger = await target.ledger();
  const check = withLost(deployCheck(migrations, ledger, running), lostProblems(store, ledger));
  const lines = [
    check.mayStart ? "this code may start" : "this code may not start",
    ...check.findings.map((finding) => `finding ${finding}`),
    ...check.cautions.map((caution) => `caution ${caution}`),
    ...check.newer.map((id) => `applied ${id} by newer code`),
    ...check.contracts.map(({ id, mayRun, reason }) => {
      const word = mayRun === undefined ? "held" : mayRun ? "may run" : "must wait";
      return `${word} ${id}: ${reason}`;
    }),
  ];
  return { ...answer(store, lines, check), status: check.mayStart ? 0 : 1 };
};

const withLost = (check: DeployCheck, lost: readonly string[]): DeployCheck => ({
  ...check,
  mayStart: check.mayStart && lost.length === 0,
  findings: [...check.findings, ...lost],
});

/** What stands where, with the files that are lost among the problems. */
async function statusOf(store: CommandStore, released?: Released): Promise<MigrationStatus> {
  const ledger = await store.target.ledger();
  const status = compare(store.migrations, ledger, released);
  return { ...status, problems: [...status.problems, ...lostProblems(store, ledger)] };
}

/** @throws DataError programming naming every problem; without it what is there would be taken for all there is */
async function refuseLost(store: CommandStore): Promise<void> {
  if (store.lost.length === 0) return;
  const { problems } = await statusOf(store);
  throw programmingError(problems.join("\n"), { operation: "migrate up" });
}

/** What the ledger knows is told as drift. */
function lostProblems(
  { name, lost }: CommandStore,
  ledger: readonly LedgerEntry[],
): readonly string[] {
  const known = new Set(ledger.map(({ id }) => id));
  return lost
    .filter((id) => !known.has(id))
    .map(
      (id) =>
        `migrations/${name}: there is no ${id}.json, but .async-db-starter/schema/${name} has what it makes, and so this code expects it; bring its files back from version control`,
    );
}

export const accept: StoreCommand = async (store, { id = "" }) => {
  await acceptMigration(store.target, store.migrations, id);
  return answer(store, [`accepted ${id}; the store stays as it is`], { accepted: id });
};

export const partitions: StoreCommand = async (store, { ahead }) => {
  const notes = await migratePartitions(store.target, { ahead });
  if (notes === undefined)
    return answer(store, ["no table is partitioned by time"], { partitions: [] });
  const lines = notes.length === 0 ? ["every partition is there"] : notes.map(partitionLine);
  return answer(store, lines, { partitions: notes });
};

const partitionLine = ({ table, period, partition, state }: PartitionNote): string =>
  state === "made"
    ? `made partition ${partition} of ${table}`
    : `left ${period} of ${table} in ${partition}, where rows of it lie already`;

/** Runs the work; resolves to what it failed with, so that what was done before can be told. */
async function ended(store: CommandStore, work: () => Promise<unknown>): Promise<unknown> {
  try {
    await work();
    return undefined;
  } catch (error) {
    return error;
  } finally {
    store.progress.end();
  }
}

/** A store's answer; with a failure it is thrown, and carries the lines of before. */
function answer(
  { name }: CommandStore,
  lines: readonly string[],
  json: object,
  failure?: unknown,
): StoreAnswer {
  const told = lines.map((line) => `${name}: ${line}`);
  const document = { store: name, ...json };
  if (failure !== undefined) throw new PartialFailure(failure, told, document);
  return { lines: told, json: document, status: 0 };
}

/** A command that failed after it had done something. */
export class PartialFailure extends Error {
  readonly lines: readonly string[];
  readonly json: object;

  constructor(cause: unknown, lines: readonly string[], json: object) {
    super("failed", { cause });
    this.lines = lines;
    this.json = json;
  }
}

const heldJson = ({ migration, reason }: HeldMigration): object => ({ id: migration.id, reason });

const described = ({ id, phase }: Pick<LedgerEntry | Migration, "id" | "phase">): string =>
  phase === undefined ? id : `${id} (${phase})`;

/** What a migration leaves to do, as its steps say it. */
function noteLines({ target }: CommandStore, { up, steps = [] }: Migration): readonly string[] {
  // Without steps its text is one whole, written by hand.
  const texts = steps.length === 0 ? [] : target.split(up);
  return texts.flatMap(({ note }) => (note === undefined ? [] : [`  ${note}`]));
}

function halfWayText({ id, step, progress }: LedgerEntry): string {
  const at = step === undefined ? "" : ` at step ${step}`;
  const done = progress?.done === undefined ? "" : `, ${progress.done} rows done`;
  return `${id}${at}${done}; migrate up goes on with it`;
}

function stepLines({ steps = [] }: Migration): readonly string[] {
  return steps.map(({ name, title, risks = [], transactional, batch, reversibility }) => {
    const marks = [
      ...risks.filter((risk) => risk !== "none"),
      ...(batch !== undefined ? ["in batches"] : transactional ? [] : ["outside of a transaction"]),
      ...(reversibility === undefined || reversibility === "reversible" ? [] : [reversibility]),
    ];
    return `  ${name}: ${title}${marks.length > 0 ? ` (${marks.join(", ")})` : ""}`;
  });
}
