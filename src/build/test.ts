// `npm test`: vitest, then the closing table (port × engine × method) and one plain line. `--full` runs the property and fault tests at
// full size instead of their short form; other arguments are passed on to vitest. With UPDATE_REFERENCES=1 a whole run
// also renews the table of the README. What failed is said again before the last line, where whoever sees only the end finds it.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { printClosing, readCells, resetCells } from "../../test/support/closing-table.ts";
import { writeConformance } from "./conformance-page.ts";
import { repositoryRoot } from "./root.ts";
import { runVitest } from "./vitest-run.ts";

const work = join(repositoryRoot, "test/.work");
mkdirSync(work, { recursive: true });
resetCells();

const given = process.argv.slice(2);
const { passed, failed, failures } = runVitest(
  {
    arguments: [
      "--config=test/vitest.config.ts",
      ...given.filter((argument) => argument !== "--full"),
    ],
    work,
    stdio: "inherit",
    env: given.includes("--full") ? { ...process.env, FULL: "1" } : process.env,
  },
  (path) => console.log(`Node itself broke off (nodejs/node 64500) in ${path}: it is run again`),
);

for (const line of failures) console.log(line);
printClosing({ passed, failed });
if (process.env["UPDATE_REFERENCES"] === "1" && failed === 0 && given.length === 0)
  writeConformance(repositoryRoot, readCells());
process.exitCode = failed === 0 ? 0 : 1;
