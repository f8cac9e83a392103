import { join } from "node:path";
import type { FileSystem } from "./file-system.ts";
import { toolFolder } from "./paths.ts";
import { cacheFolder } from "./tool-files.ts";

/**
 * Stores what the next run may go by, whole or not at all. A failure is ignored: the next run is slower, not wrong.
 *
 * @param file one below {@link cacheFolder}
 * @param text what is to be stored, asked for when there is a place for it; undefined to store nothing
 */
export function remember(
  file: string,
  root: string,
  fileSystem: FileSystem,
  text: () => string | undefined,
): void {
  const temp = join(root, `${file}.tmp`);
  try {
    if (!isOwnFolder(root, fileSystem)) return;
    if (fileSystem.stat(temp) !== undefined) fileSystem.unlink(temp);
    const content = text();
    if (content === undefined) return;
    fileSystem.create(temp, content, 0o644);
    fileSystem.rename(temp, join(root, file));
  } catch {
    removeQuietly(temp, fileSystem);
  }
}

/** What the last run stored; undefined when there is none, or none that is sound. */
export function recalled<T>(
  file: string,
  root: string,
  fileSystem: FileSystem,
  isSound: (value: unknown) => value is T,
): T | undefined {
  try {
    if (!isOwnFolder(root, fileSystem)) return undefined;
    const value: unknown = JSON.parse(fileSystem.readText(join(root, file)));
    return isSound(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Nothing is stored any more. */
export function forget(file: string, root: string, fileSystem: FileSystem): void {
  try {
    if (isOwnFolder(root, fileSystem)) fileSystem.unlink(join(root, file));
  } catch {
    // There was none, or it may not be removed: it is compared with what is stored beside it anyway.
  }
}

/** Neither folder on the way is a link that leads elsewhere. */
const isOwnFolder = (root: string, fileSystem: FileSystem): boolean =>
  [toolFolder, cacheFolder].every(
    (folder) => fileSystem.stat(join(root, folder))?.kind === "folder",
  );

function removeQuietly(path: string, fileSystem: FileSystem): void {
  try {
    fileSystem.unlink(path);
  } catch {
    // It may never have been created.
  }
}
