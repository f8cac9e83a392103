import type { Content } from "../../../src/reconcile/content.ts";
import { type FileSystem, nodeFileSystem } from "../../../src/reconcile/file-system.ts";
import type { Processes } from "../../../src/reconcile/processes.ts";

/** How the k-th call ends: an error of the system, or the death of the process before or after it. */
export type Fault = "ENOSPC" | "EACCES" | "killed before" | "killed after";
export const faults: readonly Fault[] = ["ENOSPC", "EACCES", "killed before", "killed after"];

/** The real file system, counting its calls; the k-th call (from 1) meets a fault. */
export interface FaultyFileSystem extends FileSystem {
  calls(): number;
}

/** A fault at call k; with `lasting`, a system error stays for every writing call after it. */
export function faultAt(k: number, fault: Fault, lasting = false): FaultyFileSystem {
  let calls = 0;
  let dead = false;
  const guarded = <T>(writes: boolean, act: () => T, part: () => void = () => {}): T => {
    calls += 1;
    if (dead) throw new Error("the process is dead");
    const struck = calls === k || (lasting && writes && calls > k);
    if (!struck) return act();
    if (fault === "killed after") act();
    else part();
    if (fault === "ENOSPC" || fault === "EACCES") throw systemError(fault);
    dead = true;
    throw new Error("the process is dead");
  };
  const fs = nodeFileSystem;
  return {
    calls: () => calls,
    stat: (path) => guarded(false, () => fs.stat(path)),
    list: (path) => guarded(false, () => fs.list(path)),
    read: (path) => guarded(false, () => fs.read(path)),
    readText: (path) => guarded(false, () => fs.readText(path)),
    create: (path, content, mode) =>
      guarded(
        true,
        () => fs.create(path, content, mode),
        // A full disk or a kill strikes in the middle of a file; EACCES before there is one.
        () => (fault === "EACCES" ? undefined : fs.create(path, half(content), mode)),
      ),
    chmod: (path, mode) => guarded(true, () => fs.chmod(path, mode)),
    rename: (from, to) => guarded(true, () => fs.rename(from, to)),
    unlink: (path) => guarded(true, () => fs.unlink(path)),
    mkdir: (path) => guarded(true, () => fs.mkdir(path)),
    rmdir: (path) => guarded(true, () => fs.rmdir(path)),
    sync: (path) => guarded(true, () => fs.sync(path)),
  };
}

function half(content: Content): Content {
  return content.slice(0, Math.floor(content.length / 2));
}

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: injected`), { code });
}

/** A process that is gone as soon as another one looks: what a kill -9 leaves behind. */
export function mortal(pid: number): Processes {
  const self = { pid, host: "here", start: `start-${pid}` };
  return { self, isRunning: (other) => other.pid === pid };
}
