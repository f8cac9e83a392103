/** Turns a launch plan into a server that a test may stop, kill and start again. */
import { chownSync, mkdtempSync } from "node:fs";
import { readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { EngineProvider, PrivateServer, ServerFacts } from "./contract.ts";
import { type Launch, launch } from "./process.ts";
import type { User } from "./unprivileged.ts";

/** A fresh folder for one server, owned by the user that will run it. */
export function serverFolder(engine: string, user: User | undefined): string {
  const folder = mkdtempSync(join(tmpdir(), `async-db-starter-${engine}-`));
  if (user) chownSync(folder, user.uid, user.gid);
  return folder;
}

/** Starts the plan and asks the server who it is. The folder is removed when the start fails. */
export async function startPrivate(
  plan: Launch,
  describe: () => Promise<ServerFacts>,
  namespace: EngineProvider["namespace"],
): Promise<PrivateServer> {
  const first = await launch(plan).catch(async (cause: unknown) => {
    await rm(plan.folder, { recursive: true, force: true });
    throw cause;
  });
  const facts = await describe().catch(async (cause: unknown) => {
    await first.kill9();
    await rm(plan.folder, { recursive: true, force: true });
    throw cause;
  });
  let running: typeof first | undefined = first;
  const halt = async (way: "stop" | "kill9"): Promise<void> => {
    const victim = running;
    running = undefined;
    await victim?.[way]();
  };
  return {
    ...facts,
    pid: first.pid,
    namespace: () => namespace(facts),
    pidNow: () => running?.pid,
    stop: async () => {
      await halt("stop");
      await rm(plan.folder, { recursive: true, force: true });
    },
    kill9: () => halt("kill9"),
    restart: async () => {
      await halt("stop");
      running = await launch(plan);
    },
    atRest: () => untilAtRest(join(plan.folder, "data")),
    freeze: async () => running?.freeze(),
    thaw: async () => running?.thaw(),
  };
}

const restMs = 1_000;
const mostRests = 30;

async function untilAtRest(folder: string): Promise<void> {
  let before = await filesOf(folder);
  for (let rests = 0; rests < mostRests; rests += 1) {
    await sleep(restMs);
    const now = await filesOf(folder);
    if (now === before) return;
    before = now;
  }
  throw new Error(`${folder} was written to for ${mostRests} s`);
}

/** Names, sizes and times of all files; one that goes meanwhile is none. */
async function filesOf(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile());
  const told = files.map(async (entry) => {
    const path = join(entry.parentPath, entry.name);
    const { size, mtimeMs } = await stat(path).catch(() => ({ size: -1, mtimeMs: 0 }));
    return `${path} ${size} ${mtimeMs}`;
  });
  return (await Promise.all(told)).toSorted().join("\n");
}
