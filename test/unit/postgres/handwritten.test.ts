import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { engines } from "../../../src/engines/registry.gen.ts";
import { lower } from "../../../src/ir/lower.ts";
import { render } from "../../../src/render/render.ts";
import { planModel } from "../../../src/select/plan-model.ts";
import { loadSpec } from "../../../src/spec/load.ts";
import { initialFiles } from "./initial-files.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const references = join(root, "references/handwritten");
const adapter = "src/data/stores/main/product-repository.ts";
const row = "src/data/stores/main/product-row.ts";

/** The whole project that the preset gives. */
function preset(): ReadonlyMap<string, string | Uint8Array> {
  const { model } = loadSpec(join(root, "assets/presets/shop/workloads.yaml"));
  const plan =
    model === undefined ? undefined : planModel(model, engines, undefined, { flips: false }).plan;
  if (model === undefined || plan === undefined) throw new Error("the preset does not plan");
  const ir = lower(model, plan);
  const files = render({
    ir,
    plan,
    model,
    engines,
    spec: "workloads.yaml",
    version: "0",
  });
  return new Map([...files, ...initialFiles(ir)].map(({ path, content }) => [path, content]));
}

const files = preset();
const folders = { generated: "", written: "" };

function write(changed: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "pg-handwritten-"));
  for (const [path, content] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), changed[path] ?? content);
  }
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  writeFileSync(
    join(folder, "compare.ts"),
    readFileSync(fileURLToPath(new URL("compare-adapters.ts", import.meta.url))),
  );
  return folder;
}

beforeAll(() => {
  folders.generated = write({});
  folders.written = write({
    [adapter]: readFileSync(join(references, "product-repository.ts"), "utf8"),
  });
});
afterAll(() => {
  for (const folder of Object.values(folders)) rmSync(folder, { recursive: true, force: true });
});

test.each([adapter, row])("the copy of %s is current", (path) => {
  const copy = join(references, "generated", path.slice(path.lastIndexOf("/") + 1));
  const content = String(files.get(path));
  if (process.env["UPDATE_REFERENCES"] === "1") writeFileSync(copy, content);
  expect(readFileSync(copy, "utf8")).toBe(content);
});

test("the vectors have the index that was planned for the rows of their authority", () => {
  const up = String(files.get("migrations/main/0001-initial.up.sql"));
  expect(up).toContain(
    "using hnsw (embedding vector_cosine_ops) with (m = 24, ef_construction = 128)",
  );
  expect(up).toContain("sized for 2,000,000 rows");
});

test("the hand-written adapter compiles in the place of the generated one", () => {
  const values = [join(root, "node_modules/typescript/bin/tsc"), "--noEmit", "-p", "."];
  const { stdout } = spawnSync(process.execPath, values, {
    cwd: folders.written,
    encoding: "utf8",
  });
  expect(stdout).toBe("");
});

test("both give the same answers and errors", () => {
  const answers = ({ generated, written }: typeof folders): readonly unknown[] =>
    [generated, written].map((folder) => {
      const text = execFileSync(process.execPath, ["compare.ts"], {
        cwd: folder,
        encoding: "utf8",
      });
      return JSON.parse(text) as unknown;
    });
  const [generated, written] = answers(folders);
  expect(written).toEqual(generated);
  expect(generated).toHaveLength(13);
}, 60_000);
