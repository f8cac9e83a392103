/** Servers that are published as Python packages. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { aptInstall, aptUsable } from "./apt.ts";
import { installOnce } from "./cache.ts";
import { run, works } from "./command.ts";

/**
 * Installs `name==version` with its dependencies into the cache and gives the folder (put it on PYTHONPATH to run it).
 * @throws with the reason when there is no Python, no pip and no way to get one, or no such package for this machine.
 */
export async function pythonPackage(
  name: string,
  version: string,
  /** Further packages that it needs and does not name itself: `pymilvus==3.0.2`. */
  more: readonly string[] = [],
): Promise<string> {
  if (!(await works("python3", ["--version"]))) throw new Error("python3 is not installed");
  const abi = await run("python3", ["-c", "import sys; print(sys.implementation.cache_tag)"]);
  return installOnce(`${name}-${version}-${abi.trim()}-${process.arch}`, async (folder) => {
    const scratch = join(folder, ".venv");
    const python = await pythonWithPip(scratch);
    const quiet = ["--quiet", "--disable-pip-version-check", "--no-input"];
    await run(python, [
      "-m",
      "pip",
      "install",
      ...quiet,
      "--target",
      folder,
      `${name}==${version}`,
      ...more,
    ]);
    await rm(scratch, { recursive: true, force: true });
  });
}

/** Debian splits pip and venv off Python: take what is there, else add the package. */
async function pythonWithPip(scratch: string): Promise<string> {
  if (await works("python3", ["-m", "pip", "--version"])) return "python3";
  if (!(await works("python3", ["-m", "ensurepip", "--version"]))) {
    if (!(await aptUsable()))
      throw new Error("python3 has neither pip nor venv (Debian: python3-venv)");
    await aptInstall(["python3-venv"]);
  }
  await run("python3", ["-m", "venv", scratch]);
  return join(scratch, "bin", "python");
}
