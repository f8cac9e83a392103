import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { exitCode } from "./exit-codes.ts";
import { Failure } from "./failure.ts";
import type { Output } from "./io.ts";

const lockFiles: readonly (readonly [file: string, manager: string])[] = [
  ["pnpm-lock.yaml", "pnpm"],
  ["yarn.lock", "yarn"],
  ["bun.lock", "bun"],
  ["package-lock.json", "npm"],
];

/** Package manager of the project: the one whose lock file lies in it or above it; npm otherwise. */
export function packageManager(folder: string): string {
  for (const [file, manager] of lockFiles) if (existsSync(join(folder, file))) return manager;
  const parent = dirname(folder);
  return parent === folder ? "npm" : packageManager(parent);
}

/** The command that adds packages to the project. */
export function addCommand(folder: string, packages: readonly string[], dev = false): string {
  const manager = packageManager(folder);
  const add = manager === "npm" ? "npm install" : `${manager} add`;
  return [add, ...(dev ? ["-D"] : []), ...packages.map((each) => JSON.stringify(each))].join(" ");
}

/** Runs the user's package manager; the only network use there is. @throws Failure 3 */
export async function installPackages(folder: string, output: Output): Promise<void> {
  const manager = packageManager(folder);
  output.line(`\n${manager} install …`);
  const { status, error, stderr } = spawnSync(manager, ["install"], {
    cwd: folder,
    encoding: "utf8",
    shell: process.platform === "win32",
    stdio: ["ignore", "ignore", "pipe"],
  });
  if (status === 0) return;
  throw new Failure(
    exitCode.environment,
    `${manager} install failed: ${lastLines(stderr) || (error?.message ?? "")}`,
    {
      hint: `the project is written; run \`${manager} install\` in ${folder}`,
    },
  );
}

const lastLines = (text: string | null): string =>
  (text ?? "").trim().split("\n").slice(-5).join("\n");
