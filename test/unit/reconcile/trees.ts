import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { apply, type ApplyOptions, type ApplyReport } from "../../../src/reconcile/apply.ts";
import { decide } from "../../../src/reconcile/decide.ts";
import { nodeFileSystem } from "../../../src/reconcile/file-system.ts";
import { recover } from "../../../src/reconcile/recover.ts";
import { noRenames, type Renames } from "../../../src/reconcile/renames.ts";
import { scan } from "../../../src/reconcile/scan.ts";
import type { WritePlan } from "../../../src/reconcile/write-plan.ts";
import type { Ownership, VirtualFile } from "../../../src/render/virtual-file.ts";

/**
 * At full size the trees lie in memory where there is a file system for that: tens of thousands of runs, each of which waits for the
 * disk several times, take ten times as long there and show nothing more. `npm test` runs a part of them on the disk.
 */
const above = process.env["FULL"] === "1" && fs.existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
const base = fs.mkdtempSync(join(above, "reconcile-"));
let count = 0;
afterAll(() => fs.rmSync(base, { recursive: true, force: true }));

/** A new folder under the system's temporary folder, removed after the tests of the file. */
export function newTree(files: Readonly<Record<string, string | Uint8Array>> = {}): string {
  count += 1;
  const root = join(base, `tree-${count}`);
  fs.mkdirSync(root);
  for (const [path, content] of Object.entries(files)) put(root, path, content);
  return root;
}

export function put(root: string, path: string, content: string | Uint8Array): void {
  fs.mkdirSync(join(root, path, ".."), { recursive: true });
  fs.writeFileSync(join(root, path), content);
}

export function text(root: string, path: string): string {
  return fs.readFileSync(join(root, path), "utf8");
}

export function has(root: string, path: string): boolean {
  return fs.lstatSync(join(root, path), { throwIfNoEntry: false }) !== undefined;
}

export function file(
  path: string,
  content: string | Uint8Array,
  options: { unit?: string; ownership?: Ownership; executable?: boolean } = {},
): VirtualFile {
  const { unit = "project", ownership = "generated", executable = false } = options;
  return { path, content, ownership, unit, executable };
}

/** The decision for a tree as it lies on disk. */
export function planFor(
  root: string,
  files: readonly VirtualFile[],
  snapshots: ReadonlyMap<string, unknown> = new Map(),
  renames: Renames = noRenames,
): WritePlan {
  const planned = files.map(({ path }) => path);
  return decide(files, scan(root, "all", planned, nodeFileSystem, "src"), snapshots, renames);
}

/** What `generate` does from the rendered files on. */
export function generate(
  root: string,
  files: readonly VirtualFile[],
  options: ApplyOptions = {},
  snapshots: ReadonlyMap<string, unknown> = new Map(),
  renames: Renames = noRenames,
): ApplyReport {
  recover(root, options);
  return apply(planFor(root, files, snapshots, renames), root, options);
}

/** Every file of a tree by path, the git-ignored cache left out. Links show as "-> target". */
export function snapshot(root: string): Map<string, string> {
  const found = new Map<string, string>();
  const walk = (folder: string): void => {
    for (const entry of fs.readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (path === ".async-db-starter/.cache") continue;
      if (entry.isDirectory()) walk(path);
      else if (entry.isSymbolicLink()) found.set(path, `-> ${fs.readlinkSync(join(root, path))}`);
      else found.set(path, fs.readFileSync(join(root, path), "latin1"));
    }
  };
  walk("");
  return new Map([...found].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** mtime and inode of every file: equal only when nothing was written. */
export function stamps(root: string): Map<string, string> {
  return new Map(
    [...snapshot(root).keys()].map((path) => {
      const stat = fs.lstatSync(join(root, path), { bigint: true });
      return [path, `${stat.mtimeNs} ${stat.ctimeNs} ${stat.ino}`];
    }),
  );
}
