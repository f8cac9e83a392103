// plan, explain, generate, check and doctor on a project's folder: what is written, refused and said.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { cli } from "../../support/generated-project.ts";
import { project, small } from "./projects.ts";

test("plan writes a missing lock, takes up a new workload, and shows a changed decision until --accept", async () => {
  const at = await project(small);
  expect(await cli(at.folder, "plan")).toMatchObject({ status: 0, stderr: "" });
  const lock = at.read("workloads.lock.json");
  expect(await cli(at.folder, "plan")).toMatchObject({ status: 0, stderr: "" });
  expect(at.read("workloads.lock.json")).toBe(lock);

  const cache = (scale: string): string =>
    small.replace("workloads:\n", `workloads:\n  recent: { kind: cache, from: Note${scale} }\n`);
  at.write("workloads.yaml", cache(""));
  expect((await cli(at.folder, "plan")).status).toBe(0);
  const cached = at.read("workloads.lock.json");
  at.write("workloads.yaml", cache(", scale: { processes: 4 }"));
  const changed = await cli(at.folder, "plan");
  expect(changed.status).toBe(1);
  expect(changed.stderr).toMatch(/recent[^]*plan --accept/);
  expect(at.read("workloads.lock.json")).toBe(cached);
  expect((await cli(at.folder, "plan", "--accept")).status).toBe(0);
  expect(at.read("workloads.lock.json")).not.toBe(cached);
  expect((await cli(at.folder, "plan")).status).toBe(0);
});

test("a lock that a new plan would change is told with what it would decide", async () => {
  const cache = (memory: string): string =>
    small.replace(
      "workloads:\n",
      `workloads:\n  recent: { kind: cache, from: Note, memory: ${memory} }\n`,
    );
  const at = await project(cache("64MiB"), "plan", "generate");
  at.write("workloads.yaml", cache("4GiB"));
  for (const [command, status] of [
    ["check", 1],
    ["generate", 0],
    ["check", 1],
  ] as const) {
    const told = await cli(at.folder, command);
    expect(told).toMatchObject({ status });
    expect(told.stderr).toMatch(/recent: engine memory \(store \S+\) → redis \(store \S+\)/);
    expect(told.stderr).toMatch(/plan --accept/);
  }
  expect(await cli(at.folder, "plan", "--accept")).toMatchObject({ status: 0 });
  expect((await cli(at.folder, "generate")).stderr).not.toContain("engine memory");
});

test("plan --what-if answers and writes nothing", async () => {
  const at = await project(small);
  const { status, stdout } = await cli(
    at.folder,
    "plan",
    "--what-if",
    "workloads.notes.scale.rows=10M",
  );
  expect(status).toBe(0);
  expect(stdout).toContain("with workloads.notes.scale.rows=10M");
  expect(readdirSync(at.folder)).toEqual(["workloads.yaml"]);
  const wrong = await cli(at.folder, "plan", "--what-if", "workloads.nothing.scale.rows=1");
  expect(wrong.status).toBe(2);
});

test("a lock that cannot be read is wrong input, and is not overwritten", async () => {
  const at = await project(small);
  at.write("workloads.lock.json", "{ not json");
  for (const command of ["plan", "generate", "check", "doctor"]) {
    const { status, stderr } = await cli(at.folder, command);
    expect({ command, status }).toEqual({ command, status: 2 });
    expect(stderr).toMatch(/workloads\.lock\.json: .*[^]*restore it/);
  }
  expect(at.read("workloads.lock.json")).toBe("{ not json");
});

test("explain names the workloads there are", async () => {
  const at = await project(small);
  const known = await cli(at.folder, "explain", "notes");
  expect(known).toMatchObject({ status: 0, stderr: "" });
  expect(known.stdout).toContain("notes");
  const unknown = await cli(at.folder, "explain", "nothing");
  expect(unknown.status).toBe(2);
  expect(unknown.stderr).toMatch(/no workload "nothing"[^]*workloads of workloads\.yaml: notes/);
});

test.each(["generate", "check"])("%s without a lock is a finding that names plan", async (name) => {
  const at = await project(small);
  const { status, stderr } = await cli(at.folder, name);
  expect(status).toBe(1);
  expect(stderr).toMatch(/workloads\.lock\.json is missing[^]*async-db-starter plan/);
  expect(readdirSync(at.folder)).toEqual(["workloads.yaml"]);
});

