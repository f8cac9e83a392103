import type { Fault } from "./fault.ts";

/** What went wrong, as the caller sees it: a closed union. */
export type ErrorKind =
  | "not-found"
  | "conflict"
  | "constraint"
  | "overloaded"
  | "timeout"
  | "outcome-unknown"
  | "unavailable"
  | "auth"
  | "programming";

/** What a `DataError` is made of; what is not known yet is left out. */
export interface ErrorDetails {
  readonly kind: ErrorKind;
  /** One sentence, without values of the user and without secrets. */
  readonly message: string;
  /** `orders.place` */
  readonly operation?: string | undefined;
  readonly store?: string | undefined;
  readonly attempts?: number | undefined;
  readonly elapsedMs?: number | undefined;
  readonly code?: string | undefined;
  readonly constraint?: string | undefined;
  readonly hint?: string | undefined;
  readonly cause?: unknown;
  /** Why it failed, for the retry rule of an enclosing transaction; not enumerable. */
  readonly fault?: Fault | undefined;
}

const tag = Symbol.for("async-db-starter.data-error");
const faults = new WeakMap<object, Fault>();

/** The only error a data layer rejects with, except for a caller's own abort reason and what a transaction callback throws itself. */
export class DataError extends Error {
  static {
    this.prototype.name = "DataError";
  }
  readonly kind: ErrorKind;
  readonly operation: string;
  readonly store: string;
  /** How often it was tried. */
  readonly attempts: number;
  /** Milliseconds from the call to this error. */
  readonly elapsedMs: number;
  /** The engine's own code: SQLSTATE, server error number, label. */
  declare readonly code?: string;
  /** The violated constraint or index; of a value that is missing, its column. */
  declare readonly constraint?: string;
  /** What to do about it. */
  declare readonly hint?: string;

  constructor(details: ErrorDetails) {
    super(details.message, details.cause === undefined ? {} : { cause: details.cause });
    this.kind = details.kind;
    this.operation = details.operation ?? "";
    this.store = details.store ?? "";
    this.attempts = details.attempts ?? 0;
    this.elapsedMs = Math.round(details.elapsedMs ?? 0);
    if (details.code !== undefined) this.code = details.code;
    if (details.constraint !== undefined) this.constraint = details.constraint;
    if (details.hint !== undefined) this.hint = details.hint;
    if (details.fault !== undefined) faults.set(this, details.fault);
  }

  get [tag](): true {
    return true;
  }

  /** Everything but stack and cause: fit for a log line. */
  toJSON(): object {
    return { ...this, name: this.name, message: this.message };
  }
}

/** True for a `DataError` of this or of any other copy of this runtime. */
export function isDataError(error: unknown): error is DataError {
  return typeof error === "object" && error !== null && tag in error;
}

/** The fault behind a `DataError`, if a server or driver reported one. */
export function faultOf(error: DataError): Fault | undefined {
  return faults.get(error);
}

/** Wrong use of the data layer: the caller's code has to change. */
export function programmingError(message: string, details: Partial<ErrorDetails> = {}): DataError {
  return new DataError({ ...details, kind: "programming", message });
}
