/**
 * What every kind of store generates is as the formatter would write it and clean under our own rules: a golden tree shows a few of them,
 * these are all that the cases of selection end on.
 */
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { engines } from "../../../src/engines/registry.gen.ts";
import { lower } from "../../../src/ir/lower.ts";
import { render } from "../../../src/render/render.ts";
import { planModel } from "../../../src/select/plan-model.ts";
import { loadSpec } from "../../../src/spec/load.ts";
import { registered } from "../select/registered.ts";
import { writeTree } from "../../support/tree-files.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const specs = join(root, "test", "golden", "selection");
// Outside of the repository: the formatter leaves out what git ignores.
const folder = mkdtempSync(join(tmpdir(), "clean-trees-"));
const chosen = new Set<string>();
let trees = 0;

function tool(path: string, ...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, "node_modules", path), ...args],
    { cwd: folder, encoding: "utf8", maxBuffer: 1 << 26 },
  );
  return { status, printed: status === 0 ? "" : stdout + stderr };
}

beforeAll(() => {
  for (const id of readdirSync(specs)) {
    const { model } = loadSpec(join(specs, id, "workloads.yaml"));
    const { plan } = model ? planModel(model, registered, undefined, { flips: false }) : {};
    if (model === undefined || plan === undefined) continue;
    for (const { engine } of plan.decisions) chosen.add(engine);
    trees += 1;
    const spec = "workloads.yaml";
    const files = render({ ir: lower(model, plan), plan, model, engines, spec, version: "0.0.0" });
    const written = files.filter(({ path }) => path.endsWith(".ts") && !path.includes("/runtime/"));
    writeTree(
      join(folder, id),
      new Map(written.map(({ path, content }) => [path, String(content)])),
    );
  }
  writeFileSync(join(folder, ".oxfmtrc.json"), JSON.stringify({ printWidth: 100 }));
  copyFileSync(join(root, ".oxlintrc.json"), join(folder, ".oxlintrc.json"));
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("many specs and all engines are among them", () => {
  expect(trees).toBeGreaterThan(90);
  expect([...chosen].toSorted()).toEqual(registered.map(({ id }) => id).toSorted());
});

test("each file is in the formatter's form", () => {
  expect(tool("oxfmt/bin/oxfmt", "--check", "**/*.ts")).toEqual({ status: 0, printed: "" });
});

test("each file is clean under our own rules", () => {
  expect(tool("oxlint/bin/oxlint")).toEqual({ status: 0, printed: "" });
});
