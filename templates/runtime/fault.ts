/** What kind of failure a driver or server reported. */
export type FaultKind =
  | "connection"
  | "overload"
  | "conflict"
  | "timeout"
  | "constraint"
  | "auth"
  | "programming"
  | "unknown";

/** Whether the statement is known not to have been applied. */
export type Outcome = "not-applied" | "unknown";

/**
 * One failure, classified: the only thing the retry policy looks at. Each engine's `classify` maps its errors to this table;
 * what it does not know is `unknown` × `unknown`, which is never retried for a write without an operation id.
 */
export interface Fault {
  readonly kind: FaultKind;
  readonly outcome: Outcome;
  /** The same call may succeed when it is tried again. */
  readonly transient: boolean;
  /** The engine's own code: SQLSTATE, server error number, label. */
  readonly code?: string;
  /** Name of the violated constraint or index, as the server reports it; of a value that is missing, its column. */
  readonly constraint?: string;
  /** The server's message, given only where it is known to hold no values of the user; without it the runtime blanks what is quoted. */
  readonly message?: string;
  /** What to do, where the code alone says it. */
  readonly hint?: string;
  /** What kind of constraint: decides between `conflict` and `constraint` for the caller. */
  readonly violated?: "unique" | "foreign-key" | "check" | "not-null" | "exclusion";
  /** The server's wish, milliseconds. */
  readonly retryAfterMs?: number;
  /** The connection it happened on must not be used again. */
  readonly fatal: boolean;
}
