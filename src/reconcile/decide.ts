import type { VirtualFile } from "../render/virtual-file.ts";
import { decideFiles, noDecision } from "./decide-files.ts";
import * as findings from "./findings.ts";
import { nextRecords } from "./next-records.ts";
import { collisions, pathProblem, toolFolder } from "./paths.ts";
import { placeOf } from "./record.ts";
import { noRenames, type Renames } from "./renames.ts";
import { ignoreFile, ignoreText } from "./tool-files.ts";
import type { TreeState } from "./tree-state.ts";
import { isUnit, recordPath, unitFolders } from "./units.ts";
import {
  changesOf,
  type FileChange,
  type Finding,
  type WatchedPath,
  type WritePlan,
} from "./write-plan.ts";

/**
 * What has to happen to the tree so that it holds the rendered files. Pure.
 *
 * @param files      everything that the units of `state` render to now
 * @param state      the tree as `scan` saw it, with these files among the planned paths
 * @param snapshots  by unit: the model (JSON) to store beside the unit's files
 * @param renames    what the spec calls by another name than before
 * @throws TypeError when a file names a unit that does not exist (a mistake of the caller)
 */
export function decide(
  files: readonly VirtualFile[],
  state: TreeState,
  snapshots: ReadonlyMap<string, unknown>,
  renames: Renames = noRenames,
): WritePlan {
  const unusable = structuralFindings(files, state);
  const decision = unusable.length > 0 ? noDecision(unusable) : decideFiles(files, state, renames);
  const refused = decision.findings.length > 0;
  const records = refused
    ? []
    : [...ignoreChange(state), ...nextRecords(files, state, snapshots, decision.states)];
  return {
    actions: decision.actions.toSorted((a, b) => (a.path < b.path ? -1 : 1)),
    records,
    findings: decision.findings,
    notes: decision.notes,
    watched: watchedPaths(files, state, [...changesOf(decision.actions), ...records]),
  };
}

/** What makes the rest not worth deciding: the paths or the records themselves are unusable. */
function structuralFindings(files: readonly VirtualFile[], state: TreeState): Finding[] {
  const unsafe = files.flatMap(({ path }) => {
    const problem = pathProblem(path);
    return problem === undefined ? [] : [findings.unsafePath(path, problem)];
  });
  const colliding = collisions([...files.map((file) => file.path), ...recordPaths(files, state)]);
  return [
    ...(state.interrupted ? [findings.interrupted()] : []),
    ...state.damaged.map(findings.damagedRecord),
    ...unsafe,
    ...colliding.map(([other, path]) => findings.collision(path, other)),
  ];
}

/** The tool's folder keeps its cache out of the repository from its first record on. */
function ignoreChange(state: TreeState): FileChange[] {
  if (state.disk.has(ignoreFile)) return [];
  return [{ kind: "create", path: ignoreFile, content: ignoreText, executable: false }];
}

/** The unit folders are watched too: a record that git brought in changes its folder's stamp. */
function watchedPaths(
  files: readonly VirtualFile[],
  state: TreeState,
  changes: readonly FileChange[],
): WatchedPath[] {
  const recorded = [...state.records.values()].flatMap((record) =>
    [...record.files].flatMap(([path, file]) => [path, placeOf(path, file)]),
  );
  const folders = unitFolders.map((folder) => `${toolFolder}/${folder}`);
  const paths = files.map((file) => file.path);
  const changed = changes.map((change) => change.path);
  const watched = new Set([
    ...paths,
    ...recorded,
    ...changed,
    ...recordPaths(files, state),
    ...folders,
  ]);
  const changing = new Set(changed);
  return [...watched].map((path) => {
    const entry = changing.has(path) ? undefined : state.disk.get(path);
    return { path, stamp: entry?.kind === "file" ? entry.stamp : undefined };
  });
}

function recordPaths(files: readonly VirtualFile[], state: TreeState): string[] {
  const units = new Set([...files.map((file) => file.unit), ...state.records.keys()]);
  return [...units].filter(isUnit).map(recordPath);
}
