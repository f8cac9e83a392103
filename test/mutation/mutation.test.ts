import { execFile } from "node:child_process";
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type GeneratedProject, generateProject } from "../support/generated-project.ts";
import { type Mutant, mutants } from "./mutants.ts";

/** The generated tests hold the generated statements: they pass as generated, and one mistake in any statement makes them fail. */

const specs = {
  shop: fileURLToPath(new URL("../../assets/presets/shop/workloads.yaml", import.meta.url)),
  depot: fileURLToPath(new URL("depot.workloads.yaml", import.meta.url)),
} as const;

interface Run {
  readonly failed: boolean;
  readonly output: string;
}

/** Runs the tests of the store main, on PGlite in a folder, or in memory without one. */
function runTests(folder: string, pattern: string, database?: string): Promise<Run> {
  const args = ["--test", `--test-name-pattern=${pattern}`, "test/data/main.test.ts"];
  const env = {
    ...process.env,
    ...(database === undefined ? {} : { MAIN_TEST_URL: `pglite:${database}?inline=true` }),
  };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      args,
      { cwd: folder, env, timeout: 240_000 },
      (error, stdout, stderr) => {
        resolve({ failed: error !== null, output: stdout + stderr });
      },
    );
  });
}

const projects = new Map<Mutant["project"], GeneratedProject>();
const database = (project: GeneratedProject): string => join(project.folder, "made");

beforeAll(async () => {
  for (const name of ["shop", "depot"] as const) {
    projects.set(name, await generateProject(`mutation-${name}`, specs[name]));
  }
});

afterAll(() => {
  for (const project of projects.values()) project.remove();
});

const projectOf = (name: Mutant["project"]): GeneratedProject => {
  const project = projects.get(name);
  if (project === undefined) throw new Error(`${name} has not been generated`);
  return project;
};

test.each(["shop", "depot"] as const)(
  "the tests of %s pass as generated",
  async (name) => {
    const project = projectOf(name);
    // What they leave behind is the database that every mutant starts from: making one takes longer than the tests.
    const { failed, output } = await runTests(project.folder, ".", database(project));
    expect(failed, output).toBe(false);
    expect(output).toMatch(/skipped 0\b/);
  },
  120_000,
);

test("every mistake is found", async () => {
  const waiting = [...mutants];
  const survivors: string[] = [];
  const worker = async (): Promise<void> => {
    for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
      if (!(await isKilled(mutant))) survivors.push(named(mutant));
    }
  };
  await Promise.all([worker(), worker()]);
  expect(survivors).toEqual([]);
}, 1_200_000);

const named = ({ project, file, statement, mistake }: Mutant): string =>
  `${project} ${file} ${statement}: ${mistake}`;

async function isKilled(mutant: Mutant): Promise<boolean> {
  const project = projectOf(mutant.project);
  const copy = `${project.folder}-${mutants.indexOf(mutant)}`;
  try {
    cpSync(project.folder, copy, { recursive: true });
    const path = join(copy, "src/data/stores/main", mutant.file);
    writeFileSync(path, mutated(readFileSync(path, "utf8"), mutant));
    const { failed, output } = await runTests(copy, `^main ${mutant.suite} `, join(copy, "made"));
    // A file that does not even load kills nothing.
    if (!output.includes(` ${mutant.suite} (`))
      throw new Error(`no test ran for ${named(mutant)}:\n${output}`);
    return failed;
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** The source with the mistake in its statement, once; SQL that needs no template literal stands in quotes. @throws when the statement does not say what the mutant changes */
function mutated(source: string, mutant: Mutant): string {
  const start = source.indexOf(`const ${mutant.statement} = `);
  const end = source.indexOf("\n\n", start);
  const text = source.slice(start, end);
  const quotes = ["`", '"'].find((quote) => text.includes(mutant.from.replaceAll("`", quote)));
  if (start < 0 || quotes === undefined)
    throw new Error(`not in the generated code: ${named(mutant)} (${mutant.from})`);
  const [from = "", to = ""] = [mutant.from, mutant.to].map((one) => one.replaceAll("`", quotes));
  return source.slice(0, start) + text.replace(from, () => to) + source.slice(end);
}
