import { join } from "node:path";
import { withLock } from "./apply.ts";
import { systemError } from "./apply-error.ts";
import { commitEntry, discard } from "./commit.ts";
import { type FileSystem, nodeFileSystem } from "./file-system.ts";
import { makeGuard } from "./guard.ts";
import {
  type JournalEntry,
  readJournal,
  removeJournal,
  sameSeal,
  type Seal,
  sealOf,
} from "./journal.ts";
import { parentsOf, toolFolder } from "./paths.ts";
import { nodeProcesses, type Processes } from "./processes.ts";
import { cacheFolder, journalFile } from "./tool-files.ts";

/** What became of an interrupted run. */
export interface RecoverReport {
  /** "completed": the tree is the new one; "reverted": it is the old one. */
  readonly outcome: "nothing to do" | "completed" | "reverted";
  /** Paths left alone because they were changed after the interruption. */
  readonly changedSince: readonly string[];
  /** Paths that stay old because their new content never reached the disk (power failure). */
  readonly lost: readonly string[];
}

const nothing: RecoverReport = { outcome: "nothing to do", changedSince: [], lost: [] };

/**
 * Completes or reverts a run that was killed in this tree; to be called before `scan`. Without
 * such a run it writes nothing.
 *
 * @throws ApplyError
 */
export function recover(
  root: string,
  options: { readonly fileSystem?: FileSystem; readonly processes?: Processes } = {},
): RecoverReport {
  const { fileSystem = nodeFileSystem, processes = nodeProcesses } = options;
  if (!hasJournal(root, fileSystem)) return nothing;
  return withLock(root, fileSystem, processes, () => {
    const journal = readJournal(root, fileSystem);
    const report =
      journal === undefined
        ? nothing
        : journal.phase === "staging"
          ? revert(journal.entries, root, fileSystem)
          : complete(journal.entries, root, fileSystem);
    removeJournal(root, fileSystem);
    return report;
  });
}

function hasJournal(root: string, fileSystem: FileSystem): boolean {
  const isFolder = (path: string) => fileSystem.stat(join(root, path))?.kind === "folder";
  return (
    [toolFolder, cacheFolder].every(isFolder) &&
    [journalFile, `${journalFile}.tmp`].some((file) => fileSystem.stat(join(root, file)))
  );
}

function revert(
  entries: readonly JournalEntry[],
  root: string,
  fileSystem: FileSystem,
): RecoverReport {
  checkPaths(entries, root, fileSystem);
  discard(entries, root, fileSystem);
  return { ...nothing, outcome: "reverted" };
}

function complete(
  entries: readonly JournalEntry[],
  root: string,
  fileSystem: FileSystem,
): RecoverReport {
  checkPaths(entries, root, fileSystem);
  const changedSince: string[] = [];
  const lost: string[] = [];
  try {
    for (const entry of entries) {
      const state = stateOf(entry, root, fileSystem);
      // A record must not claim an output that was lost; without it the next run writes it again.
      const unclaimed = lost.length === 0 || !entry.path.startsWith(toolFolder);
      // What goes on elsewhere stays as long as it may not have arrived there.
      const arrived = !isLast(entry) || lost.length + changedSince.length === 0;
      if (state === "ready" && unclaimed && arrived) commitEntry(entry, root, fileSystem);
      else if (state !== "done") discard([entry], root, fileSystem);
      if (state === "changed") changedSince.push(entry.path);
      if (state === "lost") lost.push(entry.path);
    }
  } catch (error) {
    throw systemError("incomplete", error);
  }
  return { outcome: "completed", changedSince, lost };
}

function isLast(entry: JournalEntry): boolean {
  return entry.kind === "remove" && entry.last === true;
}

/** A journal may come with a hostile repository: its paths are judged like any others. */
function checkPaths(entries: readonly JournalEntry[], root: string, fileSystem: FileSystem): void {
  const guard = makeGuard(root, fileSystem);
  for (const { path } of entries) for (const parent of parentsOf(path)) guard.isFolder(parent);
}

type EntryState = "ready" | "done" | "changed" | "lost";

function stateOf(entry: JournalEntry, root: string, fileSystem: FileSystem): EntryState {
  const now = sealAt(join(root, entry.path), fileSystem);
  if (entry.kind === "remove") {
    if (now === undefined) return "done";
    return isSame(now, entry.before) ? "ready" : "changed";
  }
  const temp = join(root, entry.temp);
  if (fileSystem.stat(temp) === undefined) return "done";
  if (entry.kind === "folder") {
    if (now !== undefined) return "changed";
    const whole = entry.files.every((file) =>
      isSame(sealAt(join(temp, file.path), fileSystem), file.after),
    );
    return whole ? "ready" : "lost";
  }
  if (!isSame(sealAt(temp, fileSystem), entry.after)) return "lost";
  const old = now === undefined || (entry.before !== null && isSame(now, entry.before));
  return old ? "ready" : "changed";
}

/** "other": something that is not a file. */
function sealAt(path: string, fileSystem: FileSystem): Seal | "other" | undefined {
  const stat = fileSystem.stat(path);
  if (stat === undefined) return undefined;
  return stat.kind === "file" ? sealOf(fileSystem.read(path)) : "other";
}

function isSame(found: Seal | "other" | undefined, expected: Seal): boolean {
  return typeof found === "object" && sameSeal(found, expected);
}
