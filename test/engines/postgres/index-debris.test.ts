/** A concurrent build that meets an index of its name: only what a broken build of the same index left is removed. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import postgres from "../../../src/engines/postgres/index.ts";
import { isDataError } from "../../../templates/runtime/errors.ts";
import { migrateUp } from "../../../templates/runtime/migrate.ts";
import { proving, notProven } from "../../support/closing-table.ts";
import { schemaChanges } from "../../unit/postgres/schema-changes.ts";
import { columnOf, isMissing, sharedServer } from "../servers.ts";
import { asMigration, type MigratedStore, openMigrated } from "./migrations.ts";

const server = await sharedServer("postgres");
const proof = { port: "migrations", engine: columnOf(server), method: "debris of an index" };
if (isMissing(server))
  notProven({ port: proof.port, engine: proof.engine }, [proof.method], server.reason);

describe.skipIf(isMissing(server))("an index that is built beside the writers", () => {
  let store: MigratedStore;
  let drop: () => Promise<void>;
  const change = schemaChanges.find(({ name }) => name === "index unique");
  const { schema: planner } = postgres;
  if (change === undefined || planner === undefined) throw new Error("no such change");
  const fresh = schemaChanges.find(({ name }) => name === "index added");
  if (fresh === undefined) throw new Error("no such change");

  /** From a store without the index to the one that has it. */
  const migrations = (() => {
    const context = { store: change.to, project: "shop", mode: "split", values: {} } as const;
    const from = planner.snapshot(fresh.from, "shop");
    const initial = planner.diff(new Map(), from, { ...context, store: fresh.from }).steps;
    const { steps } = planner.diff(from, planner.snapshot(change.to, "shop"), context);
    const parts = [initial, steps];
    return parts.map((own, at) =>
      asMigration({
        id: `000${at + 1}-step`,
        parents: at === 0 ? [] : ["0001-step"],
        phase: "expand",
        change: `000${at + 1}-step`,
        steps: own.map(({ name, title, transactional, up, down, verify, repair, debris }) => ({
          name,
          title,
          transactional,
          up,
          down,
          verify,
          repair,
          debris,
        })),
      }),
    );
  })();

  beforeEach(async () => {
    if (isMissing(server)) return;
    const place = await server.namespace();
    drop = () => place.drop();
    store = openMigrated(place.dsn);
    await migrateUp(store.store.migrationTarget(), migrations.slice(0, 1));
  });
  afterEach(async () => {
    await store.close();
    await drop();
  });

  const up = () =>
    migrateUp(store.store.migrationTarget(), migrations).then(
      () => undefined,
      (error: unknown) => (isDataError(error) ? `${error.message}; ${error.hint}` : String(error)),
    );
  const definition = async () =>
    (
      await store.rows(
        "select regexp_replace(pg_get_indexdef(indexrelid), ' ON .*USING', ' USING') || ' ' || indisvalid from pg_index where indexrelid = to_regclass('notes_by_words')",
      )
    )[0]?.[0];
  const wanted = "CREATE UNIQUE INDEX notes_by_words USING btree (words) true";

  test.each([
    ["of other columns", "create index notes_by_words on notes (words, id)"],
    ["not unique", "create index notes_by_words on notes (words)"],
    [
      "of another table",
      "create table other (words text); create unique index notes_by_words on other (words)",
    ],
  ])(
    "one that somebody else has made is left as it is: %s",
    proving(proof, async (_, made) => {
      for (const text of made.split("; ")) await store.rows(text);
      const before = await definition();
      expect(await up()).toMatch(/notes_by_words.* already exists/);
      expect(await definition()).toBe(before);
      // Begun, as after a kill: it is not taken for the step's own.
      expect(await up()).toMatch(
        /what is there under the name .* is something else; .*rename or drop it/,
      );
      expect(await definition()).toBe(before);
      await store.rows("drop index notes_by_words");
      expect(await up()).toBeUndefined();
      expect(await definition()).toBe(wanted);
    }),
  );

  test(
    "what a broken build of it left is removed, and it is built",
    proving(proof, async () => {
      await store.rows(
        "insert into notes (id, words) values (gen_random_uuid(), 'a'), (gen_random_uuid(), 'a')",
      );
      await expect(
        store.rows("create unique index concurrently notes_by_words on notes (words)"),
      ).rejects.toThrow();
      expect(await definition()).toMatch(/false$/);
      expect(await up()).toMatch(/already exists/);
      expect(await definition()).toBeUndefined();
      await store.rows("delete from notes");
      expect(await up()).toBeUndefined();
      expect(await definition()).toBe(wanted);
    }),
  );
});
