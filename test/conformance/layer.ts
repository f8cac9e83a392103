/** Generates a suite's spec for one engine, migrates its store and opens the data layer. */
import { spawnSync } from "node:child_process";
import { generateProject, type GeneratedProject } from "../support/generated-project.ts";

export interface DataModule<L> {
  configFromEnv(env: Readonly<Record<string, string>>): object;
  openDataLayer(config: object): L;
}

export interface OpenedProject<L> {
  readonly data: L;
  readonly project: GeneratedProject;
}

/**
 * @param env DSNs by variable, given the project's folder
 * @throws Error when the migration fails
 */
export async function openGenerated<L>(
  name: string,
  spec: string,
  env: (folder: string) => Readonly<Record<string, string>>,
  prepare: (project: GeneratedProject) => void = () => {},
): Promise<OpenedProject<L>> {
  const project = await generateProject(name, spec);
  prepare(project);
  const dsns = env(project.folder);
  migrate(project.folder, dsns);
  const { configFromEnv, openDataLayer } = await project.load<DataModule<L>>("src/data/index.ts");
  const data = openDataLayer({ ...configFromEnv(dsns), lifecycle: { signals: false } });
  return { data, project };
}

/** With the project's own command, as its user would. @param store only this one; all of them by default */
export function migrate(
  folder: string,
  env: Readonly<Record<string, string>>,
  store?: string,
): void {
  const only = store === undefined ? [] : ["--store", store];
  const { status, stderr } = spawnSync(
    process.execPath,
    ["--no-warnings", "src/data/cli.ts", "migrate", "up", ...only],
    {
      cwd: folder,
      env: { ...process.env, ...env },
      encoding: "utf8",
      timeout: 240_000,
    },
  );
  if (status !== 0) throw new Error(`migrate up ended with ${status}:\n${stderr}`);
}
