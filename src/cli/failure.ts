import type { ExitCode } from "./exit-codes.ts";

/** Ends a command with a message for its user and an exit status; anything else that is thrown is our bug. */
export class Failure extends Error {
  readonly exitCode: ExitCode;
  readonly hint: string | undefined;
  /** The same, for `--json`. */
  readonly details: unknown;

  constructor(code: ExitCode, message: string, options: { hint?: string; details?: unknown } = {}) {
    super(message);
    this.name = "Failure";
    this.exitCode = code;
    this.hint = options.hint;
    this.details = options.details;
  }
}
