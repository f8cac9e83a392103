import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { callOp } from "../../../templates/runtime/call.ts";
import { DataError, faultOf, isDataError } from "../../../templates/runtime/errors.ts";
import type { Fault } from "../../../templates/runtime/fault.ts";
import { dataError, DriverError, rootRuntime, write } from "./support.ts";

const constraint: Partial<Fault> = {
  kind: "constraint",
  outcome: "not-applied",
  transient: false,
  violated: "unique",
  constraint: "customer_email_key",
  code: "23505",
};

/** What drivers hang on their errors: details, rows, parameters, whole commands. */
function leakyError(message: string, fault: Partial<Fault>): Error {
  return Object.assign(new DriverError(fault, message), {
    detail: "Key (email)=(ada@example.org) already exists.",
    parameters: ["ada@example.org"],
    command: { name: "set", args: ["token", "s3cret-value"] },
  });
}

const failing = (error: unknown) =>
  dataError(callOp(rootRuntime(), write, { retry: "never" }, () => Promise.reject(error)));

describe("DataError", () => {
  test("is told by a tag, so that a second copy of the runtime is recognised", () => {
    const foreign = { [Symbol.for("async-db-starter.data-error")]: true };
    expect([
      isDataError(foreign),
      isDataError(new DataError({ kind: "auth", message: "no" })),
      isDataError(new Error("x")),
    ]).toEqual([true, true, false]);
  });

  test("as JSON it has every field but stack and cause", () => {
    const error = new DataError({
      kind: "conflict",
      message: "m",
      operation: "o",
      store: "s",
      attempts: 2,
      elapsedMs: 3.4,
      code: "40001",
      cause: new Error("c"),
    });
    expect(JSON.parse(JSON.stringify(error))).toEqual({
      name: "DataError",
      kind: "conflict",
      message: "m",
      operation: "o",
      store: "s",
      attempts: 2,
      elapsedMs: 3,
      code: "40001",
    });
  });

  test("optional fields that are not known are absent", () => {
    expect(Object.keys(new DataError({ kind: "auth", message: "no" }))).toEqual([
      "kind",
      "operation",
      "store",
      "attempts",
      "elapsedMs",
    ]);
  });

  test("keeps code, constraint and fault of the driver's error, and where it was thrown", async () => {
    const error = await failing(
      leakyError('duplicate key value violates "customer_email_key"', constraint),
    );
    expect(error).toMatchObject({
      kind: "conflict",
      code: "23505",
      constraint: "customer_email_key",
    });
    expect(faultOf(error)).toMatchObject(constraint);
    expect(error.message).toContain("customer_email_key");
    expect(error.cause).toMatchObject({
      name: "DriverError",
      message: 'duplicate key value violates "customer_email_key"',
    });
    expect(inspect(error.cause)).toContain("errors.test.ts");
  });

  const messages = [
    'invalid input syntax for type uuid: "ada@example.org"',
    "Incorrect value: 'ada@example.org' for column email",
    "duplicate key, dup key: { email: ada@example.org }",
    "Key (email)=(ada@example.org) already exists.",
    "unknown command `ada@example.org`",
    'invalid input syntax for type json: "a"b ada@example.org"',
    `invalid: "a" ada@example.org ${"x".repeat(2_000)}"`,
    "Incorrect value: 'it's ada@example.org' for column",
    'cut off: "ada@example.org',
    `${"(".repeat(50_000)} ada@example.org`,
  ];
  test.each(messages)("holds no value of %j, however it is printed", async (message) => {
    const error = await failing(leakyError(message, { ...constraint, kind: "programming" }));
    const printed = [
      inspect(error, { depth: 10, showHidden: true }),
      JSON.stringify(error),
      String(error),
      error.stack,
      String(error.cause),
    ].join("\n");
    expect(printed).not.toContain("ada@example.org");
    expect(printed).not.toContain("s3cret-value");
  });

  test("a message that the engine vouches for is kept whole", async () => {
    const error = await failing(
      leakyError("x", { ...constraint, message: 'relation "order" does not exist' }),
    );
    expect(error.cause).toMatchObject({ message: 'relation "order" does not exist' });
  });

  test("an apostrophe is no quotation; a system error keeps its code, also without a message", async () => {
    const plain = await failing(new DriverError({}, "can't reach the server, isn't it down"));
    expect(plain.cause).toMatchObject({ message: "can't reach the server, isn't it down" });
    const empty = await failing(Object.assign(new AggregateError([]), { code: "ECONNREFUSED" }));
    expect(empty.cause).toMatchObject({
      name: "AggregateError",
      message: "ECONNREFUSED",
      code: "ECONNREFUSED",
    });
  });

  test("a rejection that is no Error becomes one", async () => {
    const error = await failing("boom");
    expect(error).toMatchObject({ kind: "outcome-unknown" });
    expect(error.cause).toBeInstanceOf(Error);
  });
});
