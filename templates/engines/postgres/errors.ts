import { FaultError } from "../../runtime/fault-error.ts";
import type { Fault, FaultKind, Outcome } from "../../runtime/fault.ts";

/** The part of a Fault that a code decides. */
type Entry = Pick<Fault, "kind" | "outcome" | "transient" | "fatal" | "violated">;

const entry = (
  kind: FaultKind,
  outcome: Outcome,
  transient: boolean,
  fatal: boolean,
  violated?: Fault["violated"],
): Entry => ({ kind, outcome, transient, fatal, ...(violated === undefined ? {} : { violated }) });

const lost = entry("connection", "unknown", true, true);
const unreachable = entry("connection", "not-applied", true, true);
const stalePlan = entry("connection", "not-applied", true, false);
const conflict = entry("conflict", "not-applied", true, false);
const taken = entry("conflict", "not-applied", false, false, "unique");
const overload = entry("overload", "not-applied", true, false);
const refused = entry("auth", "not-applied", false, true);
const wrong = entry("programming", "not-applied", false, false);
const constraint = (violated?: Fault["violated"]): Entry =>
  entry("constraint", "not-applied", false, false, violated);

/** SQLSTATE → fault; a class of two characters stands for its codes that are not named. Evidence: references/engines/postgres.md. */
const sqlStates: Readonly<Record<string, Entry>> = {
  "08": lost,
  "08001": unreachable,
  "08004": unreachable,
  "0A": wrong,
  "0B": wrong,
  "21": wrong,
  "22": wrong,
  "22003": constraint(),
  "23": constraint(),
  "23001": constraint("foreign-key"),
  "23502": constraint("not-null"),
  "23503": constraint("foreign-key"),
  "23505": constraint("unique"),
  "23514": constraint("check"),
  "23P01": constraint("exclusion"),
  "25": wrong,
  "25006": unreachable,
  "25P03": unreachable,
  "25P04": entry("timeout", "not-applied", false, true),
  "26000": stalePlan,
  "28": refused,
  "34": wrong,
  "3D": entry("programming", "not-applied", false, true),
  "3F": wrong,
  "40001": conflict,
  "40002": constraint(),
  "40003": lost,
  "40P01": conflict,
  "42": wrong,
  "42501": entry("auth", "not-applied", false, false),
  "42P05": stalePlan,
  "44000": constraint("check"),
  "53": overload,
  "53300": entry("overload", "not-applied", true, true),
  "54": wrong,
  "55000": wrong,
  "55006": conflict,
  "55P03": conflict,
  "57014": entry("timeout", "not-applied", false, false),
  "57P01": lost,
  "57P02": lost,
  "57P03": unreachable,
  "57P04": entry("programming", "unknown", false, true),
  "57P05": lost,
  "58": entry("unknown", "unknown", true, false),
  "72000": conflict,
  P0001: constraint(),
};

const notMigrated =
  "the store lacks a migration, or has one more than this code knows: npm run db -- migrate status";

/** What to do about a code, where it says so by itself. */
const hints: ReadonlyMap<string, string> = new Map(
  Object.entries({
    "21000": "one key is given twice: give each row, and each child of a root, once",
    "22000": "a vector has another number of dimensions than its field",
    "22003": "the number is beyond its field's range",
    "22007": "a date or time has not the form of its field, or a cursor was changed",
    "22008": "a date or time that does not exist",
    "22021": "a text holds a character that PostgreSQL does not store (NUL)",
    "22P02": "a value has not the form of its field (a UUID, a number), or a cursor was changed",
    "25P02": "a statement of this transaction failed before; let its error leave the callback",
    "28P01": "check user and password of the DSN",
    "3D000": "create the database, or check the name in the DSN",
    "42501": "the role may not do this, or the row belongs to another tenant",
    "42703": notMigrated,
    "42P01": notMigrated,
    "53300": "pools times processes exceed the server's max_connections: make the pools smaller",
  }),
);

