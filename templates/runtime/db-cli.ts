import {
  accept,
  deploy,
  down,
  PartialFailure,
  partitions,
  plan,
  status,
  up,
  verify,
  type CommandStore,
  type ExitStatus,
  type StoreAnswer,
  type StoreCommand,
} from "./db-cli-migrate.ts";
import { viewBench, viewRebuild, viewStatus } from "./db-cli-views.ts";
import {
  parseCommand,
  wrongPart,
  usage,
  type CommandOptions,
  type ParsedCommand,
} from "./db-cli-options.ts";
import { ProgressLines } from "./db-cli-progress.ts";
import { DataError, faultOf, isDataError } from "./errors.ts";
import { amended } from "./failure.ts";
import type { HealthReport } from "./health.ts";
import type { MigrationTarget } from "./migrate.ts";
import { lostMigrations, readMigrations } from "./migration-files.ts";
import type { RebuildableView } from "./view-rebuild.ts";

/** A store that has migrations, with the folder they lie in. */
export interface MigratedStore {
  readonly name: string;
  readonly target: MigrationTarget;
  /** Path or file URL of `migrations/<store>`. */
  readonly folder: string | URL;
  /** `MAIN_URL: 127.0.0.1:5432`: the variable of its DSN and where that leads; undefined of a store in process. */
  readonly place?: string | undefined;
}

/** What the commands work on. */
export interface DbCliLayer {
  readonly stores: readonly MigratedStore[];
  /** Search and vector views that lie in another store than their authority. */
  readonly views?: readonly RebuildableView[] | undefined;
  readonly health: { ready(): Promise<HealthReport>; startup(): Promise<HealthReport> };
  close(): Promise<void>;
}

export interface DbCliInput {
  /** Arguments after the script: `["migrate", "up"]`. */
  readonly argv: readonly string[];
  /**
   * Opens the data layer, or as much of it as a command needs that names one store; called only once the arguments are known to be right.
   */
  readonly open: (store?: string) => DbCliLayer | Promise<DbCliLayer>;
  readonly write?: ((text: string) => void) | undefined;
  readonly writeError?: ((text: string) => void) | undefined;
  /** Progress may rewrite its line. Default: whether standard error is a terminal. */
  readonly terminal?: boolean | undefined;
}

/** What a command found: text for people, a document for `--json`, and the exit status. */
interface Answer {
  readonly lines: readonly string[];
  readonly json: unknown;
  readonly status: ExitStatus;
}

type Command = (
  layer: DbCliLayer,
  options: CommandOptions,
  progress: ProgressLines,
) => Promise<Answer>;

const onStores =
  (command: StoreCommand): Command =>
  (layer, options, progress) =>
    eachStore(layer, options, progress, command);

const commands: ReadonlyMap<string, Command> = new Map<string, Command>([
  ["migrate up", onStores(up)],
  ["migrate plan", onStores(plan)],
  ["migrate down", oneStore("migrate down", down)],
  ["migrate status", onStores(status)],
  ["migrate verify", onStores(verify)],
  ["migrate deploy-check", onStores(deploy)],
  ["migrate partitions", onStores(partitions)],
  ["migrate accept", oneStore("migrate accept", accept)],
  ["views status", ({ views = [] }, { store }) => viewStatus(views, store)],
  [
    "views rebuild",
    ({ views = [], stores }, { id = "", store, fresh }, progress) =>
      viewRebuild(views, { name: id, store, fresh, stores }, progress),
  ],
  [
    "views bench",
    ({ views = [] }, { id = "", store }, progress) =>
      viewBench(views, { name: id, store }, progress),
  ],
  ["health", async (layer, { store }) => health(await layer.health.ready(), store)],
  ["health ready", async (layer, { store }) => health(await layer.health.ready(), store)],
  ["health startup", async (layer, { store }) => health(await layer.health.startup(), store)],
]);

/** Runs the commands of `usage`; resolves to the exit status. Never rejects, prints no stack and no secret. */
export async function runDbCli(input: DbCliInput): Promise<number> {
  const write = input.write ?? writerOf(process.stdout);
  const writeError = input.writeError ?? writerOf(process.stderr);
  const parsed = parseCommand(input.argv);
  if (parsed === undefined) {
    const said = wrongPart(input.argv);
    writeError(`${said === undefined ? "" : `${said}\n`}${usage}\n`);
    return 2;
  }
  const terminal = input.terminal ?? process.stderr.isTTY === true;
  const answer = await run(input.open, parsed, new ProgressLines(writeError, terminal));
  if (parsed.options.json) write(`${JSON.stringify(answer.json, null, 2)}\n`);
  else (answer.status === 0 ? write : writeError)(answer.lines.map((line) => `${line}\n`).join(""));
  return answer.status;
}

/** A reader that has seen enough (`| head`) is no fault, and no reason to leave a migration half done. */
function writerOf(stream: NodeJS.WriteStream): (text: string) => void {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
  return (text) => void stream.write(text);
}

async function run(
  open: DbCliInput["open"],
  { name, options }: ParsedCommand,
  progress: ProgressLines,
): Promise<Answer> {
  let layer: DbCliLayer;
  try {
    // A view is filled from another store than its own.
    layer = await open(name.startsWith("views") ? undefined : options.store);
  } catch (error) {
    return failure(error, 2);
  }
  try {
    const command = commands.get(name);
    return command === undefined ? failure(undefined, 2) : await command(layer, options, progress);
  } catch (error) {
    const store = layer.stores.find(({ name: each }) => isDataError(error) && error.store === each);
    return failure(store === undefined ? error : placed(error, store), statusOf(error));
  } finally {
    await layer.close().catch(() => {});
  }
}

