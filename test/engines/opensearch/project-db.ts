import { spawn } from "node:child_process";

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A generated project's own command in a process of its own; `during` may end it. */
export function runDb(
  folder: string,
  env: Readonly<Record<string, string>>,
  args: readonly string[],
  during?: (kill: () => void) => Promise<void>,
): Promise<Ended> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, ["--no-warnings", "src/data/cli.ts", ...args], {
      cwd: folder,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    child.once("error", fail);
    child.once("close", (status) => done({ status, stdout, stderr }));
    during?.(() => void child.kill("SIGKILL")).catch(fail);
  });
}
