/** Whole processes: how long they take, how much CPU time of it is theirs, how much memory they hold at most. */
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { workFolder } from "./places.ts";

export interface Ran {
  readonly ms: number;
  readonly stdout: string;
}

/** What a process, with the Node processes that it started, cost beside its time. */
export interface Accounted extends Ran {
  /** Largest resident set of one process. */
  readonly peakMb: number;
  readonly cpuMs: number;
}

export interface Command {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

const hook = fileURLToPath(new URL("account.cjs", import.meta.url));

/** Runs Node with these arguments to its end. @throws when it fails; the message ends with its output's tail */
export function runNode({ args, cwd, env }: Command): Ran {
  const { NODE_OPTIONS: _, ...inherited } = process.env;
  const start = performance.now();
  const child = spawnSync(process.execPath, args, {
    cwd,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
    env: { ...inherited, NO_COLOR: "1", CI: "1", ...env },
  });
  const ms = performance.now() - start;
  if (child.status !== 0) {
    const output = `${child.stdout}${child.stderr}`.trim().slice(-2_000);
    throw new Error(`node ${args.join(" ")} ended with ${child.status}: ${output}`);
  }
  return { ms, stdout: child.stdout };
}

/** The same with an account of memory and CPU time; the account itself costs about a millisecond. */
export function accountNode(command: Command): Accounted {
  const account = join(workFolder("account"), `${process.pid}.txt`);
  rmSync(account, { force: true });
  const env = { ...command.env, NODE_OPTIONS: `--require=${hook}`, BENCH_ACCOUNT: account };
  const ran = runNode({ ...command, env });
  const lines = readFileSync(account, "utf8").trim().split("\n");
  const columns = lines.map((line) => line.split(" ").map(Number));
  return {
    ...ran,
    peakMb: Math.max(...columns.map(([kb]) => kb ?? 0)) / 1_024,
    cpuMs: columns.reduce((sum, [, cpu]) => sum + (cpu ?? 0), 0) / 1_000,
  };
}
