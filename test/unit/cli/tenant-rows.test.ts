// Tenants that are rows of an entity: the example and the tests that are generated work in a stored one.
import { spawnSync } from "node:child_process";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type GeneratedProject, generateProject } from "../../support/generated-project.ts";

const spec = `version: 1
project: desk
entities:
  Ticket:
    tenant: companyId
    fields:
      id: { type: uuid, key: true }
      companyId: { type: int, references: Company, onDelete: cascade }
      agentId: { type: uuid, references: Agent }
  Agent:
    tenant: companyId
    fields:
      id: { type: uuid, key: true }
      companyId: { type: int }
      name: { type: string }
  Company:
    fields:
      id: { type: int, key: true }
      name: { type: string }
workloads:
  desk:
    kind: transactional
    entities: [Company, Agent, Ticket]
    access:
      Company: { get: {}, add: { op: insert } }
      Agent: { get: {}, hire: { op: insert } }
      Ticket: { get: {}, open: { op: insert } }
`;

let project: GeneratedProject;
beforeAll(async () => {
  project = await generateProject("tenant-rows", spec);
}, 60_000);
afterAll(() => project.remove());

/** Node in the project, with an embedded store. */
function node(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--no-warnings", ...args], {
    cwd: project.folder,
    encoding: "utf8",
    env: { ...process.env, MAIN_URL: `pglite:${project.folder}/.data/main` },
    timeout: 120_000,
  });
  return { status, stdout, printed: stdout + stderr };
}

test("the example stores the tenant before it works in it", () => {
  expect(node("src/data/cli.ts", "migrate", "up")).toMatchObject({ status: 0 });
  const { status, printed } = node("src/example.ts");
  expect(status, printed).toBe(0);
  expect(printed).toContain("tenant.tickets.get {");
}, 120_000);

test("the generated tests store it for rows that refer to it, and for those that refer to these", () => {
  const { status, stdout, printed } = node("--test", "--test-reporter=tap", "test/**/*.test.ts");
  expect(status, printed).toBe(0);
  expect(stdout).toMatch(/^# fail 0$/m);
  expect(stdout).toMatch(/ok \d+ - tickets$/m);
  expect(stdout).toMatch(/^# skipped 0$/m);
}, 120_000);
