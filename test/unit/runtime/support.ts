import { Deadlines } from "../../../templates/runtime/deadline.ts";
import { isDataError, type DataError } from "../../../templates/runtime/errors.ts";
import type { Fault } from "../../../templates/runtime/fault.ts";
import { Lifecycle } from "../../../templates/runtime/lifecycle.ts";
import { RetryBucket } from "../../../templates/runtime/retry.ts";
import { StoreTelemetry, type TelemetryOptions } from "../../../templates/runtime/telemetry.ts";
import { TransactionScope } from "../../../templates/runtime/unit-of-work.ts";

/** An error of a pretended driver that says itself how it is classified. */
export class DriverError extends Error {
  readonly fault: Fault;
  constructor(fault: Partial<Fault> = {}, message = "driver said no") {
    super(message);
    this.name = "DriverError";
    this.fault = {
      kind: "connection",
      outcome: "unknown",
      transient: true,
      fatal: false,
      ...fault,
    };
  }
}

export const classify = (error: unknown): Fault =>
  error instanceof DriverError
    ? error.fault
    : { kind: "unknown", outcome: "unknown", transient: false, fatal: false };

export function rootRuntime(
  changes: {
    readonly defaultDeadlineMs?: number;
    readonly bucket?: RetryBucket;
    readonly telemetry?: TelemetryOptions;
    readonly drainMs?: number;
  } = {},
) {
  return {
    store: "main",
    classify,
    deadlines: new Deadlines(),
    bucket: changes.bucket ?? new RetryBucket(),
    telemetry: new StoreTelemetry(
      { store: "main", system: "testdb", namespace: "shop", address: "db.local", port: 4711 },
      changes.telemetry,
    ),
    lifecycle: new Lifecycle({ signals: false, drainMs: changes.drainMs }),
    defaultDeadlineMs: changes.defaultDeadlineMs ?? 5_000,
    scope: new TransactionScope("main"),
  };
}

/** The DataError a promise rejects with; fails on anything else. */
export async function dataError(promise: Promise<unknown>): Promise<DataError> {
  const error = await promise.then(
    (value) => {
      throw new Error(`expected a rejection, got ${JSON.stringify(value)}`);
    },
    (reason: unknown) => reason,
  );
  if (isDataError(error)) return error;
  throw error;
}

export const read = { operation: "orders.get", effect: "read" } as const;
export const write = { operation: "orders.place", effect: "write" } as const;