/** Codes of node:net, node:dns and node:tls. */
const socketCodes: Readonly<Record<string, Entry>> = {
  EAI_AGAIN: unreachable,
  ECONNREFUSED: unreachable,
  EHOSTUNREACH: unreachable,
  EMFILE: entry("overload", "not-applied", true, true),
  ENETUNREACH: unreachable,
  ENOENT: unreachable,
  ENOTFOUND: unreachable,
  ECONNABORTED: lost,
  ECONNRESET: lost,
  EPIPE: lost,
  ETIMEDOUT: lost,
  ERR_STREAM_DESTROYED: lost,
  ERR_STREAM_WRITE_AFTER_END: lost,
  CERT_HAS_EXPIRED: refused,
  CERT_NOT_YET_VALID: refused,
  DEPTH_ZERO_SELF_SIGNED_CERT: refused,
  ERR_TLS_CERT_ALTNAME_INVALID: refused,
  SELF_SIGNED_CERT_IN_CHAIN: refused,
  UNABLE_TO_GET_ISSUER_CERT: refused,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: refused,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: refused,
};

/** Errors of `pg` that carry no code. */
const messages: readonly (readonly [RegExp, Entry])[] = [
  [/^SASL/, refused],
  [/^Password must be a string/, refused],
  [/SSL connection/, refused],
  [/^timeout expired/, unreachable],
  [/^Connection terminated/, lost],
  [/not queryable/, unreachable],
];

const unknown = entry("unknown", "unknown", false, false);

/** A field of the server's error, where it came with one. */
export const textField = (
  error: unknown,
  name: "code" | "column" | "constraint" | "routine" | "message" | "severity",
): string | undefined => {
  if (typeof error !== "object" || error === null) return undefined;
  const value: unknown = Reflect.get(error, name);
  return typeof value === "string" ? value : undefined;
};

/**
 * An upsert met a row that its policy hides: the key belongs to another tenant, which is told like any taken key. Translations of the
 * message keep the word USING; without it the given row itself breaks the policy.
 */
const meetsHiddenRow = (error: unknown): boolean =>
  textField(error, "routine") === "ExecWithCheckOptions" &&
  (textField(error, "message") ?? "").includes("USING");

const isSqlState = (code: string | undefined): code is string =>
  code !== undefined && /^[0-9A-Z]{5}$/.test(code);

const entryOf = (error: unknown): Entry => {
  const code = textField(error, "code");
  const socket = code === undefined ? undefined : socketCodes[code];
  if (socket !== undefined) return socket;
  if (isSqlState(code)) {
    // The only sign of a changed result type that no locale translates; naming the statement anew mends it.
    if (code === "0A000" && textField(error, "routine") === "RevalidateCachedQuery")
      return stalePlan;
    if (code === "42501" && meetsHiddenRow(error)) return taken;
    // Refused and told on a connection that stays; a pooler ends it with FATAL under the same code.
    if (code === "08P01" && textField(error, "severity") === "ERROR") return wrong;
    return sqlStates[code] ?? sqlStates[code.slice(0, 2)] ?? unknown;
  }
  if (error instanceof TypeError || error instanceof RangeError) return wrong;
  const message = textField(error, "message") ?? "";
  return messages.find(([form]) => form.test(message))?.[1] ?? unknown;
};

/**
 * Kind and outcome of any error of `pg`, PGlite or the socket. Its outcome is that of a statement that was sent; what failed before is
 * `not-applied`, which the connection knows and sets.
 */
export const classify = (error: unknown): Fault => {
  if (error instanceof FaultError) return error.fault;
  const code = textField(error, "code");
  // A missing value is told by its column: the server names no constraint for it.
  const violated = textField(error, "constraint") ?? textField(error, "column");
  const found = entryOf(error);
  const told = code === undefined || found.violated !== undefined ? undefined : hints.get(code);
  return {
    ...found,
    ...(code === undefined ? {} : { code }),
    ...(violated === undefined ? {} : { constraint: violated }),
    ...(told === undefined ? {} : { hint: told }),
  };
};

/** The prepared statement is gone or no longer fits its tables: naming it anew mends it. */
export const isStalePlan = ({ code, kind }: Fault): boolean =>
  kind === "connection" && (code === "26000" || code === "42P05" || code === "0A000");

/** What failed before anything was sent: the same fault, known not to have been applied. */
export const beforeSending = (error: unknown): FaultError =>
  new FaultError(
    textField(error, "message") ?? "the connection failed",
    { ...classify(error), outcome: "not-applied" },
    error,
  );

export { FaultError };
