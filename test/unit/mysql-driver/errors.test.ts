import { describe, expect, it } from "vitest";
import { beforeSending, classify, FaultError } from "../../../templates/engines/mysql/errors.ts";
import type { Fault } from "../../../templates/runtime/fault.ts";

type Row = readonly [
  code: number | string,
  kind: Fault["kind"],
  outcome: Fault["outcome"],
  transient: boolean,
  fatal: boolean,
];

const numbers: readonly Row[] = [
  [1020, "conflict", "not-applied", true, false],
  [1040, "overload", "not-applied", true, true],
  [1044, "auth", "not-applied", false, true],
  [1045, "auth", "not-applied", false, true],
  [1048, "constraint", "not-applied", false, false],
  [1049, "programming", "not-applied", false, true],
  [1053, "connection", "unknown", true, true],
  [1062, "constraint", "not-applied", false, false],
  [1064, "programming", "not-applied", false, false],
  [1114, "overload", "not-applied", true, false],
  [1129, "overload", "not-applied", true, true],
  [1142, "auth", "not-applied", false, false],
  [1153, "constraint", "not-applied", false, true],
  [1203, "overload", "not-applied", true, true],
  [1205, "conflict", "not-applied", true, false],
  [1213, "conflict", "not-applied", true, false],
  [1243, "connection", "not-applied", true, false],
  [1260, "constraint", "not-applied", false, false],
  [1264, "constraint", "not-applied", false, false],
  [1301, "constraint", "not-applied", false, false],
  [1317, "timeout", "not-applied", false, false],
  [1406, "constraint", "not-applied", false, false],
  [1451, "constraint", "not-applied", false, false],
  [1452, "constraint", "not-applied", false, false],
  [1461, "overload", "not-applied", true, true],
  [1467, "conflict", "not-applied", true, false],
  [1615, "connection", "not-applied", true, false],
  [1644, "constraint", "not-applied", false, false],
  [1792, "connection", "not-applied", true, true],
  [1836, "connection", "not-applied", true, true],
  [1927, "connection", "unknown", true, true],
  [1969, "timeout", "not-applied", false, false],
  [2006, "connection", "unknown", true, true],
  [2013, "connection", "unknown", true, true],
  [3024, "timeout", "not-applied", false, false],
  [3100, "connection", "not-applied", true, true],
  [3101, "conflict", "not-applied", true, false],
  [3159, "auth", "not-applied", false, true],
  [3819, "constraint", "not-applied", false, false],
  [9999, "unknown", "unknown", false, false],
];

const named: readonly Row[] = [
  ["PROTOCOL_CONNECTION_LOST", "connection", "unknown", true, true],
  ["PROTOCOL_PACKETS_OUT_OF_ORDER", "connection", "unknown", true, true],
  ["HANDSHAKE_NO_SSL_SUPPORT", "auth", "not-applied", false, true],
  ["ECONNREFUSED", "connection", "not-applied", true, true],
  ["ENOTFOUND", "connection", "not-applied", true, true],
  ["ECONNRESET", "connection", "unknown", true, true],
  ["EPIPE", "connection", "unknown", true, true],
  ["ETIMEDOUT", "connection", "unknown", true, true],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", "auth", "not-applied", false, true],
  ["SOMETHING_NEW", "unknown", "unknown", false, false],
];

const serverError = (errno: number, message = "words", sqlState = "HY000"): Error =>
  Object.assign(new Error(message), { errno, code: "ER_OF_THE_DRIVER", sqlState });

