import { engines } from "../engines/registry.gen.ts";
import type { Ir, StoreIr } from "../ir/types.ts";
import { changeFiles, type ChangedFiles } from "../migrate/change-files.ts";
import { crossedBranches } from "../migrate/crossed-branches.ts";
import { outdatedParts, planChange } from "../migrate/change.ts";
import { type MigrationFolder, snapshotOf } from "../migrate/folder.ts";
import { lostSides } from "../migrate/lost-sides.ts";
import { sealOfPart } from "../migrate/part-content.ts";
import type { ChangeContext, SchemaPlanner, Snapshot } from "../migrate/step.ts";
import { damagedRecord } from "../reconcile/findings.ts";
import { gitSides } from "../reconcile/git-conflict.ts";
import { type SoundSchema, soundSchema } from "../reconcile/known-schema.ts";
import { scanMigrations } from "../reconcile/scan-migrations.ts";
import { schemaFolder } from "../reconcile/tool-files.ts";
import type { FileChange, Finding, WatchedPath } from "../reconcile/write-plan.ts";
import { exitCode } from "./exit-codes.ts";
import { Failure } from "./failure.ts";

/** A store whose schema follows the spec by migrations. */
export interface MigratedStore {
  readonly store: StoreIr;
  readonly planner: SchemaPlanner;
  readonly folder: MigrationFolder;
}

/** The stores that have migrations, with what lies on disk of them. @param root folder of the output package */
export function migratedStores(ir: Ir, root: string): readonly MigratedStore[] {
  return ir.stores.flatMap((store) => {
    const planner = engines.find(({ id }) => id === store.engine)?.schema;
    return planner === undefined
      ? []
      : [{ store, planner, folder: scanMigrations(root, store.name) }];
  });
}

/** A change that is made without any wish of the user. */
export const plainContext = (store: StoreIr, project: string): ChangeContext => ({
  store,
  project,
  mode: "split",
  values: {},
});

/** A store whose migrations do not make what the spec says. */
export interface OutdatedSchema {
  readonly store: string;
  readonly parts: readonly string[];
}

/** What `generate` does for the schema: the first migration of a store that has none; of any other it only says what is outdated. */
export interface SchemaState extends ChangedFiles {
  readonly outdated: readonly OutdatedSchema[];
  /** Every path that this rests on, for the unchanged shortcut. */
  readonly watched: readonly WatchedPath[];
  /** The stores whose migrations are in order, for the next run. */
  readonly sound: readonly SoundSchema[];
}

/**
 * The state of the schema of every store.
 *
 * @param trusting takes what the last run found where no file was touched since
 * @throws Failure 1 for a snapshot that another engine made
 */
export function schemaState(ir: Ir, root: string, trusting = false): SchemaState {
  const actions: ChangedFiles["actions"][number][] = [];
  const records: ChangedFiles["records"][number][] = [];
  const findings: ChangedFiles["findings"][number][] = [];
  const outdated: OutdatedSchema[] = [];
  const watched: WatchedPath[] = [];
  const sound: SoundSchema[] = [];
  const untouched = new Map(
    trusting ? ir.stores.flatMap((store) => untouchedSchema(store, root)) : [],
  );
  for (const [store, found] of untouched) {
    const planner = engines.find(({ id }) => id === store.engine)?.schema;
    if (planner === undefined) continue;
    const now = sealsOf(planner.snapshot(store, ir.project));
    const parts = differingParts(found.parts, now);
    watched.push(...foldersOf(store.name), ...found.files);
    sound.push({ ...found, pending: pendingOf(parts, now) });
    if (parts.length > 0) outdated.push({ store: store.name, parts });
  }
  const rest = { ...ir, stores: ir.stores.filter((store) => !untouched.has(store)) };
  for (const { store, planner, folder } of migratedStores(rest, root)) {
    const broken = folderFindings(folder);
    findings.push(...broken);
    if (broken.length > 0) continue;
    refuseOtherEngine(store, folder);
    const context = plainContext(store, ir.project);
    if (folder.migrations.length === 0 && folder.parts.size === 0) {
      const change = planChange(planner, folder, { context, name: "initial" });
      const files = changeFiles(planner, folder, change, context);
      actions.push(...files.actions);
      records.push(...files.records);
      findings.push(...files.findings);
      watched.push(...watchedOf(folder, [...files.actions, ...files.records]));
      const written = [...files.actions, ...files.records].map(({ path }) => ({
        path,
        stamp: undefined,
      }));
      if (files.findings.length === 0)
        sound.push(soundOf(store, written, sealsOf(change.snapshot), {}));
    } else {
      const snapshot = planner.snapshot(store, ir.project);
      const parts = outdatedParts(folder, snapshot, planner);
      const mended = parts.length > 0 ? [] : mendedSchemaFile(planner, folder, snapshot, context);
      actions.push(...mended);
      watched.push(...watchedOf(folder, mended));
      if (parts.length > 0) outdated.push({ store: store.name, parts });
      if (!isTorn(folder)) {
        const made = sealsOf(snapshotOf(folder));
        const pending = parts.length === 0 ? {} : pendingOf(parts, sealsOf(snapshot));
        sound.push(soundOf(store, stampsOf(folder), made, pending));
      }
    }
  }
  return { actions, records, findings, outdated, watched, sound };
}

