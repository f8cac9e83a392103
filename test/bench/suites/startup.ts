/** Whole processes that do almost nothing: what a user feels at every call. */
import { runNode } from "../harness/processes.ts";
import { benchRoot, program } from "../harness/places.ts";
import type { Suite } from "../harness/result.ts";
import { caseOf, pairedRounds, type Measure } from "../harness/rounds.ts";
import { ratio } from "../harness/statistics.ts";

const bare = "node -e 0";

const timed = (...args: readonly string[]): Measure => {
  return async () => runNode({ args, cwd: benchRoot }).ms;
};

export const suite: Suite = async ({ quick }) => {
  const contenders = new Map([
    [bare, timed("-e", "0")],
    ["--version", timed(program, "--version")],
    ["--help", timed(program, "--help")],
  ]);
  await pairedRounds(contenders, 1);
  const samples = await pairedRounds(contenders, quick ? 3 : 31);
  const measured = caseOf("whole process", samples, (ms) => ms);
  return {
    suite: "startup",
    title: "Start-up",
    quick,
    versions: {},
    groups: [{ title: "Start-up", unit: "ms", reference: bare, cases: [measured] }],
    targets: [
      {
        what: "`--version` ÷ `node -e 0`",
        bound: "at most",
        limit: 1.5,
        unit: " ×",
        measured: ratio(measured, "--version", bare),
      },
      {
        what: "`--help` ÷ `node -e 0`",
        bound: "at most",
        limit: 2,
        unit: " ×",
        measured: ratio(measured, "--help", bare),
      },
    ],
    comments: ["Whole processes, page cache warm, the built program as it is installed."],
  };
};
