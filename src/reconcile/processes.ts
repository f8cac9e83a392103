import { readFileSync } from "node:fs";
import { hostname } from "node:os";

/** One process on one machine, told apart from a later one that was given the same pid. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly host: string;
  /** Boot and start time where the system tells them (Linux), else "". */
  readonly start: string;
}

/** What the lock has to know about processes; replaced in tests. */
export interface Processes {
  readonly self: ProcessIdentity;
  /** Whether that very process still runs; undefined when it cannot be known from here. */
  isRunning(other: ProcessIdentity): boolean | undefined;
}

/** The processes of this machine. */
export const nodeProcesses: Processes = {
  get self() {
    return { pid: process.pid, host: hostname(), start: startOf(process.pid) };
  },
  isRunning(other) {
    if (other.host !== hostname()) return undefined;
    if (!isAlive(other.pid)) return false;
    const start = startOf(other.pid);
    if (start !== "" && other.start !== "") return start === other.start;
    return other.pid === process.pid ? true : undefined;
  },
};

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, as another user.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

// proc(5): field 22 of stat, counted after the command's closing parenthesis, is the start time.
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return `${boot}/${fields[19] ?? ""}`;
  } catch {
    return "";
  }
}