function untouchedSchema(
  store: StoreIr,
  root: string,
): readonly (readonly [StoreIr, SoundSchema])[] {
  const found = soundSchema(root, store.name);
  return found?.engine === store.engine ? [[store, found]] : [];
}

const soundOf = (
  { name, engine }: StoreIr,
  files: readonly WatchedPath[],
  parts: SoundSchema["parts"],
  pending: SoundSchema["pending"],
): SoundSchema => ({ store: name, engine, files, parts, pending });

const pendingOf = (parts: readonly string[], now: SoundSchema["parts"]): SoundSchema["pending"] =>
  Object.fromEntries(parts.map((part) => [part, now[part] ?? null]));

/** The seal of each part of a snapshot. */
export const sealsOf = (snapshot: Snapshot): SoundSchema["parts"] =>
  Object.fromEntries([...snapshot].map(([part, content]) => [part, sealOfPart(content)]));

/** Parts that are not the same, by name. */
export const differingParts = (
  before: SoundSchema["parts"],
  now: SoundSchema["parts"],
): readonly string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(now)])]
    .filter((part) => before[part] !== now[part])
    .toSorted();

/** The folders of a store's migrations and snapshot. */
export const foldersOf = (store: string): readonly WatchedPath[] =>
  [`migrations/${store}`, `${schemaFolder}/${store}`].map((path) => ({ path, stamp: undefined }));

const stampsOf = ({ disk }: MigrationFolder): readonly WatchedPath[] =>
  [...disk].map(([path, entry]) => ({
    path,
    stamp: entry.kind === "file" ? entry.stamp : undefined,
  }));

/** The folders are watched too: a migration that git brought in changes its folder's stamp. */
function watchedOf(
  { store, disk }: MigrationFolder,
  changes: readonly FileChange[],
): readonly WatchedPath[] {
  const folders = [`migrations/${store}`, `${schemaFolder}/${store}`];
  const changing = new Set(changes.map(({ path }) => path));
  const kept = [...disk].filter(([path]) => !changing.has(path));
  return [
    ...[...folders, ...changing].map((path) => ({ path, stamp: undefined })),
    ...kept.map(([path, entry]) => ({
      path,
      stamp: entry.kind === "file" ? entry.stamp : undefined,
    })),
  ];
}

/** Writes the snapshot of what the migrations make anew. */
export const rebuildCommand = "async-db-starter migrate diff --rebuild-snapshot";

/** Whether it is a file of the snapshot, which can be written anew. */
export const isOfSnapshot = (store: string, path: string): boolean =>
  path.startsWith(`${schemaFolder}/${store}/`);

/** Why nothing can be planned on what lies in the folders of a store. */
export function folderFindings(folder: MigrationFolder): readonly Finding[] {
  const ofSnapshot = folder.damaged.filter(({ path }) => isOfSnapshot(folder.store, path));
  const damaged = [
    ...ofSnapshot.map((each): Finding => {
      const finding = damagedRecord(each);
      return { ...finding, mend: `${rebuildCommand} writes it anew; or ${finding.mend}` };
    }),
    ...migrationFindings(folder),
  ];
  if (damaged.length > 0) return damaged;
  if (folder.migrations.length === 0 || folder.parts.size > 0) return lostFindings(folder);
  const path = `${schemaFolder}/${folder.store}`;
  return [
    {
      kind: "damaged-record",
      path,
      message: `${path}: there are migrations of store ${folder.store}, but no snapshot of what they make`,
      mend: `bring the folder back from version control; it is committed with the migrations; or write it anew: ${rebuildCommand}`,
    },
  ];
}

