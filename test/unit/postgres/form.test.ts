import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { migrationHash } from "../../../templates/runtime/migration-files.ts";
import { parseRecord } from "../../../templates/runtime/migration-record.ts";
import { filesOf } from "./generated.ts";
import { shop } from "./shop.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
// Outside of the repository: the formatter leaves out what git ignores.
const folder = mkdtempSync(join(tmpdir(), "pg-form-"));
const files = filesOf(shop);

beforeAll(() => {
  for (const { path, content } of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  writeFileSync(join(folder, ".oxfmtrc.json"), JSON.stringify({ printWidth: 100 }));
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the tool printed; the tests want nothing but its approval. */
const run = (
  tool: string,
  ...values: readonly string[]
): { readonly status: number | null; readonly stdout: string } => {
  const { status, stdout } = spawnSync(
    process.execPath,
    [join(root, "node_modules", tool), ...values],
    { cwd: folder, encoding: "utf8" },
  );
  return { status, stdout };
};

test("the adapters are in the formatter's form", () => {
  expect(run("oxfmt/bin/oxfmt", "--check", "src/data/stores")).toMatchObject({ status: 0 });
});

test("the project compiles under the strict options it is written for", () => {
  expect(run("typescript/bin/tsc", "--noEmit", "-p", ".")).toEqual({ status: 0, stdout: "" });
});

test("the migration's record holds the hash that the ledger compares", () => {
  const text = (name: string): string =>
    String(files.find(({ path }) => path === `migrations/main/0001-initial.${name}`)?.content);
  const record = parseRecord(text("json"));
  expect(record).toMatchObject({ id: "0001-initial", parents: [], phase: "expand" });
  expect(record.hash).toBe(migrationHash(text("up.sql"), text("down.sql"), record.steps));
});

test("equal input gives equal text", () => {
  expect(filesOf(shop)).toEqual(files);
});
