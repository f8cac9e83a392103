/** The command line in a process of its own, where the surroundings (folder, time zone, locale) can be other ones. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { CliRun } from "./generated-project.ts";

const repository = fileURLToPath(new URL("../../", import.meta.url));

/** @param root checkout whose sources run: this one, or a copy of it */
export function cliChild(
  folder: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  root: string = repository,
): CliRun {
  const main = pathToFileURL(join(root, "src/cli/main.ts")).href;
  const code = `import { run } from ${JSON.stringify(main)}; await run();`;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--no-warnings", "--input-type=module", "-e", code, "async-db-starter", ...args],
    { cwd: folder, env: { ...process.env, ...env }, encoding: "utf8", timeout: 240_000 },
  );
  return { status: status ?? -1, stdout, stderr };
}
