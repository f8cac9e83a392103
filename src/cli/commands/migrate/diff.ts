import { resolve } from "node:path";
import { changeFiles } from "../../../migrate/change-files.ts";
import { planChange, type StoreChange } from "../../../migrate/change.ts";
import { snapshotOf } from "../../../migrate/folder.ts";
import type { PlannedMigration } from "../../../migrate/record.ts";
import type { ChangeContext } from "../../../migrate/step.ts";
import { apply } from "../../../reconcile/apply.ts";
import { recover } from "../../../reconcile/recover.ts";
import { schemaFolder } from "../../../reconcile/tool-files.ts";
import type { FileChange, Finding } from "../../../reconcile/write-plan.ts";
import type { CommandContext } from "../../context.ts";
import { exitCode, type ExitCode } from "../../exit-codes.ts";
import { Failure } from "../../failure.ts";
import { requireLock } from "../../lock-file.ts";
import { movedEntities, unmadeEntities } from "../../moved-entities.ts";
import { formatIssues } from "../../../spec/issues.ts";
import { chooseLocked, load, refuseTaken, storable } from "../../pipeline.ts";
import { placeOf } from "../../place.ts";
import { reportFindings } from "../../report.ts";
import {
  folderFindings,
  migratedStores,
  type MigratedStore,
  refuseOtherEngine,
} from "../../schema-stage.ts";
import { idleNames } from "../../taken-renames.ts";
import { allowanceText, type Loss, lossesOf, lossText, type PlannedStore } from "./losses.ts";

export interface DiffOptions {
  readonly store?: string;
  /** Each step at once, for a store that stands still meanwhile. */
  readonly direct?: boolean;
  readonly dryRun?: boolean;
  /** What may be lost: `orders.note`, `orders`. */
  readonly allowDestructive?: readonly string[];
  /** `<part>.<column>=<expression>`. */
  readonly set?: readonly string[];
  /** No migration: the snapshot of what those that are there make, written anew. */
  readonly rebuildSnapshot?: boolean;
  /** For that: an empty store to be thrown away; the engine's embedded one by default. */
  readonly dsn?: string;
}

/** `migrate diff [NAME]`: the migrations from what is there to what the spec says, for every store that changed. */
export async function run(
  { io, output }: CommandContext,
  name: string | undefined,
  options: DiffOptions,
): Promise<ExitCode> {
  refuseName(name);
  const place = placeOf(io, output.options);
  const loaded = load(place, output);
  const plan = chooseLocked(loaded, requireLock(place).lock, output);
  const ir = storable(loaded, plan, output);
  const root = resolve(place.folder, loaded.model.output.package);
  if (options.dryRun !== true) recover(root);
  const stores = migratedStores(ir, root).filter(
    ({ store }) => options.store === undefined || options.store === store.name,
  );
  refuseUnknownStore(options.store, stores, ir.stores);
  if (options.rebuildSnapshot === true) {
    refuseWishes(name, options);
    const { rebuild } = await import("./rebuild.ts");
    const { dsn, dryRun = false } = options;
    return rebuild({ root, project: ir.project, stores, dsn, dryRun }, output);
  }
  const damaged = stores.flatMap(({ folder }) => folderFindings(folder));
  if (damaged.length > 0) return reportFindings(damaged, output);
  refuseTaken(ir, root, loaded.locate);
  const idle = idleNames(stores);
  if (idle.length > 0 && !output.options.quiet) output.problem(formatIssues(loaded.locate(idle)));
  const values = valuesOf(options.set ?? []);
  const planned = stores.map((each): PlannedStore => {
    refuseOtherEngine(each.store, each.folder);
    const context: ChangeContext = {
      store: each.store,
      project: ir.project,
      mode: options.direct === true ? "direct" : "split",
      values,
    };
    const request = name === undefined ? { context } : { context, name };
    return { ...each, context, change: planChange(each.planner, each.folder, request) };
  });
  await refuseValues(planned, values);
  const unmade = unmadeEntities(movedEntities(ir, root), ir, root).filter(({ to }) =>
    planned.some(({ store }) => store === to),
  );
  const allowed = options.allowDestructive ?? [];
  const losses = lossesOf(planned, unmade);
  const refused = losses.filter(({ destroys }) => !allowed.includes(destroys));
  refuseUnanswered(planned, refused);
  refuseIdleValues(planned, values);
  refuseIdleAllowance(losses, allowed);
  refuseDestruction(refused);
  const changed = planned.filter(({ change }) => change.migrations.length > 0);
  const files = planned.map((each) =>
    changeFiles(each.planner, each.folder, each.change, each.context),
  );
  return write(
    { root, dryRun: options.dryRun === true },
    changed,
    {
      actions: files.flatMap(({ actions }) => actions),
      records: files.flatMap(({ records }) => records),
      findings: files.flatMap(({ findings }) => findings),
    },
    output,
  );
}