/** The next change would be planned without what is there. */
const lostFindings = (folder: MigrationFolder): readonly Finding[] =>
  lostSides(folder).map(({ path, message }) => ({
    kind: "damaged-record",
    path,
    message: `${path}: ${message}: one side of a merge was taken for the whole`,
    mend: `${rebuildCommand} writes it anew, once the spec says what both branches want`,
  }));

/** What is wrong with the migrations themselves. */
export function migrationFindings(folder: MigrationFolder): readonly Finding[] {
  const damaged = [
    ...folder.damaged
      .filter(({ path }) => !isOfSnapshot(folder.store, path))
      .map((each) => damagedRecord(each)),
    ...editedMigrations(folder),
    ...missingMigrations(folder),
  ];
  return damaged.length > 0 ? damaged : crossedBranches(folder);
}

/** The snapshot is ahead of the files then: the next change would be planned on what nothing makes. */
function missingMigrations({
  store,
  migrations,
  parts,
  recorded,
  damaged,
}: MigrationFolder): readonly Finding[] {
  const at = `migrations/${store}`;
  const named = new Set([...recorded, ...migrations.flatMap(({ parents }) => parents)]);
  const there = new Set([
    ...migrations.map(({ id }) => `${at}/${id}.json`),
    ...damaged.map(({ path }) => path),
  ]);
  const missing = [...named].filter((id) => !there.has(`${at}/${id}.json`)).toSorted();
  const isGone = missing.length === 0 && there.size === 0 && parts.size > 0;
  const what = isGone ? ["every migration"] : missing;
  return what.map((id) => ({
    kind: "damaged-record",
    path: isGone ? at : `${at}/${id}.json`,
    message: `${at}: ${id} is not there, but what lies in ${schemaFolder}/${store} and the other migrations stand on it`,
    mend: `bring it back from version control; to withdraw a change that no store has applied, bring both folders, ${at} and ${schemaFolder}/${store}, to what they were before it`,
  }));
}

function editedMigrations({ store, migrations }: MigrationFolder): readonly Finding[] {
  return migrations.flatMap(({ id, files, editedHash }): Finding[] => {
    if (editedHash === undefined) return [];
    const path = `migrations/${store}/${id}.json`;
    return [
      {
        kind: "damaged-record",
        path,
        message: `${path}: its hash is not that of ${files.up} and ${files.down}, so one of them was changed`,
        mend: `take the change back, or, if it is meant and no store has applied it, set "hash" to ${editedHash}`,
      },
    ];
  });
}

/** Two branches that made a table at one place leave git's markers in the schema for people; the snapshot knows what it says. */
function mendedSchemaFile(
  planner: SchemaPlanner,
  folder: MigrationFolder,
  snapshot: Snapshot,
  context: ChangeContext,
): readonly FileChange[] {
  if (!isTorn(folder)) return [];
  return changeFiles(planner, folder, { migrations: [], questions: [], snapshot }, context).actions;
}

const isTorn = ({ store, disk }: MigrationFolder): boolean =>
  [...disk].some(
    ([path, entry]) =>
      path.startsWith(`migrations/${store}/schema.`) &&
      entry.kind === "file" &&
      typeof entry.content === "string" &&
      gitSides(entry.content) !== undefined,
  );

/** A store that moved to another engine: its migrations speak the other's language. @throws Failure 1 */
export function refuseOtherEngine(store: StoreIr, { parts }: MigrationFolder): void {
  const other = [...parts.values()].find(({ engine }) => engine !== store.engine);
  if (other === undefined) return;
  throw new Failure(
    exitCode.finding,
    `store ${store.name} was made on ${other.engine} and the lock now puts it on ${store.engine}: no migration leads there`,
    {
      hint: `give the workloads a store of another name (stores.names) and copy the rows yourself, or take the decision back in the lock`,
    },
  );
}
