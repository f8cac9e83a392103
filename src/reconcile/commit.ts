import { join } from "node:path";
import type { FileSystem } from "./file-system.ts";
import type { JournalEntry } from "./journal.ts";

/** Takes one step of a run whose temporary files are all complete. One system call. */
export function commitEntry(entry: JournalEntry, root: string, fileSystem: FileSystem): void {
  if (entry.kind === "remove") fileSystem.unlink(join(root, entry.path));
  else fileSystem.rename(join(root, entry.temp), join(root, entry.path));
}

/** Removes whatever temporary files of these steps exist; the tree itself is not touched. */
export function discard(
  entries: readonly JournalEntry[],
  root: string,
  fileSystem: FileSystem,
): void {
  for (const entry of entries) {
    if (entry.kind === "file") unlinkIfThere(join(root, entry.temp), fileSystem);
    if (entry.kind === "folder") discardFolder(entry, root, fileSystem);
  }
}

function discardFolder(
  entry: Extract<JournalEntry, { kind: "folder" }>,
  root: string,
  fileSystem: FileSystem,
): void {
  const temp = join(root, entry.temp);
  if (fileSystem.stat(temp)?.kind !== "folder") return;
  for (const file of entry.files) unlinkIfThere(join(temp, file.path), fileSystem);
  for (const folder of [...entry.folders].toReversed()) {
    if (fileSystem.stat(join(temp, folder)) !== undefined) fileSystem.rmdir(join(temp, folder));
  }
  fileSystem.rmdir(temp);
}

function unlinkIfThere(path: string, fileSystem: FileSystem): void {
  if (fileSystem.stat(path)?.kind === "file") fileSystem.unlink(path);
}
