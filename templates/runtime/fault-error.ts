import type { Fault } from "./fault.ts";

/** An error whose fault is known better than its code says. */
export class FaultError extends Error {
  readonly fault: Fault;

  constructor(message: string, fault: Fault, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.fault = fault;
  }
}

/** The store was closed: nothing is sent any more. */
export const closedError = (): FaultError =>
  new FaultError("the store is closed", {
    kind: "connection",
    outcome: "not-applied",
    transient: false,
    fatal: true,
  });
