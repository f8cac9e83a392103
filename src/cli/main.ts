import { createProgram, parse, type Run } from "./program.ts";
import { exitCode, type ExitCode } from "./exit-codes.ts";
import { Failure } from "./failure.ts";
import { createOutput, wantsColor, type GlobalOptions, type Io } from "./io.ts";
import { ApplyError } from "../reconcile/apply-error.ts";
import { Dumped } from "./dumped.ts";
import { packageVersion } from "./package-files.ts";

/** Entry of the installed command: runs on the process's own surroundings and sets its exit status. */
export async function run(): Promise<void> {
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
  const program = createProgram(packageVersion(), runCommand).configureOutput({
    writeOut: (text) => io.out(text),
    writeErr: (text) => io.err(text),
  });
  return (await parse(program, argv)) ?? status;
}

function report(error: unknown, io: Io, options: GlobalOptions): ExitCode {
  if (error instanceof Failure) {
    const { message, hint, details } = error;
    if (options.json) io.out(`${JSON.stringify({ error: { message, hint, details } }, null, 2)}\n`);
    else io.err(`${message}${hint === undefined ? "" : `\n  ${hint}`}\n`);
    return error.exitCode;
  }
  if (error instanceof Dumped) {
    io.out(`${JSON.stringify(error.value, null, 2)}\n`);
    return exitCode.ok;
  }
  if (error instanceof ApplyError) {
    if (options.json)
      io.out(
        `${JSON.stringify({ error: { message: error.message, hint: error.mend } }, null, 2)}\n`,
      );
    else io.err(`${error.message}; ${error.mend}\n`);
    return exitCode.environment;
  }
  const systemError = environmentProblem(error);
  if (systemError !== undefined) {
    io.err(`${systemError}\n`);
    return exitCode.environment;
  }
  io.err(
    `This is a bug in async-db-starter ${packageVersion()}; please report it with the spec and these lines:\n` +
      `${error instanceof Error ? error.stack : String(error)}\n`,
  );
  return exitCode.bug;
}

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
  return `${text}: ${"path" in error ? String(error.path) : error.message}; nothing is half-written, run the command again once that is mended`;
}
