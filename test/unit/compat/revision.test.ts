// The spec at a revision: read from the repository's objects, never from the work tree, never through a shell, hook or filter.
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Failure } from "../../../src/cli/failure.ts";
import { revisionOf } from "../../../src/cli/git.ts";
import { loadSpec } from "../../../src/spec/load.ts";
import { cli } from "../../support/generated-project.ts";
import { commitAll, git } from "../../support/git.ts";
import { library } from "./versions.ts";

const root = realpathSync(mkdtempSync(join(tmpdir(), "revision-")));
const folder = join(root, "services/library");

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

beforeAll(() => {
  write("services/library/workloads.yaml", `${library}include: [parts/*.yaml]\n`);
  write(
    "services/library/parts/a.yaml",
    "entities: { Reader: { fields: { id: { type: uuid, key: true }, card: { type: json, schema: ./schemas/card.json } } } }\n",
  );
  write("services/library/schemas/card.json", '{ "type": "object" }\n');
  write("outside.yaml", "entities: {}\n");
  symlinkSync("../../outside.yaml", join(folder, "leads-out.yaml"));
  symlinkSync("workloads.yaml", join(folder, "link.yaml"));
  symlinkSync("loop.yaml", join(folder, "loop.yaml"));
  commitAll(root, "first");
  git(root, "tag", "v1");
  rmSync(join(folder, "parts"), { recursive: true });
  write("services/library/workloads.yaml", "version: 1\n");
  commitAll(root, "second");
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const read = (name: string, path: string, maxBytes = 1e6) =>
  revisionOf(folder, name).files.read(path, maxBytes);

test("a spec in a folder of the repository, with what it includes and the JSON Schemas it names", () => {
  const { files, commit } = revisionOf(folder, "v1");
  expect(commit).toMatch(/^[0-9a-f]{40}$/);
  expect(files.list("parts")).toEqual(["a.yaml"]);
  expect(files.list("nothing")).toEqual([]);
  const { model, sources } = loadSpec(join(folder, "workloads.yaml"), { files });
  expect(model?.entities.map(({ name }) => name)).toContain("Reader");
  expect(sources.length).toBe(3);
});

test("what a file system would refuse is refused", () => {
  expect(read("v1", "parts/b.yaml")).toEqual({ failure: "missing" });
  expect(read("v1", "parts")).toEqual({ failure: "not-a-file" });
  expect(read("v1", "loop.yaml")).toEqual({ failure: "not-a-file" });
  expect(read("v1", "../../outside.yaml")).toEqual({ failure: "outside" });
  expect(read("v1", "leads-out.yaml")).toEqual({ failure: "outside" });
  expect(read("v1", "workloads.yaml", 10)).toEqual({ failure: "too-large" });
  expect(read("v1", "link.yaml")).toHaveProperty("bytes");
  expect(revisionOf(folder, "v1").files.readSpec("leads-out.yaml", 100)).toHaveProperty("bytes");
});

test.each(["v2", "", "--help", "-v1", "v1:services", "v1^{tree}", "v1; touch x", "HEAD~9"])(
  "%j is no revision",
  (name) => {
    expect(() => revisionOf(folder, name)).toThrow(expect.objectContaining({ exitCode: 2 }));
  },
);

test("a hook or a filter of the repository does not run", () => {
  const trap = join(root, "trap.sh");
  write("trap.sh", `#!/bin/sh\ntouch ${join(root, "sprung")}\ncat\n`);
  chmodSync(trap, 0o755);
  for (const [key, value] of [
    ["core.fsmonitor", trap],
    ["core.pager", trap],
    ["filter.trap.smudge", trap],
    ["diff.trap.textconv", trap],
    ["core.hooksPath", root],
  ] as const)
    git(root, "config", key, value);
  write(".gitattributes", "*.yaml filter=trap diff=trap\n");
  expect(read("v1", "parts/a.yaml")).toHaveProperty("bytes");
  expect(revisionOf(folder, "v1").files.list(".")).not.toContain("sprung");
  expect(() => realpathSync(join(root, "sprung"))).toThrow("ENOENT");
});

test("outside of a repository, and without git, it is the environment's fault", () => {
  const elsewhere = mkdtempSync(join(tmpdir(), "no-repository-"));
  const path = process.env["PATH"];
  try {
    expect(() => revisionOf(elsewhere, "HEAD")).toThrow(expect.objectContaining({ exitCode: 3 }));
    process.env["PATH"] = elsewhere;
    const attempt = () => revisionOf(folder, "HEAD");
    expect(attempt).toThrow(Failure);
    expect(attempt).toThrow(/git cannot be started/);
  } finally {
    process.env["PATH"] = path;
    rmSync(elsewhere, { recursive: true });
  }
});

test("a spec of then that is wrong today is wrong input, named with its revision", async () => {
  write("services/library/workloads.yaml", library);
  const { status, stderr } = await cli(folder, "compat", "--against", "HEAD");
  expect(status).toBe(2);
  expect(stderr).toContain("HEAD:workloads.yaml:");
  expect(stderr).toContain("compare with a later revision");
});
