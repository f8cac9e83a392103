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
  if (process.platform === "linux") {
    const row = fromProc(String(pid));
    return row !== undefined && row.state !== "Z";
  }
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

function fromProc(pid: string): Row | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is the program's name in parentheses and may itself hold spaces and parentheses.
    const [state = "", parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return { pid: Number(pid), parent: Number(parent), state };
  } catch {
    return undefined;
  }
}
