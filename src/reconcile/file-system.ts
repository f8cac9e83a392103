import * as fs from "node:fs";
import type { Content } from "./content.ts";
import type { FileStamp } from "./tree-state.ts";

/** lstat of one path: what it is (never what a symlink points to) and its stamp. */
export interface FileStat extends FileStamp {
  readonly kind: "file" | "folder" | "symlink" | "special file";
}

/**
 * Every file-system call that reconciling makes, so that a test can fail or kill each one.
 * All are synchronous, take absolute paths, follow no symlink in the last segment, and throw the
 * error of node:fs.
 */
export interface FileSystem {
  /** undefined when nothing is there (ENOENT, ENOTDIR). */
  stat(path: string): FileStat | undefined;
  list(folder: string): string[];
  read(path: string): Uint8Array;
  /** Reads UTF-8; bytes that are not come out as U+FFFD. */
  readText(path: string): string;
  /** Creates a file that must not exist and writes all of it. `mode` is subject to the umask. */
  create(path: string, content: Content, mode: number): void;
  chmod(path: string, mode: number): void;
  rename(from: string, to: string): void;
  unlink(path: string): void;
  mkdir(path: string): void;
  rmdir(path: string): void;
  /** Puts a file's content on the disk itself (fsync). */
  sync(path: string): void;
}

// Windows has no O_NOFOLLOW (undefined there); a link there needs privileges and lstat still sees it.
const noFollow = fs.constants.O_NOFOLLOW ?? 0;
const forReading = fs.constants.O_RDONLY | noFollow;
const forCreating = fs.constants.O_WRONLY | fs.constants.O_CREAT | fs.constants.O_EXCL | noFollow;

/** The file system of this machine. */
export const nodeFileSystem: FileSystem = {
  stat(path) {
    const stat = lstat(path);
    return stat === undefined ? undefined : { kind: kindOf(stat), ...stampOf(stat) };
  },
  list: (folder) => fs.readdirSync(folder),
  read: (path) => fs.readFileSync(path, { flag: flag(forReading) }),
  readText: (path) => fs.readFileSync(path, { encoding: "utf8", flag: flag(forReading) }),
  create: (path, content, mode) =>
    // Only with the encoding named is a string written in one native call.
    fs.writeFileSync(path, content, { encoding: "utf8", flag: flag(forCreating), mode }),
  chmod: (path, mode) => fs.chmodSync(path, mode),
  rename: (from, to) => fs.renameSync(from, to),
  unlink: (path) => fs.unlinkSync(path),
  mkdir: (path) => fs.mkdirSync(path),
  rmdir: (path) => fs.rmdirSync(path),
  sync(path) {
    const file = fs.openSync(path, fs.constants.O_RDWR | noFollow);
    try {
      fs.fsyncSync(file);
    } finally {
      fs.closeSync(file);
    }
  },
};

function lstat(path: string): fs.Stats | undefined {
  try {
    return fs.lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if (errorCode(error) === "ENOTDIR") return undefined;
    throw error;
  }
}

function kindOf(stat: fs.Stats): FileStat["kind"] {
  if (stat.isFile()) return "file";
  if (stat.isDirectory()) return "folder";
  return stat.isSymbolicLink() ? "symlink" : "special file";
}

function stampOf(stat: fs.Stats): FileStamp {
  const { mode, size, mtimeMs, ctimeMs } = stat;
  return { mode: mode & 0o7777, size, mtimeMs, ctimeMs };
}

// node:fs takes numeric flags at run time (documentation of fs.open); its types say string here.
function flag(flags: number): string {
  return flags as unknown as string;
}

/** The code of a system error ("ENOENT", "EACCES", …), undefined for any other value. */
export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}
