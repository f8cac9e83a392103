import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readdirSync,
  readSync,
  realpathSync,
} from "node:fs";
import { join, relative, sep } from "node:path";

/** What reading one file gave. */
export type FileRead =
  | { readonly bytes: Uint8Array }
  | { readonly failure: "missing" | "too-large" | "not-a-file" | "unreadable" | "outside" };

/** The files beside a spec: the only thing about a disk that the loader knows. Paths are relative to the spec's folder, POSIX. */
export interface SpecFiles {
  /** The spec itself, which may be a symlink: its user named it. */
  readSpec(name: string, maxBytes: number): FileRead;
  read(path: string, maxBytes: number): FileRead;
  /** Names in a folder; empty when there is none. */
  list(folder: string): readonly string[];
}

/** Files below a folder on disk; a path that leads out of it, also through a symlink, is `outside`. */
export function filesIn(root: string): SpecFiles {
  return {
    readSpec: (name, maxBytes) => readFile(join(root, name), maxBytes),
    read: (path, maxBytes) => readBelow(root, path, maxBytes),
    list: (folder) => (inside(root, folder) === true ? namesIn(join(root, folder)) : []),
  };
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** True, or why not. */
function inside(root: string, path: string): true | "missing" | "outside" {
  try {
    const way = relative(realpathSync(root), realpathSync(join(root, path)));
    return way === ".." || way.startsWith(`..${sep}`) || join(sep, way) === way ? "outside" : true;
  } catch {
    return "missing";
  }
}

function readBelow(root: string, path: string, maxBytes: number): FileRead {
  const place = inside(root, path);
  return place === true ? readFile(join(root, path), maxBytes) : { failure: place };
}

// Without blocking, so that a named pipe is refused and not waited for.
const openFlags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

function readFile(path: string, maxBytes: number): FileRead {
  let file: number | undefined;
  try {
    file = openSync(path, openFlags);
    const stat = fstatSync(file);
    if (!stat.isFile()) return { failure: "not-a-file" };
    const { size } = stat;
    return size > maxBytes ? { failure: "too-large" } : { bytes: readAll(file, size) };
  } catch (error) {
    return { failure: failureOf(error) };
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function readAll(file: number, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let at = 0;
  while (at < size) {
    const read = readSync(file, bytes, at, size - at, at);
    if (read === 0) break;
    at += read;
  }
  return bytes.subarray(0, at);
}

function failureOf(error: unknown): "missing" | "not-a-file" | "unreadable" {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOENT" || code === "ENOTDIR") return "missing";
  return code === "EISDIR" ? "not-a-file" : "unreadable";
}
