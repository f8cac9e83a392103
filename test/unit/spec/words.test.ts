import { expect, test } from "vitest";
import { formatIssues, sortedIssues, type Issue } from "../../../src/spec/issues.ts";
import { meant, nearest } from "../../../src/spec/nearest.ts";
import { bytes, milliseconds, quantity } from "../../../src/spec/quantities.ts";
import { choice, quoted } from "../../../src/spec/shown-text.ts";
import { dependency, groupTerm, orderTerm, predicate } from "../../../src/spec/terms.ts";

test("quantities, durations, sizes", () => {
  expect([
    quantity(3000),
    quantity("50M"),
    quantity("1.5k"),
    quantity("2G"),
    quantity("1T"),
    quantity("10x"),
  ]).toEqual([3000, 50e6, 1500, 2e9, 1e12, 10]);
  expect([
    milliseconds("500ms"),
    milliseconds("30s"),
    milliseconds("15m"),
    milliseconds("12h"),
    milliseconds("30d"),
  ]).toEqual([500, 30_000, 900_000, 43_200_000, 2_592_000_000]);
  expect([bytes(4096), bytes("64KiB"), bytes("0.5MiB"), bytes("1GiB"), bytes("2TiB")]).toEqual([
    4096,
    65_536,
    524_288,
    2 ** 30,
    2 ** 41,
  ]);
});

test("terms", () => {
  expect(predicate("placedAt.range")).toEqual({ field: "placedAt", operator: "range" });
  expect(predicate("status")).toEqual({ field: "status", operator: "eq" });
  expect(orderTerm("-placedAt")).toEqual({ field: "placedAt", direction: "desc" });
  expect(groupTerm("placedAt.day")).toEqual({ field: "placedAt", unit: "day" });
  expect(dependency("a, b -> c")).toEqual({ determinant: ["a", "b"], dependent: ["c"] });
  expect([dependency("a"), dependency("a ->"), dependency("a -> b -> c")]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

test("the nearest word, or none", () => {
  expect(nearest("intt", ["int", "bigint", "float"])).toBe("int");
  expect(nearest("tpye", ["type", "key"])).toBe("type");
  expect(nearest("maximum", ["max", "min"])).toBe("max");
  expect(nearest("zebra", ["type", "key"])).toBeUndefined();
  expect(meant("zebra", ["type", "key"], "known keys")).toBe("known keys: type, key");
});

test("quoted text is one line without control characters", () => {
  expect(quoted("a\u001b[31m\u202e\n\u2028b")).toBe('"a\\u001b[31m\\u202e\\n\\u2028b"');
  expect(quoted("x".repeat(100))).toHaveLength(62);
  expect(choice(["a", "b", "c"])).toBe("a, b or c");
});

test("issues are sorted by file, line and column, told once, and capped", () => {
  const issue = (file: string, line: number, column: number, message = "wrong"): Issue => ({
    file,
    line,
    column,
    severity: "error",
    message,
    hint: "mend it",
  });
  const sorted = sortedIssues(
    [issue("b", 1, 1), issue("a", 2, 1), issue("a", 1, 9), issue("a", 1, 9), issue("a", 1, 2)],
    ["a", "b"],
  );
  expect(sorted.map(({ file, line, column }) => `${file}${line}:${column}`)).toEqual([
    "a1:2",
    "a1:9",
    "a2:1",
    "b1:1",
  ]);
  expect(formatIssues([issue("a", 1, 2)])).toBe(
    "a:1:2: wrong; mend it\n1 problem; nothing was written.",
  );
  expect(formatIssues(sorted, 2)).toBe(
    "a:1:2: wrong; mend it\na:1:9: wrong; mend it\n… and 2 more\n4 problems; nothing was written.",
  );
  expect(formatIssues([{ ...issue("a", 1, 1), severity: "warning" }])).toBe(
    "a:1:1: warning: wrong; mend it",
  );
});
