/** Migrations with every kind of step, as files; and a store that is migrated by them. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dsn as rules } from "../../../src/engines/postgres/dsn.ts";
import type { PartitionedTable } from "../../../templates/engines/postgres/partitions.ts";
import { openPostgres, type PostgresStore } from "../../../templates/engines/postgres/store.ts";
import { parseDsn } from "../../../templates/runtime/dsn.ts";
import { Lifecycle } from "../../../templates/runtime/lifecycle.ts";
import { migrationDrift } from "../../../templates/runtime/migrate.ts";
import type { Migration, StepRecord } from "../../../templates/runtime/migration.ts";
import { migrationHash } from "../../../templates/runtime/migration-files.ts";

export const full = process.env["FULL"] === "1";

/** A step with its two texts. */
export interface FixtureStep extends StepRecord {
  readonly up: string;
  readonly down: string;
}

/** A migration as it is written to a folder. */
export interface Fixture extends Pick<Migration, "id" | "parents" | "phase" | "change"> {
  readonly steps: readonly FixtureStep[];
}

export const step = (
  name: string,
  up: string,
  down: string,
  changes: Partial<StepRecord> = {},
): FixtureStep => ({ name, title: name, transactional: true, up, down, ...changes });

/** An index that is made while others write. */
export const concurrentIndex = (name: string, on: string, unique = false): FixtureStep =>
  step(
    name,
    `create ${unique ? "unique " : ""}index concurrently ${name} on ${on};`,
    `drop index concurrently if exists ${name};`,
    {
      transactional: false,
      verify: `select coalesce((select indisvalid from pg_index where indexrelid = to_regclass('${name}')), false)`,
      repair: `drop index concurrently if exists ${name};`,
    },
  );

const rows = 1_000;

const fillLabels = `with part as (
  select id from item where label is null and ($1::text is null or id > $1::integer) order by id limit $2::integer
), changed as (
  update item set label = 'label ' || item.id from part where item.id = part.id returning item.id
) select count(*), max(id)::text from changed;`;

/** One change of every kind; `pauseMs` and pg_sleep keep each step under way long enough to be killed in it. */
export const mixed: readonly Fixture[] = [
  {
    id: "0001-initial",
    parents: [],
    phase: "expand",
    steps: [
      step(
        "items",
        `create table item (id integer primary key, code text not null);
insert into item select n, 'code ' || n from generate_series(1, ${rows}) n;
select pg_sleep(0.02);`,
        "drop table item;",
      ),
      step("shelves", "create table shelf (id integer primary key);", "drop table shelf;"),
    ],
  },
  {
    id: "0002-label",
    parents: ["0001-initial"],
    phase: "expand",
    change: "0002-label",
    steps: [
      step(
        "label",
        "alter table item add column label text; select pg_sleep(0.02);",
        "alter table item drop column label;",
      ),
      concurrentIndex("item_label_idx", "item (label)"),
      concurrentIndex("item_code_idx", "item (code)", true),
      step(
        "code-key",
        "alter table item add constraint item_code_key unique using index item_code_idx;",
        // The index goes with its constraint; the step before it takes back what is gone then.
        "alter table item drop constraint item_code_key;",
      ),
    ],
  },
  {
    id: "0003-label-backfill",
    parents: ["0002-label"],
    phase: "backfill",
    change: "0002-label",
    steps: [
      step("labels", fillLabels, "update item set label = null;", {
        batch: {
          keys: 1,
          size: 300,
          pauseMs: 5,
          estimate: "select count(*) from item where label is null",
        },
      }),
    ],
  },
  {
    id: "0004-label-contract",
    parents: ["0003-label-backfill"],
    phase: "contract",
    change: "0002-label",
    steps: [
      step(
        "label-given",
        "alter table item add constraint label_given check (label is not null) not valid;",
        "alter table item drop constraint label_given;",
      ),
      step(
        "no-label-idx",
        "drop index concurrently if exists item_label_idx;",
        "create index concurrently item_label_idx on item (label);",
        { transactional: false, verify: "select to_regclass('item_label_idx') is null" },
      ),
      step("label-given-valid", "alter table item validate constraint label_given;", ""),
      step(
        "label-required",
        "alter table item alter column label set not null; select pg_sleep(0.02);",
        "alter table item alter column label drop not null;",
      ),
    ],
  },
];

const textOf = (steps: readonly FixtureStep[], direction: "up" | "down"): string =>
  `-- Made for a test.\n\n${steps.map((each) => `-- step: ${each.name}\n${each[direction]}\n`).join("\n")}`;

/** A migration as `readMigrations` would read it. */
export function asMigration({ steps, ...fixture }: Fixture): Migration {
  const records = steps.map(({ up: _up, down: _down, ...record }) => record);
  const [up, down] = [textOf(steps, "up"), textOf(steps, "down")];
  const hash = migrationHash(up, down, records);
  const file = `migrations/main/${fixture.id}.up.sql`;
  return { ...fixture, steps: records, up, down, hash, file };
}

/** Writes the three files of each migration. */
export function writeFixtures(folder: string, fixtures: readonly Fixture[]): void {
  for (const { up, down, file: _file, ...record } of fixtures.map(asMigration)) {
    writeFileSync(join(folder, `${record.id}.up.sql`), up);
    writeFileSync(join(folder, `${record.id}.down.sql`), down);
    writeFileSync(join(folder, `${record.id}.json`), JSON.stringify(record, null, 2));
  }
}

export function fixtureFolder(fixtures: readonly Fixture[]): string {
  const folder = mkdtempSync(join(tmpdir(), "migrations-"));
  writeFixtures(folder, fixtures);
  return folder;
}

export interface MigratedStore {
  readonly store: PostgresStore;
  rows(text: string): Promise<readonly (readonly (string | null)[])[]>;
  close(): Promise<void>;
}

/**
 * @param role the application's role, which may read the ledger
 * @param partitioned tables that are partitioned by time
 */
export function openMigrated(
  dsn: string,
  role?: string,
  partitioned: readonly PartitionedTable[] = [],
): MigratedStore {
  const lifecycle = new Lifecycle({ signals: false, drainMs: 1_000 });
  const context = { lifecycle, telemetry: {}, onError: () => {} };
  const config = { dsn: parseDsn(dsn, rules), deadlineMs: 10_000, pool: { max: 4 } };
  const identity = {
    name: "main",
    engine: "postgres",
    partitioned,
    ...(role !== undefined && { role }),
  };
  const store = openPostgres(config, context, identity);
  return {
    store,
    rows: async (text) => (await store.raw(text)).rows,
    close: async () => {
      await lifecycle.close();
      await store.close();
    },
  };
}

/** What migrations have made, without what differs from run to run. */
export async function stateOf({ store, rows: ask }: MigratedStore): Promise<unknown> {
  const target = store.migrationTarget();
  const ledger = (await target.ledger()).map(({ id, hash, parents, dirty, phase }) => {
    return { id, hash, parents, dirty, phase };
  });
  const objects = await target.objects?.();
  const made = (await ask("select to_regclass('item') is not null"))[0]?.[0] === "t";
  const digest = made
    ? await ask("select count(*), md5(string_agg(i::text, ',' order by i.id)) from item i")
    : [];
  const drift = await migrationDrift(target);
  return { ledger: ledger.sort((a, b) => (a.id < b.id ? -1 : 1)), objects, digest, drift };
}
