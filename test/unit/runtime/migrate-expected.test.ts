import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { unapplied } from "../../../templates/runtime/expected-migrations.ts";
import { migrationHash } from "../../../templates/runtime/migration-files.ts";
import { MemoryTarget } from "./memory-target.ts";

test("the start-up probe expects all but contracts that can wait, and what is half-way is not applied", async () => {
  const root = mkdtempSync(join(tmpdir(), "expected-"));
  const from = pathToFileURL(join(root, "src/data/stores/main/store.ts")).href;
  const target = new MemoryTarget();
  expect(await unapplied(target, "main", from)).toBeUndefined();

  const folder = join(root, "migrations/main");
  mkdirSync(folder, { recursive: true });
  const phases = { "0001-initial": "expand", "0002-fill": "backfill", "0003-end": "contract" };
  for (const [id, phase] of Object.entries(phases)) {
    for (const way of ["up", "down"]) writeFileSync(join(folder, `${id}.${way}.sql`), "");
    const record = { id, parents: [], phase, hash: migrationHash("", "") };
    writeFileSync(join(folder, `${id}.json`), JSON.stringify(record));
  }
  expect(await unapplied(target, "main", from)).toEqual(["0001-initial", "0002-fill"]);
  const entry = { hash: "h", parents: [], appliedAt: new Date(0) };
  target.entries = [
    { ...entry, id: "0001-initial" },
    { ...entry, id: "0002-fill", dirty: true },
  ];
  expect(await unapplied(target, "main", from)).toEqual(["0002-fill"]);

  const steps = [{ name: "exchange", transactional: true, risks: ["new-code-waits"] }];
  const needed = {
    id: "0003-end",
    parents: [],
    phase: "contract",
    steps,
    hash: migrationHash("", "", [
      { ...steps[0], name: "exchange", title: "", transactional: true },
    ]),
  };
  writeFileSync(join(folder, "0003-end.json"), JSON.stringify(needed));
  expect(await unapplied(target, "main", from)).toEqual(["0002-fill", "0003-end"]);
  rmSync(root, { recursive: true });
});
