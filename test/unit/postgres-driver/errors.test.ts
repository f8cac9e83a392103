import { describe, expect, it } from "vitest";
import { beforeSending, classify, FaultError } from "../../../templates/engines/postgres/errors.ts";
import type { Fault } from "../../../templates/runtime/fault.ts";

type Row = readonly [
  code: string,
  kind: Fault["kind"],
  outcome: Fault["outcome"],
  transient: boolean,
  fatal: boolean,
];

const sqlStates: readonly Row[] = [
  ["08000", "connection", "unknown", true, true],
  ["08001", "connection", "not-applied", true, true],
  ["08003", "connection", "unknown", true, true],
  ["08004", "connection", "not-applied", true, true],
  ["08006", "connection", "unknown", true, true],
  ["08007", "connection", "unknown", true, true],
  ["08P01", "connection", "unknown", true, true],
  ["0A000", "programming", "not-applied", false, false],
  ["22P02", "programming", "not-applied", false, false],
  ["22003", "constraint", "not-applied", false, false],
  ["25006", "connection", "not-applied", true, true],
  ["25P02", "programming", "not-applied", false, false],
  ["25P03", "connection", "not-applied", true, true],
  ["26000", "connection", "not-applied", true, false],
  ["28000", "auth", "not-applied", false, true],
  ["28P01", "auth", "not-applied", false, true],
  ["3D000", "programming", "not-applied", false, true],
  ["40001", "conflict", "not-applied", true, false],
  ["40003", "connection", "unknown", true, true],
  ["40P01", "conflict", "not-applied", true, false],
  ["42501", "auth", "not-applied", false, false],
  ["42601", "programming", "not-applied", false, false],
  ["42P01", "programming", "not-applied", false, false],
  ["42P05", "connection", "not-applied", true, false],
  ["53100", "overload", "not-applied", true, false],
  ["53200", "overload", "not-applied", true, false],
  ["53300", "overload", "not-applied", true, true],
  ["54000", "programming", "not-applied", false, false],
  ["55006", "conflict", "not-applied", true, false],
  ["55P03", "conflict", "not-applied", true, false],
  ["57014", "timeout", "not-applied", false, false],
  ["57P01", "connection", "unknown", true, true],
  ["57P02", "connection", "unknown", true, true],
  ["57P03", "connection", "not-applied", true, true],
  ["57P05", "connection", "unknown", true, true],
  ["58030", "unknown", "unknown", true, false],
  ["P0001", "constraint", "not-applied", false, false],
  ["XX000", "unknown", "unknown", false, false],
  ["ZZ999", "unknown", "unknown", false, false],
];

const sockets: readonly Row[] = [
  ["ECONNREFUSED", "connection", "not-applied", true, true],
  ["ENOTFOUND", "connection", "not-applied", true, true],
  ["ECONNRESET", "connection", "unknown", true, true],
  ["EPIPE", "connection", "unknown", true, true],
  ["ETIMEDOUT", "connection", "unknown", true, true],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", "auth", "not-applied", false, true],
  ["CERT_HAS_EXPIRED", "auth", "not-applied", false, true],
  ["ERR_TLS_CERT_ALTNAME_INVALID", "auth", "not-applied", false, true],
];

const withCode = (code: string, more: object = {}): Error =>
  Object.assign(new Error("x"), { code, ...more });

describe("classify", () => {
  it.each([...sqlStates, ...sockets])("%s is %s, %s", (code, kind, outcome, transient, fatal) => {
    const { hint: _, ...fault } = classify(withCode(code));
    expect(fault).toEqual({ code, kind, outcome, transient, fatal });
  });

  it("a protocol violation is a slip where the server only refuses, and a lost connection where it ends", () => {
    const as = (severity: string): Fault => classify(withCode("08P01", { severity }));
    expect(as("ERROR")).toMatchObject({
      kind: "programming",
      outcome: "not-applied",
      fatal: false,
    });
    expect(as("FATAL")).toMatchObject({ kind: "connection", outcome: "unknown", fatal: true });
  });

  it.each([
    ["23502", "not-null"],
    ["23503", "foreign-key"],
    ["23505", "unique"],
    ["23514", "check"],
    ["23P01", "exclusion"],
  ])("%s names the constraint and says that it is %s", (code, violated) => {
    expect(classify(withCode(code, { constraint: "orders_pkey" }))).toMatchObject({
      kind: "constraint",
      outcome: "not-applied",
      transient: false,
      violated,
      constraint: "orders_pkey",
    });
  });

  it("a plan that no longer fits is told by its routine, whatever the server's language", () => {
    const stale = withCode("0A000", {
      message: "gespeicherter Plan",
      routine: "RevalidateCachedQuery",
    });
    expect(classify(stale)).toMatchObject({
      kind: "connection",
      outcome: "not-applied",
      transient: true,
      fatal: false,
    });
  });

  it.each([
    ["Connection terminated unexpectedly", "connection", "unknown"],
    ["Client has encountered a connection error and is not queryable", "connection", "not-applied"],
    ["timeout expired", "connection", "not-applied"],
    ["SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string", "auth", "not-applied"],
    ["The server does not support SSL connections", "auth", "not-applied"],
  ])("the driver's own %j", (message, kind, outcome) => {
    expect(classify(new Error(message))).toMatchObject({ kind, outcome });
  });

  it("a value that cannot be encoded or decoded is the program's fault", () => {
    expect(classify(new TypeError("int"))).toMatchObject({ kind: "programming", transient: false });
  });

  it.each([undefined, null, "text", 7, {}])(
    "anything else (%j) is unknown and never retried",
    (thrown) => {
      expect(classify(thrown)).toEqual({
        kind: "unknown",
        outcome: "unknown",
        transient: false,
        fatal: false,
      });
    },
  );

  it("what failed before anything was sent is known not to be applied", () => {
    const error = beforeSending(withCode("ECONNRESET"));
    expect(error).toBeInstanceOf(FaultError);
    expect(classify(error)).toMatchObject({
      code: "ECONNRESET",
      outcome: "not-applied",
      transient: true,
    });
  });
});

it.each([
  ["42P01", /npm run db -- migrate status/],
  ["42703", /npm run db -- migrate status/],
  ["21000", /one key is given twice/],
  ["25P02", /failed before/],
  ["28P01", /user and password/],
])("says what to do about %s", (code, hint) => {
  expect(classify({ code }).hint).toMatch(hint);
});

it("gives no hint where a code says nothing by itself, nor for a row of another tenant", () => {
  expect(classify({ code: "23505" })).not.toHaveProperty("hint");
  expect(classify({ code: "constructor" })).not.toHaveProperty("hint");
  const hidden = {
    code: "42501",
    routine: "ExecWithCheckOptions",
    message: "x (USING expression)",
  };
  expect(classify(hidden)).not.toHaveProperty("hint");
});
