// One run of vitest, and what it left: a file whose process Node itself broke off is run again, and told of.
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { brokeOff, mostRuns } from "../../test/support/engine-crash.ts";
import { unhandledErrorsVariable } from "../../test/support/unhandled-errors.ts";
import { repositoryRoot } from "./root.ts";

interface TestFile {
  readonly name: string;
  readonly status: string;
  readonly message: string;
  readonly assertionResults: readonly {
    readonly fullName: string;
    readonly status: string;
    readonly failureMessages: readonly string[];
  }[];
}

export interface Ended {
  readonly passed: number;
  /** Tests that failed, files that failed before their first test, errors outside of any test. */
  readonly failed: number;
  /** For each of them its name and the first lines of why. */
  readonly failures: readonly string[];
}

export interface VitestRun {
  /** Vitest's own, without its reporters. */
  readonly arguments: readonly string[];
  /** Where its results are put. */
  readonly work: string;
  readonly env: NodeJS.ProcessEnv;
  /** Where vitest's own report goes. */
  readonly stdio: "inherit" | "ignore";
}

interface Results {
  readonly files: readonly TestFile[];
  /** Errors outside of any test, but for those of workers that broke off. */
  readonly unhandled: readonly string[];
  /** Paths of the files whose worker Node broke off. */
  readonly broken: readonly string[];
  readonly status: number | null;
}

/**
 * Runs the tests; files whose worker ended by a crash of Node itself are run again, at most twice.
 *
 * @throws Error when vitest leaves no results
 */
export function runVitest(run: VitestRun, again: (path: string) => void): Ended {
  let last = once(run, []);
  let ended = sumOf(last);
  for (let runs = 1; runs < mostRuns && last.broken.length > 0; runs += 1) {
    last.broken.forEach(again);
    last = once(run, last.broken);
    ended = joined(ended, sumOf(last));
  }
  const broken = last.broken.map((path) => failure(path, "its process broke off at each run"));
  return joined(ended, { passed: 0, failed: broken.length, failures: broken });
}

function once({ arguments: given, work, env, stdio }: VitestRun, only: readonly string[]): Results {
  const [results, unhandled] = [join(work, "results.json"), join(work, "unhandled.json")];
  for (const file of [results, unhandled]) rmSync(file, { force: true });
  const { status } = spawnSync(
    process.execPath,
    [
      join(repositoryRoot, "node_modules/vitest/vitest.mjs"),
      "run",
      "--reporter=default",
      "--reporter=json",
      `--reporter=${join(repositoryRoot, "test/support/unhandled-errors.ts")}`,
      `--outputFile.json=${results}`,
      ...given,
      ...only,
    ],
    {
      cwd: repositoryRoot,
      stdio,
      env: { ...env, [unhandledErrorsVariable]: unhandled },
    },
  );
  const { testResults } = JSON.parse(readFileSync(results, "utf8")) as {
    readonly testResults: readonly TestFile[];
  };
  const errors = JSON.parse(readFileSync(unhandled, "utf8")) as readonly string[];
  const broken = testResults.map(({ name }) => name).filter((name) => errors.some(breaks(name)));
  return {
    files: testResults.filter(({ name }) => !broken.includes(name)),
    unhandled: errors.filter((error) => !broken.some((name) => breaks(name)(error))),
    broken,
    status,
  };
}

/** Vitest names the signal and the file: "Worker exited unexpectedly with signal SIGSEGV … while running test file …". */
const breaks =
  (name: string) =>
  (error: string): boolean =>
    error.includes("Worker exited unexpectedly") && error.includes(name) && brokeOff(error);

function sumOf({ files, unhandled, broken, status }: Results): Ended {
  const failures = [
    ...files.flatMap(failuresOf),
    ...unhandled.map((error) => failure("outside of any test", error)),
  ];
  const passed = files
    .flatMap(({ assertionResults }) => assertionResults)
    .filter((test) => test.status === "passed").length;
  // What ended badly and left no trace is a failure nevertheless.
  const untold = status !== 0 && failures.length + broken.length === 0;
  return { passed, failed: failures.length + (untold ? 1 : 0), failures };
}

const joined = (a: Ended, b: Ended): Ended => ({
  passed: a.passed + b.passed,
  failed: a.failed + b.failed,
  failures: [...a.failures, ...b.failures],
});

function failuresOf({ name, status, message, assertionResults }: TestFile): readonly string[] {
  const path = relative(repositoryRoot, name);
  const tests = assertionResults.filter((test) => test.status === "failed");
  return tests.length === 0 && status === "failed"
    ? [failure(path, message)]
    : tests.map((test) => failure(`${path} > ${test.fullName}`, test.failureMessages.join("\n")));
}

/** What failed, with the first lines of why. */
function failure(what: string, why: string): string {
  const lines = stripVTControlCharacters(why)
    .split("\n")
    .filter((line) => line.trim() !== "" && !line.includes("/node_modules/"));
  return [`FAILED ${what}`, ...lines.slice(0, 12).map((line) => `  ${line}`), ""].join("\n");
}
