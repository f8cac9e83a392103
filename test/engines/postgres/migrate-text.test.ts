import { describe, expect, test } from "vitest";
import { splitSteps } from "../../../templates/runtime/migration-text.ts";

describe("steps of a text", () => {
  test("a line begins one, whatever ends the line; remarks may stand before", () => {
    expect(
      splitSteps(
        "-- Made.\r\n\r\n-- step: a\r\nselect 1;\n\n-- step: b-2 \nselect 2;\n-- steps: c\n",
      ),
    ).toEqual([
      { name: "a", line: 4, text: "select 1;\n" },
      { name: "b-2", line: 7, text: "select 2;\n-- steps: c\n" },
    ]);
  });

  test("a statement before the first is refused with its line", () => {
    expect(() => splitSteps("-- Made.\nselect 1;\n-- step: a\n")).toThrow(
      "line 2 stands before the first step",
    );
  });
});
