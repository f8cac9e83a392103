import { basename, resolve } from "node:path";
import { engines } from "../../../engines/registry.gen.ts";
import type { EngineDescriptor } from "../../../engines/engine.ts";
import { storeVariable } from "../../../ir/names.ts";
import { kebabCase } from "../../../ir/words.ts";
import { type Adoption, AdoptionRefused, type LiveStore } from "../../../migrate/baseline/live.ts";
import { MissingPackage } from "../../../migrate/baseline/packages.ts";
import { type Baseline, planBaseline } from "../../../migrate/baseline/plan.ts";
import { specText } from "../../../migrate/baseline/spec-text.ts";
import { apply } from "../../../reconcile/apply.ts";
import { recover } from "../../../reconcile/recover.ts";
import { readUserFile, writeUserFile } from "../../../reconcile/single-file.ts";
import { scanMigrations } from "../../../reconcile/scan-migrations.ts";
import { schemaFile } from "../../../reconcile/tool-files.ts";
import { filesIn } from "../../../spec/files.ts";
import { specJsonSchemaText } from "../../../spec/json-schema.ts";
import { loadSpec } from "../../../spec/load.ts";
import type { CommandContext } from "../../context.ts";
import { exitCode, type ExitCode } from "../../exit-codes.ts";
import { Failure } from "../../failure.ts";
import type { Output } from "../../io.ts";
import { writeLock } from "../../lock-file.ts";
import { choose, type Loaded, storable } from "../../pipeline.ts";
import { placeOf, type Place } from "../../place.ts";
import { reportFindings } from "../../report.ts";
import { plainContext } from "../../schema-stage.ts";
import { rememberSpec } from "../../spec-of-package.ts";
import { dsnOfStore, engineOfDsn, namedDsn, parsedDsn } from "../../store-dsn.ts";

export interface BaselineOptions {
  /** DSN of the live store; that of `store` from the environment or `.env` when it is not given. */
  readonly dsn?: string;
  /** Name of the store in the spec; `main` by default. */
  readonly store?: string;
  /** The spec to write; `--spec` by default. It must not exist. */
  readonly out?: string;
  /** Tables that become no entity, as the database calls them. */
  readonly except?: readonly string[];
}

/** `migrate baseline DSN|--store NAME`: a spec, a snapshot and a ledger entry for a live schema; touches nothing else of it. */
export async function run(
  { io, output }: CommandContext,
  options: BaselineOptions,
): Promise<ExitCode> {
  const place = placeOf(io, {
    cwd: output.options.cwd,
    spec: options.out ?? output.options.spec,
  });
  const store = options.store ?? "main";
  refusePresent(place, store);
  const text = options.dsn ?? dsnOfStore(io, place.folder, store);
  const engine = engineOfDsn(text, engines);
  const live = await opened(text, engine, place.folder);
  try {
    await refuseMigrated(live);
    const adoption = await live.adopt(options.except ?? []);
    const isNamed = namedDsn(io, place.folder, store) !== undefined;
    return await adopted({ place, store, engine, live, adoption, isNamed }, output);
  } catch (error) {
    throw told(error, place.folder);
  } finally {
    await live.close();
  }
}

interface Subject {
  readonly place: Place;
  readonly store: string;
  readonly engine: EngineDescriptor;
  readonly live: LiveStore;
  readonly adoption: Adoption;
  /** Whether the project's own commands find the DSN. */
  readonly isNamed: boolean;
}

async function adopted(subject: Subject, output: Output): Promise<ExitCode> {
  const { place, live, store, engine, adoption } = subject;
  if (adoption.schema.entities.length === 0) {
    throw new Failure(exitCode.input, "the database has no table to adopt", {
      hint: "check the DSN and its search path, or start with: async-db-starter init",
    });
  }
  const project = projectName(place);
  const spec = specText(adoption.schema, {
    project,
    store,
    engine: engine.id,
    title: engine.title,
  });
  const loaded = judged(place, spec);
  const plan = choose(loaded, undefined, output);
  const ir = storable(loaded, plan, output);
  const storeIr = ir.stores.find(({ name }) => name === store);
  const { schema } = engine;
  if (storeIr === undefined || schema === undefined)
    throw new Error(`the adopted spec was not placed in store ${store}`);
  const root = resolve(place.folder, loaded.model.output.package);
  recover(root);
  const folder = scanMigrations(root, store);
  const context = plainContext(storeIr, ir.project);
  const baseline = planBaseline(schema, folder, adoption, context);
  if (baseline.files.findings.length > 0) return reportFindings(baseline.files.findings, output);
  await record(live, baseline);
  await live.mark();
  const report = apply({ ...baseline.files, notes: [], watched: [] }, root);
  if (report.outcome === "refused") return reportFindings(report.findings, output);
  writeLock(place, plan);
  writeUserFile(root, schemaFile, specJsonSchemaText());
  // The spec comes last: while it is missing, the command can be run again.
  writeUserFile(place.folder, place.spec, spec);
  rememberSpec(root, place);
  tell(subject, baseline, output);
  return exitCode.ok;
}

/** Counts the baseline as applied; the only thing that is written into the database. */
const record = (live: LiveStore, { migration }: Baseline): Promise<void> =>
  live.target.locked(
    () =>
      live.target.run(
        [],
        { state: "applied", migration, adopt: (now) => now },
        {
          file: migration.file,
          lock: { timeoutMs: 5_000, totalMs: 30_000 },
          waiting: () => {},
        },
      ),
    60_000,
  );

