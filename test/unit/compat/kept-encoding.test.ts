import { expect, test } from "vitest";
import { isMisread } from "../../../src/compat/kept-encoding.ts";
import type { FieldType } from "../../../src/spec/model.ts";

const decimal = (precision: number): FieldType => ({ kind: "decimal", precision, scale: 2 });
const list = (of: "bigint" | "decimal" | "int" | "float"): FieldType => ({ kind: "array", of });

test.each<readonly [FieldType, FieldType, boolean]>([
  [{ kind: "bigint" }, { kind: "float" }, true],
  [decimal(16), { kind: "float" }, true],
  [decimal(15), { kind: "float" }, false],
  [list("bigint"), list("float"), true],
  [list("decimal"), list("float"), true],
  [list("int"), list("float"), false],
  [{ kind: "int" }, { kind: "float" }, false],
  [{ kind: "float" }, { kind: "bigint" }, false],
  [{ kind: "int" }, { kind: "timestamp" }, true],
])("%j read as %j: another value, %s", (from, to, misread) => {
  expect(isMisread(from, to)).toBe(misread);
});
