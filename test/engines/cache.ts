/** Where downloaded servers are kept between runs, and how several test processes install one only once. */
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, open, readFile, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { alive } from "./process-table.ts";
import { reachableByAll, unprivilegedUser } from "./unprivileged.ts";

const lockPatienceMs = 5 * 60_000;

/**
 * `ASYNC_DB_STARTER_CACHE`, else `~/.cache/async-db-starter`; for root, whose home others cannot enter, a system folder:
 * servers that refuse root could not run from there.
 */
export function cacheRoot(): string {
  const named = process.env["ASYNC_DB_STARTER_CACHE"];
  if (named) return resolve(named);
  const own = join(homedir(), ".cache", "async-db-starter");
  return unprivilegedUser() && !reachableByAll(own) ? "/var/cache/async-db-starter" : own;
}

/**
 * The folder `name` of the cache, filled by `fill` when it is not there. `fill` works in a temporary folder that is renamed
 * when complete, so a crash leaves nothing that looks installed; the lock only saves doing the work twice.
 */
export async function installOnce(
  name: string,
  fill: (folder: string) => Promise<void>,
): Promise<string> {
  const root = cacheRoot();
  const target = join(root, name);
  if (existsSync(target)) return target;
  await mkdir(root, { recursive: true, mode: 0o755 });
  return withLock(`${target}.lock`, async () => {
    if (existsSync(target)) return target;
    const staging = await mkdtemp(`${target}.tmp-`);
    await chmod(staging, 0o755);
    try {
      await fill(staging);
      await rename(staging, target).catch((cause: unknown) => {
        if (!existsSync(target)) throw cause;
      });
    } finally {
      await rm(staging, { recursive: true, force: true });
    }
    return target;
  });
}

/** Runs `work` while no other process that uses the same lock file does. A lock of a dead process is taken over. */
export async function withLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  const end = Date.now() + lockPatienceMs;
  while (!(await claim(file))) {
    if (Date.now() > end)
      throw new Error(`waited too long for ${file}; remove it if no test run is alive`);
    await sleep(100);
  }
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

async function claim(file: string): Promise<boolean> {
  try {
    const handle = await open(file, "wx");
    await handle.writeFile(String(process.pid));
    await handle.close();
    return true;
  } catch {
    const owner = Number(await readFile(file, "utf8").catch(() => ""));
    if (owner > 0 && !alive(owner)) await rm(file, { force: true });
    return false;
  }
}
