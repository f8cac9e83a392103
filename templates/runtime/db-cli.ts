import { parseArgs } from "node:util";
import { isDataError } from "./errors.ts";
import type { HealthReport } from "./health.ts";
import {
  migrateDown,
  migrateUp,
  migrationStatus,
  type Migration,
  type MigrationTarget,
} from "./migrate.ts";
import { readMigrations } from "./migration-files.ts";

/** A store that has migrations, with the folder they lie in. */
export interface MigratedStore {
  readonly name: string;
  readonly target: MigrationTarget;
  /** Path or file URL of `migrations/<store>`. */
  readonly folder: string | URL;
}

/** What the commands work on. */
export interface DbCliLayer {
  readonly stores: readonly MigratedStore[];
  readonly health: { ready(): Promise<HealthReport>; startup(): Promise<HealthReport> };
  close(): Promise<void>;
}

export interface DbCliInput {
  /** Arguments after the script: `["migrate", "up"]`. */
  readonly argv: readonly string[];
  /** Opens the data layer; called only once the arguments are known to be right. */
  readonly open: () => DbCliLayer | Promise<DbCliLayer>;
  readonly write?: ((text: string) => void) | undefined;
  readonly writeError?: ((text: string) => void) | undefined;
}

/** What a command found: text for people, a document for `--json`, and the exit status. */
interface Answer {
  readonly lines: readonly string[];
  readonly json: unknown;
  readonly status: ExitStatus;
}

/** Done · a finding · wrong arguments, configuration or files · a store. */
type ExitStatus = 0 | 1 | 2 | 3;

type Command = (layer: DbCliLayer, store: string | undefined) => Promise<Answer>;

const usage = `usage: migrate up|down|status [--store NAME] [--json]
       health [ready|startup] [--json]`;

const commands: ReadonlyMap<string, Command> = new Map<string, Command>([
  ["migrate up", (layer, store) => eachStore(layer, store, up)],
  ["migrate down", down],
  ["migrate status", (layer, store) => eachStore(layer, store, status)],
  ["health", async (layer) => health(await layer.health.ready())],
  ["health ready", async (layer) => health(await layer.health.ready())],
  ["health startup", async (layer) => health(await layer.health.startup())],
]);

/** Runs `migrate up|down|status` or `health`; resolves to the exit status. Never rejects, prints no stack and no secret. */
export async function runDbCli(input: DbCliInput): Promise<number> {
  const write = input.write ?? ((text: string) => process.stdout.write(text));
  const writeError = input.writeError ?? ((text: string) => process.stderr.write(text));
  const parsed = parse(input.argv);
  if (parsed === undefined) {
    writeError(`${usage}\n`);
    return 2;
  }
  const answer = await run(input.open, parsed);
  if (parsed.json) write(`${JSON.stringify(answer.json, null, 2)}\n`);
  else (answer.status === 0 ? write : writeError)(answer.lines.map((line) => `${line}\n`).join(""));
  return answer.status;
}

interface Parsed {
  readonly command: Command;
  readonly store: string | undefined;
  readonly json: boolean;
}

function parse(argv: readonly string[]): Parsed | undefined {
  try {
    const { positionals, values } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: { json: { type: "boolean" }, store: { type: "string" } },
    });
    const command = commands.get(positionals.join(" "));
    return command && { command, store: values.store, json: values.json ?? false };
  } catch {
    return undefined;
  }
}

async function run(open: DbCliInput["open"], { command, store }: Parsed): Promise<Answer> {
  let layer: DbCliLayer;
  try {
    layer = await open();
  } catch (error) {
    return failure(error, 2);
  }
  try {
    return await command(layer, store);
  } catch (error) {
    return failure(error, statusOf(error));
  } finally {
    await layer.close().catch(() => {});
  }
}

/** A store that refuses what the files ask is a finding; one that cannot be reached is the environment's. */
function statusOf(error: unknown): ExitStatus {
  if (!isDataError(error)) return 3;
  return ["programming", "conflict", "constraint"].includes(error.kind) ? 1 : 3;
}