describe("classify", () => {
  it.each(numbers)("%s: %s, %s", (errno, kind, outcome, transient, fatal) => {
    const fault = classify(serverError(Number(errno)));
    expect(fault).toMatchObject({ kind, outcome, transient, fatal, code: `${errno}` });
  });

  it.each(named)("%s: %s, %s", (code, kind, outcome, transient, fatal) => {
    const error = Object.assign(new Error("words"), { code, errno: -104 });
    expect(classify(error)).toMatchObject({ kind, outcome, transient, fatal, code });
  });

  it("a number that nobody knows is judged by its SQLSTATE", () => {
    expect(classify(serverError(9_998, "x", "23000"))).toMatchObject({ kind: "constraint" });
    expect(classify(serverError(9_998, "x", "40001"))).toMatchObject({ kind: "conflict" });
    expect(classify(serverError(9_998, "x", "08S01"))).toMatchObject({ outcome: "unknown" });
    expect(classify(serverError(9_998, "x", "42000"))).toMatchObject({ kind: "programming" });
  });

  it.each([
    [
      "The MySQL server is running with the --read-only option so it cannot execute this statement",
      "connection",
      true,
    ],
    [
      "The MariaDB server is running with the --read_only option so it cannot execute this statement",
      "connection",
      true,
    ],
    ["The MySQL server is running with the --super-read-only option", "connection", true],
    [
      "The MySQL server is running with the --secure-file-priv option so it cannot",
      "programming",
      false,
    ],
  ])("1290 is a failover only when it names read_only: %s", (message, kind, transient) => {
    expect(classify(serverError(1290, message))).toMatchObject({ kind, transient });
  });

  it.each([
    [4025, "CONSTRAINT `c` failed for `t`.`item`", "constraint"],
    [4025, "AUTOEXTEND_SIZE value should be between 4M and 64M", "programming"],
    [4031, "The client was disconnected by the server because of inactivity.", "connection"],
    [
      4031,
      "Referenced trigger 'x' for the given action time and event type does not exist",
      "programming",
    ],
    [4151, "Access denied, this account is locked", "auth"],
    [4151, "Unexpected end of input found at row 7 in file 'x'", "programming"],
  ])("%s means another thing to each server: %s", (errno, message, kind) => {
    expect(classify(serverError(errno, message))).toMatchObject({ kind });
  });

  it.each([
    [1062, "Duplicate entry 'a' for key 'orders.orders_no_key'", "orders_no_key"],
    [1062, "Duplicate entry 'a' for key 'orders_no_key'", "orders_no_key"],
    [1062, "Duplicate entry 'x' for key 'y' for key 'item.PRIMARY'", "PRIMARY"],
    [
      1452,
      "Cannot add or update a child row: a foreign key constraint fails (`t`.`item_line`, CONSTRAINT `item_line_item` FOREIGN KEY (`item_id`) REFERENCES `item` (`id`))",
      "item_line_item",
    ],
    [3819, "Check constraint 'item_count_check' is violated.", "item_count_check"],
    [4025, "CONSTRAINT `item_count_check` failed for `t`.`item`", "item_count_check"],
    [1048, "Column 'note' cannot be null", "note"],
    [1364, "Field 'note' doesn't have a default value", "note"],
    [1406, "Data too long for column 'note' at row 1", "note"],
    [1264, "Out of range value for column 'count' at row 1", "count"],
    [1292, "Incorrect datetime value: '2026-02-30' for column 'at' at row 1", "at"],
    [1366, "Incorrect integer value: 'x' for column `t`.`item`.`count` at row 1", "count"],
    [1366, "Incorrect integer value: 'Field 'secret'' for column 'count' at row 1", "count"],
  ])("%s names what was violated", (errno, message, constraint) => {
    expect(classify(serverError(errno, message))).toMatchObject({ constraint });
  });

  it("of a value's text nothing is told", () => {
    expect(
      classify(serverError(1366, "Incorrect value: 'for column 'x' at row 1' in a function")),
    ).not.toHaveProperty("constraint");
  });

  it.each([
    [1054, "migrate status"],
    [1146, "migrate status"],
    [1264, "range"],
    [1292, "date"],
    [1364, "migrate status"],
    [1366, "form"],
    [1406, "longer"],
    [1451, "refer"],
    [1452, "refers"],
  ])("%s says what to do: %s", (errno, words) => {
    expect(classify(serverError(errno)).hint).toContain(words);
  });

  it("unique violations are told apart", () => {
    expect(classify(serverError(1062)).violated).toBe("unique");
    expect(classify(serverError(1452)).violated).toBe("foreign-key");
    expect(classify(serverError(3819)).violated).toBe("check");
    expect(classify(serverError(1048)).violated).toBe("not-null");
  });

  it("errors of the driver without a code, and of values", () => {
    const closed = new Error("Can't add new command when connection is in closed state");
    expect(classify(closed)).toMatchObject({ kind: "connection", outcome: "not-applied" });
    expect(classify(new TypeError("no value"))).toMatchObject({ kind: "programming" });
    const unreadable = Object.assign(new RangeError("out of range"), { fatal: true });
    expect(classify(unreadable)).toMatchObject({ kind: "connection", outcome: "unknown" });
    expect(classify("text")).toMatchObject({ kind: "unknown", outcome: "unknown" });
    expect(classify(undefined)).toMatchObject({ kind: "unknown", outcome: "unknown" });
  });

  it("what failed before sending is known not to be applied", () => {
    const error = beforeSending(Object.assign(new Error("read"), { code: "ECONNRESET" }));
    expect(error).toBeInstanceOf(FaultError);
    expect(classify(error)).toMatchObject({ code: "ECONNRESET", outcome: "not-applied" });
  });
});
