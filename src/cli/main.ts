import type { Command } from "commander";
import { createProgram, parse, type Run } from "./program.ts";
import { exitCode, type ExitCode } from "./exit-codes.ts";
import { Failure } from "./failure.ts";
import { createOutput, wantsColor, type GlobalOptions, type Io } from "./io.ts";
import { ApplyError } from "../reconcile/apply-error.ts";
import { Dumped } from "./dumped.ts";
import { packageVersion } from "./package-files.ts";

/** Entry of the installed command: runs on the process's own surroundings and sets its exit status. */
export async function run(): Promise<void> {
  // A reader that has seen enough (`| head`) is no fault.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit(process.exitCode ?? exitCode.ok);
  });
  process.exitCode = await main(process.argv.slice(2), {
    cwd: process.cwd(),
    env: process.env,
    columns: process.stdout.columns ?? 120,
    interactive: process.stdin.isTTY && process.stdout.isTTY,
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
  });
}

/**
 * One run of the command line.
 *
 * @param argv arguments after the program's name
 * @returns the exit status
 */
export async function main(argv: readonly string[], io: Io): Promise<ExitCode> {
  let status: ExitCode = exitCode.ok;
  const runCommand: Run = async (load, values) => {
    const globals = program.opts<GlobalOptions>();
    const color = wantsColor(globals.color, io.env, process.stdout.isTTY === true);
    const output = createOutput(io, { ...globals, color });
    try {
      const command = await load();
      status = await command.run({ io, output }, ...(values as never[]));
    } catch (error) {
      status = report(error, io, globals);
    }
  };
  const complaints: string[] = [];
  const program = createProgram(packageVersion(), runCommand);
  for (const command of withSubcommands(program))
    command.configureOutput({
      writeOut: (text) => io.out(text),
      writeErr: (text) => complaints.push(text),
    });
  const usage = await parse(program, argv);
  reportUsage(complaints.join(""), io, argv.includes("--json"));
  return usage ?? status;
}

const withSubcommands = (command: Command): readonly Command[] => [
  command,
  ...command.commands.flatMap(withSubcommands),
];

/** Commander's complaint about the arguments, which came before any command could run. */
function reportUsage(text: string, io: Io, json: boolean): void {
  if (text === "") return;
  if (!json) return io.err(text);
  const [first = "", ...rest] = text.trim().split("\n");
  const error = { message: first.replace(/^error: /, ""), hint: rest.join("\n") || undefined };
  io.out(`${JSON.stringify({ error }, null, 2)}\n`);
}

/** What a command's end by an error says and returns. */
function report(error: unknown, io: Io, { json }: GlobalOptions): ExitCode {
  if (error instanceof Dumped) {
    io.out(`${JSON.stringify(error.value, null, 2)}\n`);
    return exitCode.ok;
  }
  const { status, message, hint, details } = ended(error);
  if (json) io.out(`${JSON.stringify({ error: { message, hint, details } }, null, 2)}\n`);
  else io.err(`${message}${hint === undefined ? "" : `\n  ${hint}`}\n`);
  return status;
}

interface Ended {
  readonly status: ExitCode;
  readonly message: string;
  readonly hint?: string | undefined;
  readonly details?: unknown;
}

function ended(error: unknown): Ended {
  if (error instanceof Failure) {
    const { exitCode: status, message, hint, details } = error;
    return { status, message, hint, details };
  }
  if (error instanceof ApplyError && !hidesBug(error)) {
    return { status: exitCode.environment, message: error.message, hint: error.mend };
  }
  const system = environmentProblem(error);
  if (system !== undefined) {
    const hint = "nothing is half-written; run the command again once that is mended";
    return { status: exitCode.environment, message: system, hint };
  }
  const message = `This is a bug in async-db-starter ${packageVersion()}; please report it with the spec and these lines:`;
  return {
    status: exitCode.bug,
    message: `${message}\n${error instanceof Error ? error.stack : String(error)}`,
  };
}

/** Writing failed by an error that no system gave: ours. */
const hidesBug = ({ cause }: ApplyError): boolean => cause instanceof Error && !("code" in cause);

const environmentCodes: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "not permitted",
  ENOSPC: "no space left on the disk",
  EROFS: "the file system is read-only",
  EMFILE: "too many open files",
  EDQUOT: "the disk quota is used up",
};

function environmentProblem(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  const text = environmentCodes[String(error.code)];
  if (text === undefined) return undefined;
  return `${text}: ${"path" in error ? String(error.path) : error.message}`;
}
