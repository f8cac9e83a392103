import { resolve } from "node:path";
import type { StoredMigration } from "../../../migrate/folder.ts";
import { ancestorsOf, lintMigrations, type FileFinding } from "../../../migrate/lint.ts";
import { crossedBranches } from "../../../migrate/crossed-branches.ts";
import { unknownSteps } from "../../../migrate/unknown-steps.ts";
import { damagedRecord } from "../../../reconcile/findings.ts";
import type { Finding } from "../../../reconcile/write-plan.ts";
import type { CommandContext } from "../../context.ts";
import { exitCode, type ExitCode } from "../../exit-codes.ts";
import { Failure } from "../../failure.ts";
import type { Output } from "../../io.ts";
import { requireLock } from "../../lock-file.ts";
import { chooseLocked, load, storable } from "../../pipeline.ts";
import { placeOf } from "../../place.ts";
import { reportFindings } from "../../report.ts";
import { folderFindings, migratedStores, type MigratedStore } from "../../schema-stage.ts";

export interface LintOptions {
  /** Ids of the migrations to judge, or how they begin; those of each store's newest change when there is none. */
  readonly ids?: readonly string[];
  readonly store?: string;
  /** Every migration that this one does not stand on. */
  readonly since?: string;
  readonly all?: boolean;
}

interface StoreFinding extends FileFinding {
  readonly store: string;
}

/** `migrate lint [ID…]`: what migrations do to those who use the store meanwhile; exit 1 for an error, 0 for warnings alone. */
export async function run({ io, output }: CommandContext, given: LintOptions): Promise<ExitCode> {
  const place = placeOf(io, output.options);
  const loaded = load(place, output);
  const plan = chooseLocked(loaded, requireLock(place).lock, output);
  const ir = storable(loaded, plan, output);
  const all = migratedStores(ir, resolve(place.folder, loaded.model.output.package));
  const stores = all.filter(({ store }) => given.store === undefined || given.store === store.name);
  refuseUnknownStore(given, stores, all);
  const options = withWholeIds(given, stores);
  const damaged = stores.flatMap(({ folder }) => folder.damaged.map(damagedRecord));
  const broken =
    damaged.length > 0 ? damaged : stores.flatMap(({ folder }) => crossedBranches(folder));
  if (broken.length > 0) return reportFindings(broken, output);
  const findings: StoreFinding[] = [];
  const judged: string[] = [];
  for (const { store, planner, folder } of stores) {
    const chosen = planner.lint === undefined ? [] : choose(folder.migrations, options);
    if (planner.lint === undefined) output.line(`${store.name}: no rules for ${store.engine}`);
    else
      for (const finding of await lintMigrations(planner.lint, folder.migrations, chosen))
        findings.push({ ...finding, store: store.name });
    judged.push(...chosen.map(({ id }) => `${store.name}/${id}`));
  }
  return report({ findings, judged, refused: stores.flatMap(refusedBefore) }, output);
}

/** Why the runner or the next `migrate diff` refuses a folder, whatever its statements do: a text that was edited is judged all the same. */
const refusedBefore = (store: MigratedStore): readonly Finding[] => [
  ...folderFindings(store.folder),
  ...strayFindings(store),
];

const strayFindings = ({ folder }: MigratedStore): readonly Finding[] =>
  folder.migrations.flatMap((migration) =>
    unknownSteps(migration).map(({ file, message, mend }): Finding => {
      const path = `migrations/${folder.store}/${file}`;
      return { kind: "damaged-record", path, message: `${path}: ${message}`, mend };
    }),
  );

function choose(
  migrations: readonly StoredMigration[],
  { ids = [], since, all }: LintOptions,
): readonly StoredMigration[] {
  if (ids.length > 0) return migrations.filter(({ id }) => ids.includes(id));
  if (all === true) return migrations;
  const from = migrations.find(({ id }) => id === since);
  if (from !== undefined) {
    const known = new Set([from, ...ancestorsOf(from, migrations)]);
    return migrations.filter((migration) => !known.has(migration));
  }
  const newest = migrations.toSorted((a, b) => (a.id < b.id ? -1 : 1)).at(-1);
  return migrations.filter(({ change }) => change === newest?.change);
}

/** @throws Failure 2 for a store that is not there */
function refuseUnknownStore(
  { store }: LintOptions,
  stores: readonly MigratedStore[],
  all: readonly MigratedStore[],
): void {
  if (store === undefined || stores.length > 0) return;
  throw new Failure(exitCode.input, `there is no store "${store}" with migrations`, {
    hint: `stores with migrations: ${all.map((each) => each.store.name).join(", ")}`,
  });
}

/** A migration may be named by the beginning of its id: `0002`. @throws Failure 2 for one that is not there, or is not the only one */
function withWholeIds(options: LintOptions, stores: readonly MigratedStore[]): LintOptions {
  const ids = stores.flatMap(({ folder }) => folder.migrations.map(({ id }) => id));
  const known = [...new Set(ids)].toSorted();
  const { ids: given = [], since } = options;
  return {
    ...options,
    ids: given.map((id) => wholeId(id, known)),
    ...(since !== undefined && { since: wholeId(since, known) }),
  };
}

function wholeId(given: string, known: readonly string[]): string {
  if (known.includes(given)) return given;
  const meant = known.filter((id) => id.startsWith(given));
  const [only] = meant;
  if (only !== undefined && meant.length === 1) return only;
  if (meant.length > 1)
    throw new Failure(exitCode.input, `more than one migration begins with "${given}"`, {
      hint: `name one of them: ${meant.join(", ")}`,
    });
  throw new Failure(exitCode.input, `there is no migration "${given}"`, {
    hint: `the newest are: ${known.slice(-3).join(", ")}`,
  });
}

interface Report {
  readonly findings: readonly StoreFinding[];
  readonly judged: readonly string[];
  readonly refused: readonly Finding[];
}

function report({ findings, judged, refused }: Report, output: Output): ExitCode {
  const warnings = findings.filter(({ severity }) => severity === "warning").length;
  const errors = findings.length - warnings + refused.length;
  output.document({ judged, errors, warnings, findings: findings.map(documentOf), refused });
  for (const finding of findings) output.problem(textOf(finding));
  for (const { message, mend } of refused) output.problem(`${message}; ${mend}`);
  const counts = [count(errors, "error"), count(warnings, "warning")].join(", ");
  const scope = `${count(judged.length, "migration")} judged`;
  const allow = `. One that is safe here: -- lint: allow RULE because REASON, in the line above its statement`;
  if (errors + warnings === 0) output.line(`${scope}: no finding`);
  else output.problem(`${scope}: ${counts}${findings.length === 0 ? "" : allow}`);
  return errors === 0 ? exitCode.ok : exitCode.finding;
}

const count = (number: number, what: string): string =>
  `${number} ${what}${number === 1 ? "" : "s"}`;

const pathOf = ({ store, file }: StoreFinding): string => `migrations/${store}/${file}`;

const documentOf = (finding: StoreFinding) => {
  const { store, migration, line, rule, severity, message, recipe } = finding;
  return { store, migration, file: pathOf(finding), line, rule, severity, message, recipe };
};

function textOf(finding: StoreFinding): string {
  const { line, severity, rule, message, recipe } = finding;
  const head = `${pathOf(finding)}:${line}: ${severity} ${rule}: ${message}`;
  return recipe === "" ? `${head}\n` : `${head}\n${recipe.replaceAll(/^/gm, "    ")}\n`;
}
