/** A project that `migrate baseline` makes of a live schema of this engine, for the tests of it. */
import pg from "pg";
import type { Query } from "../../../src/engines/postgres/introspect/read.ts";
import { type AdoptedProject, adoptedProject } from "../../support/adopted-project.ts";

export interface BaselineProject extends AdoptedProject {
  readonly client: pg.Client;
  readonly query: Query;
  end(): Promise<void>;
}

export async function baselineProject(
  name: string,
  dsn: string,
  schema: string,
): Promise<BaselineProject> {
  const client = new pg.Client({ connectionString: dsn });
  await client.connect();
  await client.query(schema);
  const made = adoptedProject(name, dsn);
  return {
    ...made,
    client,
    query: async (text) => (await client.query<(string | null)[]>({ text, rowMode: "array" })).rows,
    end: async () => {
      await client.end();
      made.project.remove();
    },
  };
}
