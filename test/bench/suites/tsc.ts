/** What the generated code costs the compiler: time, memory and type instantiations, beside Prisma's client. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryRoot, versionsOf } from "../harness/places.ts";
import { runNode } from "../harness/processes.ts";
import type { Case, Group, Suite, Target } from "../harness/result.ts";
import { caseOf, pairedRounds } from "../harness/rounds.ts";
import { ratio, samplesOf, spread } from "../harness/statistics.ts";
import { ourUseOf, prismaUseOf } from "../models.ts";
import {
  generateOurs,
  generatePrisma,
  ourProject,
  prismaProject,
  removeProjects,
} from "../projects.ts";

const ours = "async-db-starter";
const layer = "its layer without its tests";
const prisma = "Prisma's client";
const sizes = [10, 100, 1_000] as const;
const compiler = join(repositoryRoot, "node_modules", "typescript", "bin", "tsc");

interface Checked {
  readonly seconds: number;
  readonly megabytes: number;
  readonly instantiations: number;
  readonly types: number;
}

export const suite: Suite = async ({ quick, log }) => {
  const samples = new Map<number, ReadonlyMap<string, readonly Checked[]>>();
  try {
    for (const size of sizes) {
      log(`${size} entities`);
      samples.set(size, await measure(size, quick ? 1 : size === 1_000 ? 2 : 3));
    }
  } finally {
    removeProjects();
  }
  const cases = (figure: (checked: Checked) => number): readonly Case[] =>
    [...samples].map(([size, one]) => caseOf(size.toLocaleString("en-US"), one, figure));
  const group = (title: string, unit: Group["unit"], of: (checked: Checked) => number): Group => ({
    title: `${title}, by number of entities`,
    unit,
    reference: prisma,
    cases: cases(of),
  });
  const time = group("`tsc --noEmit`, whole process", "s", (checked) => checked.seconds);
  const memory = group("Memory used", "MB", (checked) => checked.megabytes);
  const instantiations = group("Instantiations", "count", (checked) => checked.instantiations);
  const types = group("Types", "count", (checked) => checked.types);
  return {
    suite: "tsc",
    title: "Compiling what was generated",
    quick,
    versions: versionsOf("typescript", "prisma"),
    groups: [time, memory, instantiations, types],
    targets: targets(time.cases, memory.cases, instantiations.cases),
    comments: [
      "The trees of the suite before, each with the same program over it: per entity one insert, find, page of 20, update and delete. Same options for both: strict, `skipLibCheck`, no emit; ours adds what its own tsconfig.json has beyond that. Memory and counts are the compiler's own (`--extendedDiagnostics`).",
      "The targets count the whole tree, a suite of tests for each entity among it; Prisma's client comes with none, so the layer alone stands beside it.",
      "Every file of Prisma's client begins with `@ts-nocheck`: the compiler parses it and resolves what the program uses, and checks nothing else of it. Ours is checked whole, the runtime's source too, as its owner's own code is. That is why Prisma's time is small for its size.",
    ],
  };
};

async function measure(
  size: number,
  rounds: number,
): Promise<ReadonlyMap<string, readonly Checked[]>> {
  const left = oursToCheck(size);
  const right = prismaToCheck(size);
  return pairedRounds(
    new Map([
      [ours, async () => check(left)],
      [layer, async () => check(left, layerConfig)],
      [prisma, async () => check(right)],
    ]),
    rounds,
  );
}

/** What the application itself is made of. */
const layerConfig = "tsconfig.layer.json";

/** Within the work folder of the benchmarks, Node's look-up finds the drivers' declarations. */
function oursToCheck(size: number): string {
  const folder = ourProject(size);
  generateOurs(folder);
  writeFileSync(join(folder, "src", "use.ts"), ourUseOf(size));
  writeFileSync(
    join(folder, layerConfig),
    JSON.stringify({ extends: "./tsconfig.json", include: ["src"] }),
  );
  return folder;
}

function prismaToCheck(size: number): string {
  const folder = prismaProject(size);
  generatePrisma(folder);
  const options = {
    compilerOptions: {
      target: "es2023",
      module: "nodenext",
      types: ["node"],
      strict: true,
      skipLibCheck: true,
      noEmit: true,
      allowImportingTsExtensions: true,
    },
    include: ["client", "use.ts"],
  };
  writeFileSync(join(folder, "use.ts"), prismaUseOf(size));
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(options));
  return folder;
}

/** @throws when the tree does not compile: nothing is to be said about its time then */
function check(folder: string, config = "tsconfig.json"): Checked {
  const { ms, stdout } = runNode({
    args: [compiler, "--noEmit", "--extendedDiagnostics", "-p", config],
    cwd: folder,
  });
  const figure = (label: string): number => {
    const found = new RegExp(`^${label}:\\s*([\\d.]+)K?`, "m").exec(stdout);
    if (found === null) throw new Error(`tsc tells no "${label}":\n${stdout}`);
    return Number(found[1]);
  };
  return {
    seconds: ms / 1_000,
    megabytes: figure("Memory used") / 1_024,
    instantiations: figure("Instantiations"),
    types: figure("Types"),
  };
}

function targets(
  times: readonly Case[],
  memories: readonly Case[],
  instantiations: readonly Case[],
): readonly Target[] {
  const [time, memory] = [times.at(-1), memories.at(-1)];
  const [few, some, many] = instantiations.map((one) => spread(samplesOf(one, ours)).median);
  if (!time || !memory || few === undefined || some === undefined || many === undefined) return [];
  const growth = (many - some) / 900 / ((some - few) / 90);
  const bound = "at most";
  return [
    {
      what: "1,000 entities, time ÷ Prisma's client",
      bound,
      limit: 0.5,
      unit: " ×",
      measured: ratio(time, ours, prisma),
    },
    {
      what: "1,000 entities, memory ÷ Prisma's client",
      bound,
      limit: 0.5,
      unit: " ×",
      measured: ratio(memory, ours, prisma),
    },
    {
      what: "linear: instantiations of one more entity between 100 and 1,000 ÷ between 10 and 100",
      bound,
      limit: 1.05,
      unit: " ×",
      measured: { median: growth, min: growth, max: growth },
    },
  ];
}