/** A store that refuses what the files ask is a finding; one that cannot be reached, or has no such database, is the environment's. */
function statusOf(error: unknown): ExitStatus {
  if (!isDataError(error) || faultOf(error)?.fatal === true) return 3;
  return ["programming", "conflict", "constraint"].includes(error.kind) ? 1 : 3;
}

/** Its text is not known to be free of secrets. */
const foreign = (error: unknown): string =>
  `failed: ${error instanceof Error ? error.name : "unknown error"}`;

function failure(error: unknown, exit: ExitStatus): Answer {
  const message = isDataError(error) ? error.message : foreign(error);
  const hint = isDataError(error) ? error.hint : undefined;
  const lines = hint === undefined ? [message] : [message, hint];
  return { lines, status: exit, json: { error: { message, ...(hint !== undefined && { hint }) } } };
}

/** A wrong argument. */
function wrong(message: string): Answer {
  return { lines: [message], json: { error: { message } }, status: 2 };
}

/** Runs a command on each store that is meant, and ends with the first that fails. */
async function eachStore(
  layer: DbCliLayer,
  options: CommandOptions,
  progress: ProgressLines,
  command: StoreCommand,
): Promise<Answer> {
  const named = layer.stores.filter(({ name }) => (options.store ?? name) === name);
  if (named.length === 0) return noSuchStore(layer, options.store);
  const stores = await Promise.all(
    named.map(async ({ name, target, folder, place }): Promise<CommandStore> => {
      const migrations = await readMigrations(folder);
      const lost = await lostMigrations(name, folder, migrations);
      return { name, target, migrations, lost, folder, place, progress };
    }),
  );
  const unknown = idsOf(options).find((id) => !stores.some((store) => has(store, id)));
  if (unknown !== undefined) return wrong(noSuchMigration(stores, unknown));
  const { to, running } = options;
  const answers: StoreAnswer[] = [];
  for (const store of stores.filter((each) => to === undefined || has(each, to))) {
    const own = running !== undefined && has(store, running) ? running : undefined;
    const answer = await answered(store, { ...options, running: own }, command);
    answers.push(answer);
    if (answer.failed === true) break;
  }
  return {
    lines: answers.flatMap(({ lines }) => lines),
    json: { stores: answers.map(({ json }) => json) },
    status: answers.reduce<ExitStatus>(
      (worst, answer) => (answer.status > worst ? answer.status : worst),
      0,
    ),
  };
}

/** The answer of a store, also when the command broke off after it had done something. */
async function answered(
  store: CommandStore,
  options: CommandOptions,
  command: StoreCommand,
): Promise<StoreAnswer & { readonly failed?: boolean }> {
  try {
    return await command(store, options);
  } catch (error) {
    if (!(error instanceof PartialFailure)) throw placed(error, store);
    const { lines, json } = failure(placed(error.cause, store), 1);
    return {
      lines: [...error.lines, ...lines],
      json: { ...error.json, ...(json as object) },
      status: statusOf(error.cause),
      failed: true,
    };
  }
}

/** Of a store that could not be reached it is said which one, and where it was looked for. */
function placed(error: unknown, { name, place }: Pick<MigratedStore, "name" | "place">): unknown {
  if (statusOf(error) !== 3) return error;
  const where = place === undefined ? name : `${name} (${place})`;
  if (isDataError(error)) return amended(error, { message: `${where}: ${error.message}` });
  return new DataError({ kind: "unavailable", message: `${where}: ${foreign(error)}` });
}

/** What cannot be taken back so easily is done to a store that was named. */
function oneStore(name: string, command: StoreCommand): Command {
  return async (layer, options, progress) => {
    if (options.store === undefined && layer.stores.length > 1) {
      const names = layer.stores.map((store) => store.name).join(", ");
      return wrong(`${name} needs --store: ${names}`);
    }
    return eachStore(layer, options, progress, command);
  };
}

/** Every migration that the arguments name. */
const idsOf = ({
  to,
  running,
  id,
  contract,
  allowDestructive,
}: CommandOptions): readonly string[] =>
  [to, running, id, ...(typeof contract === "boolean" ? [] : contract), ...allowDestructive].filter(
    (name) => name !== undefined,
  );

const has = ({ migrations }: CommandStore, id: string): boolean =>
  migrations.some((migration) => migration.id === id);

function noSuchMigration(stores: readonly CommandStore[], id: string): string {
  const known = stores.flatMap(({ migrations }) => migrations.map((migration) => migration.id));
  return `there is no migration ${id}; there are: ${known.join(", ") || "none"}`;
}

function noSuchStore(layer: DbCliLayer, name: string | undefined): Answer {
  const known = layer.stores.map((store) => store.name).join(", ") || "none";
  return name === undefined
    ? { ...wrong("no store has migrations"), status: 0 }
    : wrong(`no store ${name} has migrations; there are: ${known}`);
}

function health(report: HealthReport, named: string | undefined): Answer {
  if (named !== undefined && !report.stores.some(({ store }) => store === named)) {
    const known = report.stores.map(({ store }) => store).join(", ");
    return wrong(`there is no store ${named}; there are: ${known}`);
  }
  const width = Math.max(0, ...report.stores.map((store) => store.store.length));
  const lines = report.stores.map(({ store, state, latencyMs, detail }) =>
    `${store.padEnd(width)}  ${state.padEnd(8)}  ${latencyMs} ms${detail === undefined ? "" : `  ${detail}`}`.trimEnd(),
  );
  const isDown = report.stores.some((store) => store.state === "down");
  // Who asks for one store wants to know of that one, a cache or not.
  const ok = report.ok && !(named !== undefined && isDown);
  return {
    lines: [...lines, `${report.probe}: ${ok ? "yes" : "no"}`],
    json: report,
    status: ok ? 0 : isDown ? 3 : 1,
  };
}
