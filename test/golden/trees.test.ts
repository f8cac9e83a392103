/**
 * Whole generated trees, byte for byte. `UPDATE_GOLDEN=1` writes them anew. The runtime is a copy of templates that have tests of
 * their own, and the records of the generator follow from the rest: both must be there, neither is stored.
 */
import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { cliChild } from "../support/cli-child.ts";
import {
  generateProject,
  type GeneratedProject,
  projectFolder,
} from "../support/generated-project.ts";
import { readTree, writeTree } from "../support/tree-files.ts";

const folder = fileURLToPath(new URL("trees/", import.meta.url));
const root = fileURLToPath(new URL("../../", import.meta.url));
const cases = readdirSync(folder);
const update = process.env["UPDATE_GOLDEN"] === "1";

const isRuntime = (path: string): boolean => /(^|\/)runtime\//.test(path);
const isRecord = (path: string): boolean => /(^|\/)\.async-db-starter\//.test(path);
const ofInterest = (files: ReadonlyMap<string, string>): ReadonlyMap<string, string> =>
  new Map(
    [...files].filter(([path]) => !isRuntime(path) && !isRecord(path) && path !== "workloads.yaml"),
  );

/** What the tool printed. */
function tool(cwd: string, path: string, ...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, "node_modules", path), ...args],
    { cwd, encoding: "utf8" },
  );
  return { status, printed: stdout + stderr };
}

/** Maps from a name to what is declared under it: their order is the order of the output. */
const nameMaps = new Set(["entities", "workloads", "fields", "access", "measure", "names"]);

/** The same spec with the keys of every other map turned round, and without comments. */
function shuffled(spec: string): string {
  const turn = (value: unknown, key: string): unknown => {
    if (Array.isArray(value)) return value.map((one) => turn(one, ""));
    if (typeof value !== "object" || value === null) return value;
    const named = nameMaps.has(key) || key === "methods";
    const below = (name: string): string => (key === "access" ? "methods" : named ? "" : name);
    const entries = Object.entries(value).map(([name, one]) => [name, turn(one, below(name))]);
    return Object.fromEntries(named ? entries : entries.toReversed());
  };
  return stringify(turn(parse(spec), ""));
}

describe.each(cases)("tree %s", (name) => {
  const spec = join(folder, name, "workloads.yaml");
  const stored = join(folder, name, "tree");
  // Outside of the repository: the formatter leaves out what git ignores.
  const copy = mkdtempSync(join(tmpdir(), `tree-${name}-`));
  let project: GeneratedProject;
  let files: ReadonlyMap<string, string>;

  beforeAll(async () => {
    project = await generateProject(`tree-${name}`, spec);
    files = readTree(project.folder);
    cpSync(project.folder, copy, { recursive: true });
    symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
    writeFileSync(join(copy, ".oxfmtrc.json"), JSON.stringify({ printWidth: 100 }));
    copyFileSync(join(root, ".oxlintrc.json"), join(copy, ".oxlintrc.json"));
  });
  afterAll(() => {
    project?.remove();
    rmSync(copy, { recursive: true, force: true });
  });

  test("is what is stored", () => {
    const interesting = ofInterest(files);
    if (update) writeTree(stored, interesting);
    expect(existsSync(stored), "run once with UPDATE_GOLDEN=1").toBe(true);
    const golden = readTree(stored);
    expect([...interesting.keys()]).toEqual([...golden.keys()]);
    for (const [path, text] of golden) expect(interesting.get(path), path).toBe(text);
  });

  test("comes with its runtime and its records", () => {
    expect([...files.keys()].filter(isRuntime).length).toBeGreaterThan(20);
    expect([...files.keys()].filter(isRecord).length).toBeGreaterThan(2);
  });

  test("is in the formatter's form", () => {
    const { status, printed } = tool(copy, "oxfmt/bin/oxfmt", "--check", "**/*.ts");
    expect(printed).not.toMatch(/no files/i);
    expect({ status, printed: status === 0 ? "" : printed }).toEqual({ status: 0, printed: "" });
  });

  test("is clean under our own rules", () => {
    const { status, printed } = tool(copy, "oxlint/bin/oxlint");
    expect({ status, printed: status === 0 ? "" : printed }).toEqual({ status: 0, printed: "" });
  });

  test("compiles under the strict options it is written for", () => {
    const at = [...files.keys()].find((path) => path.endsWith("tsconfig.json")) ?? "tsconfig.json";
    const { status, printed } = tool(copy, "typescript/bin/tsc", "--noEmit", "-p", at);
    expect({ status, printed }).toEqual({ status: 0, printed: "" });
  });

  test("is the same in another folder, time zone and locale, whatever the order of the keys", () => {
    const other = projectFolder(`other place of ${name}`);
    const surroundings = { TZ: "Pacific/Kiritimati", LC_ALL: "tr_TR.UTF-8", LANG: "tr_TR.UTF-8" };
    try {
      other.write("workloads.yaml", shuffled(project.read("workloads.yaml")));
      for (const command of ["plan", "generate"])
        expect(cliChild(other.folder, ["--quiet", command], surroundings)).toMatchObject({
          status: 0,
          stderr: "",
        });
      const again = ofInterest(readTree(other.folder));
      const interesting = ofInterest(files);
      const differing = [...interesting].filter(([path, text]) => again.get(path) !== text);
      expect(differing.map(([path]) => path)).toEqual([]);
      expect([...again.keys()]).toEqual([...interesting.keys()]);
    } finally {
      other.remove();
    }
  }, 120_000);
});
