import { execFile } from "node:child_process";
import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";
import { presetNames } from "../../src/cli/presets.ts";
import {
  cli,
  type GeneratedProject,
  generateProject,
  projectFolder,
} from "../support/generated-project.ts";

/**
 * What the generated types allow and refuse: each pair in `pairs/` is a line that compiles and one under `@ts-expect-error` that must
 * not, compiled with the project's own settings.
 */

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const compiler = here("../../node_modules/typescript/bin/tsc");
const projects: GeneratedProject[] = [];

afterAll(() => {
  for (const project of projects) project.remove();
});

/** Compiler output of a generated project with a file of pairs in its sources; empty when it is right. */
async function compiled(name: string, spec: string, pairs: string): Promise<string> {
  const project = await generateProject(`types-${name}`, spec);
  projects.push(project);
  mkdirSync(join(project.folder, "src"), { recursive: true });
  cpSync(here(`pairs/${pairs}`), join(project.folder, "src", "pairs.ts"));
  return compilerOutput(project);
}

function compilerOutput({ folder: cwd }: GeneratedProject): Promise<string> {
  return promisify(execFile)(process.execPath, [compiler, "--noEmit"], { cwd }).then(
    ({ stdout }) => stdout,
    (error: { readonly stdout: string }) => error.stdout,
  );
}

test("one store: retry rule, views, tenants, ids, patches", async () => {
  const spec = here("../../assets/presets/shop/workloads.yaml");
  expect(await compiled("shop", spec, "shop.pairs")).toBe("");
}, 120_000);

test("two stores: a transaction has the repositories of its own store only", async () => {
  expect(await compiled("two", here("two-stores.workloads.yaml"), "two-stores.pairs")).toBe("");
}, 120_000);

test.each(presetNames())(
  "preset %s compiles as init leaves it, its example and tests too",
  async (name) => {
    const project = projectFolder(`types-preset-${name}`);
    projects.push(project);
    const flags = ["--yes", "--no-install", "--preset", name];
    expect(await cli(project.folder, "init", ".", ...flags)).toMatchObject({ status: 0 });
    expect(await compilerOutput(project)).toBe("");
  },
  120_000,
);
