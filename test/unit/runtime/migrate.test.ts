import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { migrateDown, migrateUp, migrationStatus } from "../../../templates/runtime/migrate.ts";
import { migrationHash, readMigrations } from "../../../templates/runtime/migration-files.ts";
import { MemoryTarget, migration } from "./memory-target.ts";
import { dataError } from "./support.ts";

const first = migration("0001-initial");
const second = migration("0002-stock", ["0001-initial"]);
const sibling = migration("0002-audit", ["0001-initial"]);

describe("migrate", () => {
  test("up applies parents first and once; the second run finds nothing", async () => {
    const target = new MemoryTarget();
    expect(await migrateUp(target, [second, sibling, first])).toEqual([
      "0001-initial",
      "0002-audit",
      "0002-stock",
    ]);
    expect(await migrateUp(target, [first, second, sibling])).toEqual([]);
  });

  test("eight starters run each migration once", async () => {
    const target = new MemoryTarget();
    const applied = await Promise.all(
      Array.from({ length: 8 }, () => migrateUp(target, [first, second])),
    );
    expect(applied.flat()).toEqual(["0001-initial", "0002-stock"]);
    expect(target.steps).toEqual(["make 0001-initial", "make 0002-stock"]);
  });

  test("a branch that is merged later is applied after what is there", async () => {
    const target = new MemoryTarget();
    await migrateUp(target, [first, second]);
    expect(await migrateUp(target, [first, sibling, second])).toEqual(["0002-audit"]);
  });

  test("a step that fails stops the run; what came before stays", async () => {
    const target = new MemoryTarget();
    target.failOn = "make 0002-stock";
    await expect(migrateUp(target, [first, second])).rejects.toThrow("syntax error");
    expect(target.entries.map((entry) => entry.id)).toEqual(["0001-initial"]);
    target.failOn = undefined;
    expect(await migrateUp(target, [first, second])).toEqual(["0002-stock"]);
  });

  test("down reverts the newest, never one that another stands on", async () => {
    const target = new MemoryTarget();
    await migrateUp(target, [first, second]);
    await migrateUp(target, [first, second, sibling]);
    const all = [first, second, sibling];
    expect([
      await migrateDown(target, all),
      await migrateDown(target, all),
      await migrateDown(target, all),
      await migrateDown(target, all),
    ]).toEqual(["0002-audit", "0002-stock", "0001-initial", undefined]);
  });

  test("down goes by parents before clocks, and by id where clocks are equal", async () => {
    const target = new MemoryTarget();
    const all = [first, second, sibling];
    const at = (each: typeof first, time: number) => ({
      id: each.id,
      hash: each.hash,
      parents: each.parents,
      appliedAt: new Date(time),
    });
    target.made = new Set(all.map(({ id }) => id));
    target.entries = [at(first, 9), at(sibling, 5), at(second, 5)];
    expect(await migrateDown(target, all)).toBe("0002-stock");
    expect(await migrateDown(target, all)).toBe("0002-audit");
  });

  type Damage = readonly [
    name: string,
    files: readonly ReturnType<typeof migration>[],
    says: string,
  ];
  const damages: readonly Damage[] = [
    [
      "edited",
      [migration("0001-initial", [], { hash: "other" }), second],
      "migrations/main/0001-initial.up.sql: changed after it was applied",
    ],
    ["missing", [second], "drift: 0001-initial is applied"],
    [
      "reordered",
      [migration("0001-initial", ["0000-before"]), second, migration("0000-before")],
      "0001-initial.up.sql: applied before its parent 0000-before",
    ],
    [
      "without its parent",
      [first, second, migration("0003-x", ["0002-lost"])],
      "0003-x.up.sql: its parent 0002-lost is missing",
    ],
    [
      "in a circle",
      [first, second, migration("0003-x", ["0004-y"]), migration("0004-y", ["0003-x"])],
      "0004-y.up.sql: its parents (0003-x)",
    ],
  ];
  test.each(damages)(
    "%s: refused by name, both ways, before anything is done",
    async (_name, files, says) => {
      const target = new MemoryTarget();
      await migrateUp(target, [first, second]);
      const steps = target.steps.length;
      for (const attempt of [migrateUp(target, files), migrateDown(target, files)]) {
        expect((await dataError(attempt)).message).toContain(says);
      }
      expect((await migrationStatus(target, files)).problems.join()).toContain(says);
      expect(target.steps).toHaveLength(steps);
    },
  );

  test("of a file that is lost only that is told: what stands on it is in no circle", async () => {
    const target = new MemoryTarget();
    await migrateUp(target, [first]);
    const files = [
      first,
      migration("0003-x", ["0002-lost"]),
      migration("0004-y", ["0003-x"]),
      migration("0005-z", ["0004-y"]),
    ];
    expect((await migrationStatus(target, files)).problems).toEqual([
      "migrations/main/0003-x.up.sql: its parent 0002-lost is missing: no file here and not applied; bring it back, or name other parents; 0004-y, 0005-z wait for it",
    ]);
    const besides = [...files, migration("0006-a", ["0007-b"]), migration("0007-b", ["0006-a"])];
    const beyond = [...besides, migration("0008-c", ["0007-b"])];
    expect(
      (await migrationStatus(target, beyond)).problems.filter((each) => each.includes("circle")),
    ).toHaveLength(2);
  });

  test("property: in any order of files every migration runs once, after its parents", async () => {
    const graph = fc.array(fc.nat(), { minLength: 1, maxLength: 12 }).map((picks) =>
      picks.map((pick, index) =>
        migration(`m${String((pick * 7) % 100).padStart(2, "0")}-${index}`, [], {
          up: String(index),
        }),
      ),
    );
    const linked = graph.map((list) =>
      list.map((each, index) => ({
        ...each,
        parents: list
          .filter((_, other) => other < index && (index + other) % 3 === 0)
          .map((parent) => parent.id),
      })),
    );
    await fc.assert(
      fc.asyncProperty(
        linked.chain((list) =>
          fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
        ),
        async ([list, shuffled]) => {
          const target = new MemoryTarget();
          const order = await migrateUp(target, shuffled);
          expect([...order].sort()).toEqual(list.map((each) => each.id).sort());
          for (const each of list)
            for (const parent of each.parents)
              expect(order.indexOf(parent)).toBeLessThan(order.indexOf(each.id));
        },
      ),
      { seed: 20261121, numRuns: 30 },
    );
  });
});