interface Files {
  readonly actions: readonly FileChange[];
  readonly records: readonly FileChange[];
  readonly findings: readonly Finding[];
}

function write(
  { root, dryRun }: { root: string; dryRun: boolean },
  changed: readonly PlannedStore[],
  files: Files,
  output: CommandContext["output"],
): ExitCode {
  if (files.findings.length > 0) return reportFindings(files.findings, output);
  const migrations = changed.flatMap(({ store, change }) =>
    change.migrations.map((migration) => ({ store: store.name, migration })),
  );
  output.document({ migrations: migrations.map(documentOf), written: !dryRun });
  if (migrations.length === 0) {
    output.line("nothing to migrate: the migrations make what the spec says");
  }
  for (const { store, migration } of migrations) {
    output.line(`migrations/${store}/${migration.id}  (${phaseText(migration)})`);
    for (const step of migration.steps) {
      const marks = [step.reversibility, ...step.risks.filter((risk) => risk !== "none")];
      output.line(`  ${step.title}  [${marks.join(", ")}]`);
      if (step.note !== undefined && step.risks.includes("depends-on-data"))
        output.line(`    ${step.note}`);
      if (step.accepts !== undefined)
        output.line(
          `    migrate lint lets ${step.accepts.rule} pass here: ${step.accepts.because}`,
        );
    }
    if (dryRun) output.line(`\n${migration.up}`);
  }
  if (dryRun) return exitCode.ok;
  if (files.actions.length + files.records.length > 0) {
    const report = apply({ ...files, findings: [], notes: [], watched: [] }, root);
    if (report.outcome === "refused") return reportFindings(report.findings, output);
  }
  if (migrations.length > 0) tellNext(migrations, output);
  return exitCode.ok;
}

function tellNext(
  migrations: readonly { readonly migration: PlannedMigration }[],
  output: CommandContext["output"],
): void {
  output.line("\nNext:");
  output.line(
    "  async-db-starter migrate rehearse     up, down and up again on a throw-away store",
  );
  output.line("  async-db-starter generate             code for the new schema");
  output.line("  npm run db -- migrate up              applies it to the store of .env");
  const contracts = migrations.filter(({ migration }) => migration.phase === "contract");
  if (contracts.length === 0) return;
  const waits = contracts.some(({ migration }) => newCodeWaits(migration));
  output.line(
    `  npm run db -- migrate up --contract   the rest, when no older code runs any more${waits ? "; the new code starts only then" : ""}`,
  );
}

const documentOf = ({ store, migration }: { store: string; migration: PlannedMigration }) => ({
  store,
  id: migration.id,
  parents: migration.parents,
  phase: migration.phase,
  change: migration.change,
  steps: migration.steps.map(({ name, title, reversibility, risks, destroys }) => ({
    name,
    title,
    reversibility,
    risks,
    ...(destroys === undefined ? {} : { destroys }),
  })),
});

const newCodeWaits = ({ phase, steps }: PlannedMigration): boolean =>
  phase === "contract" && steps.some(({ risks }) => risks.includes("new-code-waits"));

function phaseText(migration: PlannedMigration): string {
  const { phase, parents } = migration;
  const after = parents.length === 0 ? "" : `, after ${parents.join(" and ")}`;
  switch (phase) {
    case "expand":
      return `before the new code starts${after}`;
    case "backfill":
      return `in batches, before the new code starts${after}`;
    case "contract":
      return newCodeWaits(migration)
        ? `when no older code runs any more, before the new code starts${after}`
        : `when no older code runs any more${after}`;
  }
}

/** @throws Failure 2 for what makes a change, where none is made */
function refuseWishes(name: string | undefined, options: DiffOptions): void {
  const { direct = false, allowDestructive = [], set = [] } = options;
  if (name === undefined && !direct && allowDestructive.length + set.length === 0) return;
  throw new Failure(exitCode.input, "--rebuild-snapshot makes no migration", {
    hint: "leave out the name, --direct, --allow-destructive and --set",
  });
}

/** @throws Failure 2 for a name that is no part of a file name */
function refuseName(name: string | undefined): void {
  if (name === undefined || /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(name)) return;
  const kebab = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "");
  throw new Failure(exitCode.input, `"${name}" cannot be the name of a migration`, {
    hint: `small letters, digits and hyphens: ${kebab === "" ? "add-note" : kebab}`,
  });
}

