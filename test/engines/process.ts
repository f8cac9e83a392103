/** A server process that never outlives the test process, however that one dies. */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { alive, childrenOf, isFrozen } from "./process-table.ts";
import type { User } from "./unprivileged.ts";

/** How to run one server in the foreground. */
export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  /** Name that the program sees itself called by, where that matters. */
  readonly argv0?: string;
  /** Holds data and log; removed by the watchdog when the test process dies. */
  readonly folder: string;
  readonly log: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly user?: User | undefined;
  /** Resolves once the server answers; rejects while it does not yet. Polled. */
  readonly probe: () => Promise<void>;
  readonly stopSignal: NodeJS.Signals;
  /** Fast stop for the watchdog; a server with children must end them on it. */
  readonly abortSignal: "QUIT" | "TERM";
  /** Milliseconds until it has to answer; a minute unless said. */
  readonly startLimitMs?: number;
}

export interface RunningProcess {
  readonly pid: number;
  stop(): Promise<void>;
  kill9(): Promise<void>;
  /** Resolves when all of it stands still, which threads that run just then do a little later than they are told to. */
  freeze(): Promise<void>;
  thaw(): void;
}

const defaultStartLimitMs = 60_000;
const stopLimitMs = 10_000;

/** @throws when the process ends or does not answer in time; the message has the end of its log. */
export async function launch(plan: Launch): Promise<RunningProcess> {
  const child = spawnServer(plan);
  const pid = child.pid;
  if (pid === undefined) throw await spawnError(child, plan.command);
  const exited = new Promise<void>((done) => child.once("exit", () => done()));
  const watchdog = startWatchdog(plan, pid);
  void exited.then(() => watchdog.stdin?.end("done\n"));
  const gone = (): boolean => child.exitCode !== null || child.signalCode !== null;
  await answered(plan, gone).catch(async (cause: unknown) => {
    if (!gone()) child.kill("SIGKILL");
    await exited;
    throw cause;
  });
  const all = (): readonly number[] =>
    child.pid === undefined ? [] : [child.pid, ...childrenOf(child.pid)];
  return {
    pid,
    stop: () => stopGracefully(child, exited, plan.stopSignal),
    kill9: () => killTree(child, exited),
    // A server of several processes stands still only when all of them do.
    freeze: async () => {
      for (const one of all()) signal(one, "SIGSTOP");
      for (let tries = 0; tries < 500 && !all().every(isFrozen); tries += 1) await sleep(10);
    },
    thaw: () => {
      for (const one of all()) signal(one, "SIGCONT");
    },
  };
}

/** A process may have ended by itself since it was listed. */
function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}

function spawnServer(plan: Launch): ChildProcess {
  const log = openSync(plan.log, "a");
  const child = spawn(plan.command, plan.args, {
    // Its own process group: an interrupt typed at the terminal goes to the test runner, which stops servers in order.
    detached: true,
    stdio: ["ignore", log, log],
    cwd: plan.folder,
    env: {
      PATH: process.env["PATH"],
      LC_ALL: "C.UTF-8",
      TZ: "UTC",
      HOME: plan.folder,
      ...plan.env,
    },
    ...(plan.argv0 ? { argv0: plan.argv0 } : {}),
    ...plan.user,
  });
  closeSync(log);
  child.unref();
  return child;
}

async function spawnError(child: ChildProcess, command: string): Promise<Error> {
  const cause = await new Promise<Error>((done) => child.once("error", done));
  return new Error(`${command} does not start: ${cause.message}`);
}

/**
 * A shell that waits on a pipe from this process. The pipe closes when this process ends, even by SIGKILL; then the shell
 * stops the server and removes its folder.
 */
function startWatchdog(plan: Launch, pid: number): ChildProcess {
  const script = [
    'read -r word && [ "$word" = done ] && exit 0',
    'kill -CONT "$2"; kill -s "$1" "$2"; tries=0',
    'while kill -0 "$2" 2>/dev/null && [ $tries -lt 50 ]; do sleep 0.1; tries=$((tries + 1)); done',
    'kill -9 "$2" 2>/dev/null; rm -rf -- "$3"',
  ].join("\n");
  const args = ["-c", script, "test-server-watchdog", plan.abortSignal, String(pid), plan.folder];
  const watchdog = spawn("/bin/sh", args, {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
    // It needs sleep and rm, whatever a test made of PATH.
    env: { PATH: "/usr/bin:/bin" },
  });
  watchdog.stdin?.on("error", () => undefined);
  watchdog.unref();
  if (watchdog.stdin && "unref" in watchdog.stdin && typeof watchdog.stdin.unref === "function")
    watchdog.stdin.unref();
  return watchdog;
}

async function answered(plan: Launch, gone: () => boolean): Promise<void> {
  const end = Date.now() + (plan.startLimitMs ?? defaultStartLimitMs);
  for (;;) {
    const failure = await plan.probe().then(
      () => undefined,
      (cause: unknown) => String(cause),
    );
    if (failure === undefined) return;
    if (gone() || Date.now() > end)
      throw new Error(`${plan.command} did not come up: ${logTail(plan.log) || failure}`);
    await sleep(50);
  }
}

async function stopGracefully(
  child: ChildProcess,
  exited: Promise<void>,
  signal: NodeJS.Signals,
): Promise<void> {
  child.ref();
  child.kill("SIGCONT");
  child.kill(signal);
  const late = new AbortController();
  await Promise.race([
    exited,
    sleep(stopLimitMs, undefined, { signal: late.signal }).catch(() => undefined),
  ]);
  late.abort();
  if (child.exitCode === null && child.signalCode === null) await killTree(child, exited);
}

/** Freezes the parent first, so that no child is born between listing and killing. */
async function killTree(child: ChildProcess, exited: Promise<void>): Promise<void> {
  const pid = child.pid;
  if (pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  child.ref();
  child.kill("SIGSTOP");
  const children = childrenOf(pid);
  child.kill("SIGKILL");
  for (const one of children) signal(one, "SIGKILL");
  await exited;
  for (let tries = 0; tries < 200 && children.some(alive); tries += 1) await sleep(10);
}

function logTail(file: string): string {
  return readFileSync(file, "utf8").trim().split("\n").slice(-3).join(" | ");
}
