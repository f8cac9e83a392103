import type { Fault, FaultKind } from "../../runtime/fault.ts";

interface Rule {
  readonly kind: FaultKind;
  readonly transient: boolean;
  readonly outcome?: Fault["outcome"];
  readonly violated?: NonNullable<Fault["violated"]>;
}

const elsewhere: Rule = { kind: "connection", transient: true, outcome: "unknown" };

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
  50: { kind: "timeout", transient: false, outcome: "unknown" }, // MaxTimeMSExpired
  64: { kind: "connection", transient: true, outcome: "unknown" }, // WriteConcernTimeout
  112: { kind: "conflict", transient: true }, // WriteConflict
  251: { kind: "conflict", transient: true }, // NoSuchTransaction
  11000: { kind: "constraint", transient: false, violated: "unique" }, // DuplicateKey
  121: { kind: "constraint", transient: false, violated: "check" }, // DocumentValidationFailure
  13: { kind: "auth", transient: false }, // Unauthorized
  18: { kind: "auth", transient: false }, // AuthenticationFailed
  8000: { kind: "auth", transient: false }, // AtlasError: authentication
  2: { kind: "programming", transient: false }, // BadValue
  9: { kind: "programming", transient: false }, // FailedToParse
  14: { kind: "programming", transient: false }, // TypeMismatch
  20: { kind: "programming", transient: false }, // IllegalOperation: a transaction on a standalone
  59: { kind: "programming", transient: false }, // CommandNotFound
  10334: { kind: "programming", transient: false }, // BSONObjectTooLarge
  462: { kind: "overload", transient: true }, // IngressRequestRateLimitExceeded
};

/** Driver errors that strike before a command is sent. */
const unsent = new Set([
  "MongoServerSelectionError",
  "MongoPoolClearedError",
  "MongoTopologyClosedError",
  "MongoNotConnectedError",
]);

interface Labelled {
  hasErrorLabel(label: string): boolean;
}

/** Kind and outcome of an error of the driver or the server; labels decide first, codes second, the error's class last. */
export function classify(error: unknown): Fault {
  if (!(error instanceof Error))
    return fault({ kind: "unknown", transient: false, outcome: "unknown" });
  const code = "code" in error && typeof error.code === "number" ? error.code : undefined;
  const labels = labelsOf(error);
  if (labels?.hasErrorLabel("SystemOverloadedError") === true)
    return fault({ kind: "overload", transient: true }, code);
  const rule = code === undefined ? undefined : codes[code];
  if (rule !== undefined) {
    const untouched = labels?.hasErrorLabel("NoWritesPerformed") === true;
    return fault(untouched ? { ...rule, outcome: "not-applied" } : rule, code, constraintOf(error));
  }
  if (error.name === "MongoWaitQueueTimeoutError")
    return fault({ kind: "overload", transient: true });
  if (unsent.has(error.name)) return fault({ ...elsewhere, outcome: "not-applied" });
  if (error.name.startsWith("MongoNetwork")) return fault(elsewhere);
  if (error.name === "MongoOperationTimeoutError")
    return fault({ kind: "timeout", transient: false, outcome: "unknown" });
  if (/^Mongo(InvalidArgument|API|Runtime|Parse|Transaction)|^BSON/.test(error.name)) {
    return fault({ kind: "programming", transient: false });
  }
  return fault({ kind: "unknown", transient: false, outcome: "unknown" }, code);
}

function fault(rule: Rule, code?: number, constraint?: string): Fault {
  return {
    kind: rule.kind,
    outcome: rule.outcome ?? "not-applied",
    transient: rule.transient,
    fatal: false,
    ...(code === undefined ? {} : { code: String(code) }),
    ...(rule.violated === undefined ? {} : { violated: rule.violated }),
    ...(constraint === undefined ? {} : { constraint }),
  };
}

function labelsOf(error: Error): Labelled | undefined {
  return "hasErrorLabel" in error && typeof error.hasErrorLabel === "function"
    ? (error as unknown as Labelled)
    : undefined;
}

/** The index of a duplicate key, from the server's message: `index: products_sku_key dup key`. */
function constraintOf(error: Error): string | undefined {
  return /index: (\S+)/.exec(error.message)?.[1];
}
