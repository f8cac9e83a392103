import { spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { nodeFileSystem } from "../../../src/reconcile/file-system.ts";
import { acquireLock, type Lock } from "../../../src/reconcile/lock.ts";
import { nodeProcesses, type Processes } from "../../../src/reconcile/processes.ts";
import { newTree, put } from "./trees.ts";

const lockPath = ".async-db-starter/.cache/lock";

function lockable(): string {
  return newTree({ ".async-db-starter/.cache/x": "" });
}

function take(root: string, processes: Processes = nodeProcesses): Lock {
  return acquireLock(root, nodeFileSystem, processes);
}

function leave(root: string, holder: object | string, ageMs: number): void {
  put(root, lockPath, typeof holder === "string" ? holder : JSON.stringify(holder));
  const time = (Date.now() - ageMs) / 1000;
  fs.utimesSync(join(root, lockPath), time, time);
}

test("one holder at a time; free again after release", () => {
  const root = lockable();
  const lock = take(root);
  expect(() => take(root)).toThrow(new RegExp(`another run \\(pid ${process.pid}\\)`));
  lock.verify();
  lock.release();
  take(root).release();
  expect(fs.existsSync(join(root, lockPath))).toBe(false);
});

test("kill -9 does not leave it locked; until then it holds", async () => {
  const root = lockable();
  const source = (name: string) =>
    JSON.stringify(pathToFileURL(join(import.meta.dirname, "../../../src/reconcile", name)).href);
  const script = `
    const { acquireLock } = await import(${source("lock.ts")});
    const { nodeFileSystem } = await import(${source("file-system.ts")});
    const { nodeProcesses } = await import(${source("processes.ts")});
    acquireLock(${JSON.stringify(root)}, nodeFileSystem, nodeProcesses);
    console.log("held");
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    await once(child.stdout, "data");
    expect(() => take(root)).toThrow(new RegExp(`pid ${child.pid}`));
  } finally {
    child.kill("SIGKILL");
    await once(child, "exit");
  }
  take(root).release();
});

test("a pid that was given to another process since does not hold it", () => {
  const root = lockable();
  leave(root, { ...nodeProcesses.self, start: "another boot/1" }, 0);
  expect(nodeProcesses.self.start === "" ? "unknown" : take(root)).toBeTruthy();
});

test("a holder of whom nothing is known holds it for ten minutes", () => {
  const elsewhere = { pid: 1, host: `not-${hostname()}`, start: "" };
  const root = lockable();
  leave(root, elsewhere, 60_000);
  expect(() => take(root)).toThrow(/another run/);
  leave(root, elsewhere, 11 * 60_000);
  take(root).release();
});

test("a torn lock holds for some seconds", () => {
  const root = lockable();
  leave(root, '{"pid":', 0);
  expect(() => take(root)).toThrow(/another run/);
  leave(root, '{"pid":', 11_000);
  take(root).release();
});

test("a lock that was taken away is noticed, and another's lock is not released", () => {
  const root = lockable();
  const lock = take(root);
  leave(root, { pid: process.pid, host: hostname(), start: "x", token: "other" }, 0);
  expect(() => lock.verify()).toThrow(/another run/);
  lock.release();
  expect(fs.existsSync(join(root, lockPath))).toBe(true);
});
