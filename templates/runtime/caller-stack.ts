import { isDataError } from "./errors.ts";

/**
 * Rejects a promise that was made by hand, with the frames of those who await it behind the error's own: an error of a socket knows none of
 * them. The good path pays nothing, since V8 finds them from the promise itself while a reaction to it runs.
 *
 * @param settle the promise's `resolve`: who awaits it is told through the promise that it takes over
 */
export function rejectAtCaller(settle: (failed: Promise<never>) => void, error: unknown): void {
  let fail!: (error: unknown) => void;
  const failed = new Promise<never>((_, reject) => (fail = reject));
  settle(failed.catch(rethrowAtCaller));
  fail(error);
}

function rethrowAtCaller(error: unknown): never {
  if (isDataError(error)) addFrames(error, awaitingFrames());
  throw error;
}

/**
 * `    at async placeOrder (src/orders.ts:12:5)`, innermost first; none where `Error.stackTraceLimit` or a formatter of the program's own
 * forbids it. Not every formatter writes `async`, but below a reaction lies nothing else than Node itself.
 */
function awaitingFrames(): readonly string[] {
  const here: { stack?: unknown } = {};
  Error.captureStackTrace(here, rethrowAtCaller);
  const { stack } = here;
  return typeof stack === "string"
    ? stack.split("\n").filter((line) => /^\s+at /.test(line) && !line.includes("node:internal/"))
    : [];
}

/** One error may pass several calls: that of a statement and that of its transaction. */
function addFrames(error: Error, frames: readonly string[]): void {
  const { stack } = error;
  if (typeof stack !== "string") return;
  const known = new Set(stack.split("\n"));
  const further = frames.filter((frame) => !known.has(frame));
  if (further.length > 0) error.stack = [stack, ...further].join("\n");
}
