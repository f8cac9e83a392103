import { expect, test } from "vitest";
import { classify } from "../../../templates/engines/redis/errors.ts";

const reply = (message: string): Error => Object.assign(new Error(message), { name: "ReplyError" });
const system = (code: string): Error => Object.assign(new Error(`read ${code}`), { code });

/** Message, kind, transient: what the server replied was not applied. */
const replies: readonly (readonly [string, string, boolean])[] = [
  ["LOADING Redis is loading the dataset in memory", "connection", true],
  ["BUSY Redis is busy running a script.", "overload", true],
  ["UNKILLABLE Sorry the script already executed write commands", "overload", true],
  ["TRYAGAIN Multiple keys request during rehashing of slot", "conflict", true],
  ["CLUSTERDOWN The cluster is down", "connection", true],
  ["MASTERDOWN Link with MASTER is down", "connection", true],
  ["MOVED 3999 127.0.0.1:6381", "connection", true],
  ["ASK 3999 127.0.0.1:6381", "connection", true],
  ["READONLY You can't write against a read only replica.", "connection", true],
  ["NOREPLICAS Not enough good replicas to write.", "connection", true],
  ["OOM command not allowed when used memory > 'maxmemory'.", "overload", false],
  ["NOAUTH Authentication required.", "auth", false],
  ["WRONGPASS invalid username-password pair or user is disabled.", "auth", false],
  ["NOPERM this user has no permissions to run the 'set' command", "auth", false],
  ["MISCONF Errors writing to the AOF file: No space left on device", "overload", false],
  ["EXECABORT Transaction discarded because of previous errors.", "conflict", false],
  ["NOSCRIPT No matching script. Please use EVAL.", "conflict", false],
  ["WRONGTYPE Operation against a key holding the wrong kind of value", "programming", false],
  ["CROSSSLOT Keys in request don't hash to the same slot", "programming", false],
  ["OPERATION another command was recorded under this operation id", "conflict", false],
  ["BUSYKEY Target key name already exists.", "constraint", false],
  ["ERR unknown command 'nonsense'", "programming", false],
  ["ERR max number of clients reached", "overload", true],
  ["ERR invalid password", "auth", false],
  ["ERR increment or decrement would overflow", "constraint", false],
  ["ERR resulting score is not a number (NaN)", "constraint", false],
  ["NOGROUP No such key 'k' or consumer group 'g'", "programming", false],
  ["BUSYGROUP Consumer Group name already exists", "conflict", false],
  ["UNBLOCKED force unblock from blocking operation", "connection", true],
  ["INPROG Failover already in progress.", "overload", true],
  ["ERR This instance has cluster support disabled", "programming", false],
  ["NEWWORD of a later version", "unknown", false],
];

test.each(replies)("reply %s", (message, kind, transient) => {
  expect(classify(reply(message))).toMatchObject({ kind, transient, outcome: "not-applied" });
  expect(classify(reply(message)).code).toBe(message.split(" ")[0]);
});

test.each([
  ["ECONNREFUSED", "connection", "not-applied", true],
  ["ENOTFOUND", "connection", "not-applied", true],
  ["EAI_AGAIN", "connection", "not-applied", true],
  ["EHOSTUNREACH", "connection", "not-applied", true],
  ["ENETUNREACH", "connection", "not-applied", true],
  ["ECONNRESET", "connection", "unknown", true],
  ["EPIPE", "connection", "unknown", true],
  ["ETIMEDOUT", "connection", "unknown", true],
  ["ERR_TLS_CERT_ALTNAME_INVALID", "auth", "not-applied", false],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", "auth", "not-applied", false],
  ["SELF_SIGNED_CERT_IN_CHAIN", "auth", "not-applied", false],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "auth", "not-applied", false],
  ["CERT_HAS_EXPIRED", "auth", "not-applied", false],
] as const)("system error %s", (code, kind, outcome, transient) => {
  expect(classify(system(code))).toMatchObject({ kind, outcome, transient, fatal: true, code });
});

test("the driver's own errors", () => {
  const unsent = new Error("Stream isn't writeable and enableOfflineQueue options is false");
  expect(classify(unsent)).toMatchObject({ kind: "connection", outcome: "not-applied" });
  expect(classify(new Error("Connection is closed."))).toMatchObject({ kind: "connection" });
  expect(classify(new Error("Command timed out"))).toMatchObject({ outcome: "unknown" });
});

test("what nobody knows is unknown, and never taken for harmless", () => {
  for (const stranger of [
    new Error("what?"),
    new TypeError("x is not a function"),
    "text",
    undefined,
  ])
    expect(classify(stranger)).toMatchObject({
      kind: "unknown",
      outcome: "unknown",
      transient: false,
    });
});
