import { resolve } from "node:path";
import type { EngineDescriptor } from "../../../engines/engine.ts";
import { composed, freshMigrations } from "../../../migrate/rehearse/composed.ts";
import { chosenChanges } from "../../../migrate/rehearse/choose.ts";
import { type FittingReport, rehearseFitting } from "../../../migrate/rehearse/fitting.ts";
import type { RehearsalPlan, Stage } from "../../../migrate/rehearse/rehearse.ts";
import { reportLines } from "../../../migrate/rehearse/report.ts";
import type { RehearsalStore } from "../../../migrate/rehearse/store.ts";
import type { CommandContext } from "../../context.ts";
import { exitCode, type ExitCode } from "../../exit-codes.ts";
import { Failure } from "../../failure.ts";
import { revisionOf } from "../../git.ts";
import type { Output } from "../../io.ts";
import { requireLock } from "../../lock-file.ts";
import { chooseLocked, load, storable } from "../../pipeline.ts";
import { placeOf } from "../../place.ts";
import {
  migratedStores,
  type MigratedStore,
  plainContext,
  rebuildCommand,
} from "../../schema-stage.ts";
import { table } from "../../table.ts";
import { engineOf, migrationsIn, openedEmpty, told } from "./throw-away-store.ts";

export interface RehearseOptions {
  readonly store?: string;
  /** Generated rows per table; 1,000 by default. */
  readonly rows?: string | number;
  /** An empty store to be thrown away; the engine's embedded one by default. */
  readonly dsn?: string;
  /** Every change, one after the other. */
  readonly all?: boolean;
  /** A revision: the changes that it has not. */
  readonly against?: string;
}

/** Rows are the same in every run, so that a finding can be found again. */
const seed = 20_260_101;

/** `migrate rehearse [NAME|ID]`: a change, or each of several, up, down and up again over generated rows, on a store that is thrown away. */
export async function run(
  { io, output }: CommandContext,
  name: string | undefined,
  options: RehearseOptions,
): Promise<ExitCode> {
  const place = placeOf(io, output.options);
  const loaded = load(place, output);
  const plan = chooseLocked(loaded, requireLock(place).lock, output);
  const ir = storable(loaded, plan, output);
  const root = resolve(place.folder, loaded.model.output.package);
  const rows = rowsOf(options.rows);
  const stores = storesOf(migratedStores(ir, root), options, name);
  const reports: { store: string; report: FittingReport }[] = [];
  const together: ComposedStore[] = [];
  for (const { store, planner, folder } of stores) {
    const migrations = await migrationsIn(resolve(root, "migrations", store.name));
    const known = knownAt(root, store.name, options.against);
    const chosen = chosenChanges(migrations, { name, all: options.all, known });
    if (chosen.length === 0 && name !== undefined) {
      throw new Failure(exitCode.input, `store ${folder.store} has no migration ${name}`, {
        hint: `there are: ${migrations.map(({ id }) => id).join(", ") || "none"}`,
      });
    }
    const tell = (stage: Stage): void => progress(output, store.name, stage);
    const thrownAway = { engine: engineOf(store.engine), dsn: options.dsn, root, migrations };
    // A store that is given is emptied again when it is closed, so it serves for one after the other.
    const open = (): Promise<RehearsalStore> => openedEmpty(thrownAway);
    for (const each of chosen) {
      const report = await rehearsed(open, { ...each, rows, seed }, tell);
      reports.push({ store: store.name, report });
    }
    if (options.all !== true) continue;
    output.line(output.style("dim", `${store.name}: all from empty`));
    const fresh = freshMigrations(planner, folder, plainContext(store, ir.project));
    together.push({ store: store.name, differences: await composed(open, migrations, fresh) });
  }
  return show(reports, together, output);
}

/** What all migrations of a store make otherwise than its snapshot says. */
interface ComposedStore {
  readonly store: string;
  readonly differences: readonly string[];
}

