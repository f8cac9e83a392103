import { describe, expect, test } from "vitest";
import {
  migrationId,
  nextNumber,
  parentsOf,
  type StoredMigration,
} from "../../../src/migrate/folder.ts";

const stored = (
  id: string,
  parents: readonly string[],
  more: Partial<StoredMigration> = {},
): StoredMigration => ({
  id,
  parents,
  phase: "expand",
  change: id,
  touches: ["orders"],
  steps: [],
  up: "",
  down: "",
  files: { up: `${id}.up.x`, down: `${id}.down.x` },
  ...more,
});

describe("what a new migration stands on", () => {
  test("nothing, when there is nothing", () => {
    expect(parentsOf([], ["orders"])).toEqual([]);
  });

  test("the last one of a line", () => {
    expect(parentsOf([stored("1", []), stored("2", ["1"])], ["orders"])).toEqual(["2"]);
  });

  test("both leaves after two branches were merged", () => {
    const two = [stored("1", []), stored("2-b", ["1"]), stored("2-a", ["1"])];
    expect(parentsOf(two, ["customers"])).toEqual(["2-a", "2-b"]);
  });

  test("a contract that touches another part is not waited for", () => {
    const line = [
      stored("1", []),
      stored("2", ["1"]),
      stored("3", ["2"], { phase: "contract", change: "2" }),
    ];
    expect(parentsOf(line, ["customers"])).toEqual(["2"]);
    expect(parentsOf(line, ["customers", "orders"])).toEqual(["3"]);
  });

  test("a line of contracts is passed as far as it is free", () => {
    const line = [
      stored("1", []),
      stored("2", ["1"], { phase: "contract" }),
      stored("3", ["2"], { phase: "contract", touches: ["products"] }),
    ];
    expect(parentsOf(line, ["customers"])).toEqual(["1"]);
    expect(parentsOf(line, ["orders"])).toEqual(["2"]);
  });

  test("a contract that does not say what it touches is waited for", () => {
    const line = [stored("1", []), stored("2", ["1"], { phase: "contract", touches: undefined })];
    expect(parentsOf(line, ["customers"])).toEqual(["2"]);
  });
});

test("numbers go on after the highest, whatever the parents are", () => {
  expect(nextNumber([])).toBe(1);
  expect(nextNumber([stored("0009-a", []), stored("0003-b", []), stored("odd", [])])).toBe(10);
  expect(migrationId(7, "add-note")).toBe("0007-add-note");
  expect(migrationId(12_345, "x")).toBe("12345-x");
});