test("a hand change of a generated file is kept, named, and merged with what comes new", async () => {
  const at = await project(small, "plan", "generate");
  const path = "src/data/ports/note-repository.ts";
  at.write(path, `${at.read(path)}// mine\n`);
  for (const command of ["generate", "check"]) {
    const { status, stderr } = await cli(at.folder, command);
    expect({ command, status }).toEqual({ command, status: 0 });
    expect(stderr).toContain(path);
  }
  at.write(
    "workloads.yaml",
    small.replace("{ get: {}, add", "{ get: {}, put: { op: upsert }, add"),
  );
  await cli(at.folder, "plan", "--accept");
  const { status, stderr } = await cli(at.folder, "generate");
  expect({ status, stderr }).toEqual({ status: 0, stderr: `merged: ${path}, your change kept\n` });
  expect(at.read(path)).toMatch(/ put\([^]*\/\/ mine\n$/);
  expect(at.read("src/data/stores/main/note-repository.ts")).toContain("put");
});

test("a dry run of an interrupted tree reports it and leaves the journal to the next real run", async () => {
  const at = await project(small, "plan", "generate");
  const journal = ".async-db-starter/.cache/journal.json";
  const text = JSON.stringify({ version: 1, phase: "staging", entries: [] });
  at.write(journal, text);
  for (const args of [["check"], ["generate", "--dry-run"], ["generate", "--diff"]]) {
    const { status, stderr } = await cli(at.folder, ...args);
    expect({ args, status }).toEqual({ args, status: 1 });
    expect(stderr).toMatch(/interrupted while it wrote; run generate/);
    expect(at.read(journal)).toBe(text);
  }
  expect(await cli(at.folder, "generate")).toMatchObject({ status: 0, stderr: "" });
  expect(existsSync(join(at.folder, journal))).toBe(false);
});

test("check: clean after generate, drift with its diff, CRLF is no drift", async () => {
  const at = await project(small, "plan", "generate");
  expect(await cli(at.folder, "check")).toMatchObject({ status: 0, stderr: "" });
  for (const path of ["src/data/index.ts", "migrations/main/0001-initial.up.sql"])
    at.write(path, at.read(path).replaceAll("\n", "\r\n"));
  expect(await cli(at.folder, "check")).toMatchObject({ status: 0, stderr: "" });
  const commented = small.replace(
    "text: { type: text }",
    "text: { type: text, comment: Its words. }",
  );
  at.write("workloads.yaml", commented);
  const before = statSync(join(at.folder, "src/data/domain/note.ts")).mtimeMs;
  const { status, stdout, stderr } = await cli(at.folder, "check");
  expect(status).toBe(1);
  expect(stdout).toMatch(/^\+ *\/\*\* Its words\. \*\/$/m);
  expect(stderr).toContain("async-db-starter generate");
  expect(statSync(join(at.folder, "src/data/domain/note.ts")).mtimeMs).toBe(before);
});

test("generate --dry-run and --diff write nothing and end with 1 when there is something to write", async () => {
  const at = await project(small, "plan");
  const dry = await cli(at.folder, "generate", "--dry-run");
  expect(dry).toMatchObject({ status: 1, stderr: "" });
  expect(dry.stdout).toContain("create src/data/index.ts");
  expect((await cli(at.folder, "generate", "--diff")).stdout).toContain("+++ b/src/data/index.ts");
  expect(existsSync(join(at.folder, "src"))).toBe(false);
  expect((await cli(at.folder, "generate")).status).toBe(0);
  expect((await cli(at.folder, "generate", "--dry-run")).status).toBe(0);
});

test("doctor says what is missing, step by step", async () => {
  const at = await project(small);
  const first = await cli(at.folder, "doctor");
  expect(first.status).toBe(3);
  expect(first.stderr).toMatch(/lock: .*missing.*plan/);
  expect(first.stderr).toMatch(/data layer: is not generated yet; async-db-starter generate/);
  await cli(at.folder, "plan");
  await cli(at.folder, "generate");
  const down = await cli(at.folder, "doctor");
  expect(down.status).toBe(3);
  expect(down.stderr).toMatch(/MAIN_URL/);
  at.write(".env", "MAIN_URL=postgresql://app:sentinel-secret@127.0.0.1:9/none\n");
  const closed = await cli(at.folder, "doctor");
  expect(closed.status).toBe(3);
  expect(closed.stderr).toMatch(/store main: down.*where MAIN_URL says; docker compose up/);
  expect(closed.stdout + closed.stderr).not.toContain("sentinel-secret");
}, 60_000);

test("a package of the user's own: what it lacks is said when it is found, and by doctor", async () => {
  // Elsewhere, since below this checkout every package would be found.
  const folder = mkdtempSync(join(tmpdir(), "existing-package-"));
  try {
    writeFileSync(join(folder, "workloads.yaml"), small);
    const own = { name: "service", type: "module", dependencies: { zod: "^4.0.0" } };
    writeFileSync(join(folder, "package.json"), JSON.stringify(own));
    await cli(folder, "--quiet", "plan");
    const first = await cli(folder, "generate");
    expect(first.stdout).toMatch(/package\.json is left alone; merge these[^]*"db": "node/);
    expect(first.stdout).toContain(`"@opentelemetry/api": "^`);
    expect(first.stdout).not.toMatch(/"zod"|"type"/);
    expect((await cli(folder, "generate")).stdout).not.toContain("merge these");
    const { status, stderr } = await cli(folder, "doctor");
    expect(status).toBe(3);
    expect(stderr).toMatch(/package: zod is not installed; npm install\n/);
    expect(stderr).toMatch(
      /@opentelemetry\/api is not installed; package\.json does not name it: npm install "@opentelemetry\/api@\^/,
    );
    expect(stderr).toMatch(/does not name it: npm install -D "@types\/pg@/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("doctor refuses a package whose files are CommonJS", async () => {
  const at = await project(small);
  at.write("package.json", JSON.stringify({ name: "service", type: "commonjs" }));
  const { status, stderr } = await cli(at.folder, "doctor");
  expect(status).toBe(3);
  expect(stderr).toMatch(/modules: package\.json says "type": "commonjs".*; set "type": "module"/);
});

test("a store that comes later: generate names the package and the variable that it needs", async () => {
  const at = await project(small, "plan", "generate");
  at.write(".env", "MAIN_URL=pglite:./.data\n");
  at.write(
    "workloads.yaml",
    small.replace(
      "workloads:\n",
      "workloads:\n  recent: { kind: cache, from: Note, memory: 4GiB }\n",
    ),
  );
  expect(await cli(at.folder, "plan")).toMatchObject({ status: 0 });
  const { status, stderr } = await cli(at.folder, "generate");
  expect(status).toBe(0);
  expect(stderr).toMatch(/package\.json lacks packages: npm install "ioredis@\^\d/);
  expect(stderr).toMatch(/\.env has no CACHE_URL.*: CACHE_URL=redis:\/\/127\.0\.0\.1:6379/);
});

test("doctor is content with a migrated embedded store", async () => {
  const at = await project(small, "plan", "generate");
  at.write(".env", "MAIN_URL=pglite:./.data\n");
  // The first start makes the database, which may take longer than a health check waits on a busy machine.
  const migrate = ["--env-file=.env", "--no-warnings", "src/data/cli.ts", "migrate", "up"];
  expect(spawnSync(process.execPath, migrate, { cwd: at.folder }).status).toBe(0);
  const { status, stdout } = await cli(at.folder, "doctor");
  expect(stdout).toMatch(/store main: (?:up|degraded)/);
  expect(status).toBe(0);
}, 120_000);

test("two specs cannot share a package: the second is refused, nothing of the first is touched", async () => {
  const at = await project(small, "plan", "generate");
  at.write("other.yaml", small.replaceAll("Note", "Memo").replaceAll("notes", "memos"));
  await cli(at.folder, "--spec", "other.yaml", "plan");
  const before = readdirSync(at.folder, { recursive: true });
  for (const command of ["generate", "check"]) {
    const { status, stderr } = await cli(at.folder, "--spec", "other.yaml", command);
    expect({ command, status }).toEqual({ command, status: 2 });
    expect(stderr).toMatch(/generated from workloads\.yaml already[^]*package/);
  }
  expect(readdirSync(at.folder, { recursive: true })).toEqual(before);
  // A spec that was renamed is still the package's own.
  rmSync(join(at.folder, "workloads.yaml"));
  at.write("other.yaml", small);
  await cli(at.folder, "--spec", "other.yaml", "plan", "--accept");
  expect((await cli(at.folder, "--spec", "other.yaml", "generate")).status).toBe(0);
});
