// S10 of anchors/reliability.md: what the package holds, and what it does not: install scripts, tests, foreign licences left out.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { repositoryRoot } from "../../src/build/root.ts";

const packed = z.tuple([z.object({ files: z.array(z.object({ path: z.string() })) })]);

/** Chunks are the bundler's: their number and names follow the sources. */
const plain = (path: string): string => path.replace(/^dist\/.*-[\w-]{8}\.mjs$/, "dist/*.mjs");

/** npm in this process's own Node, without scripts: packing must not run any. */
function npm(...args: readonly string[]): {
  readonly status: number | null;
  readonly stdout: string;
} {
  return spawnSync("npm", args, { cwd: repositoryRoot, encoding: "utf8" });
}

let files: readonly string[] = [];

beforeAll(() => {
  const built = spawnSync(process.execPath, ["src/build/build.ts"], { cwd: repositoryRoot });
  expect(built.status).toBe(0);
  const { status, stdout } = npm("pack", "--dry-run", "--json", "--ignore-scripts");
  expect(status).toBe(0);
  files = packed
    .parse(JSON.parse(stdout))[0]
    .files.map(({ path }) => path)
    .toSorted();
});

test("the packed files are those of test/package/files.txt", async () => {
  await expect(`${[...new Set(files.map(plain))].join("\n")}\n`).toMatchFileSnapshot("files.txt");
});

test("everything the command line reads at run time is in the package", () => {
  expect(files).toEqual(expect.arrayContaining(["package.json", "dist/bin.cjs", "dist/main.mjs"]));
  expect(files).toContain("assets/presets/shop/workloads.yaml");
  expect(files).toContain("assets/spec.schema.json");
  expect(files.filter((path) => path.startsWith("templates/runtime/")).length).toBeGreaterThan(20);
});

test("nothing of the workshop is in it", () => {
  expect(files.filter((path) => /^(?:src|test|node_modules|\.)/.test(path))).toEqual([]);
  expect(files.filter((path) => /\.(?:test\.ts|hbs|log|tgz|env)$/.test(path))).toEqual(
    ["assets/dsn-examples.env"].filter((path) => existsSync(join(repositoryRoot, path))),
  );
});

test("installing runs nothing and brings nothing", () => {
  const manifest = z
    .object({ scripts: z.record(z.string(), z.string()), dependencies: z.undefined().optional() })
    .loose()
    .parse(JSON.parse(readFileSync(join(repositoryRoot, "package.json"), "utf8")));
  const own = ["preinstall", "install", "postinstall", "prepare", "prepublish", "preprepare"];
  expect(Object.keys(manifest.scripts).filter((name) => own.includes(name))).toEqual([]);
  for (const key of ["optionalDependencies", "peerDependencies", "bundleDependencies"])
    expect(manifest).not.toHaveProperty(key);
});

test("the licence of every bundled package goes with it", () => {
  const notices = readFileSync(join(repositoryRoot, "dist/THIRD-PARTY-NOTICES.txt"), "utf8");
  for (const name of ["commander", "handlebars", "libpg-query", "yaml", "zod", "@clack/prompts"])
    expect(notices).toMatch(new RegExp(`^${name} \\d`, "m"));
  expect(notices).not.toContain("see below");
});

test("on a Node that is too old the command says what it needs in one line and ends with 3", () => {
  const code = `Object.defineProperty(process.versions, "node", { value: "20.20.2" });
    Object.defineProperty(process, "version", { value: "v20.20.2" }); require("./dist/bin.cjs")`;
  for (const args of [[], ["--version"], ["init"]]) {
    const { status, stdout, stderr } = spawnSync(process.execPath, ["-e", code, "--", ...args], {
      cwd: repositoryRoot,
      encoding: "utf8",
    });
    expect({ status, stdout }).toEqual({ status: 3, stdout: "" });
    expect(stderr).toBe("async-db-starter needs Node 22.18 or newer; this is v20.20.2.\n");
  }
});

test("bin.cjs is in the syntax of old Nodes: a syntax error would hide its message", () => {
  const text = readFileSync(join(repositoryRoot, "dist/bin.cjs"), "utf8");
  expect(text).not.toMatch(/\b(?:const|let|class|await)\b|=>|\?\.|\?\?|`/);
});
