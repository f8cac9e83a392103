// What no migration renames has to be looked for under the name that it has: a run that would lose sight of it is refused.
import { beforeAll, describe, expect, test } from "vitest";
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

describe("a name that is used again", () => {
  // Names of their own: what records held once is not forgotten.
  const moment = (name: string) => `${name}: { type: timestamp, nullable: true }`;
  const count = (name: string, more = "") => `${name}: { type: int, default: 0${more} }`;

  test("is refused where records hold what would look like another value, however long ago", async () => {
    const other = spec("").replace("max: 40", "max: 41");
    const refused = await after(spec(moment("beat")), spec(""), other, spec(count("beat")));
    expect(refused).toMatchObject({ status: 2 });
    expect(refused.stderr).toMatch(/^workloads\.yaml:13:7: /m);
    expect(refused.stderr).toContain(
      "records of before may hold beat of a field that went, as timestamp (milliseconds since 1970), and it would be read as int (the value's own text)",
    );
    expect(refused.stderr).toContain("column: beat_2 keeps both apart");
    expect(at.read(".async-db-starter/entities/Visit.json")).toContain('"former": [');
    for (const command of ["plan", "check"])
      expect(await cli(at.folder, command)).toMatchObject({ status: 2 });
    for (const way of [count("beat", ", column: beat_2"), count("beat", ", column: beat")]) {
      at.write("workloads.yaml", spec(way));
      expect(await cli(at.folder, "generate")).toMatchObject({ status: 0, stderr: "" });
      at.write("workloads.yaml", spec(""));
      expect(await cli(at.folder, "generate")).toMatchObject({ status: 0 });
    }
  });

  test("is told where records hold text that is read as it says", async () => {
    const told = await after(spec(seenAt), spec(""), spec(seenAt));
    expect(told).toMatchObject({ status: 0 });
    expect(told.stderr).toContain(
      "note: records of before may hold seen_at of a field that Visit had once, and seenAt reads it: column: seen_at_2 keeps both apart",
    );
    at.write("workloads.yaml", spec(seenAt).replace("max: 40", "max: 42"));
    expect(await cli(at.folder, "generate")).toMatchObject({ status: 0, stderr: "" });
  });

  test("another type of the same field is refused where its texts are of another encoding", async () => {
    const refused = await after(spec(moment("tick")), spec(count("tick")));
    expect(refused).toMatchObject({ status: 2 });
    expect(refused.stderr).toContain(
      "records hold tick as timestamp (milliseconds since 1970), and it would be read as int (the value's own text): no migration converts a record",
    );
    expect(refused.stderr).toContain("add another field of the new type");
    const alike = await after(spec(count("ticks")), spec("ticks: { type: bigint, default: 0 }"));
    expect(alike).toMatchObject({ status: 0 });
  });

  test("another type that rounds the numbers of records is refused", async () => {
    const big = (name: string) => `${name}: { type: bigint, default: 0 }`;
    const real = (name: string, more = "") => `${name}: { type: float, default: 0${more} }`;
    const price = (precision: number) =>
      `price: { type: decimal, precision: ${precision}, scale: 2, default: "0" }`;
    const rounded = "and it would be read as float (rounded to its digits)";
    const kept = await after(spec(big("serial")), spec(real("serial")));
    expect(kept).toMatchObject({ status: 2 });
    expect(kept.stderr).toContain(`hold serial as bigint (the value's own text), ${rounded}`);
    const gone = await after(spec(big("mark")), spec(""), spec(real("mark")));
    expect(gone).toMatchObject({ status: 2, stderr: expect.stringContaining(rounded) });
    at.write("workloads.yaml", spec(real("mark", ", column: mark_2")));
    expect(await cli(at.folder, "generate")).toMatchObject({ status: 0 });
    const long = await after(spec(price(16)), spec(real("price")));
    expect(long).toMatchObject({ status: 2 });
    expect(long.stderr).toContain(`decimal(16, 2) (the value's own text), ${rounded}`);
    expect(await after(spec(price(15)), spec(real("price")))).toMatchObject({ status: 0 });
  });
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
