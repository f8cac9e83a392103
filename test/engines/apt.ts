/** Debian packages, for root on a Debian machine only. */
import { join } from "node:path";
import { mkdir } from "node:fs/promises";
import { cacheRoot, withLock } from "./cache.ts";
import { run, works } from "./command.ts";

/** Whether this process may install Debian packages. */
export async function aptUsable(): Promise<boolean> {
  return process.getuid?.() === 0 && (await works("apt-get", ["--version"]));
}

/** Installs packages; the package lists are refreshed only when the first try does not find them. */
export async function aptInstall(packages: readonly string[]): Promise<void> {
  await mkdir(cacheRoot(), { recursive: true });
  await withLock(join(cacheRoot(), "apt.lock"), async () => {
    try {
      await install(packages);
    } catch {
      await run("apt-get", ["update", "-qq"]);
      await install(packages);
    }
  });
}

async function install(packages: readonly string[]): Promise<void> {
  const flags = ["-y", "-qq", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300"];
  await run("apt-get", ["install", ...flags, ...packages], { DEBIAN_FRONTEND: "noninteractive" });
}
