// doctor: what it says of DSNs that are missing and of a store in process that does not open.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { cli } from "../../support/generated-project.ts";
import { project, small } from "./projects.ts";

// It runs the project's own health command, which starts PGlite.
vi.setConfig({ testTimeout: 120_000 });

const two = `${small.replace("project: small\n", "project: small\nstores: { never: [memory], running: [redis] }\n")}  recent: { kind: cache, ttl: 30m }
`;

test("every DSN that is missing is named at once", async () => {
  const at = await project(two, "plan", "generate");
  const { status, stderr } = await cli(at.folder, "doctor");
  expect(status).toBe(3);
  expect(stderr).toMatch(/fail {2}stores: MAIN_URL, CACHE_URL are not set; for example\n/);
  expect(stderr).toMatch(/^ {2}MAIN_URL=pglite:[^]*^ {2}CACHE_URL=redis:/m);
});

test("of a folder that PGlite cannot open no server is looked for", async () => {
  const at = await project(small, "plan", "generate");
  at.write(".env", "MAIN_URL=pglite:./.data/main\n");
  mkdirSync(join(at.folder, ".data/main"), { recursive: true });
  at.write(".data/main/PG_VERSION", "18\n");
  const { status, stderr } = await cli(at.folder, "doctor");
  expect(status).toBe(3);
  const place = join(at.folder, ".data/main");
  expect(stderr).toContain(`the database in ${place} does not open`);
  expect(stderr).toContain("move the folder away and begin anew");
  expect(stderr).not.toMatch(/server|compose/);
});

test("a project that is built before it runs is asked through its build", async () => {
  const at = await project(`${small}output: { importExtension: .js }\n`, "plan", "generate");
  const { stderr } = await cli(at.folder, "doctor");
  expect(stderr).toBe("fail  build: dist/src/data/cli.js is missing; npm run build\n");
  mkdirSync(join(at.folder, "dist/src/data"), { recursive: true });
  const report = { stores: [{ store: "main", state: "up", latencyMs: 1 }] };
  at.write("dist/src/data/cli.js", `console.log(${JSON.stringify(JSON.stringify(report))});\n`);
  const { status, stdout } = await cli(at.folder, "doctor");
  expect({ status, lines: stdout.trimEnd().split("\n").slice(-1) }).toEqual({
    status: 0,
    lines: ["ok    store main: up, 1 ms"],
  });
});
