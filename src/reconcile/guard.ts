import { dirname, join, resolve } from "node:path";
import { ApplyError } from "./apply-error.ts";
import type { FileSystem } from "./file-system.ts";
import { parentsOf, pathProblem } from "./paths.ts";
import { cacheFolder, isSnapshotPath, singleFiles } from "./tool-files.ts";
import { isUnit, recordPath } from "./units.ts";
import { toolFolder } from "./paths.ts";
import type { FileChange } from "./write-plan.ts";

/**
 * What stands between a plan and a write outside the package. It trusts neither `decide` nor
 * `scan`: every path is judged again, and every folder above it looked at, at the time of writing.
 */
export interface Guard {
  /** Whether a folder exists. @throws ApplyError "unsafe" when a link or a file is in its place */
  isFolder(path: string): boolean;
  /** @throws ApplyError "unsafe" */
  checkFile(path: string): void;
  /** @throws ApplyError "unsafe" */
  checkRecord(path: string): void;
}

/** A guard that looks at each folder once; make a new one to look again. */
export function makeGuard(root: string, fileSystem: FileSystem): Guard {
  const seen = new Map<string, boolean>();
  const isFolder = (path: string): boolean => {
    const known = seen.get(path);
    if (known !== undefined) return known;
    const kind = fileSystem.stat(join(root, path))?.kind;
    if (kind !== undefined && kind !== "folder") throw unsafe(path, `${path} is a ${kind}`);
    seen.set(path, kind === "folder");
    return kind === "folder";
  };
  const checkParents = (path: string): void => {
    for (const parent of parentsOf(path)) if (!isFolder(parent)) return;
  };
  return {
    isFolder,
    checkFile(path) {
      const problem = pathProblem(path);
      if (problem !== undefined) throw unsafe(path, problem);
      checkParents(path);
    },
    checkRecord(path) {
      if (!isToolFile(path)) throw unsafe(path, "it is no record of this tool");
      checkParents(path);
    },
  };
}

function isToolFile(path: string): boolean {
  if (singleFiles.has(path) || isSnapshotPath(path)) return true;
  const unit = path.slice(toolFolder.length + 1, -".json".length);
  return isUnit(unit) && recordPath(unit) === path;
}

/**
 * Refuses a plan whose tree has changed since `scan`: an editor saved, another run ended.
 *
 * @throws ApplyError "changed"
 */
export function checkUnchanged(
  changes: readonly FileChange[],
  root: string,
  guard: Guard,
  fileSystem: FileSystem,
): void {
  for (const change of changes) {
    const parents = parentsOf(change.path);
    const stat = parents.every(guard.isFolder)
      ? fileSystem.stat(`${root}/${change.path}`)
      : undefined;
    const same =
      change.kind === "create"
        ? stat === undefined
        : stat?.kind === "file" &&
          stat.size === change.before.stamp.size &&
          stat.mtimeMs === change.before.stamp.mtimeMs;
    if (!same) throw changed(change.path);
  }
}

/** Makes the root if it is missing, and the tool's own folders in it; these never through a link. */
export function makeCacheFolder(root: string, fileSystem: FileSystem): void {
  makeFolder(resolve(root), fileSystem);
  const guard = makeGuard(root, fileSystem);
  for (const folder of [toolFolder, cacheFolder]) {
    if (!guard.isFolder(folder)) fileSystem.mkdir(join(root, folder));
  }
  const again = makeGuard(root, fileSystem);
  if (![toolFolder, cacheFolder].every(again.isFolder)) throw changed(cacheFolder);
}

function makeFolder(path: string, fileSystem: FileSystem): void {
  if (fileSystem.stat(path) !== undefined) return;
  if (dirname(path) !== path) makeFolder(dirname(path), fileSystem);
  fileSystem.mkdir(path);
}

function changed(path: string): ApplyError {
  const message = `${path} was changed while this run was under way; nothing was changed`;
  return new ApplyError("changed", message, "run it again");
}

function unsafe(path: string, problem: string): ApplyError {
  const message = `refused to write ${JSON.stringify(path)}: ${problem}; nothing was changed`;
  return new ApplyError("unsafe", message, "move what is in the way, or change the output path");
}
