import type { Fault } from "../../runtime/fault.ts";

/** Nothing in process can fail on its way: an error is a mistake in the code that was called. */
export function classify(_error: unknown): Fault {
  return { kind: "programming", outcome: "not-applied", transient: false, fatal: false };
}