describe("migration files", () => {
  let folder: string;
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "migrations-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const put = (id: string, changes: { readonly up?: string; readonly record?: string } = {}) => {
    writeFileSync(join(folder, `${id}.up.sql`), changes.up ?? "create table a ();\n");
    writeFileSync(join(folder, `${id}.down.sql`), "drop table a;\n");
    const hash = migrationHash("create table a ();\n", "drop table a;\n");
    writeFileSync(
      join(folder, `${id}.json`),
      changes.record ?? JSON.stringify({ id, parents: [], hash }),
    );
  };

  test("are read by path or URL; line endings do not count", async () => {
    put("0001-initial", { up: "create table a ();\r\n" });
    const [read] = await readMigrations(pathToFileURL(folder));
    expect(read).toMatchObject({
      id: "0001-initial",
      parents: [],
      up: "create table a ();\r\n",
      down: "drop table a;\n",
    });
    expect(await readMigrations(folder)).toHaveLength(1);
  });

  test("a text that does not fit its record is refused with the hash that would", async () => {
    put("0001-initial", { up: "create table b ();\n" });
    const error = await dataError(readMigrations(folder));
    expect(error.message).toContain("0001-initial.json: 0001-initial was changed");
    expect(error.message).toContain(migrationHash("create table b ();\n", "drop table a;\n"));
  });

  test.each([
    ["{", "is not JSON"],
    ["[]", "must hold id, parents and hash"],
    ['{"id":"0001-initial","hash":"x","parents":[1]}', "must hold id, parents and hash"],
    ['{"id":"0009-other","hash":"x","parents":[]}', "its id is not 0001-initial"],
  ])("record %s: %s", async (record, says) => {
    put("0001-initial", { record });
    expect((await dataError(readMigrations(folder))).message).toContain(says);
  });

  test("a missing half and a missing folder are named", async () => {
    put("0001-initial");
    rmSync(join(folder, "0001-initial.down.sql"));
    expect((await dataError(readMigrations(folder))).message).toContain(
      "there is no 0001-initial.down file",
    );
    expect((await dataError(readMigrations(join(folder, "nowhere")))).message).toContain(
      "no such folder",
    );
  });
});
