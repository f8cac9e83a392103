import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import {
  cell,
  type CellRecord,
  markdownTable,
  resetCells,
  notProven,
  notServed,
  printClosing,
  proving,
  readCells,
  renderTable,
  totals,
} from "../support/closing-table.ts";

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "closing-table-"));
  file = join(folder, "deeper", "cells.jsonl");
  vi.stubEnv("ASYNC_DB_STARTER_CELLS", file);
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

const get = { port: "record", engine: "alpha 1", method: "get" };
const list = { ...get, method: "list" };
const beta = { ...get, engine: "beta (emulator)" };

function printed(tests: { passed: number; failed: number }): string {
  let text = "";
  printClosing(tests, (part) => (text += part));
  return text;
}

test("a table per port, reasons once, and the closing line last", () => {
  notProven({ port: "record", engine: "beta (emulator)" }, ["list", "get"], "no server: none here");
  cell(list, { kind: "failed" });
  cell(get, { kind: "proven" });
  cell({ port: "cache", engine: "alpha 1", method: "invalidate" }, { kind: "proven" });
  notServed({ port: "cache", engine: "alpha 1" }, ["coherence"], "one process");
  expect(printed({ passed: 7, failed: 1 })).toBe(`
cache       alpha 1
coherence   n/a
invalidate  yes

record  alpha 1  beta (emulator)
get     yes      -
list    FAILED   -

not proven:
  beta (emulator) record: no server: none here (get, list)

not served:
  alpha 1 cache: one process (coherence)

cells: 2 proven, 2 not proven, 1 not served, 1 failed

7 passed, 1 failed, 2 skipped
`);
});

test("without cells only the closing line", () => {
  expect(printed({ passed: 3, failed: 0 })).toBe("3 passed, 0 failed, 0 skipped\n");
});

test("a failure beats a proof beats its lack, in any order", () => {
  const records: readonly CellRecord[] = [
    { ...get, outcome: { kind: "failed" } },
    { ...get, outcome: { kind: "proven" } },
    { ...beta, outcome: { kind: "proven" } },
    { ...beta, outcome: { kind: "not proven", why: "declared, not run" } },
    { ...list, outcome: { kind: "not proven", why: "the test did not finish" } },
  ];
  expect(totals(records)).toEqual({ proven: 1, notProven: 1, notServed: 0, failed: 1 });
  expect(renderTable([...records].reverse())).toBe(renderTable(records));
});

test("proving records how the test ended, and lets its error through", async () => {
  await proving(get, async () => undefined)();
  await expect(
    proving(list, () => {
      throw new Error("as it should not be");
    })(),
  ).rejects.toThrow("as it should not be");
  expect(readCells().map((one) => one.outcome.kind)).toEqual(["proven", "failed"]);
});

test("workers that write at once lose no cell", async () => {
  const module = fileURLToPath(new URL("../support/closing-table.ts", import.meta.url));
  const script = `
    const { cell } = await import(${JSON.stringify(module)});
    for (let n = 0; n < 200; n += 1)
      cell({ port: "p".repeat(50), engine: "e", method: process.argv[1] + n }, { kind: "proven" });`;
  const run = promisify(execFile);
  const workers = ["a", "b"].map((name) =>
    run(process.execPath, ["--input-type=module", "-e", script, name]),
  );
  await Promise.all(workers);
  expect(totals(readCells()).proven).toBe(400);
});

test("a line that is no cell is named", () => {
  cell(get, { kind: "proven" });
  writeFileSync(file, '{"port":1}\n', { flag: "a" });
  expect(() => readCells()).toThrow("cells.jsonl:2: not a cell");
});

test("a new run forgets the old", () => {
  cell(get, { kind: "proven" });
  resetCells();
  expect(readCells()).toEqual([]);
});

test("the README's table has a block per port, with what was not proven and why", () => {
  const records: readonly CellRecord[] = [
    { ...get, outcome: { kind: "proven" } },
    { ...list, outcome: { kind: "not proven", why: "no server | none" } },
    { ...beta, outcome: { kind: "proven" } },
    { ...beta, method: "list", outcome: { kind: "not served", why: "it keeps no order" } },
  ];
  expect(markdownTable(records))
    .toBe(`<details><summary><b>record</b>: 2 of 3 cells proven on alpha 1, beta (emulator)</summary>

| method | alpha 1 | beta (emulator) |
| --- | --- | --- |
| get | yes | yes |
| list | - | n/a |

</details>

Not proven:

- alpha 1 record: no server | none (list)

Not served, by the nature of the engine:

- beta (emulator) record: it keeps no order (list)`);
});
