import { describe, expect, test } from "vitest";
import { nestingProblem } from "../../../src/spec/depth-scan.ts";
import { parse } from "../../../src/spec/parse.ts";

const scan = (text: string) => nestingProblem(new TextEncoder().encode(text));
const block = (levels: number): string =>
  Array.from({ length: levels }, (_, at) => `${" ".repeat(at)}a:`).join("\n");
describe("too deep", () => {
  test.each([
    ["flow sequences", "[".repeat(65)],
    ["JSON", '{"a":'.repeat(65)],
    ["flow over lines", "a: [\n".replace("a: ", "") + "[\n".repeat(65)],
    ["block mappings", block(66)],
    ["compact sequences", `${"- ".repeat(65)}a`],
    ["explicit keys", "? ".repeat(66)],
    ["flow below block", `${block(40)} ${"[".repeat(30)}`],
    ["after a quoted bracket", `a: "]]]]"\nb: ${"[".repeat(65)}`],
    ["after a key in quotes", `"a": ${"[".repeat(65)}`],
    ["after an anchor", `a: &x ${"[".repeat(65)}`],
  ])("%s", (_, text) => expect(scan(text)?.message).toBe("more than 64 levels deep"));

  test("is found at its place", () => expect(scan(`a: ${"[".repeat(70)}`)?.offset).toBe(3 + 63));
});

describe("not too deep", () => {
  test.each([
    ["64 flow sequences", "[".repeat(64) + "]".repeat(64)],
    ["64 block mappings", `${block(64)} 1`],
    ["brackets in quotes", `a: "${"[".repeat(200)}"\nb: '${"{".repeat(200)}'`],
    [
      "brackets in comments",
      `a: 1 # ${"[".repeat(200)}\n# ${"{".repeat(200)}\nb: [1, # ${"[".repeat(100)}\n 2]`,
    ],
    ["brackets in plain text", `a: x${"[".repeat(200)}\nb: it's ${"[".repeat(100)}`],
    ["brackets in a block scalar", `a: |\n${"  [[[[[\n".repeat(50)}b: 1`],
    [
      "a staircase in a block scalar",
      `a: >\n${Array.from({ length: 100 }, (_, at) => `${" ".repeat(at + 1)}x: y`).join("\n")}\nb: 1`,
    ],
    ["escaped quotes", `a: "\\"${"[".repeat(100)}"\nb: 'it''s ${"[".repeat(100)}'`],
    [
      "an apostrophe in flow text",
      `a: { b: it's, c: [1] }\n`.repeat(1).concat("d: [don't, won't]\n".repeat(1)),
    ],
    ["many small ones", "- [[], {}]\n".repeat(5000)],
  ])("%s", (_, text) => expect(scan(text)).toBeUndefined());

  test("a key after a block scalar in a list is seen again", () => {
    expect(scan(`- a: |\n    ${"[".repeat(80)}\n  b: ${"[".repeat(80)}`)?.message).toBeDefined();
  });
});

test("the parser has the same limit of its own", () => {
  const parsed = parse(`a: ${"[".repeat(200)}`);
  expect("fault" in parsed && parsed.fault.message).toBe("more than 64 levels deep");
});