function failure(error: unknown, status: ExitStatus): Answer {
  // A foreign error's text is not known to be free of secrets.
  const message = isDataError(error)
    ? error.message
    : `failed: ${error instanceof Error ? error.name : "unknown error"}`;
  const hint = isDataError(error) ? error.hint : undefined;
  const lines = hint === undefined ? [message] : [message, hint];
  return { lines, status, json: { error: { message, ...(hint !== undefined && { hint }) } } };
}

/** One store's part of an answer. */
interface StoreAnswer {
  readonly lines: readonly string[];
  readonly json: object;
  readonly status: ExitStatus;
}

async function eachStore(
  layer: DbCliLayer,
  name: string | undefined,
  work: (store: MigratedStore, migrations: readonly Migration[]) => Promise<StoreAnswer>,
): Promise<Answer> {
  const chosen = layer.stores.filter((store) => name === undefined || store.name === name);
  if (chosen.length === 0) return noSuchStore(layer, name);
  const answers: StoreAnswer[] = [];
  for (const store of chosen) answers.push(await work(store, await readMigrations(store.folder)));
  const worst = answers.reduce<ExitStatus>(
    (status, answer) => (answer.status > status ? answer.status : status),
    0,
  );
  return {
    lines: answers.flatMap((answer) => answer.lines),
    json: { stores: answers.map((answer) => answer.json) },
    status: worst,
  };
}

function noSuchStore(layer: DbCliLayer, name: string | undefined): Answer {
  const known = layer.stores.map((store) => store.name).join(", ") || "none";
  const message =
    name === undefined
      ? "no store has migrations"
      : `no store ${name} has migrations; there are: ${known}`;
  return { lines: [message], json: { error: { message } }, status: name === undefined ? 0 : 2 };
}

async function up(store: MigratedStore, migrations: readonly Migration[]): Promise<StoreAnswer> {
  const applied = await migrateUp(store.target, migrations);
  const lines =
    applied.length === 0
      ? [`${store.name}: nothing to apply`]
      : applied.map((id) => `${store.name}: applied ${id}`);
  return { lines, json: { store: store.name, applied }, status: 0 };
}

/** Reverting throws data away, so with several stores the caller names one. */
async function down(layer: DbCliLayer, name: string | undefined): Promise<Answer> {
  if (name === undefined && layer.stores.length > 1) {
    const message = `migrate down needs --store: ${layer.stores.map((store) => store.name).join(", ")}`;
    return { lines: [message], json: { error: { message } }, status: 2 };
  }
  return eachStore(layer, name, async (store, migrations) => {
    const reverted = await migrateDown(store.target, migrations);
    const line = reverted === undefined ? "nothing to revert" : `reverted ${reverted}`;
    return {
      lines: [`${store.name}: ${line}`],
      json: { store: store.name, reverted: reverted ?? null },
      status: 0,
    };
  });
}

async function status(
  store: MigratedStore,
  migrations: readonly Migration[],
): Promise<StoreAnswer> {
  const { applied, pending, problems } = await migrationStatus(store.target, migrations);
  const waiting = pending.map((migration) => migration.id);
  return {
    lines: [
      ...applied.map(
        (entry) => `${store.name}: applied ${entry.id} at ${entry.appliedAt.toISOString()}`,
      ),
      ...waiting.map((id) => `${store.name}: pending ${id}`),
      ...problems.map((problem) => `${store.name}: problem ${problem}`),
      ...(applied.length + pending.length === 0 ? [`${store.name}: no migrations`] : []),
    ],
    json: {
      store: store.name,
      applied: applied.map(({ id, appliedAt }) => ({ id, appliedAt: appliedAt.toISOString() })),
      pending: waiting,
      problems,
    },
    status: problems.length > 0 ? 1 : 0,
  };
}

function health(report: HealthReport): Answer {
  const width = Math.max(0, ...report.stores.map((store) => store.store.length));
  const lines = report.stores.map(({ store, state, latencyMs, detail }) =>
    `${store.padEnd(width)}  ${state.padEnd(8)}  ${latencyMs} ms${detail === undefined ? "" : `  ${detail}`}`.trimEnd(),
  );
  const down = report.stores.some((store) => store.state === "down");
  return {
    lines: [...lines, `${report.probe}: ${report.ok ? "yes" : "no"}`],
    json: report,
    status: report.ok ? 0 : down ? 3 : 1,
  };
}
