import type { Fault, FaultKind } from "../../runtime/fault.ts";

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
  constructor(message: string) {
    super(message);
    this.name = "MilvusConnectError";
  }
}

interface Rule {
  readonly kind: FaultKind;
  readonly transient: boolean;
  readonly outcome?: Fault["outcome"];
  readonly hint?: string;
}

const programming: Rule = { kind: "programming", transient: false };
const absent: Rule = { kind: "connection", transient: false };
const starting: Rule = { kind: "connection", transient: true };
const full: Rule = { kind: "overload", transient: false };
const busy: Rule = { kind: "overload", transient: true };
const auth: Rule = { kind: "auth", transient: false };
const lost: Rule = { kind: "connection", transient: true, outcome: "unknown" };

/** `Status.code`. Source: `milvus-io/milvus: pkg/util/merr/errors.go`. */
const codes: Readonly<Record<number, Rule>> = {
  2: starting, // ErrServiceUnavailable
  3: full, // ErrServiceMemoryLimitExceeded
  4: busy, // ErrServiceRequestLimitExceeded
  6: programming, // ErrServiceCrossClusterRouting; Milvus Lite: an argument that it refuses
  7: full, // ErrServiceDiskLimitExceeded
  8: busy, // ErrServiceRateLimit
  9: full, // ErrServiceQuotaExceeded
  10: programming, // ErrServiceUnimplemented
  11: busy, // ErrServiceTimeTickLongDelay
  12: busy, // ErrServiceResourceInsufficient
  26: programming, // Milvus Lite: an index that it cannot build
  35: programming, // Milvus Lite: another index of this name
  100: absent, // ErrCollectionNotFound
  101: starting, // ErrCollectionNotLoaded: see loaded.ts
  102: full, // ErrCollectionNumLimitExceeded
  103: starting, // ErrCollectionNotFullyLoaded
  105: programming, // ErrCollectionIllegalSchema
  106: starting, // ErrCollectionOnRecovering
  200: absent, // ErrPartitionNotFound
  201: absent, // ErrPartitionNotLoaded
  202: starting, // ErrPartitionNotFullyLoaded
  250: full, // ErrGeneralCapacityExceeded
  400: starting, // ErrReplicaNotFound
  401: starting, // ErrReplicaNotAvailable
  500: starting, // ErrChannelNotFound
  501: starting, // ErrChannelLack
  503: starting, // ErrChannelNotAvailable
  600: starting, // ErrSegmentNotFound
  601: starting, // ErrSegmentNotLoaded
  602: starting, // ErrSegmentLack
  700: programming, // ErrIndexNotFound
  701: programming, // ErrIndexNotSupported
  702: programming, // ErrIndexDuplicate
  800: programming, // ErrDatabaseNotFound
  801: full, // ErrDatabaseNumLimitExceeded
  901: starting, // ErrNodeNotFound
  902: starting, // ErrNodeOffline
  903: starting, // ErrNodeLack
  904: starting, // ErrNodeNotMatch
  905: starting, // ErrNodeNotAvailable
  1001: { kind: "connection", transient: true, outcome: "unknown" }, // ErrIoFailed
  1002: { kind: "connection", transient: true, outcome: "unknown" }, // ErrIoUnexpectEOF
  1100: programming, // ErrParameterInvalid
  1101: programming, // ErrParameterMissing
  1102: programming, // ErrParameterTooLarge
  1302: lost, // ErrMqInternal
  1303: full, // ErrDenyProduceMsg
  1400: auth, // ErrPrivilegeNotAuthenticated
  1401: auth, // ErrPrivilegeNotPermitted
  1600: absent, // ErrAliasNotFound
  1601: programming, // ErrAliasCollectionNameConfilct
  1602: { kind: "conflict", transient: false }, // ErrAliasAlreadyExist
  1603: absent, // ErrCollectionIDOfAliasNotFound
  1700: programming, // ErrFieldNotFound
  1701: programming, // ErrFieldInvalidName
  1800: auth, // ErrNeedAuthenticate
  1807: busy, // ErrHTTPRateLimit
  2001: programming, // ErrSegcoreUnsupported
  2200: busy, // ErrInconsistentRequery
  3000: programming, // ErrOperationNotSupported
  10000: { kind: "timeout", transient: false, outcome: "unknown" }, // CanceledCode
  10001: { kind: "timeout", transient: false, outcome: "unknown" }, // TimeoutCode
};

