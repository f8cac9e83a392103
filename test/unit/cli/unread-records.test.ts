// What no migration renames has to be looked for under the name that it has: a run that would lose sight of it is refused.
import { beforeAll, expect, test } from "vitest";
import { engines } from "../../../src/engines/registry.gen.ts";
import { cli, type GeneratedProject } from "../../support/generated-project.ts";
import { generation, isSliced } from "../../support/generation-run.ts";
import { project } from "./projects.ts";

const engine = engines.find(({ ports, schema }) => ports.includes("keyvalue") && !schema)?.id;

const spec = (field: string, more = "", name = "Visit"): string => `version: 1
project: desk
stores: { running: [${engine}] }
entities:
  Other:
    fields:
      id: { type: uuid, key: true }
  ${name}:${more}
    timestamps: false
    fields:
      id: { type: uuid, key: true }
      note: { type: string, max: 40 }
      ${field}
workloads:
  visits:
    kind: keyvalue
    entities: [Other, ${name}]
    access:
      Other: { get: {}, put: { op: upsert, ttl: 8h } }
      ${name}: { get: {}, put: { op: upsert, ttl: 8h } }
`;
const seenAt = "seenAt: { type: timestamp, nullable: true }";
const field = (name: string, more = ""): string =>
  `${name}: { type: timestamp, nullable: true${more} }`;

let at: GeneratedProject;
beforeAll(async () => {
  at = await project(spec(seenAt), "plan", "generate");
});

/** From the first spec over the given ones, what the last comes to. */
async function after(...specs: readonly string[]) {
  // Without the field first: whatever the test before left is forgotten then.
  for (const text of [spec(""), spec(seenAt), ...specs.slice(0, -1)]) {
    at.write("workloads.yaml", text);
    expect(await cli(at.folder, "generate")).toMatchObject({ status: 0 });
  }
  at.write("workloads.yaml", specs.at(-1) ?? "");
  return cli(at.folder, "generate");
}

test("a rename keeps the name in the store, and so does column: in its place", async () => {
  expect(await after(spec(field("lastSeen", ", was: seenAt")))).toMatchObject({ status: 0 });
  const adapter = at.read("src/data/stores/main/visit-repository.ts");
  expect(adapter).toContain('columns: ["id", "note", "seen_at"]');
  expect(adapter).toContain("lastSeen: codecs.lastSeen.decode(row[2])");
  const mapped = spec(field("lastSeen", ", column: seen_at"));
  at.write("workloads.yaml", mapped);
  expect(await cli(at.folder, "generate")).toMatchObject({ status: 0 });
});

test.each([
  [
    "was: that is taken out",
    [field("lastSeen", ", was: seenAt"), field("lastSeen")],
    "records hold lastSeen as seen_at, and it would be looked for as last_seen",
    "column: seen_at keeps what is stored",
  ],
  [
    "another column:",
    [field("seenAt", ", column: at")],
    "records hold seenAt as seen_at, and it would be looked for as at",
    "column: seen_at keeps what is stored",
  ],
  [
    "a third name with the second as its former one",
    [field("lastSeen", ", was: seenAt"), field("cameAt", ", was: lastSeen")],
    "records hold cameAt as seen_at, and it would be looked for as last_seen",
    "column: seen_at keeps what is stored",
  ],
])("%s is refused with what keeps it", async (_, fields, said, mend) => {
  const last = await after(...fields.map((each) => spec(each)));
  expect(last).toMatchObject({ status: 2, stderr: expect.stringContaining(said) });
  expect(last.stderr).toMatch(/^workloads\.yaml:13:7: /m);
  expect(last.stderr).toContain(mend);
  for (const command of ["plan", "check"])
    expect(await cli(at.folder, command)).toMatchObject({
      status: 2,
      stderr: expect.stringContaining(said),
    });
});

test("a third name is taken with the first as its former one, or with its column", async () => {
  const renamed = spec(field("lastSeen", ", was: seenAt"));
  expect(await after(renamed, spec(field("cameAt", ", was: seenAt")))).toMatchObject({ status: 0 });
  const mapped = spec(field("cameAt", ", was: lastSeen, column: seen_at"));
  expect(await after(renamed, mapped)).toMatchObject({ status: 0 });
});

test("what is left out of the spec once may come back under any name", async () => {
  expect(await after(spec(""), spec(field("seenAt", ", column: at")))).toMatchObject({ status: 0 });
});

test("keys keep what they begin with", async () => {
  const renamed = spec(seenAt, "\n    was: Visit\n    table: visits", "Call");
  const dropped = await after(renamed, spec(seenAt, "", "Call"));
  expect(dropped).toMatchObject({
    status: 2,
    stderr: expect.stringContaining(
      "the keys of its records begin with visits, and would be looked for under calls",
    ),
  });
  expect(dropped.stderr).toContain("table: visits keeps them");
});

test("a run that looks at what changed only leaves it to the whole one", async () => {
  at = await project(spec(seenAt), "plan");
  expect(generation(at.folder).status).toBe(0);
  at.write("workloads.yaml", spec(seenAt).replace("max: 40", "max: 50"));
  expect(isSliced(at.folder)).toBe(true);
  at.write("workloads.yaml", spec(field("seenAt", ", column: at")));
  expect(isSliced(at.folder)).toBe(false);
});
