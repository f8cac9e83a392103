/** references/benchmarks.md, from all results that are kept. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, totalmem } from "node:os";
import { join } from "node:path";
import { suiteNames } from "../suites.ts";
import { benchRoot, repositoryRoot } from "./places.ts";
import { renderSuite } from "./render.ts";
import type { SuiteResult } from "./result.ts";

const head = (): string => `# Benchmarks

Written by \`npm run bench\` from \`test/bench/results/\`; do not edit. One suite: \`npm run bench -- postgres\`.

Machine: ${availableParallelism()} cores (${process.arch}, ${process.platform}), ${Math.round(totalmem() / 1024 ** 3)} GB, Node ${process.versions.node}. The cores are shared with other work and
with the server under test, so a figure is good only as a ratio within its own table. In every round all contenders take turns;
a cell is the median over rounds, then the ratio to the reference row: the median of the rounds' ratios and their range. Rows that
beat ours are shown like the others.`;

export function writeReport(): void {
  const results = suiteNames.flatMap((name) => {
    const file = join(benchRoot, "results", `${name}.json`);
    // Written by run.ts.
    return existsSync(file) ? [JSON.parse(readFileSync(file, "utf8")) as SuiteResult] : [];
  });
  const missing = suiteNames.filter((name) => !results.some((result) => result.suite === name));
  const gap = missing.length > 0 ? [`Not measured yet: ${missing.join(", ")}.`] : [];
  const text = [head(), ...gap, ...results.map(renderSuite)].join("\n\n");
  writeFileSync(join(repositoryRoot, "references", "benchmarks.md"), `${text}\n`);
}
