/** The README prints commands that exist, statuses that are given, and excerpts of what is really there. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { exitCode } from "../../../src/cli/exit-codes.ts";
import { engines } from "../../../src/engines/registry.gen.ts";
import {
  cli,
  type CliRun,
  projectFolder,
  type GeneratedProject,
} from "../../support/generated-project.ts";

const read = (path: string): string =>
  readFileSync(new URL(`../../../${path}`, import.meta.url), "utf8");
const readme = read("README.md");
const pages = readme + read("CONTRIBUTING.md");

let project: GeneratedProject;
let init: CliRun;
beforeAll(async () => {
  project = projectFolder("readme");
  init = await cli(project.folder, "init", ".", "--preset", "shop", "--yes", "--no-install");
});
afterAll(() => project.remove());

/** Texts of the fenced blocks of one language, in order. */
function fenced(language: string, page = readme): readonly string[] {
  const blocks = page.matchAll(/^```(\w*)\n([^]*?)^```$/gm);
  return [...blocks].filter(([, of]) => of === language).map(([, , text = ""]) => text);
}

/** Help of a command as a user gets it. */
function helpOf(command: readonly string[]): string {
  const entry = fileURLToPath(new URL("../../../src/build/cli.ts", import.meta.url));
  const args = ["--no-warnings", entry, ...command, "--help"];
  return spawnSync(process.execPath, args, { encoding: "utf8", timeout: 20_000 }).stdout;
}

const commandLines = fenced("sh", pages)
  .flatMap((text) => text.split("\n"))
  .map((line) => line.replace(/\s+#.*$/, ""));
const commandRows = readme.split("\n").filter((line) => /^\| `[a-z]+[ `]/.test(line));
const commandOf = (line: string): string => /^\| `([a-z]+)/.exec(line)?.[1] ?? "";

const scriptsOf = (text: string): readonly string[] => {
  const { scripts } = JSON.parse(text) as { scripts: Record<string, string> };
  return Object.keys(scripts);
};

test("npm scripts", () => {
  const known = [...scriptsOf(read("package.json")), ...scriptsOf(project.read("package.json"))];
  const named = commandLines.flatMap((line) =>
    [...line.matchAll(/npm (?:run )?(?:-s )?([\w:-]+)/g)].map(([, name = ""]) => name),
  );
  expect(named).toContain("demo");
  const npm = new Set(["ci", "install", "pack"]);
  expect(named.filter((name) => !known.includes(name) && !npm.has(name))).toEqual([]);
});

test("the tool's commands, each with the options that are named", async () => {
  const { stdout } = await cli(project.folder, "--help");
  const commands = [...stdout.matchAll(/^ {2}([a-z]+)(?: \[| <| {2})/gm)].map(([, name]) => name);
  const shown = new Set(commandRows.map(commandOf));
  expect([...shown].toSorted()).toEqual(commands.filter((name) => name !== "help").toSorted());
  for (const row of commandRows) {
    const [, call = ""] = /^\| `([a-z]+(?: [a-z]+)*)/.exec(row) ?? [];
    const help = helpOf(call.split(" "));
    for (const [, option = ""] of row.matchAll(/`(--[a-z-]+)/g))
      expect(help, commandOf(row)).toContain(option);
  }
  const everywhere = /^Everywhere: (.*)$/m.exec(readme)?.[1] ?? "";
  for (const [option] of everywhere.matchAll(/--[a-z-]+/g)) expect(stdout).toContain(option);
});

test("commands of code blocks", () => {
  const names = commandRows.map(commandOf);
  const used = [...pages.matchAll(/npx async-db-starter ([a-z]+)/g)].map(([, name]) => name);
  expect(used.length).toBeGreaterThan(2);
  for (const name of used) expect(names).toContain(name);
});

test("exit statuses", () => {
  const rows = [...readme.matchAll(/^\| (\d+) \| /gm)].map(([, status]) => Number(status));
  expect(rows).toEqual(Object.values(exitCode));
});

test("the spec is an excerpt of the preset", () => {
  const preset = read("assets/presets/shop/workloads.yaml").split("\n");
  // A comment may differ; what it says of the spec may not.
  const bare = (line: string): string => line.replace(/ # .*$/, "").trimEnd();
  const known = new Set(preset.map(bare));
  const [spec = ""] = fenced("yaml");
  for (const line of spec.split("\n")) expect(known).toContain(bare(line));
});

test("the generated code is an excerpt of what the preset generates", () => {
  const generated = new Set(project.read("src/data/stores/main/order-repository.ts").split("\n"));
  const [code = ""] = fenced("ts");
  for (const line of code.split("\n")) expect(generated).toContain(line);
});

test("the decision is the preset's", () => {
  expect(init).toMatchObject({ status: 0, stderr: "" });
  const said = init.stdout.split("\n").map((line) => line.replaceAll(/\s{2,}/g, "  ").trim());
  const shown = fenced("").find((text) => text.startsWith("stores\n")) ?? "";
  const lines = shown.split("\n").filter((line) => line !== "" && !line.includes("…"));
  expect(lines.length).toBeGreaterThan(3);
  for (const line of lines) expect(said).toContain(line.replaceAll(/\s{2,}/g, "  ").trim());
});

test("every engine is in the table, with its ports and transports", () => {
  const section = /## Engines\n([^]*?)\n## /.exec(readme)?.[1] ?? "";
  for (const { title, ports, transports } of engines) {
    const row = section.split("\n").find((line) => line.startsWith(`| ${title} |`)) ?? "";
    for (const port of ports) expect(row, title).toContain(port);
    for (const { name } of transports) expect(section, title).toContain(name);
  }
});
