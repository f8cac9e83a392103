/** Who runs on this machine: by /proc where there is one, since small systems have no `ps`. */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

interface Row {
  readonly pid: number;
  readonly parent: number;
  /** One letter; Z is a process that has ended and only waits to be read by its parent. */
  readonly state: string;
}

/** Whether a process of that id still runs, ours or not. */
export function alive(pid: number): boolean {
  if (process.platform === "linux") return threadsOf(pid).some(({ state }) => !ended.has(state));
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return cause instanceof Error && "code" in cause && cause.code === "EPERM";
  }
}

/** The direct children of a process. */
export function childrenOf(parent: number): readonly number[] {
  return table()
    .filter((row) => row.parent === parent)
    .map((row) => row.pid);
}

/** Whether every thread of a process stands still; where that cannot be seen, it is taken for granted. */
export const isFrozen = (pid: number): boolean =>
  process.platform !== "linux" ||
  threadsOf(pid).every(({ state }) => state === "T" || ended.has(state));

/** Zombie and dead, proc_pid_stat(5). */
const ended: ReadonlySet<string> = new Set(["Z", "X"]);

/**
 * A killed process shows as a zombie as soon as its first thread has ended; until the last one has, its sockets still accept
 * (proc_pid_task(5)).
 */
function threadsOf(pid: number): readonly Row[] {
  try {
    const folder = `/proc/${pid}/task`;
    return readdirSync(folder).flatMap((thread) => fromProc(`${pid}/task/${thread}`) ?? []);
  } catch {
    return [];
  }
}

function table(): readonly Row[] {
  if (process.platform === "linux")
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .flatMap((name) => fromProc(name) ?? []);
  const listing = execFileSync("ps", ["-axo", "pid=,ppid=,state="], { encoding: "utf8" });
  return listing
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .map(([pid, parent, state = ""]) => ({ pid: Number(pid), parent: Number(parent), state }));
}

/** @param path Of the process, or of one of its threads, below /proc. */
function fromProc(path: string): Row | undefined {
  try {
    const stat = readFileSync(`/proc/${path}/stat`, "utf8");
    // The second field is the program's name in parentheses and may itself hold spaces and parentheses.
    const [state = "", parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return { pid: Number.parseInt(stat, 10), parent: Number(parent), state };
  } catch {
    return undefined;
  }
}
