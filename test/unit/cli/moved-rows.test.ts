// An authority that moves into another store leaves its rows behind: every command on the way says so, and somebody has to say that it is meant.
import { afterEach, expect, test } from "vitest";
import { cli, generateProject, type GeneratedProject } from "../../support/generated-project.ts";

const entities = `version: 1
project: desk
entities:
  Agent:
    fields:
      id: { type: uuid, key: true }
      email: { type: string, max: 100 }
  Session:
    fields:
      token: { type: string, key: true, max: 64, generated: caller }
      agentId: { type: uuid }
workloads:
  agents:
    kind: transactional
    entities: [Agent]
    access: { Agent: { get: {}, save: { op: upsert } } }
`;

const keyvalue = `${entities}  sessions:
    kind: keyvalue
    entities: [Session]
    scale: { rows: 50k, readsPerSecond: 2k, writesPerSecond: 200 }
    sla: { consistency: session }
    requires: [ttl]
    access: { Session: { get: {}, put: { op: upsert, ttl: 8h } } }
`;

const table = entities
  .replace("entities: [Agent]", "entities: [Agent, Session]")
  .replace("upsert } } }", "upsert } }, Session: { get: {}, put: { op: upsert } } }");

const moves =
  /Session moves from store \S+ \(\w+\) to store \S+ \(\w+\): its rows stay where they are/;

let at: GeneratedProject;
afterEach(() => at.remove());

const run = (...args: readonly string[]) => cli(at.folder, ...args);

test("from a store without migrations into one that has them", async () => {
  at = await generateProject("moved-into", keyvalue);
  at.write("workloads.yaml", table);
  const early = await run("generate");
  expect(early).toMatchObject({ status: 1, stderr: expect.stringMatching(moves) });
  const planned = await run("plan");
  expect(planned).toMatchObject({ status: 1, stderr: expect.stringMatching(moves) });
  const accepted = await run("plan", "--accept");
  expect(accepted).toMatchObject({ status: 0, stderr: expect.stringMatching(moves) });
  const refused = await run("migrate", "diff", "sessions");
  expect(refused).toMatchObject({ status: 1, stderr: expect.stringMatching(moves) });
  expect(refused.stderr).toContain("--allow-destructive sessions");
  const without = await run("generate");
  expect(without).toMatchObject({
    status: 1,
    stderr: expect.stringContaining("migrate diff NAME"),
  });
  const allowed = await run("migrate", "diff", "sessions", "--allow-destructive", "sessions");
  expect(allowed).toMatchObject({ status: 0, stderr: "" });
  const generated = await run("generate");
  expect(generated).toMatchObject({ status: 0, stderr: expect.stringMatching(moves) });
  const again = await run("generate");
  expect(again).toMatchObject({ status: 0, stderr: "" });
});

test("from a store with migrations into one that has none", async () => {
  at = await generateProject("moved-out", table);
  at.write("workloads.yaml", keyvalue);
  const accepted = await run("plan", "--accept");
  expect(accepted).toMatchObject({ status: 0, stderr: expect.stringMatching(moves) });
  const refused = await run("migrate", "diff", "sessions");
  expect(refused).toMatchObject({ status: 1, stderr: expect.stringContaining("would be lost") });
  const generated = await run("generate");
  expect(generated.stderr).toMatch(moves);
});

test("an entity that leaves the spec while a store without migrations holds it", async () => {
  const two = keyvalue
    .replace(
      "workloads:\n",
      `  Draft:
    table: unsent
    fields:
      id: { type: string, key: true, max: 64, generated: caller }
      text: { type: string, max: 100 }
workloads:
`,
    )
    .replace("entities: [Session]", "entities: [Session, Draft]")
    .replace("ttl: 8h } } }", "ttl: 8h } }, Draft: { get: {}, put: { op: upsert, ttl: 8h } } }");
  at = await generateProject("left-behind", two);
  const said =
    /note: Draft leaves the spec: its records stay in store \S+ \(\w[\w-]*\) under keys that begin with desk:unsent:, .* nothing remembers what type each of their fields had/;
  at.write("workloads.yaml", keyvalue);
  const planned = await run("plan", "--accept");
  expect(planned).toMatchObject({ status: 0, stderr: expect.stringMatching(said) });
  expect(planned.stderr).not.toContain("Session leaves");
  const generated = await run("generate");
  expect(generated).toMatchObject({ status: 0, stderr: expect.stringMatching(said) });
  const again = await run("generate");
  expect(again).toMatchObject({ status: 0, stderr: "" });
});
