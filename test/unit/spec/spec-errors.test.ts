import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { engines } from "../../../src/engines/registry.gen.ts";
import { formatIssues } from "../../../src/spec/issues.ts";
import { loadSpec } from "../../../src/spec/load.ts";

const root = join(import.meta.dirname, "../../golden/spec-errors");
const cases = readdirSync(root);

describe("golden spec errors", () => {
  test("there are at least forty cases", () => expect(cases.length).toBeGreaterThanOrEqual(40));

  test.each(cases)("%s", (name) => {
    const result = loadSpec(join(root, name, "workloads.yaml"), {
      shownAs: "workloads.yaml",
      engines: engines.map(({ id }) => id),
    });
    const expected = readFileSync(join(root, name, "expected-stderr.txt"), "utf8");
    expect(`${formatIssues(result.issues)}\n`).toBe(expected);
    expect(result.model === undefined).toBe(/\d+ problems?; nothing was written/.test(expected));
    // zod speaks of input, patterns and types; none of it may get through.
    expect(expected).not.toMatch(
      /invalid (input|string|key|option)|must match pattern|expected (string|number|object)| at .*\.ts:/i,
    );
  });
});
