/** A snapshot that git could not merge, or that was merged into what no migration makes, is written anew where the migrations are shown to make what the spec says. */
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { cli, type GeneratedProject } from "../../support/generated-project.ts";
import { git } from "../../support/git.ts";
import { project } from "../../unit/cli/projects.ts";

const spec = (...fields: readonly string[]): string => `version: 1
project: library
entities:
  Book:
    fields:
      id: { type: uuid, key: true }
      title: { type: string, max: 200 }
${fields.map((field) => `      ${field}\n`).join("")}workloads:
  books: { kind: transactional, entities: [Book], access: { Book: { get: {} } } }
`;
const mood = "mood: { type: int, nullable: true }";
const rating = "rating: { type: string, max: 9, nullable: true }";
const snapshot = ".async-db-starter/schema/main";
const damaged = `${snapshot}/books.json`;

let at: GeneratedProject;
/** Two branches each add a field at one place, and git merges them as far as it can; the spec is put right by hand. */
beforeEach(async () => {
  at = await project(spec(), "plan", "generate");
  git(at.folder, "init", "--quiet", "--initial-branch=main");
  const commit = (message: string): void => {
    git(at.folder, "add", "workloads.yaml", "migrations", snapshot);
    git(at.folder, "commit", "--quiet", "--message", message);
  };
  commit("init");
  for (const [branch, field] of [
    ["mood", mood],
    ["rating", rating],
  ] as const) {
    git(at.folder, "checkout", "--quiet", "-b", branch, "main");
    at.write("workloads.yaml", spec(field));
    expect(await said("migrate", "diff", branch)).toMatchObject({ status: 0 });
    commit(branch);
  }
  expect(() => git(at.folder, "merge", "--quiet", "--no-edit", "mood")).toThrow();
  at.write("workloads.yaml", spec(mood, rating));
});

const said = async (...args: readonly string[]) => {
  const { status, stdout, stderr } = await cli(at.folder, ...args);
  return { status, text: stdout + stderr };
};
const rebuild = ["migrate", "diff", "--rebuild-snapshot"] as const;
const filesOf = (): readonly string[] =>
  [snapshot, "migrations/main"].flatMap((folder) =>
    readdirSync(join(at.folder, folder))
      .toSorted()
      .map((name) => `${folder}/${name}: ${at.read(`${folder}/${name}`)}`),
  );

/** As a project that never had two branches has it. */
async function isWhole(): Promise<void> {
  expect(await said("migrate", "diff")).toEqual({
    status: 0,
    text: "nothing to migrate: the migrations make what the spec says\n",
  });
  const fresh = await project(spec(mood, rating), "plan", "generate");
  expect(at.read(damaged)).toBe(fresh.read(damaged));
  expect(at.read("migrations/main/schema.sql")).toBe(fresh.read("migrations/main/schema.sql"));
  expect(filesOf().filter((text) => /^(?:<{7}|={7}|>{7})/m.test(text))).toEqual([]);
}

test("markers of git: each command names the one that mends it", async () => {
  expect(at.read(damaged)).toMatch(/^<{7} /m);
  for (const command of [["generate"], ["check"], ["migrate", "diff", "more"]]) {
    const { status, text } = await said(...command);
    expect([command, status]).toEqual([command, 1]);
    expect(text).toContain(
      `${damaged} cannot be read: it holds merge markers; async-db-starter migrate diff --rebuild-snapshot writes it anew; or`,
    );
  }
  const before = filesOf();
  expect(await said(...rebuild, "--dry-run")).toMatchObject({ status: 0 });
  expect(filesOf()).toEqual(before);
  const { status, text } = await said(...rebuild);
  expect([status, text]).toEqual([0, expect.stringContaining(`written: ${damaged}`)]);
  await isWhole();
  expect(await said(...rebuild)).toEqual({
    status: 0,
    text: "nothing to rebuild: each snapshot is what the spec says\n",
  });
});

test("one branch's side taken for the whole: the change of the other is not made twice", async () => {
  git(at.folder, "checkout", "--ours", "--", damaged, "migrations/main/schema.sql");
  const planned = await said("migrate", "diff", "--dry-run");
  expect(planned.status).toBe(1);
  expect(planned.text).toContain("without 0002-mood: one side of a merge was taken for the whole");
  expect(planned.text).not.toContain("column mood is added");
  expect(await said(...rebuild)).toMatchObject({ status: 0 });
  await isWhole();
});

test("a spec that asks for more than the migrations make: told, and nothing is written", async () => {
  at.write("workloads.yaml", spec(mood, rating, "more: { type: int, nullable: true }"));
  const before = filesOf();
  const { status, text } = await said(...rebuild);
  expect(status).toBe(1);
  expect(text).toMatch(/what all migrations make is not what the spec says: main: .*more/);
  expect(text).toContain("nothing was written");
  expect(filesOf()).toEqual(before);
});

test("a migration that is gone stays a finding, and a change cannot be asked for at once", async () => {
  rmSync(join(at.folder, "migrations/main/0002-mood.json"));
  const { status, text } = await said(...rebuild);
  expect(status).toBe(1);
  expect(text).toContain("0002-mood is not there");
  expect(await said(...rebuild, "name")).toMatchObject({ status: 2 });
});
