import { errorCode } from "./file-system.ts";

/** Why a plan could not be carried out; the tree is then wholly old unless `kind` is "incomplete". */
export type ApplyErrorKind =
  /** Another run holds the lock. */
  | "locked"
  /** The tree changed between `scan` and `apply`. */
  | "changed"
  /** A path is not inside the package, or leads through a link. */
  | "unsafe"
  /** An earlier run has to be completed or reverted first: `recover`. */
  | "interrupted"
  /** The operating system refused before anything was changed (disk full, permission). */
  | "system"
  /** It refused half-way; every file is the old or the new one, and `recover` does the rest. */
  | "incomplete";

/** What `apply` and `recover` throw. All kinds are the user's environment (exit 3). */
export class ApplyError extends Error {
  override readonly name = "ApplyError";
  readonly kind: ApplyErrorKind;
  /** What the user can do about it. */
  readonly mend: string;

  constructor(kind: ApplyErrorKind, message: string, mend: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.kind = kind;
    this.mend = mend;
  }
}

/** A system error as ours, told for users. */
export function systemError(kind: "system" | "incomplete", error: unknown): ApplyError {
  if (error instanceof ApplyError) return error;
  const what = error instanceof Error ? error.message : String(error);
  const after =
    kind === "system"
      ? "nothing was changed"
      : "every file is the old or the new one; the next run completes it";
  return new ApplyError(kind, `cannot write: ${what}; ${after}`, mendOf(error), error);
}

function mendOf(error: unknown): string {
  switch (errorCode(error)) {
    case "ENOSPC":
    case "EDQUOT":
      return "free some disk space and run it again";
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return "make the folder writable for this user and run it again";
    case "EBUSY":
      return "close the program that holds the file open and run it again";
    default:
      return "mend what the message names and run it again";
  }
}
