import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseSync, Visitor } from "oxc-parser";
import { expect, test } from "vitest";

/** S7: no regular expression of the spec stage needs more than linear time, tried on 50 kB that each repeats what it looks for. */

const folder = join(import.meta.dirname, "../../src/spec");
const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
  name.endsWith(".ts"),
);

function patternsOf(file: string): { file: string; pattern: string; flags: string }[] {
  const found: { file: string; pattern: string; flags: string }[] = [];
  const { program } = parseSync(file, readFileSync(join(folder, file), "utf8"));
  new Visitor({
    Literal(node) {
      if ("regex" in node) found.push({ file, ...node.regex });
    },
  }).visit(program);
  return found;
}

const patterns = files.flatMap(patternsOf);
const bytes = 50_000;
const attacks = [
  "a",
  "A",
  "0",
  "-",
  "-a",
  "a-",
  ".",
  "0.",
  "/",
  "./",
  " ",
  "\n",
  "[",
  "\\",
  ":",
  "aA0",
  "a.b",
  "1e",
  "\u202e",
  "é",
  "\t ",
  ", ",
  "such as ",
].flatMap((piece) => {
  const text = piece.repeat(Math.floor(bytes / piece.length));
  return [text, `${text}!`, `!${text}`, `a${text}\u0000`];
});

test("the patterns are found", () => expect(patterns.length).toBeGreaterThan(20));

test.each(patterns)("$file /$pattern/", { timeout: 30_000 }, ({ pattern, flags }) => {
  const regex = new RegExp(pattern, flags);
  for (const attack of attacks) {
    const used = process.cpuUsage();
    regex.lastIndex = 0;
    regex.test(attack);
    const { user, system } = process.cpuUsage(used);
    expect((user + system) / 1000, JSON.stringify(attack.slice(0, 20))).toBeLessThan(250);
  }
});