/** `Status.error_code`, where there is no `code`, or one that says nothing. Source: `milvus-io/milvus-proto: common.proto`, ErrorCode. */
const legacyCodes: Readonly<Record<number, Rule>> = {
  2: starting, // ConnectFailed
  3: auth, // PermissionDenied
  4: absent, // CollectionNotExists
  5: programming, // IllegalArgument
  7: programming, // IllegalDimension
  10: programming, // IllegalTOPK
  25: programming, // IndexNotExist
  28: absent, // CollectionNameNotFound
  45: starting, // NotShardLeader
  46: starting, // NoReplicaAvailable
  49: busy, // RateLimit
  52: full, // InsufficientMemoryToLoad
  53: full, // MemoryQuotaExhausted
  54: full, // DiskQuotaExhausted
  55: busy, // TimeTickLongDelay
  56: starting, // NotReadyServe
  57: starting, // NotReadyCoordActivating
  62: programming, // SchemaMismatch
};

/** gRPC status codes. Source: gRPC, Status codes and their use in gRPC. */
const transport: Readonly<Record<number, Rule>> = {
  1: { kind: "timeout", transient: false, outcome: "unknown" }, // CANCELLED
  3: programming, // INVALID_ARGUMENT
  4: { kind: "timeout", transient: false, outcome: "unknown" }, // DEADLINE_EXCEEDED
  5: absent, // NOT_FOUND
  6: { kind: "conflict", transient: false }, // ALREADY_EXISTS
  7: auth, // PERMISSION_DENIED
  8: busy, // RESOURCE_EXHAUSTED
  10: { kind: "conflict", transient: true }, // ABORTED
  11: programming, // OUT_OF_RANGE
  12: programming, // UNIMPLEMENTED
  13: lost, // INTERNAL: a stream that broke off in the middle
  14: lost, // UNAVAILABLE: classified here only when the call had left
  15: lost, // DATA_LOSS
  16: auth, // UNAUTHENTICATED
};

/** 1 means "not ready" to a server and "anything" to an older one: `retriable` tells them apart. */
const ambiguous = 1;

/** Kind and outcome of an error of the driver or the server. */
export function classify(error: unknown): Fault {
  if (error instanceof MilvusConnectError)
    return { ...fault(starting), message: error.message, fatal: true };
  if (error instanceof MilvusNoStatusError)
    return fault({ ...programming, hint: "this server does not know the call: see its version" });
  if (error instanceof MilvusStatusError) return statusFault(error);
  if (error instanceof Error && "code" in error && typeof error.code === "number") {
    const rule = transport[error.code];
    if (rule !== undefined) return fault(rule, error.code);
  }
  return fault({ kind: "unknown", transient: false, outcome: "unknown" });
}

function statusFault({ code, legacy, retriable }: MilvusStatusError): Fault {
  const rule =
    code === ambiguous && retriable ? starting : (codes[code] ?? legacyCodes[legacy] ?? undefined);
  if (rule !== undefined) return fault(rule, code === 0 ? legacy : code);
  return fault(
    { kind: "unknown", transient: retriable, outcome: "unknown" },
    code === 0 ? legacy : code,
  );
}

function fault({ kind, transient, outcome = "not-applied", hint }: Rule, code?: number): Fault {
  return {
    kind,
    outcome,
    transient,
    fatal: outcome === "unknown" && kind === "connection",
    ...(code === undefined ? {} : { code: String(code) }),
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
