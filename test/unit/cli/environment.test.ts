// A folder that may not be written to, and a full disk: exit 3, no stack, nothing half-written. The same run succeeds once mended.
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";
import { repositoryRoot } from "../../../src/build/root.ts";
import { reachableByAll } from "../../engines/unprivileged.ts";
import { cell, proving } from "../../support/closing-table.ts";
import { small } from "./projects.ts";

// Each run is a fresh process that compiles the sources.
vi.setConfig({ testTimeout: 180_000 });

const root = mkdtempSync(join(tmpdir(), "async-db-starter-environment-"));
chmodSync(root, 0o755);
afterAll(() => rmSync(root, { recursive: true, force: true }));

const isRoot = process.getuid?.() === 0;
const nobody = 65_534;

const of = { port: "command line", engine: "file system" };
/** Root may write everywhere, so it steps down to a user who must be able to read the checkout. */
const reachable =
  !isRoot || (reachableByAll(process.execPath) && reachableByAll(join(repositoryRoot, "src")));
const why = "the tests run as root in a checkout that no other user can read";
if (!reachable)
  for (const method of ["read-only folder", "full disk"])
    cell({ ...of, method }, { kind: "not proven", why });

interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command line from its sources as an ordinary user: root may write everywhere. */
function run(cwd: string, ...args: readonly string[]): Run {
  const cli = join(repositoryRoot, "src/build/cli.ts");
  return spawnSync(process.execPath, ["--no-warnings", cli, ...args], {
    cwd,
    encoding: "utf8",
    env: { PATH: process.env["PATH"] ?? "", NO_COLOR: "1" },
    ...(isRoot ? { uid: nobody, gid: nobody } : {}),
  });
}

/** A folder of the ordinary user, with a spec. */
function folder(name: string): string {
  const path = mkdtempSync(join(root, name));
  writeFileSync(join(path, "workloads.yaml"), small);
  if (isRoot) chownSync(path, nobody, nobody);
  return path;
}

function endsWith3({ status, stdout, stderr }: Run, reason: RegExp): void {
  expect({ status, stdout, stderr }).toMatchObject({ status: 3, stdout: "" });
  expect(stderr).toMatch(reason);
  expect(stderr).not.toMatch(/\n\s+at /);
}

test.runIf(reachable)(
  "a read-only folder: plan, generate and init name it, and leave it as it was",
  proving({ ...of, method: "read-only folder" }, () => {
    const path = folder("read-only-");
    expect(run(path, "--quiet", "plan")).toMatchObject({ status: 0 });
    chmodSync(path, 0o555);
    const before = readdirSync(path);
    endsWith3(run(path, "--quiet", "generate"), /permission denied|EACCES/);
    endsWith3(run(path, "--quiet", "init", "--yes", "--no-install"), /permission denied|EACCES/);
    rmSync(join(path, "workloads.lock.json"));
    endsWith3(run(path, "--quiet", "plan"), /permission denied|EACCES/);
    expect(readdirSync(path)).toEqual(before.filter((name) => !name.endsWith(".lock.json")));
    chmodSync(path, 0o755);
    expect(run(path, "--quiet", "plan")).toMatchObject({ status: 0 });
    expect(run(path, "--quiet", "generate")).toMatchObject({ status: 0 });
  }),
);

test.runIf(reachable)(
  "a spec that may not be read is wrong input or the environment's fault, without a stack",
  () => {
    const path = folder("unreadable-");
    chmodSync(join(path, "workloads.yaml"), 0o000);
    const { status, stderr } = run(path, "plan");
    expect([2, 3]).toContain(status);
    expect(stderr).toMatch(/workloads\.yaml/);
    expect(stderr).not.toMatch(/\n\s+at /);
  },
);

const disk = join(root, "disk");

/** A file system of 256 KiB: less than the tree takes. Needs root, and a kernel that lets it mount. */
function tinyDisk(): boolean {
  if (!isRoot || process.platform !== "linux") return false;
  const mounted = spawnSync("sh", [
    "-c",
    `mkdir '${disk}' && mount -t tmpfs -o size=256k,mode=0777 tmpfs '${disk}'`,
  ]);
  return mounted.status === 0;
}

test.runIf(reachable)(
  "a full disk: nothing is half-written, and the next run on a larger one succeeds",
  () => {
    const full = { ...of, method: "full disk" };
    if (!tinyDisk()) {
      cell(full, { kind: "not proven", why: "needs root and a kernel that allows mounting" });
      return;
    }
    try {
      writeFileSync(join(disk, "workloads.yaml"), small);
      chmodSync(join(disk, "workloads.yaml"), 0o644);
      expect(run(disk, "--quiet", "plan")).toMatchObject({ status: 0 });
      endsWith3(run(disk, "--quiet", "generate"), /no space|ENOSPC/);
      expect(existsSync(join(disk, "src"))).toBe(false);
      const left = readdirSync(disk).filter((name) => !name.startsWith(".async-db-starter"));
      expect(left.toSorted()).toEqual(["workloads.lock.json", "workloads.yaml"]);
      expect(spawnSync("mount", ["-o", "remount,size=8m", disk]).status).toBe(0);
      expect(run(disk, "--quiet", "generate")).toMatchObject({ status: 0, stderr: "" });
      expect(run(disk, "--quiet", "check")).toMatchObject({ status: 0 });
      cell(full, { kind: "proven" });
    } finally {
      spawnSync("umount", [disk]);
    }
  },
);
