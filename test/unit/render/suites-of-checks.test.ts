// Samples of generated tests, the example and the rows of a rehearsal hold checks that compare fields: run on an embedded store.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { repositoryRoot } from "../../../src/build/root.ts";
import { cli, type GeneratedProject, generateProject } from "../../support/generated-project.ts";

const spec = `version: 1
project: bookings
entities:
  Booking:
    version: true
    timestamps: true
    fields:
      id: { type: uuid, key: true }
      departure: { type: date }
      arrival: { type: date }
      confirmedAt: { type: timestamp, nullable: true }
      requestedAt: { type: timestamp }
      expiresAt: { type: timestamp, nullable: true }
      beds: { type: int }
      guests: { type: int, default: 2 }
      paid: { type: decimal, precision: 8, scale: 2 }
      price: { type: decimal, precision: 8, scale: 2 }
      discount: { type: decimal, precision: 4, scale: 2 }
      lowest: { type: int, min: 0, max: 100, nullable: true }
      highest: { type: int, min: 0, max: 100, nullable: true }
      debit: { type: bigint }
      credit: { type: bigint }
    checks:
      leavesAfterArrival: "departure > arrival"
      confirmedAfterRequest: "confirmed_at >= requested_at"
      expiresLater: "expires_at > created_at"
      hasBeds: "beds between 1 and 8"
      fits: "guests <= beds"
      paidAtMost: "paid <= price and price > 10"
      aPart: "discount > 0 and discount < 1"
      ordered: "lowest < highest"
      other: "debit <> credit"
  Slot:
    fields:
      number: { type: int, key: true }
      begins: { type: date, unique: true }
      ends: { type: date, unique: true }
      first: { type: int, unique: true }
      last: { type: int, unique: true }
    checks:
      endsLater: "ends > begins and begins >= '2030-01-01'"
      lastLater: "last >= first"
  Step:
    owner: Booking
    fields:
      at: { type: int, key: true }
      from: { type: timestamp }
      until: { type: timestamp }
    checks: { forward: '"until" > "from"' }
workloads:
  rooms:
    kind: transactional
    entities: [Booking, Slot]
    access:
      Booking:
        get: {}
        add: { op: insert }
        change: { op: patch, fields: [arrival, departure, confirmedAt, requestedAt, beds, paid, price, lowest, highest] }
        byArrival: { op: list, where: [arrival.range], orderBy: [arrival] }
        byRequest: { op: list, where: [requestedAt.range, guests], orderBy: [requestedAt, paid] }
      Slot:
        get: {}
        put: { op: upsert }
`;

let project: GeneratedProject;
beforeAll(async () => {
  project = await generateProject("checks", spec);
});
afterAll(() => project?.remove());

function node(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: project.folder,
    encoding: "utf8",
    env: { ...process.env, MAIN_URL: `pglite:${project.folder}/.data/main` },
    timeout: 200_000,
  });
  return { status, printed: stdout + stderr };
}

test("the generated tests compile and pass", () => {
  const tsc = join(repositoryRoot, "node_modules/typescript/bin/tsc");
  expect(node(tsc, "--noEmit", "-p", ".")).toEqual({ status: 0, printed: "" });
  const { status, printed } = node("--test", "--test-reporter=tap", "test/**/*.test.ts");
  expect(printed).toMatch(/^# fail 0$/m);
  expect(printed).toMatch(/^# cancelled 0$/m);
  expect(printed).toMatch(/^# skipped 0$/m);
  expect(status).toBe(0);
}, 200_000);

test("the example stores its rows, in one run after another", async () => {
  expect(node("src/data/cli.ts", "migrate", "up")).toMatchObject({ status: 0 });
  for (const run of [1, 2]) {
    const { status, printed } = node("src/example.ts");
    expect(status, `run ${run}: ${printed}`).toBe(0);
    // Whole numbers are the clock's seconds.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
}, 120_000);

test("a rehearsal fills each table", async () => {
  const changed = spec.replace(
    "      ends:",
    "      note: { type: text, nullable: true }\n      ends:",
  );
  project.write("workloads.yaml", changed);
  expect(await cli(project.folder, "--quiet", "generate")).toMatchObject({ status: 0 });
  expect(await cli(project.folder, "migrate", "diff", "add-note")).toMatchObject({ status: 0 });
  const { status, stdout } = await cli(project.folder, "--json", "migrate", "rehearse");
  const [report] = JSON.parse(stdout).stores;
  expect(report.findings).toEqual([]);
  expect(report.filled).toEqual([
    { part: "bookings", rows: 1000 },
    { part: "operation", rows: 1000 },
    { part: "slots", rows: 1000 },
    { part: "steps", rows: 1000 },
  ]);
  expect(status).toBe(0);
}, 120_000);
