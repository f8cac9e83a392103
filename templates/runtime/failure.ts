import { DataError, faultOf, type ErrorDetails, type ErrorKind } from "./errors.ts";
import type { Fault, FaultKind } from "./fault.ts";
import { withoutValues } from "./redaction.ts";
import type { OpSpec } from "./telemetry.ts";

/** What an error says about the call it ends. */
export interface FailedCall {
  readonly spec: OpSpec;
  readonly attempts: number;
  readonly runtime: { readonly store: string };
  readonly options: { readonly operation?: string | undefined };
}

const replayHint = "pass { operation } to make a replay safe";
const lookHint =
  "look in the store whether it was applied; declared writes that are given { operation } can be repeated safely";
const repeatHint = "look whether the server is well, then do it again: what was done already stays";
const askHint =
  "call again with the same operation id: if it was applied, the stored result comes back";

const kinds: Readonly<Record<FaultKind, { readonly kind: ErrorKind; readonly text: string }>> = {
  connection: { kind: "unavailable", text: "the connection failed; nothing was applied" },
  overload: { kind: "overloaded", text: "the store has no capacity for this call now" },
  conflict: { kind: "conflict", text: "a concurrent change won" },
  timeout: { kind: "timeout", text: "the store gave up on the statement; nothing was applied" },
  constraint: { kind: "constraint", text: "a constraint of the store forbids it" },
  auth: { kind: "auth", text: "the store refused the credentials or the permission" },
  programming: { kind: "programming", text: "the store refused the statement" },
  unknown: { kind: "unavailable", text: "the store failed in a way this adapter does not know" },
};

/** Faults that say nothing about an earlier attempt whose reply was lost. */
const silent: ReadonlySet<FaultKind> = new Set([
  "connection",
  "overload",
  "timeout",
  "auth",
  "unknown",
]);

/** The error of a call whose last attempt ended with `fault`; `doubt` is the failure of an attempt that may have been applied. */
export function faultError(
  call: FailedCall,
  fault: Fault,
  cause: unknown,
  doubt: unknown,
  elapsedMs: number,
): DataError {
  if (doubt !== undefined && silent.has(fault.kind))
    return unknownOutcome(call, doubt, fault, elapsedMs);
  const { kind } = fault.violated === "unique" ? kinds.conflict : kinds[fault.kind];
  const what = whatFailed(fault);
  const named = fault.constraint === undefined ? what : `${what} (${fault.constraint})`;
  return new DataError({
    ...describe(call, elapsedMs),
    kind,
    message: `${call.spec.operation}: ${named}`,
    code: fault.code,
    constraint: fault.constraint,
    hint: fault.hint,
    cause: withoutValues(cause, fault),
    fault,
  });
}

/** Of a connection that did not come about the engine may know more: where it looked and what to do. */
function whatFailed({ kind, violated, message }: Fault): string {
  if (violated === "unique") return "another row has this key";
  const { text } = kinds[kind];
  return kind === "connection" && message !== undefined ? message : text;
}

/** The deadline struck; `inDoubt` when a write may have been applied. */
export function deadlineError(
  call: FailedCall,
  inDoubt: boolean,
  cause: unknown,
  elapsedMs: number,
): DataError {
  if (inDoubt) return unknownOutcome(call, cause, undefined, elapsedMs);
  return new DataError({
    ...describe(call, elapsedMs),
    kind: "timeout",
    message: `${call.spec.operation}: no answer within the deadline${call.spec.effect === "write" ? "; nothing was applied" : ""}`,
    cause: cause === undefined ? undefined : withoutValues(cause, undefined),
  });
}

/** A verdict that the engine raised itself, completed with what the call knows. */
export function verdictError(call: FailedCall, error: DataError, elapsedMs: number): DataError {
  if (error.operation !== "" && error.store !== "") return error;
  const { operation } = call.spec;
  const prefixed = error.message.startsWith(operation)
    ? error.message
    : `${operation}: ${error.message}`;
  return amended(error, { ...describe(call, elapsedMs), message: prefixed });
}

/** The error of the last run of a transaction, with the number of its runs. Its frames stay those of the call within it that failed. */
export function recounted(error: DataError, attempts: number, elapsedMs: number): DataError {
  if (attempts < 2) return error;
  const counted = amended(error, { attempts, elapsedMs });
  return error.stack === undefined ? counted : Object.assign(counted, { stack: error.stack });
}

/** The same error but for some of what it says. */
export function amended(error: DataError, changes: Partial<ErrorDetails>): DataError {
  const { kind, message, operation, store, attempts, elapsedMs } = error;
  const { code, constraint, hint, cause } = error;
  const kept = {
    kind,
    message,
    operation,
    store,
    attempts,
    elapsedMs,
    code,
    constraint,
    hint,
    cause,
  };
  return new DataError({ ...kept, fault: faultOf(error), ...changes });
}

function unknownOutcome(
  call: FailedCall,
  cause: unknown,
  fault: Fault | undefined,
  elapsedMs: number,
): DataError {
  return new DataError({
    ...describe(call, elapsedMs),
    kind: "outcome-unknown",
    message: `${call.spec.operation}: the reply is missing after the statement was sent; it may have been applied`,
    hint: hintOf(call),
    code: fault?.code,
    cause: cause === undefined ? undefined : withoutValues(cause, fault),
    fault,
  });
}

function describe(
  call: FailedCall,
  elapsedMs: number,
): Pick<ErrorDetails, "operation" | "store" | "attempts" | "elapsedMs"> {
  return {
    operation: call.spec.operation,
    store: call.runtime.store,
    attempts: call.attempts,
    elapsedMs,
  };
}

const hintOf = ({ spec, options }: FailedCall): string => {
  if (spec.repeatable === true) return repeatHint;
  if (options.operation !== undefined) return askHint;
  return spec.unkeyed === true ? lookHint : replayHint;
};
