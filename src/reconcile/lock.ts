import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { ApplyError } from "./apply-error.ts";
import { errorCode, type FileSystem } from "./file-system.ts";
import type { Processes, ProcessIdentity } from "./processes.ts";
import { lockFile } from "./tool-files.ts";

/** The right to write in one tree. */
export interface Lock {
  /** @throws ApplyError "locked" when the lock was taken away (removed by hand, or judged stale) */
  verify(): void;
  /** Never throws. */
  release(): void;
}

// A run writes for about a second. This long after its start, a holder of whom nothing can be
// known (another machine, or a system that tells no start times) is taken for dead.
const doubtfulAfterMs = 10 * 60_000;
// The holder creates the file and its content in one call; after this, an empty one is a leftover.
const unreadableAfterMs = 10_000;

/**
 * Takes the exclusive lock of a tree. A lock whose process is gone (kill -9, reboot) is taken over.
 *
 * @throws ApplyError "locked" while another run writes
 */
export function acquireLock(root: string, fileSystem: FileSystem, processes: Processes): Lock {
  const path = join(root, lockFile);
  const content = JSON.stringify({ ...processes.self, token: randomBytes(8).toString("hex") });
  // Bounded: each round ends with the lock, a live holder, or one stale lock less.
  for (let round = 0; round < 5; round += 1) {
    if (tryCreate(path, content, fileSystem)) return heldLock(path, content, fileSystem);
    const found = readLock(path, fileSystem);
    if (found === undefined) continue;
    if (!isStale(found, processes)) throw locked(found.holder);
    takeAway(path, found.text, fileSystem);
  }
  throw locked(undefined);
}

function tryCreate(path: string, content: string, fileSystem: FileSystem): boolean {
  try {
    fileSystem.create(path, content, 0o644);
    return true;
  } catch (error) {
    if (errorCode(error) === "EEXIST") return false;
    if (fileSystem.stat(path) !== undefined && !isHolder(path, fileSystem)) fileSystem.unlink(path);
    throw error;
  }
}

// After a failed create: a file that is complete belongs to somebody else.
function isHolder(path: string, fileSystem: FileSystem): boolean {
  return parseHolder(fileSystem.readText(path)) !== undefined;
}

function heldLock(path: string, content: string, fileSystem: FileSystem): Lock {
  const isMine = () =>
    fileSystem.stat(path)?.kind === "file" && fileSystem.readText(path) === content;
  return {
    verify() {
      if (!isMine()) throw locked(undefined);
    },
    release() {
      try {
        if (isMine()) fileSystem.unlink(path);
      } catch {
        // The run is done; what is left goes stale when this process ends.
      }
    },
  };
}

interface FoundLock {
  readonly text: string;
  readonly holder: ProcessIdentity | undefined;
  readonly ageMs: number;
}

function readLock(path: string, fileSystem: FileSystem): FoundLock | undefined {
  const stat = fileSystem.stat(path);
  if (stat === undefined) return undefined;
  if (stat.kind !== "file") {
    throw new ApplyError("unsafe", `${lockFile} is a ${stat.kind}`, `remove ${lockFile}`);
  }
  const text = fileSystem.readText(path);
  return { text, holder: parseHolder(text), ageMs: Date.now() - stat.mtimeMs };
}

function isStale(found: FoundLock, processes: Processes): boolean {
  if (found.holder === undefined) return found.ageMs > unreadableAfterMs;
  const running = processes.isRunning(found.holder);
  return running === undefined ? found.ageMs > doubtfulAfterMs : !running;
}

/**
 * Removes a stale lock by renaming it first: of several runs that find it, one gets it. Should
 * another run have taken over in between, its lock is put back.
 */
function takeAway(path: string, stale: string, fileSystem: FileSystem): void {
  const aside = `${path}.${randomBytes(6).toString("hex")}`;
  try {
    fileSystem.rename(path, aside);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return;
    throw error;
  }
  if (fileSystem.readText(aside) === stale) fileSystem.unlink(aside);
  else fileSystem.rename(aside, path);
}

function parseHolder(text: string): ProcessIdentity | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null) return undefined;
    if (!("pid" in value && "host" in value && "start" in value)) return undefined;
    const { pid, host, start } = value;
    if (typeof pid !== "number" || typeof host !== "string" || typeof start !== "string") {
      return undefined;
    }
    return { pid, host, start };
  } catch {
    return undefined;
  }
}

function locked(holder: ProcessIdentity | undefined): ApplyError {
  const who = holder === undefined ? "another run" : `another run (pid ${holder.pid})`;
  return new ApplyError(
    "locked",
    `${who} is writing in this package; nothing was changed`,
    `wait for it to end and run again`,
  );
}
