/** A project that `migrate baseline` makes of a live schema, for the tests of it. */
import { run as runBaseline } from "../../src/cli/commands/migrate/baseline.ts";
import { run as runDiff, type DiffOptions } from "../../src/cli/commands/migrate/diff.ts";
import type { CommandContext } from "../../src/cli/context.ts";
import { createOutput } from "../../src/cli/io.ts";
import { type GeneratedProject, projectFolder } from "./generated-project.ts";

export interface Context extends CommandContext {
  readonly out: readonly string[];
}

export interface AdoptedProject {
  readonly project: GeneratedProject;
  context(json?: boolean): Context;
  /** `migrate baseline`; its status. */
  baseline(): Promise<number>;
  /** What `migrate diff` would write. */
  diff(options?: DiffOptions): Promise<DiffDocument>;
}

export interface DiffDocument {
  readonly migrations: readonly {
    readonly id: string;
    readonly steps: readonly { readonly title: string }[];
  }[];
}

export function adoptedProject(name: string, dsn: string): AdoptedProject {
  const project = projectFolder(name);
  const context = (json = false): Context => {
    const out: string[] = [];
    const io = {
      cwd: project.folder,
      env: { MAIN_URL: dsn },
      interactive: false,
      out: (text: string) => out.push(text),
      err: (text: string) => out.push(text),
    };
    const options = { spec: "workloads.yaml", cwd: ".", json, quiet: false, color: false };
    return { io, output: createOutput(io, options), out };
  };
  return {
    project,
    context,
    baseline: () => runBaseline(context(), { store: "main" }),
    diff: async (options = {}) => {
      const at = context(true);
      await runDiff(at, undefined, options);
      return JSON.parse(at.out.join(""));
    },
  };
}
