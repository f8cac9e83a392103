/** What the stores of a generated project have to be reached by. */
import { existsSync } from "node:fs";
import { z } from "zod";
import { engines } from "../../../src/engines/registry.gen.ts";
import type { Ruled } from "../../engines/contract.ts";
import type { GeneratedProject } from "../../support/generated-project.ts";

export interface StoreNeed {
  readonly engine: string;
  /** `MAIN_URL` */
  readonly variable: string;
  /** The DSN in process, when the engine has one. */
  readonly embedded: string | undefined;
}

const lockSchema = z.object({
  decisions: z.record(z.string(), z.object({ store: z.string(), engine: z.string() })),
});

/** The stores of the project's lock that are reached by a DSN. */
export function stores(project: GeneratedProject): readonly StoreNeed[] {
  const { decisions } = lockSchema.parse(JSON.parse(project.read("workloads.lock.json")));
  const engineOf = new Map(Object.values(decisions).map(({ store, engine }) => [store, engine]));
  const example = project.read(".env.example");
  return [...engineOf].flatMap(([name, engine]) => {
    const variable = `${name.toUpperCase().replaceAll("-", "_")}_URL`;
    if (!example.includes(`${variable}=`)) return [];
    const embedded = engines.find(({ id }) => id === engine)?.dsn.embedded?.(name);
    return [{ engine, variable, embedded }];
  });
}

/** What was written, asked by the rules that an emulator does not enforce; undefined for an engine that has none here. */
export async function askedByRules(
  engine: string,
  { folder }: GeneratedProject,
  dsn: string,
): Promise<Ruled | undefined> {
  const file = new URL(`../../engines/${engine}/gaps.ts`, import.meta.url);
  if (!existsSync(file)) return undefined;
  const { ruled }: { ruled?: (dsn: string, folder: string) => Promise<Ruled> } = await import(
    file.href
  );
  return ruled?.(dsn, folder);
}

/** Changes that an emulator needs, as its own folder says. */
export async function emulatorChanges(engine: string, project: GeneratedProject): Promise<void> {
  const file = new URL(`../../engines/${engine}/gaps.ts`, import.meta.url);
  if (!existsSync(file)) return;
  const { prepare }: { prepare: (project: GeneratedProject) => void } = await import(file.href);
  prepare(project);
}