function tell(
  { place, store, adoption, isNamed }: Subject,
  baseline: Baseline,
  output: Output,
): void {
  const { entities, notes } = adoption.schema;
  const left = entities.reduce((sum, entity) => sum + entity.notes.length, notes.length);
  const pending = baseline.pending.map(({ id, steps }) => ({
    id,
    steps: steps.map(({ title }) => title),
  }));
  const cautions = entities.flatMap((entity) =>
    entity.cautions.map((caution) => `${entity.name}: ${caution}`),
  );
  output.document({
    spec: place.spec,
    entities: entities.map(({ name }) => name),
    baseline: baseline.migration.id,
    pending,
    left: [
      ...notes,
      ...entities.flatMap((entity) => entity.notes.map((note) => `${entity.name}: ${note}`)),
    ],
    cautions,
  });
  for (const caution of cautions) output.problem(`warning: ${caution}`);
  output.line(`${place.shown}: ${entities.length} entities of what is there`);
  if (left > 0)
    output.line(`left as it is, since the spec has no word for it: ${left}; the spec names each`);
  output.line(`migrations/${store}/${baseline.migration.id} counts as applied`);
  for (const { id, steps } of pending) {
    output.line(`migrations/${store}/${id} waits: what the data layer wants besides`);
    for (const step of steps) output.line(`  ${step}`);
  }
  const steps = [
    ...(isNamed ? [] : [`export ${storeVariable(store)}="…"   # the DSN; or as a line of .env`]),
    "async-db-starter generate",
    "npm install",
    ...(pending.length > 0 ? ["npm run db -- migrate up"] : []),
  ];
  output.line(`\nNext:\n${steps.map((step) => `  ${step}`).join("\n")}`);
}

function refusePresent(place: Place, store: string): void {
  const hint = "baseline starts a spec; for a change of one that is there: migrate diff";
  if (readUserFile(place.folder, place.spec) !== undefined)
    throw new Failure(exitCode.input, `${place.shown} is already there`, { hint });
  const { migrations } = scanMigrations(place.folder, store);
  if (migrations.length > 0)
    throw new Failure(exitCode.input, `migrations/${store} holds migrations already`, { hint });
}

/** A ledger of this tool means that the schema follows migrations that lie elsewhere. */
async function refuseMigrated({ target }: LiveStore): Promise<void> {
  const ledger = await target.ledger();
  const others = ledger.filter(({ id }) => id !== "0001-baseline");
  if (others.length === 0) return;
  throw new Failure(
    exitCode.finding,
    `the database is migrated already: ${others.map(({ id }) => id).join(", ")}`,
    { hint: "use the checkout that has these migrations" },
  );
}

async function opened(text: string, engine: EngineDescriptor, root: string): Promise<LiveStore> {
  const { live } = engine;
  if (live === undefined)
    throw new Failure(exitCode.input, `${engine.title} has no schema that could be adopted yet`);
  const dsn = parsedDsn(text, engine);
  try {
    return await (await live()).open(dsn, root);
  } catch (error) {
    throw told(error, root);
  }
}

/** What a driver or the server says, without a stack; anything else is passed on. */
function told(error: unknown, folder: string): unknown {
  if (error instanceof Failure || !(error instanceof Error)) return error;
  if (error instanceof MissingPackage) {
    return new Failure(exitCode.environment, `${error.message} in this package`, {
      hint: installOf(error.package, readUserFile(folder, "package.json") !== undefined),
    });
  }
  if (error instanceof AdoptionRefused)
    return new Failure(exitCode.input, error.message, { hint: error.hint });
  const foreign = "code" in error || "kind" in error;
  return foreign ? new Failure(exitCode.environment, `the database: ${error.message}`) : error;
}

/** Into a folder without a manifest nothing is saved: the manifest is for `generate` to write, with all that the data layer needs. */
function installOf(name: string, hasManifest: boolean): string {
  const range = engines
    .flatMap(({ transports }) => transports.map(({ packages }) => packages[name]))
    .find((known) => known !== undefined);
  return `npm install ${hasManifest ? "" : "--no-save "}"${name}${range === undefined ? "" : `@${range}`}"`;
}

/** The spec as the pipeline would read it. @throws Failure with its problems, without their places: nothing is written that has them */
function judged(place: Place, text: string): Loaded {
  const files = filesIn(place.folder);
  const bytes = new TextEncoder().encode(text);
  const { model, issues, sources, locate } = loadSpec(place.spec, {
    shownAs: place.shown,
    files: { ...files, readSpec: () => ({ bytes }) },
  });
  if (model !== undefined && locate !== undefined) return { model, sources, locate };
  const lines = text.split("\n");
  const problems = issues.map(
    ({ line, message }) => `  ${message}, in: ${lines[line - 1]?.trim() ?? ""}`,
  );
  throw new Failure(
    exitCode.finding,
    `this schema cannot be adopted as it is:\n${problems.join("\n")}`,
    { hint: "leave a table out: --except TABLE, once for each; it stays as it is" },
  );
}

function projectName({ folder }: Place): string {
  const made = kebabCase(basename(folder)).replaceAll(/[^a-z0-9-]+/g, "");
  return /^[a-z]/.test(made) ? made : `project-${made}`.replace(/-$/, "");
}
