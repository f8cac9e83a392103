import type { Fault, FaultKind } from "../../runtime/fault.ts";

interface Rule {
  readonly kind: FaultKind;
  readonly transient: boolean;
  readonly outcome?: Fault["outcome"];
  readonly violated?: NonNullable<Fault["violated"]>;
  readonly hint?: string;
}

const elsewhere: Rule = { kind: "connection", transient: true, outcome: "unknown" };
const lost: Rule = { kind: "conflict", transient: true };
const wrong: Rule = { kind: "programming", transient: false };
const refused: Rule = { kind: "auth", transient: false };
const tooLarge: Rule = {
  kind: "constraint",
  transient: false,
  violated: "check",
  hint: "a document holds 16 MB: keep a large list in a collection of its own (perOwner: on the owned entity), large content elsewhere",
};
const unmet: Rule = {
  kind: "connection",
  transient: false,
  outcome: "unknown",
  hint: "what the DSN asks for as w: majority, a number of members that the replica set has, or the name of a mode in its settings (getLastErrorModes)",
};
const noTransactions: Rule = {
  ...wrong,
  hint: "transactions, operation ids, audit and bulk writes need a replica set: start mongod with --replSet, or use a cluster",
};

/**
 * Server error codes. Those of a node that steps down or shuts down leave a write in doubt unless the server adds
 * `NoWritesPerformed`. Source: MongoDB error codes (`src/mongo/base/error_codes.yml`) and the retryable writes specification.
 */
const codes: Readonly<Record<number, Rule>> = {
  6: elsewhere, // HostUnreachable
  7: elsewhere, // HostNotFound
  89: elsewhere, // NetworkTimeout
  91: elsewhere, // ShutdownInProgress
  189: elsewhere, // PrimarySteppedDown
  262: { kind: "timeout", transient: true, outcome: "unknown" }, // ExceededTimeLimit
  9001: elsewhere, // SocketException
  10107: elsewhere, // NotWritablePrimary
  11600: elsewhere, // InterruptedAtShutdown
  11602: elsewhere, // InterruptedDueToReplStateChange
  13435: elsewhere, // NotPrimaryNoSecondaryOk
  13436: elsewhere, // NotPrimaryOrSecondary
  134: elsewhere, // ReadConcernMajorityNotAvailableYet
  50: { kind: "timeout", transient: false, outcome: "unknown" }, // MaxTimeMSExpired
  64: { kind: "connection", transient: true, outcome: "unknown" }, // WriteConcernTimeout
  79: unmet, // UnknownReplWriteConcern: told of a write that was applied
  100: unmet, // UnsatisfiableWriteConcern
  24: lost, // LockTimeout
  112: lost, // WriteConflict
  225: lost, // TransactionTooOld
  244: lost, // TransactionAborted
  246: lost, // SnapshotUnavailable
  251: lost, // NoSuchTransaction
  256: { ...wrong, outcome: "unknown" }, // TransactionCommitted
  263: wrong, // OperationNotSupportedInTransaction
  43: { kind: "connection", transient: true }, // CursorNotFound
  175: { kind: "connection", transient: true }, // QueryPlanKilled
  237: { kind: "connection", transient: true }, // CursorKilled
  11000: { kind: "constraint", transient: false, violated: "unique" }, // DuplicateKey
  121: { kind: "constraint", transient: false, violated: "check" }, // DocumentValidationFailure
  10334: tooLarge, // BSONObjectTooLarge
  17280: tooLarge, // KeyTooLong
  17419: tooLarge, // a document that an update would make larger than 16 MB
  17420: tooLarge, // the same, of an update by modifiers
  13: refused, // Unauthorized
  18: refused, // AuthenticationFailed
  8000: refused, // AtlasError: authentication
  2: wrong, // BadValue
  9: wrong, // FailedToParse
  14: wrong, // TypeMismatch
  20: noTransactions, // IllegalOperation: a transaction on a standalone
  26: wrong, // NamespaceNotFound
  27: wrong, // IndexNotFound
  59: wrong, // CommandNotFound
  72: wrong, // InvalidOptions
  291: wrong, // NoQueryExecutionPlans
  292: wrong, // QueryExceededMemoryLimitNoDiskUseAllowed
  462: { kind: "overload", transient: true }, // IngressRequestRateLimitExceeded
};

/** Driver errors that strike before a command is sent. */
const unsent: ReadonlySet<string> = new Set([
  "MongoServerSelectionError",
  "MongoPoolClearedError",
  "MongoPoolClearedOnNetworkError",
  "MongoPoolClosedError",
  "MongoTopologyClosedError",
  "MongoNotConnectedError",
  "MongoMissingCredentialsError",
]);

/** An error of our own that the retry rule judges like the server's. */
export class FaultError extends Error {
  readonly fault: Fault;

  constructor(message: string, fault: Fault, cause?: unknown) {
    super(message, { cause });
    this.fault = fault;
  }
}

