/** Running installers: one command to its end, with its last words when it fails. */
import { spawn } from "node:child_process";

const limitMs = 5 * 60_000;

/** @throws when the command is not there, fails, or takes longer than five minutes; the message ends with its output's tail. */
export async function run(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  // The umask makes installed files readable for the user that a server drops to.
  const child = spawn("/bin/sh", ["-c", 'umask 022; exec "$@"', "run", command, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env },
    timeout: limitMs,
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const status = await new Promise<number | null>((done, fail) => {
    child.once("error", fail);
    child.once("close", done);
  });
  if (status === 0) return output;
  throw new Error(
    `${command} ${args.slice(0, 3).join(" ")}… failed (${status ?? "killed"}): ${lastLine(output)}`,
  );
}

/** Whether the command runs and succeeds. */
export async function works(command: string, args: readonly string[]): Promise<boolean> {
  return run(command, args).then(
    () => true,
    () => false,
  );
}

/** The message of whatever was thrown. */
export function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

function lastLine(output: string): string {
  return output.trim().split("\n").at(-1) ?? "no output";
}
