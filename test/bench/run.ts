/**
 * `npm run bench [-- suite…] [-- --quick]`: measures, keeps the figures in `results/`, and writes references/benchmarks.md from all
 * results there are. Each suite runs in a process of its own.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { benchRoot, program, repositoryRoot } from "./harness/places.ts";
import { writeReport } from "./harness/report.ts";
import type { SuiteResult } from "./harness/result.ts";
import { isSuite, suiteNames, suites } from "./suites.ts";

const one = "--in-this-process";
const args = process.argv.slice(2);
const quick = args.includes("--quick");
const named = args.filter((arg) => !arg.startsWith("--"));
const unknown = [...named.filter((name) => !isSuite(name)), ...args.filter(isUnknownFlag)];

if (unknown.length > 0) {
  console.error(`unknown: ${unknown.join(", ")}; suites: ${suiteNames.join(", ")}; flag: --quick`);
  process.exitCode = 2;
} else if (args.includes(one)) {
  await measure(named[0] ?? "");
} else {
  process.exitCode = prepare() ? all(named.length > 0 ? named : suiteNames) : 1;
}

function isUnknownFlag(arg: string): boolean {
  return arg.startsWith("--") && arg !== "--quick" && arg !== one;
}

/** The peers and the program under test. */
function prepare(): boolean {
  if (!existsSync(join(benchRoot, "node_modules")))
    return npm("ci", "--prefix", benchRoot) && build();
  return build();
}

function build(): boolean {
  return npm("run", "--silent", "build") && existsSync(program);
}

function npm(...words: readonly string[]): boolean {
  return spawnSync("npm", words, { cwd: repositoryRoot, stdio: "inherit" }).status === 0;
}

/** 0, or 1 when a suite could not be measured. */
function all(names: readonly string[]): number {
  const failed = names.filter((name) => {
    console.log(`\n${name}`);
    const child = spawnSync(
      process.execPath,
      [join(benchRoot, "run.ts"), one, name, ...(quick ? ["--quick"] : [])],
      { cwd: repositoryRoot, stdio: "inherit" },
    );
    return child.status !== 0;
  });
  if (quick) console.log("\nquick: nothing was kept");
  else writeReport();
  if (failed.length > 0) console.error(`not measured: ${failed.join(", ")}`);
  return failed.length > 0 ? 1 : 0;
}

async function measure(name: string): Promise<void> {
  if (!isSuite(name)) throw new Error(`no suite ${name}`);
  const suite = await suites[name]();
  const start = performance.now();
  const before = oneMinuteLoad();
  const measured = await suite({ quick, log: (line) => console.log(`  ${line}`) });
  const result: SuiteResult = { ...measured, load: [before, oneMinuteLoad()] };
  const { renderSuite } = await import("./harness/render.ts");
  console.log(renderSuite(result));
  console.log(`${name}: ${((performance.now() - start) / 1_000).toFixed(0)} s`);
  if (quick) return;
  mkdirSync(join(benchRoot, "results"), { recursive: true });
  writeFileSync(join(benchRoot, "results", `${name}.json`), `${JSON.stringify(result, null, 1)}\n`);
}

function oneMinuteLoad(): number {
  return Math.round((loadavg()[0] ?? 0) * 10) / 10;
}