function refuseUnknownStore(
  name: string | undefined,
  found: readonly MigratedStore[],
  all: readonly { readonly name: string }[],
): void {
  if (name === undefined || found.length > 0) return;
  const known = all.some((store) => store.name === name);
  throw new Failure(
    exitCode.input,
    known ? `store "${name}" has no migrations` : `there is no store "${name}"`,
    { hint: `stores: ${all.map((store) => store.name).join(", ")}` },
  );
}

/** @throws Failure 2 for an entry that is no `part.column=expression` */
function valuesOf(entries: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    entries.map((entry) => {
      const at = entry.indexOf("=");
      if (at > 0 && entry.slice(0, at).includes(".") && entry.length > at + 1)
        return [entry.slice(0, at), entry.slice(at + 1)] as const;
      throw new Failure(exitCode.input, `--set ${entry}: it is no TABLE.COLUMN=EXPRESSION`, {
        hint: `for example: --set "orders.note=''"`,
      });
    }),
  );
}

/** @throws Failure 2 for a value of no column, and for an expression that is none */
async function refuseValues(
  planned: readonly PlannedStore[],
  values: ChangeContext["values"],
): Promise<void> {
  const parts = new Set(
    planned.flatMap(({ folder, change }) => [...folder.parts.keys(), ...change.snapshot.keys()]),
  );
  const strange = Object.keys(values).filter(
    (about) => ![...parts].some((part) => about.startsWith(`${part}.`)),
  );
  const judged = await Promise.all(
    planned.map(
      ({ planner, folder, change, context }) =>
        planner.judgeValues?.(snapshotOf(folder), change.snapshot, context) ?? [],
    ),
  );
  const wrong = [
    ...strange.map((about) => `--set ${about}: nothing is called so; name it TABLE.COLUMN`),
    ...judged.flat().map(({ about, text, hint }) => `--set ${about}: ${text}; ${hint}`),
  ];
  if (wrong.length > 0)
    throw new Failure(exitCode.input, wrong.join("\n"), { hint: "nothing was written" });
}

/** @throws Failure 2 for a value without which the change would be the same */
function refuseIdleValues(planned: readonly PlannedStore[], values: ChangeContext["values"]): void {
  const idle = Object.keys(values).filter((about) => {
    const { [about]: _, ...others } = values;
    return planned.every(({ planner, folder, context, change }) => {
      const without = planChange(planner, folder, { context: { ...context, values: others } });
      return stepsText(without) === stepsText(change);
    });
  });
  if (idle.length === 0) return;
  const nothing = planned.every(({ change }) => change.migrations.length === 0);
  throw new Failure(
    exitCode.input,
    idle.map((about) => `--set ${about}: this change fills no such thing`).join("\n"),
    {
      hint: nothing
        ? `the migrations that are there make what the spec says already. To write one of them anew that no store has applied, bring migrations/STORE and ${schemaFolder}/STORE, both, back to what they were before it (git restore, and delete its files if they were never committed); then run this again`
        : "nothing was written",
    },
  );
}

const stepsText = ({ migrations, questions }: StoreChange): string =>
  JSON.stringify([questions, migrations.flatMap(({ steps }) => steps)]);

/** @throws Failure 1 with every question, and with what would be lost besides, so that one run can answer both */
function refuseUnanswered(planned: readonly PlannedStore[], losses: readonly Loss[]): void {
  const questions = planned.flatMap(({ change }) => change.questions);
  if (questions.length === 0) return;
  throw new Failure(
    exitCode.finding,
    [...questions.map(({ text, hint }) => `${text}; ${hint}`), ...losses.map(lossText)].join("\n"),
    {
      details: [...questions, ...losses.map(lossDetail)],
      hint: `nothing was written${losses.length === 0 ? "" : `; if the loss is meant: ${allowanceText(losses)}`}`,
    },
  );
}

/** @throws Failure 2 for an allowance to lose what the change would not lose */
function refuseIdleAllowance(losses: readonly Loss[], allowed: readonly string[]): void {
  const known = new Set(losses.map(({ destroys }) => destroys));
  const idle = allowed.filter((name) => !known.has(name));
  if (idle.length === 0) return;
  throw new Failure(
    exitCode.input,
    `--allow-destructive ${idle.join(", ")}: this change would lose no such thing`,
    { hint: `what it would lose: ${[...known].join(", ") || "nothing"}` },
  );
}

/** @throws Failure 1 naming everything that would be lost and is not allowed to be */
function refuseDestruction(losses: readonly Loss[]): void {
  if (losses.length === 0) return;
  throw new Failure(exitCode.finding, losses.map(lossText).join("\n"), {
    details: losses.map(lossDetail),
    hint: `if that is meant: ${allowanceText(losses)}`,
  });
}

const lossDetail = ({ destroys, title }: Loss): Pick<Loss, "destroys" | "title"> => ({
  destroys,
  title,
});
