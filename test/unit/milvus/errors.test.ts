import { expect, test } from "vitest";
import {
  classify,
  isAbsent,
  MilvusConnectError,
  MilvusNoStatusError,
  MilvusStatusError,
} from "../../../templates/engines/milvus/errors.ts";

const status = (code: number, legacy = 0, retriable = false): MilvusStatusError =>
  new MilvusStatusError({ code, error_code: legacy, reason: `code ${code}`, retriable });

/** Code of a reply's status, kind, outcome, transient. */
const codes: readonly (readonly [number, string, string, boolean])[] = [
  [2, "connection", "not-applied", true],
  [3, "overload", "not-applied", false],
  [4, "overload", "not-applied", true],
  [6, "programming", "not-applied", false],
  [7, "overload", "not-applied", false],
  [8, "overload", "not-applied", true],
  [9, "overload", "not-applied", false],
  [10, "programming", "not-applied", false],
  [12, "overload", "not-applied", true],
  [100, "connection", "not-applied", false],
  [101, "connection", "not-applied", true],
  [103, "connection", "not-applied", true],
  [106, "connection", "not-applied", true],
  [401, "connection", "not-applied", true],
  [503, "connection", "not-applied", true],
  [601, "connection", "not-applied", true],
  [700, "programming", "not-applied", false],
  [800, "programming", "not-applied", false],
  [902, "connection", "not-applied", true],
  [1001, "connection", "unknown", true],
  [1100, "programming", "not-applied", false],
  [1102, "programming", "not-applied", false],
  [1302, "connection", "unknown", true],
  [1400, "auth", "not-applied", false],
  [1401, "auth", "not-applied", false],
  [1600, "connection", "not-applied", false],
  [1602, "conflict", "not-applied", false],
  [1800, "auth", "not-applied", false],
  [2200, "overload", "not-applied", true],
  [10000, "timeout", "unknown", false],
  [10001, "timeout", "unknown", false],
  [65535, "unknown", "unknown", false],
];

test.each(codes)("status code %i", (code, kind, outcome, transient) => {
  expect(classify(status(code))).toMatchObject({ kind, outcome, transient, code: String(code) });
});

/** `error_code` of servers before 2.3, which send no `code`. */
const legacy: readonly (readonly [number, string, boolean])[] = [
  [3, "auth", false],
  [4, "connection", false],
  [5, "programming", false],
  [7, "programming", false],
  [46, "connection", true],
  [49, "overload", true],
  [53, "overload", false],
  [56, "connection", true],
];

test.each(legacy)("legacy error_code %i", (code, kind, transient) => {
  expect(classify(status(0, code))).toMatchObject({ kind, transient, code: String(code) });
});

test("code 1 is the start of a server when it says so, and anything else otherwise", () => {
  expect(classify(status(1, 1, true))).toMatchObject({ kind: "connection", transient: true });
  expect(classify(status(1, 1))).toMatchObject({ kind: "unknown", outcome: "unknown" });
  expect(classify(status(1, 4))).toMatchObject({ kind: "connection", outcome: "not-applied" });
});

/** gRPC status, kind, outcome, transient. */
const transport: readonly (readonly [number, string, string, boolean])[] = [
  [1, "timeout", "unknown", false],
  [3, "programming", "not-applied", false],
  [4, "timeout", "unknown", false],
  [7, "auth", "not-applied", false],
  [8, "overload", "not-applied", true],
  [10, "conflict", "not-applied", true],
  [12, "programming", "not-applied", false],
  [13, "connection", "unknown", true],
  [14, "connection", "unknown", true],
  [16, "auth", "not-applied", false],
  [2, "unknown", "unknown", false],
];

test.each(transport)("gRPC status %i", (code, kind, outcome, transient) => {
  const error = Object.assign(new Error(`${code} of gRPC`), { code });
  expect(classify(error)).toMatchObject({ kind, outcome, transient });
});

test("what was never sent is not applied; what has no status is no success", () => {
  expect(classify(new MilvusConnectError("nobody there"))).toMatchObject({
    kind: "connection",
    outcome: "not-applied",
    transient: true,
    message: "nobody there",
  });
  expect(classify(new MilvusNoStatusError("GetReplicas"))).toMatchObject({ kind: "programming" });
  expect(classify("a text")).toMatchObject({ kind: "unknown", outcome: "unknown" });
});

/** What gRPC tells of a connection that did not come about, kind, transient, what the caller reads. */
const unconnected: readonly (readonly [string, string, boolean, RegExp])[] = [
  ["Last error: Error: connect ECONNREFUSED 127.0.0.1:1.", "connection", true, /host and port/],
  ["Name resolution failed for target dns:db:19530", "connection", true, /no address is known/],
  ["Last error: Error: self-signed certificate;", "auth", false, /GRPC_DEFAULT_SSL_ROOTS/],
  ["Error [ERR_TLS_CERT_ALTNAME_INVALID]: certificate's altnames", "auth", false, /made out to/],
  ["Last error: Error: SSL routines::wrong version number", "connection", false, /one side only/],
  ["Last error: Protocol error", "connection", false, /no gRPC server/],
  ["Last error: Failed to connect", "connection", true, /milvus\+https: is gRPC over TLS/],
];

test.each(unconnected)("not connected: %s", (details, kind, transient, read) => {
  const told = classify(new MilvusConnectError("no server answers there", details));
  expect(told).toMatchObject({ kind, transient, outcome: "not-applied", fatal: true });
  expect(`${told.message} ${told.hint}`).toMatch(read);
});

test("what is exhausted by one message is not busy: no later try sends less", () => {
  const texts = ["SERVER: Received message larger than max (5 vs. 4)", "quota"];
  const told = texts.map((text) => classify(Object.assign(new Error(text), { code: 8 })));
  expect(told.map(({ kind, transient }) => [kind, transient])).toEqual([
    ["programming", false],
    ["overload", true],
  ]);
});

test("a collection or an alias that is not there is told apart, by either code", () => {
  expect([100, 101, 1600].map((code) => isAbsent(status(code)))).toEqual([true, false, true]);
  expect(isAbsent(status(0, 4))).toBe(true);
  expect(isAbsent(status(1100))).toBe(false);
  expect(isAbsent(new Error("no status"))).toBe(false);
});
