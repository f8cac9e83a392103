// Preloaded into a measured process: at its end appends its peak resident set (KB) and its CPU time (µs) to the named file.
const { appendFileSync } = require("node:fs");

process.on("exit", () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  appendFileSync(process.env.BENCH_ACCOUNT, `${maxRSS} ${userCPUTime + systemCPUTime}\n`);
});
