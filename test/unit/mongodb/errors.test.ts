import {
  MongoAPIError,
  MongoInvalidArgumentError,
  MongoNetworkError,
  MongoServerError,
} from "mongodb";
import { expect, test } from "vitest";
import { classify } from "../../../templates/engines/mongodb/errors.ts";

const server = (code: number, ...labels: readonly string[]): Error => {
  const error = new MongoServerError({ code, message: `code ${code}`, errmsg: `code ${code}` });
  for (const label of labels) error.addErrorLabel(label);
  return error;
};

const named = (name: string): Error => Object.assign(new Error(name), { name });

/** Code, kind, outcome, transient. */
const codes: readonly (readonly [number, string, string, boolean])[] = [
  [6, "connection", "unknown", true],
  [7, "connection", "unknown", true],
  [89, "connection", "unknown", true],
  [91, "connection", "unknown", true],
  [189, "connection", "unknown", true],
  [262, "timeout", "unknown", true],
  [9001, "connection", "unknown", true],
  [10107, "connection", "unknown", true],
  [11600, "connection", "unknown", true],
  [11602, "connection", "unknown", true],
  [13435, "connection", "unknown", true],
  [13436, "connection", "unknown", true],
  [50, "timeout", "unknown", false],
  [64, "connection", "unknown", true],
  [112, "conflict", "not-applied", true],
  [251, "conflict", "not-applied", true],
  [11000, "constraint", "not-applied", false],
  [121, "constraint", "not-applied", false],
  [13, "auth", "not-applied", false],
  [18, "auth", "not-applied", false],
  [8000, "auth", "not-applied", false],
  [2, "programming", "not-applied", false],
  [9, "programming", "not-applied", false],
  [14, "programming", "not-applied", false],
  [20, "programming", "not-applied", false],
  [59, "programming", "not-applied", false],
  [10334, "constraint", "not-applied", false],
  [17419, "constraint", "not-applied", false],
  [17420, "constraint", "not-applied", false],
  [17280, "constraint", "not-applied", false],
  [24, "conflict", "not-applied", true],
  [225, "conflict", "not-applied", true],
  [244, "conflict", "not-applied", true],
  [246, "conflict", "not-applied", true],
  [43, "connection", "not-applied", true],
  [79, "connection", "unknown", false],
  [100, "connection", "unknown", false],
  [134, "connection", "unknown", true],
  [26, "programming", "not-applied", false],
  [72, "programming", "not-applied", false],
  [263, "programming", "not-applied", false],
  [292, "programming", "not-applied", false],
  [462, "overload", "not-applied", true],
];

test.each(codes)("code %i", (code, kind, outcome, transient) => {
  expect(classify(server(code))).toMatchObject({ kind, outcome, transient, code: String(code) });
});

test("a code that nobody knows is unknown, and never taken for harmless", () => {
  expect(classify(server(999_999))).toMatchObject({
    kind: "unknown",
    outcome: "unknown",
    transient: false,
    code: "999999",
  });
  for (const stranger of [new Error("what?"), "text", undefined])
    expect(classify(stranger)).toMatchObject({ kind: "unknown", outcome: "unknown" });
});

test("labels decide before codes: nothing written, and overload", () => {
  expect(classify(server(91, "NoWritesPerformed"))).toMatchObject({
    kind: "connection",
    outcome: "not-applied",
  });
  expect(classify(server(91, "SystemOverloadedError"))).toMatchObject({
    kind: "overload",
    outcome: "not-applied",
    transient: true,
  });
});

test("a duplicate key names its index", () => {
  const error = new MongoServerError({
    code: 11000,
    message:
      'E11000 duplicate key error collection: shop.products index: products_sku_key dup key: { sku: "x" }',
  });
  expect(classify(error)).toMatchObject({ violated: "unique", constraint: "products_sku_key" });
  expect(classify(server(121))).toMatchObject({ violated: "check" });
});

test("the driver's own errors, by their class", () => {
  // The driver has looked for a server as long as it may: who looks again is told by its deadline, and not that nobody is there.
  expect(classify(named("MongoServerSelectionError"))).toMatchObject({
    kind: "connection",
    outcome: "not-applied",
    transient: false,
  });
  for (const name of [
    "MongoPoolClearedError",
    "MongoTopologyClosedError",
    "MongoNotConnectedError",
  ])
    expect(classify(named(name)), name).toMatchObject({
      kind: "connection",
      outcome: "not-applied",
      transient: true,
    });
  expect(classify(named("MongoWaitQueueTimeoutError"))).toMatchObject({
    kind: "overload",
    outcome: "not-applied",
  });
  expect(classify(new MongoNetworkError("connection 1 to 127.0.0.1 closed"))).toMatchObject({
    kind: "connection",
    outcome: "unknown",
  });
  expect(classify(named("MongoNetworkTimeoutError"))).toMatchObject({ outcome: "unknown" });
  expect(classify(named("MongoOperationTimeoutError"))).toMatchObject({
    kind: "timeout",
    outcome: "unknown",
  });
  for (const wrong of [
    new MongoInvalidArgumentError("no"),
    new MongoAPIError("no"),
    named("BSONError"),
  ])
    expect(classify(wrong), wrong.name).toMatchObject({
      kind: "programming",
      outcome: "not-applied",
    });
});
