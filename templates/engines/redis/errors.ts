import type { Fault, FaultKind } from "../../runtime/fault.ts";

interface Rule {
  readonly kind: FaultKind;
  readonly transient: boolean;
  /** The connection must be made anew before the call is tried again. */
  readonly fatal?: boolean;
}

/**
 * First words of Redis error replies. A reply is proof that the server judged the command, so each of them is *not applied*.
 * Source: Redis documentation, "RESP protocol specification" (error prefixes), "Cluster specification" (redirections),
 * "Replication" (MASTERDOWN, READONLY), redis.conf (`maxclients`, `maxmemory`).
 */
const replies: Readonly<Record<string, Rule>> = {
  LOADING: { kind: "connection", transient: true },
  BUSY: { kind: "overload", transient: true },
  TRYAGAIN: { kind: "conflict", transient: true },
  CLUSTERDOWN: { kind: "connection", transient: true },
  MASTERDOWN: { kind: "connection", transient: true },
  MOVED: { kind: "connection", transient: true },
  ASK: { kind: "connection", transient: true },
  READONLY: { kind: "connection", transient: true, fatal: true },
  NOREPLICAS: { kind: "connection", transient: true },
  OOM: { kind: "overload", transient: false },
  NOAUTH: { kind: "auth", transient: false },
  WRONGPASS: { kind: "auth", transient: false },
  NOPERM: { kind: "auth", transient: false },
  MISCONF: { kind: "overload", transient: false },
  EXECABORT: { kind: "conflict", transient: false },
  // The caller sends the text of the script at once: waiting would change nothing.
  NOSCRIPT: { kind: "conflict", transient: false },
  WRONGTYPE: { kind: "programming", transient: false },
  CROSSSLOT: { kind: "programming", transient: false },
  UNKILLABLE: { kind: "overload", transient: true },
  // Our own, from the script of keyed.ts: the id was used for another command.
  OPERATION: { kind: "conflict", transient: false },
  NOGROUP: { kind: "programming", transient: false },
  BUSYGROUP: { kind: "conflict", transient: false },
  UNBLOCKED: { kind: "connection", transient: true },
  INPROG: { kind: "overload", transient: true },
  BUSYKEY: { kind: "constraint", transient: false },
  ERR: { kind: "programming", transient: false },
};

/** Replies that begin with ERR and mean something else than a wrong command. */
const spelledOut: readonly (readonly [RegExp, Rule])[] = [
  [/^ERR max number of clients reached/, { kind: "overload", transient: true, fatal: true }],
  [/^ERR invalid password/, { kind: "auth", transient: false }],
  [/^ERR Client sent AUTH, but no password is set/, { kind: "auth", transient: false }],
  // A cluster's client asked a server that stands alone.
  [/^ERR This instance has cluster support disabled/, { kind: "programming", transient: false }],
  [/^ERR increment or decrement would overflow/, { kind: "constraint", transient: false }],
  [/^ERR resulting score is not a number/, { kind: "constraint", transient: false }],
  [/^ERR max number of client connections/, { kind: "overload", transient: true, fatal: true }],
];

/** Socket errors that strike before a connection exists: nothing was sent. */
const beforeConnect = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
]);
const tlsCodes = /^(ERR_TLS|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|ERR_SSL)/;

/**
 * The end of a connection whose server had not answered what the driver asks first: itself where the server refused, else an error that
 * says that no Redis may be there.
 */
export function unanswered(error: unknown): unknown {
  if (error instanceof Error && error.name === "ReplyError") return error;
  const code = error instanceof Error && "code" in error ? String(error.code) : "ECONNRESET";
  const ended = new Error("the connection ended before Redis answered", { cause: error });
  return Object.assign(ended, { name: "UnansweredError", code });
}

/**
 * Kind and outcome of an error of the driver or the server.
 *
 * What Redis replies is judged by its first word. A connection that breaks leaves the outcome unknown: ioredis resends nothing
 * (`autoResendUnfulfilledCommands: false`), so only the retry rule decides.
 */
export function classify(error: unknown): Fault {
  if (!(error instanceof Error)) return fault("unknown", "unknown", false);
  const { message } = error;
  if (error.name === "ReplyError") return replyFault(message);
  const code = "code" in error ? String(error.code) : undefined;
  if (error.name === "UnansweredError")
    return {
      ...fault("connection", "not-applied", true, code),
      message: "no Redis answers there",
      hint: "look at host and port of the DSN, and whether the server runs",
    };
  if (code !== undefined && tlsCodes.test(code)) return fault("auth", "not-applied", false, code);
  if (code !== undefined && beforeConnect.has(code))
    return fault("connection", "not-applied", true, code);
  if (/isn't writeable|Connection is closed/.test(message))
    return fault("connection", "not-applied", true);
  if (code !== undefined || /closed|ended|timed out|reset/i.test(message)) {
    return fault("connection", "unknown", true, code);
  }
  return fault("unknown", "unknown", false);
}

function replyFault(message: string): Fault {
  const word = /^-?([A-Z]+)/.exec(message)?.[1] ?? "ERR";
  const spelled = spelledOut.find(([pattern]) => pattern.test(message))?.[1];
  const rule = spelled ?? replies[word];
  if (rule === undefined) return fault("unknown", "not-applied", false, word);
  return {
    kind: rule.kind,
    outcome: "not-applied",
    transient: rule.transient,
    code: word,
    fatal: rule.fatal ?? false,
  };
}

function fault(
  kind: FaultKind,
  outcome: Fault["outcome"],
  transient: boolean,
  code?: string,
): Fault {
  const lost = kind === "connection" || kind === "auth";
  return { kind, outcome, transient, fatal: lost, ...(code === undefined ? {} : { code }) };
}
