import { resolve } from "node:path";
import { composed, freshMigrations } from "../../../migrate/rehearse/composed.ts";
import { asTheSpecSays, rebuiltFiles } from "../../../migrate/rebuilt.ts";
import { apply } from "../../../reconcile/apply.ts";
import { schemaFolder } from "../../../reconcile/tool-files.ts";
import { exitCode, type ExitCode } from "../../exit-codes.ts";
import { Failure } from "../../failure.ts";
import type { Output } from "../../io.ts";
import { reportFindings } from "../../report.ts";
import {
  migrationFindings,
  type MigratedStore,
  plainContext,
  refuseOtherEngine,
} from "../../schema-stage.ts";
import { engineOf, migrationsIn, openedEmpty, told } from "./throw-away-store.ts";

/** Which stores, and where their migrations are tried. */
export interface Rebuilding {
  /** Folder of the output package. */
  readonly root: string;
  readonly project: string;
  readonly stores: readonly MigratedStore[];
  /** An empty store to be thrown away; the engine's embedded one by default. */
  readonly dsn: string | undefined;
  readonly dryRun: boolean;
}

/**
 * `migrate diff --rebuild-snapshot`: the snapshot of what the migrations make, which a merge has damaged, as the spec says it. Before a file is
 * written all migrations run from empty, and have to make what the spec makes afresh; so it is right whatever became of the former one.
 */
export async function rebuild(rebuilding: Rebuilding, output: Output): Promise<ExitCode> {
  const { root, project, dryRun } = rebuilding;
  const stores = rebuilding.stores.filter(({ folder }) => folder.disk.size > 0);
  const findings = stores.flatMap(({ folder }) => migrationFindings(folder));
  if (findings.length > 0) return reportFindings(findings, output);
  const files = stores.map((each) => {
    refuseOtherEngine(each.store, each.folder);
    const context = plainContext(each.store, project);
    const rebuilt = asTheSpecSays(each.planner, each.folder, context);
    return { each, rebuilt, ...rebuiltFiles(each.planner, each.folder, rebuilt, context) };
  });
  const damaged = files.filter(({ actions, records }) => actions.length + records.length > 0);
  if (rebuilding.dsn !== undefined && damaged.length > 1)
    throw new Failure(exitCode.input, "several stores have a snapshot to be rebuilt", {
      hint: `say which: --store ${damaged.map(({ each }) => each.store.name).join("|")}`,
    });
  const differences: string[] = [];
  for (const { each, rebuilt } of damaged) {
    output.line(output.style("dim", `${each.store.name}: all migrations, from empty`));
    const found = await differencesOf({ ...each, folder: rebuilt }, rebuilding);
    differences.push(...found.map((difference) => `${each.store.name}: ${difference}`));
  }
  if (differences.length > 0) return refuse(differences, output);
  const blocked = damaged.flatMap((each) => each.findings);
  if (blocked.length > 0) return reportFindings(blocked, output);
  const actions = damaged.flatMap((each) => each.actions);
  const records = damaged.flatMap((each) => each.records);
  const paths = [...actions, ...records].map(({ path }) => path);
  output.document({ rebuilt: paths, written: !dryRun });
  if (paths.length === 0) output.line("nothing to rebuild: each snapshot is what the spec says");
  for (const path of paths) output.line(`${dryRun ? "would write" : "written"}: ${path}`);
  if (dryRun || paths.length === 0) return exitCode.ok;
  const report = apply({ actions, records, findings: [], notes: [], watched: [] }, root);
  return report.outcome === "refused" ? reportFindings(report.findings, output) : exitCode.ok;
}

/** What the migrations make otherwise than the spec. @throws Failure 2 where no store of the engine can be had to try them on */
async function differencesOf(
  { store, planner, folder }: MigratedStore,
  { root, project, dsn }: Rebuilding,
): Promise<readonly string[]> {
  const engine = engineOf(store.engine);
  if (engine?.rehearsal === undefined)
    throw new Failure(
      exitCode.input,
      `store ${store.name}: nothing shows that its migrations make what the spec says, since ${engine?.title ?? store.engine} has no rehearsal in this release`,
      { hint: byHand(store.name) },
    );
  const migrations = await migrationsIn(resolve(root, "migrations", store.name));
  const fresh = freshMigrations(planner, folder, plainContext(store, project));
  try {
    return await composed(() => openedEmpty({ engine, dsn, root, migrations }), migrations, fresh);
  } catch (error) {
    throw told(error);
  }
}

const byHand = (store: string): string =>
  `take both folders, migrations/${store} and ${schemaFolder}/${store}, as one branch has them (git checkout BRANCH -- …, its other files removed), and write the change of the other branch anew: migrate diff`;

function refuse(differences: readonly string[], output: Output): ExitCode {
  output.document({ differences });
  for (const difference of differences)
    output.problem(`what all migrations make is not what the spec says: ${difference}`);
  output.problem(
    "nothing was written. Take out of the spec what no migration makes yet, run this again, and then migrate diff with the spec as it is to be",
  );
  return exitCode.finding;
}
