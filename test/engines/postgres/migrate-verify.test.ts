import { afterAll, beforeAll, expect, it } from "vitest";
import { acceptMigration, migrateUp, migrationDrift } from "../../../templates/runtime/migrate.ts";
import { onSharedServer } from "../../faults/postgres-server.ts";
import { asMigration, mixed, openMigrated, step, type MigratedStore } from "./migrations.ts";

const everything = asMigration({
  id: "0005-everything",
  parents: ["0004-label-contract"],
  steps: [
    step(
      "everything",
      `create domain amount as integer check (value > 0);
create type mood as enum ('calm', 'loud');
create function twice(n integer) returns integer language sql as 'select 2 * n';
create function touch() returns trigger language plpgsql as 'begin return new; end';
create trigger item_touch before update on item for each row execute function touch();
create view labels with (security_invoker = true) as select label from item;
alter table shelf enable row level security;
create policy shelf_all on shelf using (true);
comment on column item.code is 'A code.';`,
      "select 1;",
    ),
  ],
});
const migrations = [...mixed.map(asMigration), everything];

/** A change by hand, what it is called, and what takes it back. */
const changes: readonly (readonly [by: string, object: string, change: string, back: string])[] = [
  ["create table other (id integer)", "table other", "added", "drop table other"],
  [
    "alter table shelf set (fillfactor = 50)",
    "table shelf",
    "changed",
    "alter table shelf reset (fillfactor)",
  ],
  [
    "alter table shelf force row level security",
    "table shelf",
    "changed",
    "alter table shelf no force row level security",
  ],
  [
    "alter table shelf add column by_hand text",
    "column shelf.by_hand",
    "added",
    "alter table shelf drop column by_hand",
  ],
  [
    "alter table item alter column code set default 'x'",
    "column item.code",
    "changed",
    "alter table item alter column code drop default",
  ],
  [
    "comment on column item.code is 'Other.'",
    "column item.code",
    "changed",
    "comment on column item.code is 'A code.'",
  ],
  [
    "alter table item drop constraint label_given",
    "constraint item.label_given",
    "dropped",
    "alter table item add constraint label_given check (label is not null)",
  ],
  ["create index by_hand on item (code)", "index by_hand", "added", "drop index by_hand"],
  [
    "alter table item disable trigger item_touch",
    "trigger item.item_touch",
    "changed",
    "alter table item enable trigger item_touch",
  ],
  [
    "create or replace function twice(n integer) returns integer language sql as 'select 3 * n'",
    "function twice(n integer)",
    "changed",
    "create or replace function twice(n integer) returns integer language sql as 'select 2 * n'",
  ],
  [
    "drop policy shelf_all on shelf",
    "policy shelf.shelf_all",
    "dropped",
    "create policy shelf_all on shelf using (true)",
  ],
  [
    "create or replace view labels with (security_invoker = true) as select label from item where id > 1",
    "view labels",
    "changed",
    "create or replace view labels with (security_invoker = true) as select label from item",
  ],
  [
    "alter domain amount add constraint small check (value < 9)",
    "type amount",
    "changed",
    "alter domain amount drop constraint small",
  ],
  ["create sequence by_hand", "sequence by_hand", "added", "drop sequence by_hand"],
];

await onSharedServer("verify", (server) => {
  let opened: MigratedStore;
  const drift = () => migrationDrift(opened.store.migrationTarget());

  beforeAll(async () => {
    opened = openMigrated((await server.namespace()).dsn);
    await migrateUp(opened.store.migrationTarget(), migrations);
  });
  afterAll(() => opened.close());

  it("finds nothing where nobody changed anything", async () => {
    expect(await drift()).toEqual([]);
    await opened.rows("insert into shelf values (1)");
    await opened.rows("analyze");
    expect(await drift()).toEqual([]);
  });

  it.each(changes)("%s: %s is %s", async (by, object, change, back) => {
    await opened.rows(by);
    expect(await drift()).toContainEqual({ object, change });
    await opened.rows(back);
    expect(await drift()).toEqual([]);
  });

  it("leaves out the ledger, partitions and what extensions own", async () => {
    await opened.rows("alter table schema_migration add column by_hand text");
    await opened.rows("create table event (at date) partition by range (at)");
    await opened.rows(
      "create table event_1 partition of event for values from ('2026-01-01') to ('2026-02-01')",
    );
    expect(await drift()).toEqual([
      { object: "column event.at", change: "added" },
      { object: "table event", change: "added" },
    ]);
    await opened.rows("drop table event");
  });

  it("an enum's new value is a change, and a migration that did not make it keeps it named", async () => {
    await opened.rows("alter type mood add value 'new'");
    const more = asMigration({
      id: "0006-more",
      parents: ["0005-everything"],
      steps: [step("more", "create table more (id integer);", "drop table more;")],
    });
    await migrateUp(opened.store.migrationTarget(), [...migrations, more]);
    expect(await drift()).toEqual([{ object: "type mood", change: "changed" }]);
    await expect(
      acceptMigration(opened.store.migrationTarget(), [...migrations, more], "0006-more"),
    ).rejects.toMatchObject({
      kind: "programming",
      message: expect.stringContaining("type mood (changed)"),
    });
  });

  it("an edited migration that is accepted keeps the time it was applied at", async () => {
    const own = openMigrated((await server.namespace()).dsn);
    const target = own.store.migrationTarget();
    const [initial, ...rest] = migrations;
    if (initial === undefined) return expect.unreachable();
    await migrateUp(target, migrations);
    const before = await target.ledger();
    const edited = { ...initial, hash: "edited" };
    await acceptMigration(target, [edited, ...rest], initial.id);
    const after = await target.ledger();
    expect(after.map(({ id, appliedAt }) => [id, appliedAt])).toEqual(
      before.map(({ id, appliedAt }) => [id, appliedAt]),
    );
    expect(after[0]?.hash).toBe("edited");
    expect(await migrationDrift(target)).toEqual([]);
    expect(await migrateUp(target, [edited, ...rest])).toEqual([]);
    await own.close();
  });

  it("upgrades a ledger of before steps in place, and reads it before", async () => {
    const old = openMigrated((await server.namespace()).dsn);
    await old.rows(`create table schema_migration (id text primary key, hash text not null, parents text not null,
      applied_at timestamptz(3) not null default now(), dirty boolean not null default false)`);
    const [initial] = migrations;
    if (initial === undefined) return expect.unreachable();
    await old.rows(
      `insert into schema_migration (id, hash, parents) values ('0001-initial', '${initial.hash}', '')`,
    );
    await old.rows("create table item (id integer primary key, code text not null); ");
    const target = old.store.migrationTarget();
    expect(await target.ledger()).toMatchObject([{ id: "0001-initial", dirty: false }]);
    expect(await migrationDrift(target)).toBeUndefined();
    expect(await migrateUp(target, [initial])).toEqual([]);
    expect(await migrationDrift(target)).toEqual([]);
    expect(await migrateUp(target, migrations.slice(0, 2))).toEqual(["0002-label"]);
    expect(await migrationDrift(target)).toEqual([]);
    await old.close();
  });
});
