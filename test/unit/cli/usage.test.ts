// The command line's own promises: exit statuses, one JSON document, quiet, colour, usage errors, completion scripts.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { main } from "../../../src/cli/main.ts";
import { cli } from "../../support/generated-project.ts";
import { project, small } from "./projects.ts";

const documentOf = (text: string): unknown => JSON.parse(text) as unknown;

test.each([
  [["frobnicate"], /unknown command 'frobnicate'/],
  [["plann"], /Did you mean plan/],
  [["plan", "--acept"], /unknown option '--acept'[^]*Did you mean --accept/],
  [["plan", "--spec", "."], /^\.:1:1: the file is a folder or a device; name a YAML or JSON file/],
  [["explain"], /missing required argument 'workload'/],
  [["--dump", "soup", "plan"], /Allowed choices are model, plan/],
  [["completion", "tcsh"], /unknown shell "tcsh"[^]*bash, zsh, fish, powershell/],
])("%j is wrong input: exit 2 and how to go on", async (args, message) => {
  const { folder } = await project(small);
  const { status, stdout, stderr } = await cli(folder, ...args);
  expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  expect(stderr).toMatch(message);
  expect(stderr).not.toMatch(/\n\s+at /);
});

test("--help and --version end with 0", async () => {
  const { folder } = await project(undefined);
  expect((await cli(folder, "--version")).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  const { status, stdout } = await cli(folder, "--help");
  expect(status).toBe(0);
  for (const command of ["init", "plan", "explain", "generate", "check", "doctor", "engines"])
    expect(stdout).toContain(`  ${command} `);
});

test.each([
  ["plan"],
  ["plan", "--what-if", "workloads.notes.scale.rows=1M"],
  ["explain", "notes"],
  ["generate"],
  ["generate", "--dry-run"],
  ["generate", "--diff"],
  ["check"],
  ["doctor"],
  ["engines"],
  ["schema"],
  ["schema", "--types"],
  ["completion", "bash"],
  ["frobnicate"],
  ["plan", "--acept"],
  ["explain", "nothing"],
  ["plan", "--what-if", "nonsense"],
  ["init", "--preset", "none", "--yes"],
  ["--spec", "missing.yaml", "plan"],
  ["--dump", "model", "plan"],
])("--json %j prints exactly one document, on stdout only", async (...args) => {
  const { folder } = await project(small, "plan", "generate");
  const { stdout, stderr } = await cli(folder, "--json", ...args);
  expect(stdout.trim()).not.toBe("");
  expect(() => documentOf(stdout)).not.toThrow();
  expect(stderr).toBe("");
});

test("an internal error is exit 70, says what to report, and is a document under --json", async () => {
  const { folder } = await project(small);
  for (const flags of [[], ["--json"]]) {
    const out: string[] = [];
    const err: string[] = [];
    let broken = false;
    const status = await main([...flags, "engines"], {
      cwd: folder,
      env: {},
      interactive: false,
      out: (text) => {
        if (!broken) {
          broken = true;
          throw new Error("the test's own fault");
        }
        out.push(text);
      },
      err: (text) => err.push(text),
    });
    expect(status).toBe(70);
    const said = flags.length === 0 ? err.join("") : out.join("");
    expect(said).toMatch(/bug in async-db-starter \d[^]*please report it with the spec/);
    expect(said).toContain("the test's own fault");
    if (flags.length > 0) expect(documentOf(out.join(""))).toHaveProperty("error.message");
  }
});

test("--quiet leaves only problems", async () => {
  const { folder } = await project(small);
  expect(await cli(folder, "--quiet", "plan")).toEqual({ status: 0, stdout: "", stderr: "" });
  expect(await cli(folder, "--quiet", "generate")).toEqual({ status: 0, stdout: "", stderr: "" });
  const { status, stderr } = await cli(folder, "--quiet", "explain", "nothing");
  expect({ status, told: stderr !== "" }).toEqual({ status: 2, told: true });
});

test("--spec elsewhere and --cwd name another place, relative to where the command was started", async () => {
  const inner = await project(small);
  const outer = await project(undefined);
  const path = `${inner.folder}/workloads.yaml`;
  expect((await cli(outer.folder, "--spec", path, "plan")).status).toBe(0);
  expect(inner.read("workloads.lock.json")).toContain("notes");
  expect((await cli(outer.folder, "--cwd", inner.folder, "generate")).status).toBe(0);
  expect(inner.read("src/data/index.ts")).toContain("openDataLayer");
  const missing = await cli(outer.folder, "--cwd", "not-there", "plan");
  expect(missing.status).toBe(2);
  expect(missing.stderr).toMatch(/workloads\.yaml/);
});

test("colour: off in a pipe and under NO_COLOR, on under FORCE_COLOR, never against --no-color", async () => {
  const { folder } = await project(small, "plan");
  const escape = "\u001b[";
  const doctor = async (env: Record<string, string>, ...flags: string[]): Promise<boolean> => {
    let text = "";
    const add = (more: string): void => {
      text += more;
    };
    await main([...flags, "doctor"], { cwd: folder, env, interactive: false, out: add, err: add });
    return text.includes(escape);
  };
  expect(await doctor({})).toBe(false);
  expect(await doctor({ FORCE_COLOR: "1" })).toBe(true);
  expect(await doctor({ FORCE_COLOR: "1", NO_COLOR: "1" })).toBe(false);
  expect(await doctor({ FORCE_COLOR: "1" }, "--no-color")).toBe(false);
});

const parsers: readonly (readonly [shell: string, command: string, args: readonly string[]])[] = [
  ["bash", "bash", ["-n"]],
  ["zsh", "zsh", ["-n"]],
  ["fish", "fish", ["--no-execute"]],
  ["powershell", "pwsh", ["-NoProfile", "-Command", "-"]],
];

test.each(parsers)("completion %s names every command", async (shell, command, args) => {
  const { folder } = await project(undefined);
  const { status, stdout } = await cli(folder, "completion", shell);
  expect(status).toBe(0);
  for (const word of ["init", "plan", "generate", "check", "doctor", "completion"])
    expect(stdout).toContain(word);
  const parsed = spawnSync(command, args, { input: stdout, encoding: "utf8" });
  // A shell that this machine lacks cannot judge; bash is there wherever the suite runs.
  if (parsed.error !== undefined) expect(shell).not.toBe("bash");
  else expect({ status: parsed.status, stderr: parsed.stderr }).toEqual({ status: 0, stderr: "" });
});

test("bash completes commands and their options", async () => {
  const { folder } = await project(undefined);
  const { stdout } = await cli(folder, "completion", "bash");
  const complete = (...words: string[]): string => {
    const array = words.map((word) => `'${word}'`).join(" ");
    const script = `${stdout}\nCOMP_WORDS=(${array}); COMP_CWORD=${words.length - 1}; _async_db_starter; echo "\${COMPREPLY[*]}"`;
    return spawnSync("bash", ["-c", script], { encoding: "utf8", cwd: folder }).stdout.trim();
  };
  expect(complete("async-db-starter", "ge")).toBe("generate");
  expect(complete("async-db-starter", "generate", "--d")).toContain("--dry-run");
});

test("below the folder of the spec, a command says where it lies", async () => {
  const { folder } = await project(small, "plan", "generate");
  const below = join(folder, "src/data");
  for (const command of ["check", "plan", "generate", "doctor"]) {
    const { status, stdout, stderr } = await cli(below, command);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toBe(
      "workloads.yaml does not exist, but ../../workloads.yaml does\n  run it there, or with: --cwd ../..\n",
    );
  }
  expect((await cli(below, "--cwd", "../..", "check")).status).toBe(0);
});

test("a dry run that would write nothing says so in one line", async () => {
  const { folder } = await project(small, "plan", "generate");
  for (const option of ["--dry-run", "--diff"])
    expect(await cli(folder, "generate", option)).toEqual({
      status: 0,
      stdout: "nothing would be written\n",
      stderr: "",
    });
});
