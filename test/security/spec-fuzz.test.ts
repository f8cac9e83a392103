import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { issueText } from "../../src/spec/issues.ts";
import { loadSpec, type LoadResult } from "../../src/spec/load.ts";
import { memoryFiles } from "../support/memory-files.ts";

/** S6, short form: whatever the bytes, the loader answers with a Model or with issues that have a file, a line and a reason. */

const seed = 20260101;
const shop = readFileSync(join(import.meta.dirname, "../support/specs/shop-full.yaml"), "utf8");
const schema = readFileSync(
  join(import.meta.dirname, "../support/specs/schemas/attributes.json"),
  "utf8",
);

function load(content: string | Uint8Array): LoadResult {
  return loadSpec("w.yaml", {
    files: memoryFiles({ "w.yaml": content, "schemas/attributes.json": schema }),
  });
}

function check(result: LoadResult): void {
  const errors = result.issues.filter(({ severity }) => severity === "error");
  expect(result.model === undefined).toBe(errors.length > 0);
  for (const issue of result.issues) {
    expect(issue.file).toBe("w.yaml");
    expect(issue.line).toBeGreaterThanOrEqual(1);
    expect(issue.column).toBeGreaterThanOrEqual(1);
    expect(issue.message).not.toBe("");
    expect(issue.hint).not.toBe("");
    expect(issueText(issue)).not.toMatch(
      /[\n\u0000-\u001f\u202e]|undefined|\[object|Invalid (input|string)|must match pattern/,
    );
  }
}

const scraps = [
  "",
  " ",
  "\n",
  "\t",
  ":",
  ": ",
  "-",
  "- ",
  "?",
  "[",
  "]",
  "{",
  "}",
  ",",
  "#",
  "&a ",
  "*a",
  "!",
  "!!int ",
  "|",
  ">",
  "'",
  '"',
  "%",
  "@",
  "`",
  "~",
  "null",
  "true",
  "-1",
  "1e999",
  "0x1F",
  ".nan",
  "<<: ",
  "---\n",
  "...\n",
  "\u0000",
  "\u2028",
  "\ufeff",
  "\u{1F600}",
  "__proto__",
  "constructor",
  "[]",
  "{}",
  "[[[[",
  "a: b",
  "type: ",
  "key: true",
  "Order",
  "id",
  "uuid",
  "references: Order",
  "from: Order",
  "op: list",
  "kind: cache",
];

/** A text with some pieces cut out, put in or exchanged. */
const mutated = (text: string): fc.Arbitrary<string> =>
  fc
    .array(
      fc.record({ at: fc.nat(text.length), cut: fc.nat(12), scrap: fc.constantFrom(...scraps) }),
      { minLength: 1, maxLength: 4 },
    )
    .map((edits) =>
      edits.reduce(
        (edited, { at, cut, scrap }) => edited.slice(0, at) + scrap + edited.slice(at + cut),
        text,
      ),
    );

/** A spec in which whole lines are dropped, doubled or exchanged: mostly valid YAML with a wrong meaning. */
const shuffled = (text: string): fc.Arbitrary<string> => {
  const lines = text.split("\n");
  return fc
    .array(
      fc.record({
        from: fc.nat(lines.length - 1),
        to: fc.nat(lines.length - 1),
        how: fc.constantFrom("drop", "copy", "swap"),
      }),
      { minLength: 1, maxLength: 4 },
    )
    .map((edits) => {
      const edited = [...lines];
      for (const { from, to, how } of edits) {
        if (how === "drop") edited.splice(from, 1);
        else if (how === "copy") edited.splice(to, 0, lines[from] ?? "");
        else [edited[from], edited[to]] = [edited[to] ?? "", edited[from] ?? ""];
      }
      return edited.join("\n");
    });
};

/** A tree in which one value is replaced by any other. */
const replaced = (): fc.Arbitrary<string> => {
  const tokens = shop.split(/(?<=[\s{[,:])/);
  return fc
    .record({ at: fc.nat(tokens.length - 1), value: fc.json({ maxDepth: 2 }) })
    .map(({ at, value }) =>
      tokens.map((token, position) => (position === at ? `${value} ` : token)).join(""),
    );
};

describe("loader fuzz", { timeout: 120_000 }, () => {
  test.each([
    ["edited text", mutated(shop), 500],
    ["moved lines", shuffled(shop), 500],
    ["replaced values", replaced(), 500],
    ["free text", fc.string({ unit: "binary", maxLength: 200 }), 1000],
    [
      "scraps",
      fc.array(fc.constantFrom(...scraps), { maxLength: 30 }).map((parts) => parts.join("")),
      1000,
    ],
  ] as const)("%s", (_, texts, numRuns) => {
    fc.assert(
      fc.property(texts, (text) => check(load(text))),
      { seed, numRuns },
    );
  });

  test("bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => check(load(bytes))),
      { seed, numRuns: 1000 },
    );
  });

  test("the unchanged spec passes the same check", () => {
    const result = load(shop);
    expect(result.model).toBeDefined();
    check(result);
  });
});
