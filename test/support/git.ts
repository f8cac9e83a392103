/** A repository of a test's own, below a folder. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

const someone = ["-c", "user.name=Test", "-c", "user.email=test@localhost"];
const alone = { GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null" };

/** Runs git in a folder, untouched by the settings of this machine. @throws with what git says */
export function git(folder: string, ...args: readonly string[]): string {
  return execFileSync("git", [...someone, ...args], {
    cwd: folder,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...alone },
  });
}

/** Brings files and folders back to the last commit, and removes what is new in them. */
export function restoreAll(folder: string, paths: readonly string[]): void {
  git(folder, "restore", "--", ...paths);
  git(folder, "clean", "--quiet", "--force", "-d", "--", ...paths);
}

/** Makes the repository if there is none, and commits everything in the folder. */
export function commitAll(folder: string, message: string): void {
  if (!existsSync(join(folder, ".git"))) git(folder, "init", "--quiet", "--initial-branch=main");
  git(folder, "add", "--all", "--force");
  git(folder, "commit", "--quiet", "--allow-empty", "--message", message);
}