/** Kind and outcome of an error of the driver or the server; labels decide first, codes second, the error's class last. */
export function classify(error: unknown): Fault {
  if (error instanceof FaultError) return error.fault;
  if (!(error instanceof Error))
    return fault({ kind: "unknown", transient: false, outcome: "unknown" });
  const code = codeOf(error);
  const labelled = (label: string): boolean => hasLabel(error, label);
  if (labelled("SystemOverloadedError"))
    return { ...fault({ kind: "overload", transient: true }, code), ...wishOf(error) };
  const rule = ruleOf(error, code);
  const socket = code === undefined && rule.kind === "connection" ? socketCode(error) : undefined;
  const whole = {
    ...fault(rule, code, constraintOf(error)),
    ...(socket !== undefined && { code: socket }),
  };
  if (labelled("UnknownTransactionCommitResult"))
    return { ...whole, transient: true, outcome: "unknown" };
  // The transaction is undone, so the whole of it may be tried again.
  if (labelled("TransientTransactionError"))
    return { ...whole, transient: true, outcome: "not-applied" };
  return labelled("NoWritesPerformed") ? { ...whole, outcome: "not-applied" } : whole;
}

function ruleOf(error: Error, code: number | undefined): Rule {
  const known = code === undefined ? undefined : codes[code];
  if (known !== undefined) return known;
  const { name } = error;
  if (name === "MongoWaitQueueTimeoutError") return { kind: "overload", transient: true };
  if (unsent.has(name)) return selectionRule(error);
  if (name.startsWith("MongoNetwork")) return elsewhere;
  if (name === "MongoOperationTimeoutError")
    return { kind: "timeout", transient: false, outcome: "unknown" };
  if (isTooLarge(error)) return tooLarge;
  if (
    /^Mongo(InvalidArgument|API|Runtime|Parse|Transaction|Compatibility|UnexpectedServerResponse)|^BSON/.test(
      name,
    )
  )
    return wrong;
  return { kind: "unknown", transient: false, outcome: "unknown" };
}

/** No server was found. Where TLS failed for its certificate or was not spoken, trying again does not help. */
function selectionRule(error: Error): Rule {
  const text = causesOf(error);
  const stranger =
    /certificate|self[- ]signed|altname|CERT_|EPROTO|wrong version number|packet length too long/i;
  if (stranger.test(text))
    return {
      ...refused,
      hint: "the TLS handshake failed: check tls=, tlsCAFile= and the names in the server's certificate",
    };
  // Not again: the driver has asked every server, again and again, for as long as it was given, and a second wait would outlast the deadline.
  const searched = error.name === "MongoServerSelectionError";
  return { ...elsewhere, transient: !searched, outcome: "not-applied" };
}

/** Names and codes of an error and what lies under it; never shown. */
function causesOf(error: unknown, depth = 0): string {
  if (!(error instanceof Error) || depth > 4) return "";
  const code = "code" in error ? String(error.code) : "";
  return `${error.message} ${code} ${causesOf(error.cause, depth + 1)} ${serverErrors(error)}`;
}

/** `ECONNREFUSED`, wherever it stands among the causes. */
const socketCode = (error: Error): string | undefined =>
  /\bE(?:CONN[A-Z]+|NOTFOUND|AI_AGAIN|HOST[A-Z]+|NET[A-Z]+|TIMEDOUT|PIPE)\b/.exec(
    causesOf(error),
  )?.[0];

/** What each server of the topology answered last. */
function serverErrors(error: Error): string {
  const reason: unknown = "reason" in error ? error.reason : undefined;
  const servers: unknown =
    typeof reason === "object" && reason !== null && "servers" in reason
      ? reason.servers
      : undefined;
  if (!(servers instanceof Map)) return "";
  const last = [...servers.values()] as readonly { readonly error?: unknown }[];
  return last.map((one) => causesOf(one.error, 3)).join(" ");
}

/** The driver's buffer holds 17 MB, and a document beyond it ends as a range error of that buffer; one of many is measured before. */
const isTooLarge = (error: Error): boolean =>
  (error instanceof RangeError && "code" in error && error.code === "ERR_OUT_OF_RANGE") ||
  (error.name === "MongoInvalidArgumentError" && error.message.includes("the maximum size"));

/** No server stores a document of this size, whatever it or the driver said of the command. */
export const tooLargeError = (cause: unknown): FaultError =>
  new FaultError("a document is larger than 16 MB", fault(tooLarge), cause);

function fault(rule: Rule, code?: number, constraint?: string): Fault {
  return {
    kind: rule.kind,
    outcome: rule.outcome ?? "not-applied",
    transient: rule.transient,
    fatal: false,
    ...(code === undefined ? {} : { code: String(code) }),
    ...(rule.violated === undefined ? {} : { violated: rule.violated }),
    ...(rule.hint === undefined ? {} : { hint: rule.hint }),
    ...(constraint === undefined ? {} : { constraint }),
  };
}

const codeOf = (error: Error): number | undefined =>
  "code" in error && typeof error.code === "number" ? error.code : undefined;

interface Labelled {
  hasErrorLabel(label: string): boolean;
}

function hasLabel(error: Error, label: string): boolean {
  if (!("hasErrorLabel" in error) || typeof error.hasErrorLabel !== "function") return false;
  return (error as unknown as Labelled).hasErrorLabel(label);
}

/** `baseBackoffMS`, which an overloaded server may ask for. Source: MongoDB client backpressure specification. */
function wishOf(error: Error): { readonly retryAfterMs?: number } {
  const response =
    "errorResponse" in error ? (error.errorResponse as object | undefined) : undefined;
  const wish = Number((response as { baseBackoffMS?: unknown } | undefined)?.baseBackoffMS);
  return wish > 0 ? { retryAfterMs: wish } : {};
}

/** The index of a duplicate key, from the server's message: `index: products_sku_key dup key`. */
function constraintOf(error: Error): string | undefined {
  return /index: (\S+)/.exec(error.message)?.[1];
}
