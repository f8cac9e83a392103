// A database that the server does not have, as a generated project tells it: its health, `doctor`, and the configuration.
import { expect, test, vi } from "vitest";
import { project } from "../../unit/cli/projects.ts";
import { cli } from "../../support/generated-project.ts";
import { cell } from "../../support/closing-table.ts";
import { columnOf, isMissing, privateServer } from "../servers.ts";

vi.setConfig({ testTimeout: 120_000 });

const server = await privateServer("redis", { settings: { databases: "16" } });
const of = { port: "keyvalue", engine: columnOf(server), method: "missing database" };
if (isMissing(server)) cell(of, { kind: "not proven", why: server.reason });

const spec = `version: 1
project: small
stores: { running: [redis] }
entities:
  Session:
    fields:
      id: { type: string, max: 64, key: true }
workloads:
  sessions: { kind: keyvalue, entities: [Session], access: { Session: { get: {}, save: { op: upsert, ttl: 1h } } } }
`;

test.skipIf(isMissing(server))("doctor names store, number and mend", async () => {
  if (isMissing(server)) return;
  try {
    const at = await project(spec, "plan", "generate");
    const doctor = async (path: string): Promise<string> => {
      at.write(".env", `MAIN_URL=${server.dsn}${path}\n`);
      const { status, stderr } = await cli(at.folder, "doctor");
      expect(status).toBe(path === "/15" ? 0 : 3);
      return stderr;
    };
    expect(await doctor("/15")).toBe("");
    const missing = await doctor("/99");
    expect(missing).toMatch(
      /^fail {2}store main: down, \d+ ms, [\d.:]+: the server has no database 99, which MAIN_URL names; .*`databases` in redis\.conf/,
    );
    expect(missing).not.toContain("look whether its server runs");
    expect(await doctor("/app")).toBe(
      "fail  stores: the path of MAIN_URL is not the number of a database; a Redis database has no name: end the DSN with a number, such as /0\n",
    );
    cell(of, { kind: "proven" });
  } finally {
    await server.stop();
  }
});
