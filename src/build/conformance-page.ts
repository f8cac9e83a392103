import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { markdownTable, type CellRecord } from "../../test/support/closing-table.ts";

const [begin, end] = [
  "<!-- conformance: written by a whole run of npm test -->",
  "<!-- /conformance -->",
];

/** Puts what a run has shown into the README, between its two marks. @throws Error when a mark is missing */
export function writeConformance(root: string, cells: readonly CellRecord[]): void {
  const path = join(root, "README.md");
  const text = readFileSync(path, "utf8");
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`README.md has no place for the table: ${begin}`);
  const table = markdownTable(cells);
  writeFileSync(path, `${text.slice(0, from + begin.length)}\n\n${table}\n\n${text.slice(to)}`);
}
