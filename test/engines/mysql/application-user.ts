/** The users that the report names, on a server of this family: one that migrates, and one that the application logs in as. */
import { readFileSync } from "node:fs";
import { createConnection } from "mysql2/promise";
import { afterAll, describe, expect, test } from "vitest";
import { credentialsOf } from "../../../src/engines/mysql/credentials.ts";
import { type DataModule, migrate } from "../../conformance/layer.ts";
import type { FullLayer } from "../../conformance/record/full-layer.ts";
import { fullCases } from "../../conformance/record/full-suite.ts";
import { specFor } from "../../conformance/targets.ts";
import { cell, proving } from "../../support/closing-table.ts";
import { generateProject } from "../../support/generated-project.ts";
import { columnOf, isMissing, privateServer } from "../servers.ts";
import { carried, unserved } from "./unserved.ts";

const { role } = credentialsOf("");
/** The privileges as the report has them. */
const [, rights = "", first = "", last = ""] =
  /a user with (.*?) on the store's database.* has (.*) and (\w+) besides/.exec(role) ?? [];
const application = rights.replace(" and ", ", ");
const migrator = `${first}, ${last}`;

const spec = readFileSync(
  new URL("../../conformance/record/full-workloads.yaml", import.meta.url),
  "utf8",
);

async function statements(dsn: string, ...texts: readonly string[]): Promise<void> {
  const connection = await createConnection(dsn.replace(/^\w+:/, "mysql:"));
  try {
    for (const text of texts) await connection.query(text);
  } finally {
    await connection.end();
  }
}

/** Registers the tests of one engine of the family. */
export async function applicationUser(engine: string): Promise<void> {
  const server = await privateServer(engine, {
    settings: { "log-bin-trust-function-creators": "1" },
  });
  const of = { port: "record", engine: columnOf(server), method: "least privilege" };
  if (isMissing(server)) cell(of, { kind: "not proven", why: server.reason });

  describe.skipIf(isMissing(server))(`users of ${columnOf(server)}`, () => {
    if (isMissing(server)) return;
    afterAll(() => server.stop());

    test(
      "the one that migrates needs what the report names, the application only the four rights on rows",
      proving(of, async () => {
        const { dsn, name } = await server.namespace();
        const as = (user: string): string => dsn.replace(/\/\/root[^@]*@/, `//${user}:password@`);
        expect(as("app")).not.toBe(dsn);
        expect(application.split(", ")).toHaveLength(4);
        await statements(
          server.dsn,
          "create user app@'%' identified by 'password'",
          "create user migrator@'%' identified by 'password'",
          `grant ${application} on ${name}.* to app@'%'`,
          `grant ${application}, ${migrator} on ${name}.* to migrator@'%'`,
        );
        const workloads = specFor(carried(spec), engine, "record");
        const project = await generateProject(`least-${engine}`, workloads);
        migrate(project.folder, { MAIN_URL: as("migrator") });
        const { configFromEnv, openDataLayer } =
          await project.load<DataModule<FullLayer & { close(): Promise<void> }>>(
            "src/data/index.ts",
          );
        const config = configFromEnv({ MAIN_URL: as("app") });
        const data = openDataLayer({ ...config, lifecycle: { signals: false } });
        try {
          for (const { run } of fullCases.filter(({ method }) => !(method in unserved)))
            await run(data);
        } finally {
          await data.close();
          project.remove();
        }
        await expect(statements(as("app"), "create table t (a int)")).rejects.toThrow(/denied/);
      }),
      240_000,
    );
  });
}
