import { FaultError } from "../../runtime/fault-error.ts";
import type { Fault, FaultKind, Outcome } from "../../runtime/fault.ts";
import { hints, violatedName } from "./error-text.ts";

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
const readOnly = unreachable;
const conflict = entry("conflict", "not-applied", true, false);
const overload = entry("overload", "not-applied", true, true);
const timeout = entry("timeout", "not-applied", false, false);
const refused = entry("auth", "not-applied", false, true);
const forbidden = entry("auth", "not-applied", false, false);
const wrong = entry("programming", "not-applied", false, false);
const misdirected = entry("programming", "not-applied", false, true);
const constraint = (violated?: Fault["violated"]): Entry =>
  entry("constraint", "not-applied", false, false, violated);

/**
 * Server error number → fault, for MySQL and MariaDB: below 4000 a number means the same to both, or is known to one of them only. Numbers, since the driver gives MariaDB's errors the names of MySQL. Evidence: references/engines/mysql.md.
 *
 * 1213 has rolled the whole transaction back, and so has 1467 (MA-09); 1205 only the statement, so whoever gets it in a transaction must
 * roll back. Either way nothing of the call is left, once that is done.
 */
const numbers: ReadonlyMap<number, Entry> = new Map<number, Entry>([
  [1020, conflict], // record changed since it was read (MariaDB's snapshot isolation)
  [1021, entry("overload", "not-applied", true, false)], // disk full
  [1037, entry("overload", "not-applied", true, false)], // out of memory
  [1038, entry("overload", "not-applied", true, false)], // out of sort memory
  [1040, overload], // too many connections
  [1041, overload],
  [1042, unreachable],
  [1043, unreachable], // bad handshake
  [1044, refused],
  [1045, refused],
  [1046, misdirected], // no database
  [1047, unreachable], // a node of a Galera cluster that is not ready
  [1048, constraint("not-null")],
  [1049, misdirected], // unknown database
  [1053, lost], // shutdown in progress
  [1062, constraint("unique")],
  [1064, wrong],
  [1114, entry("overload", "not-applied", true, false)], // table full
  [1129, overload], // host blocked after many errors
  [1130, refused], // host not allowed
  [1142, forbidden],
  [1143, forbidden],
  [1152, lost],
  [1153, entry("constraint", "not-applied", false, true)], // packet larger than max_allowed_packet: the server closes the connection
  [1154, lost],
  [1155, lost],
  [1156, lost],
  [1157, lost],
  [1158, lost],
  [1159, lost],
  [1160, lost],
  [1161, lost],
  [1169, constraint("unique")],
  [1180, entry("unknown", "unknown", false, false)], // error during COMMIT
  [1184, lost],
  [1203, overload], // max_user_connections of the user
  [1205, conflict],
  [1206, entry("overload", "not-applied", true, false)], // lock table full
  [1213, conflict],
  [1216, constraint("foreign-key")],
  [1217, constraint("foreign-key")],
  [1226, overload], // a resource limit of the user
  [1227, forbidden],
  [1243, stalePlan], // unknown prepared statement
  [1251, refused],
  [1260, constraint()], // MariaDB: json_arrayagg cut at max_allowed_packet
  [1264, constraint()],
  [1292, wrong], // no such date or time
  [1301, constraint()], // the result of a function cut at max_allowed_packet
  [1317, timeout], // interrupted: KILL QUERY
  [1364, constraint("not-null")],
  [1365, wrong],
  [1366, wrong],
  [1370, forbidden],
  [1396, wrong],
  [1406, constraint("check")], // text longer than its column
  [1412, conflict], // table definition has changed since the snapshot
  [1451, constraint("foreign-key")],
  [1452, constraint("foreign-key")],
  [1461, overload], // max_prepared_stmt_count
  [1467, conflict], // MariaDB: a deadlock over the lock of an auto-increment column
  [1557, constraint("foreign-key")],
  [1568, wrong],
  [1586, constraint("unique")],
  [1613, conflict], // XA: lock wait
  [1614, conflict], // XA: deadlock
  [1615, stalePlan], // prepared statement needs to be prepared again
  [1644, constraint()], // SIGNAL of a trigger
  [1690, constraint()],
  [1698, refused],
  [1792, readOnly], // in a read-only transaction: see transaction.ts
  [1836, readOnly],
  [1859, constraint("unique")],
  [1862, refused], // password has expired
  [1927, lost], // MariaDB: connection was killed
  [1969, timeout], // MariaDB: max_statement_time
  [2002, unreachable],
  [2003, unreachable],
  [2006, lost],
  [2013, lost],
  [2055, lost],
  [3024, timeout], // MySQL: max_execution_time
  [3058, conflict], // user-level lock: deadlock
  [3098, wrong],
  [3100, readOnly], // group replication refused the commit
  [3101, conflict], // group replication rolled the transaction back
  [3118, refused], // account is locked
  [3159, refused], // TLS is required
  [3168, unreachable], // server is not available
  [3169, lost], // session was killed
  [3572, conflict], // NOWAIT
  [3730, wrong],
  [3819, constraint("check")],
  [3907, constraint("check")], // an element of a list longer than its index takes
  [3955, refused], // account blocked after failed logins
  [4166, wrong], // MariaDB: LOCAL INFILE is off
]);

/** Numbers whose meaning the message decides. Names of options and the like are the same in every language of the server. */
const ambiguous: ReadonlyMap<number, readonly [RegExp, Entry, otherwise: Entry]> = new Map([
  [1290, [/read[-_]only/, readOnly, wrong]], // runs with some option
  [4025, [/CONSTRAINT /, constraint("check"), wrong]], // MariaDB; MySQL: a size of a tablespace
  [4031, [/inactivity/, lost, wrong]], // MySQL: closed because it was idle; MariaDB: no such trigger
  [4151, [/locked/, refused, wrong]], // MariaDB: account; MySQL: a file to load
]);

