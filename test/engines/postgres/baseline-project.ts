/** A project that `migrate baseline` makes of a live schema, for the tests of it. */
import pg from "pg";
import { run as runBaseline } from "../../../src/cli/commands/migrate/baseline.ts";
import { run as runDiff, type DiffOptions } from "../../../src/cli/commands/migrate/diff.ts";
import type { CommandContext } from "../../../src/cli/context.ts";
import { createOutput } from "../../../src/cli/io.ts";
import type { Query } from "../../../src/engines/postgres/introspect/read.ts";
import { type GeneratedProject, projectFolder } from "../../support/generated-project.ts";

export interface Context extends CommandContext {
  readonly out: readonly string[];
}

export interface BaselineProject {
  readonly project: GeneratedProject;
  readonly client: pg.Client;
  readonly query: Query;
  context(json?: boolean): Context;
  /** `migrate baseline`; its status. */
  baseline(): Promise<number>;
  /** What `migrate diff` would write. */
  diff(options?: DiffOptions): Promise<DiffDocument>;
  end(): Promise<void>;
}

export interface DiffDocument {
  readonly migrations: readonly {
    readonly id: string;
    readonly steps: readonly { readonly title: string }[];
  }[];
}

export async function baselineProject(
  name: string,
  dsn: string,
  schema: string,
): Promise<BaselineProject> {
  const client = new pg.Client({ connectionString: dsn });
  await client.connect();
  await client.query(schema);
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
    client,
    query: async (text) => (await client.query<(string | null)[]>({ text, rowMode: "array" })).rows,
    context,
    baseline: () => runBaseline(context(), { store: "main" }),
    diff: async (options = {}) => {
      const at = context(true);
      await runDiff(at, undefined, options);
      return JSON.parse(at.out.join(""));
    },
    end: async () => {
      await client.end();
      project.remove();
    },
  };
}
