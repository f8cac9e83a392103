/** Running a server that refuses root: the user to become, and whether that user can reach a folder. */
import { constants, existsSync, readFileSync, statSync } from "node:fs";
import { dirname } from "node:path";

export interface User {
  readonly uid: number;
  readonly gid: number;
}

/** The user for a server that refuses root, or undefined when this process is not root. */
export function unprivilegedUser(): User | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const lines = readFileSync("/etc/passwd", "utf8").split("\n");
  for (const name of ["postgres", "nobody"]) {
    const fields = lines.find((line) => line.startsWith(`${name}:`))?.split(":");
    if (fields) return { uid: Number(fields[2]), gid: Number(fields[3]) };
  }
  return { uid: 65534, gid: 65534 };
}

/** True when any user may pass through every folder down to `path`; missing tail folders are taken as passable. */
export function reachableByAll(path: string): boolean {
  for (let at = path; ; at = dirname(at)) {
    if (existsSync(at) && (statSync(at).mode & constants.S_IXOTH) === 0) return false;
    if (at === dirname(at)) return true;
  }
}
