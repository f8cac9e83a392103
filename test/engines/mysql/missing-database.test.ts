// A DSN that names no database of its server: every command tells which store that is, and ends as for a server that is away.
import { spawnSync } from "node:child_process";
import { afterAll, expect, test } from "vitest";
import { notProven, proving } from "../../support/closing-table.ts";
import { generateProject } from "../../support/generated-project.ts";
import { columnOf, isMissing, sharedServer } from "../servers.ts";

const spec = (engine: string): string => `version: 1
project: orders
stores: { running: [${engine}], hosting: self-managed }
entities:
  Order:
    fields:
      id: { type: uuid, key: true }
workloads:
  orders:
    kind: transactional
    entities: [Order]
    access: { Order: { get: {}, place: { op: insert } } }
`;

const commands = [
  ["migrate", "status"],
  ["migrate", "up"],
  ["migrate", "plan"],
  ["migrate", "down"],
  ["migrate", "verify"],
  ["migrate", "deploy-check"],
  ["migrate", "accept", "0001-initial"],
];

for (const engine of ["mysql", "mariadb"] as const) {
  const server = await sharedServer(engine);
  const title = "a database that is not there";
  const proof = { port: "migrations", engine: columnOf(server), method: title };
  if (isMissing(server)) {
    notProven(proof, [title], server.reason);
    continue;
  }
  const space = await server.namespace();
  const project = await generateProject(`missing-database-${engine}`, spec(engine));
  afterAll(async () => {
    project.remove();
    await space.drop();
  });
  const url = new URL(space.dsn);
  url.pathname = "/nodb";

  test(
    `${engine}: ${title} is told with its variable and host`,
    proving(proof, () => {
      for (const command of commands) {
        const { status, stdout, stderr } = spawnSync(
          process.execPath,
          ["--no-warnings", "src/data/cli.ts", ...command],
          {
            cwd: project.folder,
            env: { ...process.env, MAIN_URL: url.href },
            encoding: "utf8",
            timeout: 240_000,
          },
        );
        expect({ command, status, stdout, stderr }).toEqual({
          command,
          status: 3,
          stdout: "",
          stderr: `main (MAIN_URL: ${url.host}): Unknown database 'nodb'\ncreate the database, or check the name in the DSN\n`,
        });
      }
    }),
  );
}
