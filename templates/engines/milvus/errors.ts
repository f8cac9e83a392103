import type { Fault } from "../../runtime/fault.ts";
import {
  absent,
  codes,
  legacyCodes,
  oversized,
  reasons,
  type Rule,
  ruleOf,
  starting,
  transport,
  unconnected,
  unheard,
} from "./error-codes.ts";

/** `milvus.proto.common.Status`, as every reply carries it. */
export interface ReplyStatus {
  /** Of servers before 2.3: an enum that later ones send beside `code`, or leave at 0. */
  readonly error_code: number;
  /** Since 2.3. */
  readonly code: number;
  readonly reason: string;
  readonly retriable: boolean;
}

/** The server answered, and the answer is no success. */
export class MilvusStatusError extends Error {
  readonly code: number;
  readonly legacy: number;
  readonly retriable: boolean;

  constructor(status: ReplyStatus) {
    super(status.reason);
    this.name = "MilvusStatusError";
    this.code = status.code;
    this.legacy = status.error_code;
    this.retriable = status.retriable;
  }
}

/** A reply without status: what a server sends, or a driver makes, of a call that it does not know. It says nothing about success. */
export class MilvusNoStatusError extends Error {
  constructor(method: string) {
    super(`the reply to ${method} has no status`);
    this.name = "MilvusNoStatusError";
  }
}

/** There is no connection, and nothing was sent. */
export class MilvusConnectError extends Error {
  /** What gRPC told of its last try. */
  readonly details: string;

  constructor(message: string, details = "") {
    super(message);
    this.name = "MilvusConnectError";
    this.details = details;
  }
}

/** 1 means "not ready" to a server and "anything" to an older one: `retriable` tells them apart. */
const ambiguous = 1;

/** Kind and outcome of an error of the driver or the server. */
export function classify(error: unknown): Fault {
  if (error instanceof MilvusConnectError) {
    const rule = ruleOf(unconnected, error.details) ?? starting;
    return { message: error.message, ...fault(rule), fatal: true };
  }
  if (error instanceof MilvusNoStatusError) return fault(unheard);
  if (error instanceof MilvusStatusError) return statusFault(error);
  if (error instanceof Error && "code" in error && typeof error.code === "number") {
    const rule = ruleOf(oversized, error.message) ?? transport[error.code];
    if (rule !== undefined) return fault(rule, error.code);
  }
  return fault({ kind: "unknown", transient: false, outcome: "unknown" });
}

function statusFault({ code, legacy, retriable, message }: MilvusStatusError): Fault {
  const rule =
    code === ambiguous && retriable
      ? starting
      : (ruleOf(reasons, message) ?? codes[code] ?? legacyCodes[legacy]);
  if (rule !== undefined) return fault(rule, code === 0 ? legacy : code);
  return fault(
    { kind: "unknown", transient: retriable, outcome: "unknown" },
    code === 0 ? legacy : code,
  );
}

function fault(
  { kind, transient, outcome = "not-applied", message, hint }: Rule,
  code?: number,
): Fault {
  return {
    kind,
    outcome,
    transient,
    fatal: outcome === "unknown" && kind === "connection",
    ...(code === undefined ? {} : { code: String(code) }),
    ...(message === undefined ? {} : { message }),
    ...(hint === undefined ? {} : { hint }),
  };
}

/** ErrCollectionNotLoaded */
const notLoaded = 101;

/** True for the answer to a collection that was released, or not loaded since its server began. */
export const isNotLoaded = (error: unknown): boolean =>
  error instanceof MilvusStatusError && error.code === notLoaded;

/** True for the answer to a collection or an alias that is not there. */
export function isAbsent(error: unknown): boolean {
  if (!(error instanceof MilvusStatusError)) return false;
  return codes[error.code] === absent || (error.code < 2 && legacyCodes[error.legacy] === absent);
}
