// Generated tests and the example of models whose samples once met in a key or a unique group: run on an embedded store.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { repositoryRoot } from "../../../src/build/root.ts";
import { type GeneratedProject, generateProject } from "../../support/generated-project.ts";

const spec = `version: 1
project: uniques
entities:
  User:
    fields:
      id: { type: uuid, key: true }
      email: { type: string, unique: true }
  Account:
    fields:
      id: { type: uuid, key: true }
      userId: { type: uuid, references: User, unique: true }
      plan: { type: string }
  Membership:
    fields:
      userId: { type: uuid, key: true, references: User }
      accountId: { type: uuid, key: true, references: Account }
      badge: { type: string, unique: true }
      role: { type: string }
  Room:
    fields:
      id: { type: uuid, key: true }
      code: { type: string, max: 3, unique: true }
      shelf: { type: int, max: 500, unique: true }
  Booking:
    fields:
      id: { type: uuid, key: true }
      roomId: { type: uuid, references: Room, onDelete: restrict }
      slot: { type: date }
    unique: [[roomId, slot]]
  Profile:
    softDelete: true
    fields:
      roomId: { type: uuid, key: true, references: Room, onDelete: cascade }
      open: { type: boolean, default: true }
  Visit:
    fields:
      id: { type: uuid, key: true }
      profileId: { type: uuid, references: Profile }
  Grade:
    fields:
      stars: { type: int, min: 1, max: 5, key: true }
  Review:
    fields:
      id: { type: uuid, key: true }
      stars: { type: int, references: Grade }
  Switch:
    version: true
    softDelete: true
    audit: true
    fields:
      id: { type: uuid, key: true }
      on: { type: boolean, unique: true }
      note: { type: string, max: 40, nullable: true }
      level: { type: int, min: 0, max: 9, default: 3 }
  Size:
    fields:
      id: { type: uuid, key: true }
      label: { type: enum, values: [s, m, l], unique: true }
      sort: { type: int }
  Hue:
    fields:
      id: { type: uuid, key: true }
      name: { type: enum, values: [red, green, blue], unique: true }
      note: { type: text }
      light: { type: vector, dimensions: 4, metric: l2 }
workloads:
  w:
    kind: transactional
    entities: [User, Account, Membership, Room, Booking, Profile, Visit, Grade, Review, Switch, Size, Hue]
    access:
      User: { get: {}, add: { op: insert } }
      Account:
        get: {}
        add: { op: insert }
        edit: { op: patch }
        ofUser: { op: list, where: [userId], page: none }
      Membership:
        get: {}
        add: { op: insert }
        ofUser: { op: list, where: [userId] }
        ofAccount: { op: list, where: [accountId] }
        remove: { op: delete }
      Room: { get: {}, add: { op: insert } }
      Booking: { get: {}, place: { op: insert }, ofRoom: { op: list, where: [roomId], orderBy: [-slot] } }
      Profile: { get: {}, add: { op: insert }, edit: { op: patch }, remove: { op: delete } }
      Visit: { get: {}, add: { op: insert }, ofProfile: { op: list, where: [profileId] } }
      Grade: { get: {}, add: { op: insert } }
      Review: { get: {}, add: { op: insert } }
      Switch:
        get: {}
        add: { op: insert }
        edit: { op: patch }
        remove: { op: delete }
        history: {}
        raise: { op: increment, field: level, ceiling: 9 }
        all: { op: list, orderBy: [note], page: keyset }
      Size:
        get: {}
        add: { op: insert }
        addAll: { op: insert, bulk: true }
        edit: { op: patch, fields: [label] }
        change: { op: patch, fields: [sort] }
        put: { op: upsert }
        remove: { op: delete }
        bySort: { op: list, where: [sort], page: none }
      Hue: { get: {}, add: { op: insert } }
  hue-search:
    kind: search
    from: Hue
    fields: { note: {} }
    access: { find: { text: [note], filter: [name], page: keyset } }
  near-hues:
    { kind: vector, from: Hue, field: light, access: { nearest: { filter: [name], hybridWith: hue-search } } }
`;

let project: GeneratedProject;
beforeAll(async () => {
  project = await generateProject("uniques", spec);
});
afterAll(() => project?.remove());

function node(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--no-warnings", ...args], {
    cwd: project.folder,
    encoding: "utf8",
    env: { ...process.env, MAIN_URL: `pglite:${project.folder}/.data/main` },
    timeout: 200_000,
  });
  return { status, printed: stdout + stderr };
}

test("the suites compile and pass; where values that must be unique are few, what needs more rows says so by name, and all else runs", () => {
  const tsc = join(repositoryRoot, "node_modules/typescript/bin/tsc");
  expect(node(tsc, "--noEmit", "-p", ".")).toEqual({ status: 0, printed: "" });
  const { status, printed } = node("--test", "--test-reporter=tap", "test/**/*.test.ts");
  expect(status, printed).toBe(0);
  expect(printed).toMatch(/^# fail 0$/m);
  const skipped = [
    ...printed.matchAll(/ok \d+ - (.*) # SKIP not tested: (\w+) must be unique, and /g),
  ];
  expect(skipped.map(([, title, field]) => `${field}: ${title}`)).toEqual([
    "on: fills in what is left out",
    "on: edit changes the given properties of one row",
    "on: remove removes one row",
    "on: raise adds within its limits",
    "label: edit changes the given properties of one row",
  ]);
  expect(printed).toMatch(new RegExp(`^# skipped ${skipped.length}$`, "m"));
  for (const suite of [
    "accounts",
    "memberships",
    "bookings",
    "profiles",
    "visits",
    "reviews",
    "grades",
    "switches",
    "sizes",
    "hues",
    "hueSearch",
    "nearHues",
  ])
    expect(printed).toMatch(new RegExp(`ok \\d+ - ${suite}$`, "m"));
}, 240_000);

test("the example stores what must be unique within its bounds, in one run after another", async () => {
  const text = project.read("src/example.ts");
  expect(text).toContain("code: run.slice(-3),");
  expect(text).toContain("shelf: Math.floor(Date.now() / 1000) % 501,");
  expect(node("src/data/cli.ts", "migrate", "up")).toMatchObject({ status: 0 });
  for (const run of [1, 2]) {
    const { status, printed } = node("src/example.ts");
    expect(status, `run ${run}: ${printed}`).toBe(0);
    // Whole numbers are the clock's seconds.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
}, 120_000);
