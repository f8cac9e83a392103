import { createHash } from "node:crypto";
import { join } from "node:path";
import { recalled, remember } from "./cache-file.ts";
import { type FileSystem, nodeFileSystem } from "./file-system.ts";
import { inputsFile, journalFile } from "./tool-files.ts";
import type { WatchedPath } from "./write-plan.ts";

/** [path, size in bytes, mtime, ctime in ms], or [path] for one that was not there. */
export type Watched = readonly [string, number, number, number] | readonly [string];

interface Inputs {
  readonly version: 2;
  readonly hash: string;
  /** Nothing was to be said of the tree, so `check` has nothing to say either. */
  readonly clean: boolean;
  readonly files: readonly Watched[];
}

/**
 * One hash of everything that the output depends on: the bytes of the spec and its includes, of
 * the lock, and the versions of generator and runtime, always in the same order.
 */
export function inputHash(parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) {
    const bytes = typeof part === "string" ? new TextEncoder().encode(part) : part;
    hash.update(`${bytes.byteLength}:`).update(bytes);
  }
  return hash.digest("hex");
}

/**
 * Whether the tree was generated from the same inputs and no file of it was touched since; then a
 * run has nothing to do and need not even render. Uses lstat only. Any doubt gives false.
 */
export function unchangedSince(
  hash: string,
  root: string,
  fileSystem: FileSystem = nodeFileSystem,
): boolean {
  return stillSo(readInputs(root, fileSystem), hash, root, fileSystem);
}

/** The same, and nothing was to be said of the tree: no note, no decision to accept, no migration to make. */
export function cleanSince(
  hash: string,
  root: string,
  fileSystem: FileSystem = nodeFileSystem,
): boolean {
  const inputs = readInputs(root, fileSystem);
  return inputs?.clean === true && stillSo(inputs, hash, root, fileSystem);
}

function stillSo(
  inputs: Inputs | undefined,
  hash: string,
  root: string,
  fileSystem: FileSystem,
): boolean {
  if (inputs?.hash !== hash) return false;
  if (fileSystem.stat(join(root, journalFile)) !== undefined) return false;
  return inputs.files.every(isAsBefore(root, fileSystem));
}

// Two writes within one tick of the kernel's clock (at most 10 ms) can carry the same time.
const clockTickMs = 12;

/**
 * Stores what {@link unchangedSince} compares with. A failure is ignored: the next run is slower,
 * not wrong.
 */
export function rememberInputs(
  { hash, clean }: Pick<Inputs, "hash" | "clean">,
  root: string,
  paths: readonly WatchedPath[],
  fileSystem: FileSystem = nodeFileSystem,
): void {
  remember(inputsFile, root, fileSystem, () => {
    waitForClock();
    const files = paths.map(({ path }) => watchedAt(path, root, fileSystem));
    if (!paths.every(({ stamp }, at) => isAsScanned(stamp, files[at]))) return undefined;
    return JSON.stringify({ version: 2, hash, clean, files } satisfies Inputs);
  });
}

/** After the wait, a later edit has a later time than one that is stored then, so it cannot hide. */
export function waitForClock(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, clockTickMs);
}

/** Whether a path carries the stamp that it had. */
export const isAsBefore =
  (root: string, fileSystem: FileSystem) =>
  (before: Watched): boolean =>
    sameStamp(before, watchedAt(before[0], root, fileSystem));

function sameStamp(a: Watched, b: Watched): boolean {
  return a.length === b.length && a.every((value, at) => value === b[at]);
}

/** What was there, as a run rests on it. */
export const asWatchedPath = ([path, size, mtimeMs, ctimeMs]: Watched): WatchedPath => ({
  path,
  stamp:
    size === undefined || mtimeMs === undefined || ctimeMs === undefined
      ? undefined
      : { size, mtimeMs, ctimeMs },
});

export function watchedAt(path: string, root: string, fileSystem: FileSystem): Watched {
  const stat = fileSystem.stat(`${root}/${path}`);
  return stat === undefined ? [path] : [path, stat.size, stat.mtimeMs, stat.ctimeMs];
}

/** A file that was changed after `scan` read it must not be taken for the one that was judged. */
export function isAsScanned(stamp: WatchedPath["stamp"], now: Watched | undefined): boolean {
  if (stamp === undefined) return true;
  const [, size, mtimeMs, ctimeMs] = now ?? [];
  return size === stamp.size && mtimeMs === stamp.mtimeMs && ctimeMs === stamp.ctimeMs;
}

const readInputs = (root: string, fileSystem: FileSystem): Inputs | undefined =>
  recalled(inputsFile, root, fileSystem, isInputs);

function isInputs(value: unknown): value is Inputs {
  if (typeof value !== "object" || value === null) return false;
  if (!("version" in value && "hash" in value && "clean" in value && "files" in value))
    return false;
  const { version, hash, clean, files } = value;
  return (
    version === 2 &&
    typeof hash === "string" &&
    typeof clean === "boolean" &&
    Array.isArray(files) &&
    files.every(isWatched)
  );
}

export function isWatched(value: unknown): value is Watched {
  return Array.isArray(value) && typeof value[0] === "string";
}