/** By the first two digits of SQLSTATE, for numbers that are not in the table. */
const states: ReadonlyMap<string, Entry> = new Map([
  ["08", lost],
  ["21", wrong],
  ["22", wrong],
  ["23", constraint()],
  ["25", wrong],
  ["28", refused],
  ["40", conflict],
  ["42", wrong],
]);

/** Codes of mysql2, node:net, node:dns and node:tls. */
const names: ReadonlyMap<string, Entry> = new Map([
  ["AUTH_SWITCH_PLUGIN_ERROR", refused],
  ["HANDSHAKE_NO_SSL_SUPPORT", refused],
  ["HANDSHAKE_SSL_ERROR", refused],
  ["HANDSHAKE_UNKNOWN_ERROR", lost],
  ["PROTOCOL_CONNECTION_LOST", lost],
  ["PROTOCOL_ENQUEUE_AFTER_FATAL_ERROR", unreachable],
  ["PROTOCOL_ENQUEUE_AFTER_QUIT", unreachable],
  ["PROTOCOL_ERROR", lost],
  ["PROTOCOL_PACKETS_OUT_OF_ORDER", lost],
  ["PROTOCOL_SEQUENCE_TIMEOUT", lost],
  ["PROTOCOL_UNEXPECTED_PACKET", lost],
  ["EAI_AGAIN", unreachable],
  ["ECONNREFUSED", unreachable],
  ["EHOSTUNREACH", unreachable],
  ["EMFILE", overload],
  ["ENETUNREACH", unreachable],
  ["ENOENT", unreachable],
  ["ENOTFOUND", unreachable],
  ["ECONNABORTED", lost],
  ["ECONNRESET", lost],
  ["EPIPE", lost],
  ["ETIMEDOUT", lost],
  ["ERR_STREAM_DESTROYED", lost],
  ["ERR_STREAM_WRITE_AFTER_END", lost],
  ["CERT_HAS_EXPIRED", refused],
  ["CERT_NOT_YET_VALID", refused],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", refused],
  ["ERR_TLS_CERT_ALTNAME_INVALID", refused],
  ["SELF_SIGNED_CERT_IN_CHAIN", refused],
  ["UNABLE_TO_GET_ISSUER_CERT", refused],
  ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", refused],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", refused],
]);

/** Errors of mysql2 that carry no code. */
const messages: readonly (readonly [RegExp, Entry])[] = [
  [/in closed state/, unreachable],
  [/^Connection lost/, lost],
  [/does not support secure connection|SSL/, refused],
  [/auth(entication)? plugin/i, refused],
];

const unknown = entry("unknown", "unknown", false, false);

const member = (error: unknown, name: string): unknown =>
  typeof error === "object" && error !== null ? Reflect.get(error, name) : undefined;

const textOf = (error: unknown, name: string): string => {
  const value = member(error, name);
  return typeof value === "string" ? value : "";
};

/** The server's own number; those of the system are negative. */
const numberOf = (error: unknown): number | undefined => {
  const value = member(error, "errno");
  return typeof value === "number" && value > 0 ? value : undefined;
};

/** A value that its column does not take: the message ends with the column. */
const valueRefused: ReadonlySet<string> = new Set(["1292", "1366"]);

const entryOfNumber = (number: number, error: unknown): Entry | undefined => {
  const choice = ambiguous.get(number);
  if (choice === undefined) return numbers.get(number);
  const [form, meant, otherwise] = choice;
  return form.test(textOf(error, "message")) ? meant : otherwise;
};

const entryOf = (error: unknown): Entry => {
  const number = numberOf(error);
  if (number !== undefined) {
    const state = textOf(error, "sqlState").slice(0, 2);
    return entryOfNumber(number, error) ?? states.get(state) ?? unknown;
  }
  const named = names.get(textOf(error, "code"));
  if (named !== undefined) return named;
  // Of the driver itself, which could not read an answer; else of a value that it could not send.
  if (error instanceof TypeError || error instanceof RangeError)
    return member(error, "fatal") === true ? lost : wrong;
  const message = textOf(error, "message");
  return messages.find(([form]) => form.test(message))?.[1] ?? unknown;
};

/**
 * Kind and outcome of any error of mysql2, a server or the socket. Its outcome is that of a statement that was sent; what failed before is
 * `not-applied`, which the connection knows and sets. `code` is the server's number as text, or the driver's code.
 */
export const classify = (error: unknown): Fault => {
  if (error instanceof FaultError) return error.fault;
  const found = entryOf(error);
  const number = numberOf(error);
  const code = number === undefined ? textOf(error, "code") : `${number}`;
  const named = found.kind === "constraint" || valueRefused.has(code);
  const violated = named ? violatedName(textOf(error, "message")) : undefined;
  const hint = hints.get(code);
  return {
    ...found,
    ...(code === "" ? {} : { code }),
    ...(violated === undefined ? {} : { constraint: violated }),
    ...(hint === undefined ? {} : { hint }),
  };
};

/** The prepared statement is gone: preparing it anew mends it. */
export const isStalePlan = ({ code }: Fault): boolean => code === "1243" || code === "1615";

/** What failed before anything was sent: the same fault, known not to have been applied. */
export const beforeSending = (error: unknown): FaultError =>
  new FaultError(
    textOf(error, "message") || "the connection failed",
    { ...classify(error), outcome: "not-applied" },
    error,
  );

export { FaultError };
