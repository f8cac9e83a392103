/** From a spec to files, in fresh processes: cold, unchanged, and beside `prisma generate` on the same models. */
import { statSync } from "node:fs";
import { join } from "node:path";
import type { Accounted } from "../harness/processes.ts";
import { versionsOf } from "../harness/places.ts";
import type { Case, Group, Spread, Suite, SuiteOptions, Target } from "../harness/result.ts";
import { caseOf, pairedRounds, type Measure } from "../harness/rounds.ts";
import { ratio, samplesOf, spread } from "../harness/statistics.ts";
import {
  checkOurs,
  filesOf,
  generateOurs,
  generatePrisma,
  ourProject,
  prismaProject,
  removeProjects,
  stateOf,
  widenOne,
} from "../projects.ts";

const ours = "async-db-starter";
const again = "async-db-starter, nothing changed";
const changed = "async-db-starter, one entity changed";
const check = "async-db-starter check, nothing changed";
const prisma = "prisma generate";
const sizes = [10, 100, 1_000] as const;

interface Measured {
  readonly time: Case;
  readonly cpu: Case;
  readonly memory: Case;
  readonly files: string;
}

export const suite: Suite = async (options) => {
  const measured: Measured[] = [];
  try {
    for (const size of sizes) {
      options.log(`${size} entities`);
      measured.push(await measure(size, options));
    }
  } finally {
    removeProjects();
  }
  const group = (title: string, unit: Group["unit"], cases: readonly Case[]): Group => ({
    title: `${title}, by number of entities`,
    unit,
    reference: prisma,
    cases,
  });
  const times = measured.map((one) => one.time);
  const memories = measured.map((one) => one.memory);
  return {
    suite: "generate",
    title: "Generating",
    quick: options.quick,
    versions: versionsOf("prisma"),
    groups: [
      group("Time", "s", times),
      group(
        "CPU time",
        "s",
        measured.map((one) => one.cpu),
      ),
      group("Peak resident set", "MB", memories),
    ],
    targets: targets(times, memories),
    comments: [
      "Entities of 10 fields. `workloads.yaml` declares get, a keyset list, insert, patch and delete for each; Prisma gives each model all its operations. Fresh processes of the built program, page cache warm, the lock already written by `plan`; both write into a new folder.",
      "Prisma's schema engine is replaced by an idle executable: generating a client does not use it.",
      "Nothing changed: after each such run every file's inode, change time and modification time is compared; a written file ends the suite with an error.",
      "One entity changed: a column of the first entity is one character wider than in the run before; the migration that it needs is not made, only named.",
      "Where the time is much more than the CPU time, the process waited for cores that others used.",
      `Output: ${measured.map((one) => one.files).join("; ")}.`,
    ],
  };
};

async function measure(size: number, { quick }: SuiteOptions): Promise<Measured> {
  const folder = ourProject(size);
  const edited = ourProject(size);
  const schema = prismaProject(size);
  generateOurs(folder);
  generateOurs(edited);
  generatePrisma(schema);
  const samples = await pairedRounds(
    new Map<string, Measure<Accounted>>([
      [ours, async () => generateOurs(ourProject(size))],
      [again, async () => unchanged(folder)],
      [changed, async () => afterChange(edited)],
      [check, async () => checkOurs(folder)],
      [prisma, async () => generatePrisma(prismaProject(size))],
    ]),
    quick ? 1 : size === 1_000 ? 3 : 5,
  );
  const name = size.toLocaleString("en-US");
  return {
    time: caseOf(name, samples, ({ ms }) => ms / 1_000),
    cpu: caseOf(name, samples, ({ cpuMs }) => cpuMs / 1_000),
    memory: caseOf(name, samples, ({ peakMb }) => peakMb),
    files: `${name} entities: ${described(join(folder, "src"))} (Prisma: ${described(join(schema, "client"))})`,
  };
}

function afterChange(folder: string): Accounted {
  widenOne(folder);
  const ran = generateOurs(folder);
  if (!ran.stdout.includes("1 rewritten")) throw new Error("not one file was rewritten");
  return ran;
}

function unchanged(folder: string): Accounted {
  const before = stateOf(folder);
  const ran = generateOurs(folder);
  if (stateOf(folder) !== before) throw new Error("a run without changes wrote a file");
  return ran;
}

function described(folder: string): string {
  const files = filesOf(folder);
  const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0);
  return `${files.length.toLocaleString("en-US")} files, ${(bytes / 1e6).toFixed(1)} MB`;
}

function targets(times: readonly Case[], memories: readonly Case[]): readonly Target[] {
  const [few, some, many] = times;
  const memory = memories.at(-1);
  if (!few || !some || !many || !memory) return [];
  const atMost = (what: string, limit: number, unit: string, measured: Spread): Target => ({
    what,
    bound: "at most",
    limit,
    unit,
    measured,
  });
  return [
    atMost("1,000 entities, cold", 1.5, " s", spread(samplesOf(many, ours))),
    atMost("1,000 entities, cold ÷ prisma generate", 0.2, " ×", ratio(many, ours, prisma)),
    atMost("1,000 entities, peak memory", 300, " MB", spread(samplesOf(memory, ours))),
    atMost("1,000 entities, nothing changed", 0.3, " s", spread(samplesOf(many, again))),
    atMost("1,000 entities, one changed", 0.6, " s", spread(samplesOf(many, changed))),
    atMost("1,000 entities, check, nothing changed", 0.4, " s", spread(samplesOf(many, check))),
    atMost(
      "linear: cost of one more entity between 100 and 1,000 ÷ between 10 and 100",
      1.5,
      " ×",
      exactly(growth(few, some, many)),
    ),
  ];
}

function growth(few: Case, some: Case, many: Case): number {
  const at = (one: Case): number => spread(samplesOf(one, ours)).median;
  return (at(many) - at(some)) / 900 / ((at(some) - at(few)) / 90);
}

const exactly = (value: number): Spread => ({ median: value, min: value, max: value });
