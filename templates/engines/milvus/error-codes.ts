import type { Fault, FaultKind } from "../../runtime/fault.ts";

/** What a code decides. */
export interface Rule {
  readonly kind: FaultKind;
  readonly transient: boolean;
  readonly outcome?: Fault["outcome"];
  /** Stands for what server and gRPC say. */
  readonly message?: string;
  readonly hint?: string;
}

export const programming: Rule = { kind: "programming", transient: false };
/** What is asked for is not there. */
export const absent: Rule = { kind: "connection", transient: false };
/** Not yet, or not any more: later it may be. */
export const starting: Rule = { kind: "connection", transient: true };
const conflict: Rule = { kind: "conflict", transient: false };
const full: Rule = {
  kind: "overload",
  transient: false,
  hint: "the server is at a limit of its memory, disk or quota: see its configuration, quotaAndLimits",
};
const busy: Rule = { kind: "overload", transient: true };
const auth: Rule = {
  kind: "auth",
  transient: false,
  hint: "look at user and password of the DSN, and at what the roles of that user may do",
};
const lost: Rule = { kind: "connection", transient: true, outcome: "unknown" };
/** The server does not know the call. */
export const unheard: Rule = {
  ...programming,
  hint: "this server does not know the call: see its version",
};
const noDatabase: Rule = {
  ...programming,
  message: "the server has no database of this name",
  hint: "the path of the DSN names the database: make it on the server, or name one that is there",
};
const tooLarge: Rule = {
  ...programming,
  hint: "the request is larger than grpc.serverMaxRecvSize of the server: write fewer rows at once",
};

/** `Status.code`. Source: `milvus-io/milvus: pkg/util/merr/errors.go`. */
export const codes: Readonly<Record<number, Rule>> = {
  2: starting, // ErrServiceUnavailable
  3: full, // ErrServiceMemoryLimitExceeded
  4: busy, // ErrServiceRequestLimitExceeded
  6: programming, // ErrServiceCrossClusterRouting; Milvus Lite: an argument that it refuses
  7: full, // ErrServiceDiskLimitExceeded
  8: busy, // ErrServiceRateLimit
  9: full, // ErrServiceQuotaExceeded
  10: unheard, // ErrServiceUnimplemented
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
  800: noDatabase, // ErrDatabaseNotFound
  801: full, // ErrDatabaseNumLimitExceeded
  901: starting, // ErrNodeNotFound
  902: starting, // ErrNodeOffline
  903: starting, // ErrNodeLack
  904: starting, // ErrNodeNotMatch
  905: starting, // ErrNodeNotAvailable
  1001: lost, // ErrIoFailed
  1002: lost, // ErrIoUnexpectEOF
  1100: programming, // ErrParameterInvalid
  1101: programming, // ErrParameterMissing
  1102: programming, // ErrParameterTooLarge
  1302: lost, // ErrMqInternal
  1303: full, // ErrDenyProduceMsg
  1400: auth, // ErrPrivilegeNotAuthenticated
  1401: auth, // ErrPrivilegeNotPermitted
  1600: absent, // ErrAliasNotFound
  1601: programming, // ErrAliasCollectionNameConfilct
  1602: conflict, // ErrAliasAlreadyExist
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
export const legacyCodes: Readonly<Record<number, Rule>> = {
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
export const transport: Readonly<Record<number, Rule>> = {
  1: { kind: "timeout", transient: false, outcome: "unknown" }, // CANCELLED
  3: programming, // INVALID_ARGUMENT
  4: { kind: "timeout", transient: false, outcome: "unknown" }, // DEADLINE_EXCEEDED
  5: absent, // NOT_FOUND
  6: conflict, // ALREADY_EXISTS
  7: auth, // PERMISSION_DENIED
  8: busy, // RESOURCE_EXHAUSTED
  10: { kind: "conflict", transient: true }, // ABORTED
  11: programming, // OUT_OF_RANGE
  12: unheard, // UNIMPLEMENTED
  13: lost, // INTERNAL: a stream that broke off in the middle
  14: lost, // UNAVAILABLE: classified here only when the call had left
  15: lost, // DATA_LOSS
  16: auth, // UNAUTHENTICATED
};

/** What a code leaves open and the words of the reason tell; the first that matches decides. */
type Words = readonly (readonly [RegExp, Rule])[];

/** Milvus Lite gives 1 or 6 for what a server has codes for. Source: milvus-lite 3.2.2, `adapter/grpc/errors.py`. */
export const reasons: Words = [
  [/^database '.*' does not exist$/, noDatabase],
  [/^(collection|alias|database) '.*' already exists$/, conflict],
  [/^alias '.*' conflicts with an existing collection$/, conflict],
];

/** `RESOURCE_EXHAUSTED` is said of a server that is busy and of a message that it will never take. Source: grpc-go and gRPC core, their texts. */
export const oversized: Words = [[/received message larger than max/i, tooLarge]];

const bothSchemes = "milvus: is gRPC, milvus+https: is gRPC over TLS";
const place = "look at host and port of the DSN, and whether the server runs";

/** What gRPC tells of its last try to connect. Source: @grpc/grpc-js 1.14, the errors of node:net, node:tls and node:http2 in its words. */
export const unconnected: Words = [
  [
    /certificate|altnames|unable to verify/i,
    {
      ...auth,
      message: "the server's certificate is not trusted",
      hint: "the server's certificate is not trusted: name its authority in GRPC_DEFAULT_SSL_ROOTS_FILE_PATH, and in the DSN the host that it is made out to",
    },
  ],
  [
    /wrong version number|packet length too long|EPROTO/i,
    { ...absent, message: "TLS is spoken on one side only", hint: bothSchemes },
  ],
  [
    /Protocol error/,
    {
      ...absent,
      message: "what answers there is no gRPC server",
      hint: "look at host and port of the DSN, and at what stands between",
    },
  ],
  [
    /name resolution failed/i,
    { ...starting, message: "no address is known of this host", hint: place },
  ],
  // A server that wants TLS hangs up too; so does one that is stopped.
  [
    /Failed to connect|socket disconnected|ECONNRESET|socket hang up/i,
    {
      ...starting,
      message: "the server hangs up at once",
      hint: `if it always does: ${bothSchemes}`,
    },
  ],
  [/./, { ...starting, hint: place }],
];

/** The rule of the first words that a text holds. */
export const ruleOf = (words: Words, text: string): Rule | undefined =>
  words.find(([pattern]) => pattern.test(text))?.[1];
