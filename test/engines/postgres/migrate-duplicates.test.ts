/** A unique index on rows that are not unique: how many there are and how to find them is told, what they hold is not. */
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { cell } from "../../support/closing-table.ts";
import { isDataError } from "../../../templates/runtime/errors.ts";
import { migrateUp } from "../../../templates/runtime/migrate.ts";
import { columnOf, isMissing, type Namespace, sharedServer } from "../servers.ts";
import { asMigration, concurrentIndex, type MigratedStore, openMigrated } from "./migrations.ts";

const server = await sharedServer("postgres");
const proof = { port: "migrations", engine: columnOf(server), method: "duplicates are named" };
if (isMissing(server)) cell(proof, { kind: "not proven", why: server.reason });

const rows = `create table "Odd items" (id integer primary key, code text, "Shelf no" integer, gone boolean not null);
insert into "Odd items" values (1, 'secret-a', 1, false), (2, 'secret-a', 1, false), (3, 'secret-a', 2, true),
  (4, 'Secret-b', 3, false), (5, 'secret-b', 3, false), (6, null, 4, false), (7, null, 4, false);`;

/** What the index is on, and what is told of it. */
const cases: readonly (readonly [on: string, told: string, found: number])[] = [
  ["(code)", "1 value stands in more than one row of", 3],
  [`(code, "Shelf no")`, "1 value stands in more than one row of", 2],
  ["(lower(code)) where not gone", "2 values stand in more than one row of", 4],
  [`("Shelf no") nulls not distinct where id > 3`, "2 values stand in more than one row of", 4],
];

describe.skipIf(isMissing(server))("a unique index that cannot be built", () => {
  let space: Namespace;
  let store: MigratedStore;
  beforeEach(async () => {
    if (isMissing(server)) return;
    space = await server.namespace();
    store = openMigrated(space.dsn);
    for (const statement of rows.split(";\n")) await store.rows(statement);
  });
  afterEach(async () => {
    await store?.close();
    await space?.drop();
  });
  afterAll(() => cell(proof, { kind: "proven" }));

  test.each(cases)("on %s", async (on, told, found) => {
    const migration = asMigration({
      id: "0001-unique",
      parents: [],
      phase: "expand",
      steps: [concurrentIndex("odd_items_key", `"Odd items" ${on}`, true)],
    });
    const error = await migrateUp(store.store.migrationTarget(), [migration]).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (!isDataError(error)) throw new Error(String(error));
    expect(error.message).toContain(`${told} "Odd items", ${found} rows in all`);
    expect(error.hint).toContain("run it again: it goes on there");
    expect(JSON.stringify([error.message, error.hint])).not.toMatch(/secret/i);
    const query = /this finds them: (.*)$/.exec(error.message)?.[1] ?? "";
    const answer = await store.rows(query);
    expect(answer.reduce((sum, row) => sum + Number(row.at(-1)), 0)).toBe(found);
    const left = await store.rows("select count(*) from pg_index where not indisvalid");
    expect(left).toEqual([["0"]]);
  });

  test("whom the table's policies bind is told that it cannot count", async () => {
    const role = `bound_${space.name.replaceAll(/[^a-z0-9]/g, "").slice(-20)}`;
    await store.rows(`create role ${role} login`);
    const all = store;
    try {
      const [schema] = await all.rows("select quote_ident(current_schema())");
      await all.rows(`grant all on schema ${schema?.[0]} to ${role}`);
      await all.rows(`alter table "Odd items" owner to ${role}`);
      await all.rows('alter table "Odd items" enable row level security');
      await all.rows('alter table "Odd items" force row level security');
      const dsn = new URL(space.dsn);
      dsn.username = role;
      store = openMigrated(dsn.href);
      const index = concurrentIndex("odd_items_key", '"Odd items" (code)', true);
      const migration = asMigration({
        id: "0001-unique",
        parents: [],
        phase: "expand",
        steps: [index],
      });
      const error = await migrateUp(store.store.migrationTarget(), [migration]).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      if (!isDataError(error)) throw new Error(String(error));
      expect(error.message).toContain('its policies hide rows of "Odd items" from this login');
      expect(error.message).toContain("select code, count(*)");
    } finally {
      if (store !== all) await store.close();
      store = all;
      await all.rows(`drop owned by ${role} cascade`);
      await all.rows(`drop role ${role}`);
    }
  });
});
