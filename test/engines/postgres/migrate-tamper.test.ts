import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { isDataError } from "../../../templates/runtime/errors.ts";
import { migrateDown, migrateUp } from "../../../templates/runtime/migrate.ts";
import { migrationHash, readMigrations } from "../../../templates/runtime/migration-files.ts";
import type { Migration } from "../../../templates/runtime/migration.ts";
import { onSharedServer } from "../../faults/postgres-server.ts";
import { fixtureFolder, mixed, openMigrated, stateOf, type MigratedStore } from "./migrations.ts";

type Tamper = (folder: string, id: string) => void;

const change = (folder: string, name: string, edit: (text: string) => string): void => {
  const file = join(folder, name);
  writeFileSync(file, edit(readFileSync(file, "utf8")));
};

const changeRecord = (folder: string, id: string, edit: (record: Migration) => object): void =>
  change(folder, `${id}.json`, (text) => JSON.stringify(edit(JSON.parse(text) as Migration)));

/** As somebody does who follows the message about the hash. */
const rehash = (folder: string, id: string): void => {
  const [up, down] = ["up", "down"].map((way) =>
    readFileSync(join(folder, `${id}.${way}.sql`), "utf8"),
  );
  changeRecord(folder, id, (record) => ({
    ...record,
    hash: migrationHash(up ?? "", down ?? "", record.steps),
  }));
};

const editing =
  (direction: "up" | "down"): Tamper =>
  (folder, id) =>
    change(folder, `${id}.${direction}.sql`, (text) => `${text}\n-- one more line\n`);

/** What is done to a migration, and what the refusal names. */
const tampers: readonly (readonly [name: string, tamper: Tamper, says: (id: string) => string])[] =
  [
    ["up edited", editing("up"), (id) => `${id}.json: ${id} was changed`],
    ["down edited", editing("down"), (id) => `${id}.json: ${id} was changed`],
    [
      "up edited and hashed",
      (folder, id) => (editing("up")(folder, id), rehash(folder, id)),
      (id) => `${id}.up.sql: changed after it was applied here`,
    ],
    [
      "a step made to run otherwise",
      (folder, id) => {
        changeRecord(folder, id, (record) => ({
          ...record,
          steps: record.steps?.map((step) => ({ ...step, repair: "select 1" })),
        }));
        rehash(folder, id);
      },
      (id) => `${id}.up.sql: changed after it was applied here`,
    ],
    [
      "missing",
      (folder, id) => {
        for (const suffix of ["up.sql", "down.sql", "json"])
          rmSync(join(folder, `${id}.${suffix}`));
      },
      (id) => `${id} is applied, but there is no file of it here`,
    ],
    [
      "up missing",
      (folder, id) => rmSync(join(folder, `${id}.up.sql`)),
      (id) => `there is no ${id}.up file`,
    ],
    [
      "renamed",
      (folder, id) => {
        for (const suffix of ["up.sql", "down.sql", "json"])
          renameSync(join(folder, `${id}.${suffix}`), join(folder, `${id}-x.${suffix}`));
      },
      (id) => `its id is not ${id}-x`,
    ],
    [
      "stands on another",
      (folder, id) => {
        changeRecord(folder, id, (record) => ({ ...record, parents: ["0000-older"] }));
        const older = { id: "0000-older", parents: [], hash: migrationHash("", "") };
        writeFileSync(join(folder, "0000-older.json"), JSON.stringify(older));
        for (const way of ["up", "down"]) writeFileSync(join(folder, `0000-older.${way}.sql`), "");
      },
      (id) => `${id}.up.sql: applied before its parent 0000-older`,
    ],
    [
      "other parents that are applied",
      (folder, id) =>
        changeRecord(folder, id, (record) => ({
          ...record,
          parents: id === "0001-initial" ? ["0003-label-backfill"] : [],
        })),
      (id) => `${id}.up.sql: its parents are`,
    ],
    [
      "a pending one in a circle with it",
      (folder, id) => {
        const circle = {
          id: "0009-circle",
          parents: [id, "0009-circle"],
          hash: migrationHash("", ""),
        };
        writeFileSync(join(folder, "0009-circle.json"), JSON.stringify(circle));
        for (const way of ["up", "down"]) writeFileSync(join(folder, `0009-circle.${way}.sql`), "");
      },
      () => "0009-circle.up.sql: its parents (",
    ],
  ];

const victims = ["0001-initial", "0002-label", "0003-label-backfill"];
const cases = tampers.flatMap(([name, tamper, says]) =>
  victims.map((id) => ({ name, id, tamper, says: says(id) })),
);

await onSharedServer("M3: tampering with applied migrations", (server) => {
  let opened: MigratedStore;
  let before: unknown;

  beforeAll(async () => {
    opened = openMigrated((await server.namespace()).dsn);
    const folder = fixtureFolder(mixed);
    await migrateUp(opened.store.migrationTarget(), await readMigrations(folder));
    rmSync(folder, { recursive: true });
    before = await stateOf(opened);
  });
  afterAll(() => opened.close());

  it.each(cases)(
    "$name: $id is refused by name, both ways, and nothing is done",
    async ({ tamper, id, says }) => {
      const folder = fixtureFolder(mixed);
      tamper(folder, id);
      const target = opened.store.migrationTarget();
      for (const migrate of [migrateUp, migrateDown]) {
        const error: unknown = await readMigrations(folder)
          .then(async (migrations): Promise<unknown> => migrate(target, migrations))
          .catch((reason: unknown) => reason);
        expect(isDataError(error) && [error.kind, error.message]).toEqual([
          "programming",
          expect.stringContaining(says),
        ]);
      }
      expect(await stateOf(opened)).toEqual(before);
      rmSync(folder, { recursive: true });
    },
  );

  it("holds 30 cases", () => expect(cases).toHaveLength(30));
});
