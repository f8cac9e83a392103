import type { Io, Output } from "./io.ts";

/** What every command is given. */
export interface CommandContext {
  readonly io: Io;
  readonly output: Output;
}
