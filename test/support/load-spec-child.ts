import { formatIssues } from "../../src/spec/issues.ts";
import { loadSpec } from "../../src/spec/load.ts";

/** Loads the spec named on the command line and prints what came of it, its time and its memory, as one line of JSON. */
const file = process.argv[2] ?? "";
const before = process.memoryUsage.rss();
const used = process.cpuUsage();
const start = performance.now();
const results = [loadSpec(file, { shownAs: "workloads.yaml" })];
const wall = performance.now() - start;
const { user, system } = process.cpuUsage(used);
// On a busy machine the clock runs while we wait; with helper threads the processor counts more than the clock.
const milliseconds = Math.min(wall, (user + system) / 1000);
// A second deep document is what aborts a process that survives the first.
if (process.argv[3] === "twice") results.push(loadSpec(file, { shownAs: "workloads.yaml" }));
console.log(
  JSON.stringify({
    text: results.map(({ issues }) => formatIssues(issues)).join("\n--\n"),
    loaded: results.some(({ model }) => model !== undefined),
    milliseconds,
    grownMiB: (process.resourceUsage().maxRSS * 1024 - before) / 2 ** 20,
  }),
);