/** One change on a store of its own. */
async function rehearsed(
  open: () => Promise<RehearsalStore>,
  plan: RehearsalPlan,
  tell: (stage: Stage) => void,
): Promise<FittingReport> {
  try {
    return await rehearseFitting(open, plan, tell);
  } catch (error) {
    throw told(error);
  }
}

/** Ids of the migrations that a revision has. */
function knownAt(
  root: string,
  store: string,
  revision: string | undefined,
): ReadonlySet<string> | undefined {
  if (revision === undefined) return undefined;
  const names = revisionOf(root, revision).files.list(`migrations/${store}`);
  return new Set(names.flatMap((name) => (name.endsWith(".json") ? [name.slice(0, -5)] : [])));
}

function show(
  reports: readonly { readonly store: string; readonly report: FittingReport }[],
  together: readonly ComposedStore[],
  output: Output,
): ExitCode {
  output.document({ stores: reports.map(({ store, report }) => ({ store, ...report })), together });
  if (reports.length === 0) output.line("no store has a migration to rehearse");
  for (const { store, report } of reports) {
    const { head, filled, losses, refusals, findings, verdict } = reportLines(store, report);
    output.line(head);
    if (filled.length > 0) output.line(table(["table", "rows", ""], filled));
    if (losses.length > 0) output.line(`\n${table(["lost", "rows", "when", "class"], losses)}`);
    for (const refusal of refusals) output.line(`${store}: ${refusal}`);
    for (const finding of findings) output.problem(`${store}: ${finding}`);
    output.line(verdict);
  }
  for (const { store, differences } of together) {
    for (const difference of differences)
      output.problem(`${store}: all migrations, from empty, against a fresh store: ${difference}`);
    output.line(
      differences.length === 0
        ? `${store}: all migrations, from empty, make what a fresh store has`
        : `${store}: where it is the snapshot that a merge has damaged: ${rebuildCommand} writes it anew`,
    );
  }
  const found =
    reports.some(({ report }) => report.findings.length > 0) ||
    together.some(({ differences }) => differences.length > 0);
  return found ? exitCode.finding : exitCode.ok;
}

function progress(output: Output, store: string, stage: Stage): void {
  output.line(output.style("dim", `${store}: ${stage}`));
}

function storesOf(
  stores: readonly MigratedStore[],
  options: RehearseOptions,
  name: string | undefined,
): readonly MigratedStore[] {
  const named = stores.filter(
    ({ store }) => options.store === undefined || store.name === options.store,
  );
  const known = stores.map(({ store }) => store.name).join(", ") || "none";
  if (named.length === 0)
    throw new Failure(exitCode.input, `no store ${options.store ?? ""} has migrations`, {
      hint: `stores: ${known}`,
    });
  if (named.length > 1 && (options.dsn !== undefined || name !== undefined))
    throw new Failure(exitCode.input, "several stores have migrations", {
      hint: `say which: --store ${known.replaceAll(", ", "|")}`,
    });
  const able = named.filter(({ store }) => isAble(engineOf(store.engine), named.length === 1));
  if (able.length === 0)
    throw new Failure(exitCode.input, "no store's engine has a rehearsal in this release", {
      hint: "say which, with an empty store of it: --store NAME --dsn DSN; or try the migrations on a copy: npm run db -- migrate up",
    });
  return able;
}

/** Of several stores, those that run in process: a DSN is for one. */
const isAble = (engine: EngineDescriptor | undefined, isOnly: boolean): boolean =>
  engine?.rehearsal !== undefined && (isOnly || engine.dsn.ephemeral !== undefined);

function rowsOf(given: RehearseOptions["rows"]): number {
  const rows = Number(given ?? 1000);
  if (Number.isInteger(rows) && rows >= 1 && rows <= 100_000) return rows;
  throw new Failure(exitCode.input, `--rows ${given}: it is no whole number from 1 to 100000`);
}
