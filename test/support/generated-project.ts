/** Generated projects for tests: made by the real pipeline, below the checkout so that the drivers resolve from its node_modules. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { main } from "../../src/cli/main.ts";

const work = fileURLToPath(new URL("../.work/projects/", import.meta.url));

export interface GeneratedProject {
  readonly folder: string;
  /** Imports a module of the project: `src/data/index.ts`. */
  load<T>(path: string): Promise<T>;
  read(path: string): string;
  write(path: string, text: string): void;
  remove(): void;
}

export interface CliRun {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command line in this process, with nothing in its environment. */
export const cli = (folder: string, ...args: readonly string[]): Promise<CliRun> =>
  cliWith({}, folder, args);

/** The same with variables. */
export async function cliWith(
  env: Readonly<Record<string, string>>,
  folder: string,
  args: readonly string[],
): Promise<CliRun> {
  const out: string[] = [];
  const err: string[] = [];
  const status = await main(["--no-color", ...args], {
    cwd: folder,
    env,
    interactive: false,
    out: (text) => out.push(text),
    err: (text) => err.push(text),
  });
  return { status, stdout: out.join(""), stderr: err.join("") };
}

/** An empty folder of its own. */
export function projectFolder(name: string): GeneratedProject {
  mkdirSync(work, { recursive: true });
  const folder = mkdtempSync(join(work, `${name}-`));
  return {
    folder,
    load: async (path) => import(pathToFileURL(join(folder, path)).href),
    read: (path) => readFileSync(join(folder, path), "utf8"),
    write: (path, text) => writeFileSync(join(folder, path), text),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/**
 * Plans and generates a spec.
 *
 * @param spec path of a spec file, or its text
 * @throws Error with the command's stderr when it ends with another status than 0
 */
export async function generateProject(name: string, spec: string): Promise<GeneratedProject> {
  const project = projectFolder(name);
  if (spec.includes("\n")) project.write("workloads.yaml", spec);
  else cpSync(spec, join(project.folder, "workloads.yaml"));
  for (const command of ["plan", "generate"]) {
    const { status, stderr } = await cli(project.folder, "--quiet", command);
    if (status !== 0) throw new Error(`${command} ended with ${status}:\n${stderr}`);
  }
  return project;
}
