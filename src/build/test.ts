// `npm test`: vitest, then the closing table (port × engine × method) and one plain line. `--full` runs the property and fault tests at
// full size instead of their short form; other arguments are passed on to vitest. With UPDATE_REFERENCES=1 a whole run
// also renews the table of the README. What failed is said again before the last line, where whoever sees only the end finds it.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { repositoryRoot } from "./root.ts";
import { printClosing, readCells, resetCells } from "../../test/support/closing-table.ts";
import { writeConformance } from "./conformance-page.ts";

interface Results {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

const work = join(repositoryRoot, "test/.work");
const file = join(work, "results.json");
mkdirSync(work, { recursive: true });
rmSync(file, { force: true });
resetCells();

const given = process.argv.slice(2);
const vitest = join(repositoryRoot, "node_modules/vitest/vitest.mjs");
const { status } = spawnSync(
  process.execPath,
  [
    vitest,
    "run",
    "--config=test/vitest.config.ts",
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${file}`,
    ...given.filter((argument) => argument !== "--full"),
  ],
  {
    cwd: repositoryRoot,
    stdio: "inherit",
    env: given.includes("--full") ? { ...process.env, FULL: "1" } : process.env,
  },
);

const results = JSON.parse(readFileSync(file, "utf8")) as Results;
// A file that fails before its first test counts too: its tests are missing, not passed.
const failed = Math.max(results.numFailedTests, status === 0 ? 0 : 1);
for (const line of failures(results)) console.log(line);
printClosing({ passed: results.numPassedTests, failed });
if (process.env["UPDATE_REFERENCES"] === "1" && failed === 0 && given.length === 0)
  writeConformance(repositoryRoot, readCells());
process.exitCode = failed === 0 ? 0 : 1;

function failures({ testResults }: Results): readonly string[] {
  return testResults.flatMap(({ name, status: ended, message, assertionResults }) => {
    const path = relative(repositoryRoot, name);
    const tests = assertionResults.filter((test) => test.status === "failed");
    return tests.length === 0 && ended === "failed"
      ? [failure(path, message)]
      : tests.map((test) => failure(`${path} > ${test.fullName}`, test.failureMessages.join("\n")));
  });
}

/** One test that failed, with the first lines of why. */
function failure(what: string, why: string): string {
  const lines = stripVTControlCharacters(why)
    .split("\n")
    .filter((line) => line.trim() !== "" && !line.includes("/node_modules/"));
  return [`FAILED ${what}`, ...lines.slice(0, 12).map((line) => `  ${line}`), ""].join("\n");
}
