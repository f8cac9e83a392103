/** The partitions that come with time, made by the runtime: in process, and on a server by several at once. */
import { expect, it, test } from "vitest";
import { migratePartitions } from "../../../templates/runtime/migrate.ts";
import { onSharedServer } from "../../faults/postgres-server.ts";
import { type MigratedStore, openMigrated } from "./migrations.ts";

const odd = 'Sales "of" the\n year';
const long = `t_${"ä".repeat(30)}`;
const named = (name: string): string => `"${name.replaceAll('"', '""')}"`;
const tables = [
  { table: odd, every: "month" },
  { table: long, every: "day" },
  { table: "plain", every: "year" },
  { table: "not_there_yet", every: "year" },
] as const;
const now = new Date("2026-12-31T23:30:00Z");

async function makeTables({ rows }: MigratedStore): Promise<void> {
  const texts = [
    `create table ${named(odd)} (id integer, "sold at" timestamptz(3) not null check ("sold at" > '2000-01-01'), words text not null default 'none', size integer generated always as (char_length(words)) stored, primary key (id, "sold at")) partition by range ("sold at")`,
    `create table odd_default partition of ${named(odd)} default`,
    `create table ${named(long)} (day date primary key) partition by range (day)`,
    `create table long_default partition of ${named(long)} default`,
    "create table plain (at timestamptz(3))",
  ];
  for (const text of texts) await rows(text);
}

const bounds = ({ rows }: MigratedStore, table: string) =>
  rows(
    `select relname, pg_get_expr(relpartbound, pg_class.oid) from pg_inherits join pg_class on pg_class.oid = inhrelid
    where inhparent = ${`'${named(table).replaceAll("'", "''")}'`}::regclass and relpartbound::text is not null order by 1`,
  );

const made = (store: MigratedStore, ahead?: number) =>
  migratePartitions(store.store.migrationTarget(), { now, ...(ahead !== undefined && { ahead }) });

test("PGlite: names that need quotes or are too long, dates, a table that is none", async () => {
  const store = openMigrated("pglite:memory", undefined, tables);
  await makeTables(store);
  await store.rows(`insert into ${named(long)} values ('2027-01-02')`);
  expect(await made(store, 2)).toEqual([
    { table: odd, period: "2026-12", partition: `${odd}_2026_12`, state: "made" },
    { table: odd, period: "2027-01", partition: `${odd}_2027_01`, state: "made" },
    { table: odd, period: "2027-02", partition: `${odd}_2027_02`, state: "made" },
    { table: long, period: "2026-12-31", partition: expect.any(String), state: "made" },
    { table: long, period: "2027-01-01", partition: expect.any(String), state: "made" },
    { table: long, period: "2027-01-02", partition: "long_default", state: "left" },
  ]);
  expect((await bounds(store, long)).map(([, bound]) => bound)).toEqual([
    "DEFAULT",
    "FOR VALUES FROM ('2026-12-31') TO ('2027-01-01')",
    "FOR VALUES FROM ('2027-01-01') TO ('2027-01-02')",
  ]);
  for (const [name] of await bounds(store, long))
    expect(Buffer.byteLength(name ?? "")).toBeLessThan(64);
  await store.rows(
    `insert into ${named(odd)} (id, "sold at") values (1, '2026-12-31T23:59:59.999Z'), (2, '2027-01-01T00:00:00Z')`,
  );
  expect(
    await store.rows(`select tableoid::regclass::text, id, size from ${named(odd)} order by id`),
  ).toEqual([
    [named(`${odd}_2026_12`), "1", "4"],
    [named(`${odd}_2027_01`), "2", "4"],
  ]);
  await store.close();
}, 120_000);

test("PGlite: names that another table's partitions have, a column that a migration to come renames", async () => {
  const store = openMigrated("pglite:memory", undefined, [{ table: "orders", every: "month" }]);
  for (const text of [
    "create table purchases (at timestamptz not null) partition by range (at)",
    "create table orders_2026_12 partition of purchases for values from ('2026-12-01Z') to ('2027-01-01Z')",
    "create type orders_2027_01 as enum ('a')",
    "create table orders (placed_at timestamptz not null) partition by range (placed_at)",
    "create table orders_default partition of orders default",
  ])
    await store.rows(text);
  const notes = (await made(store, 2)) ?? [];
  expect(notes).toEqual([
    {
      table: "orders",
      period: "2026-12",
      partition: expect.stringMatching(/^orders_[0-9a-f]{8}_2026_12$/),
      state: "made",
    },
    {
      table: "orders",
      period: "2027-01",
      partition: expect.stringMatching(/^orders_[0-9a-f]{8}_2027_01$/),
      state: "made",
    },
    { table: "orders", period: "2027-02", partition: "orders_2027_02", state: "made" },
  ]);
  expect(await made(store, 2)).toEqual([]);
  await store.close();
}, 120_000);

test("PGlite: another length of period fills what partitions of before leave open, around rows that lie there", async () => {
  const [monthly, daily, yearly] = (["month", "day", "year"] as const).map((every) =>
    openMigrated("pglite:memory", undefined, [{ table: "orders", every }]),
  );
  for (const store of [monthly, daily, yearly]) {
    await store?.rows("create table orders (at timestamptz not null) partition by range (at)");
    await store?.rows("create table orders_default partition of orders default");
  }
  if (monthly === undefined || daily === undefined || yearly === undefined)
    return expect.unreachable();
  const part = (name: string, from: string, to: string): string =>
    `create table ${name} partition of orders for values from ('${from}T00:00:00Z') to ('${to}T00:00:00Z')`;

  await monthly.rows(part("day_30", "2026-12-30", "2026-12-31"));
  await monthly.rows(part("day_9", "2027-01-09", "2027-01-10"));
  await monthly.rows("insert into orders values ('2027-01-20T00:00:00Z')");
  expect(await made(monthly, 1)).toEqual([
    { table: "orders", period: "2026-12", partition: "orders_2026_12", state: "made" },
    {
      table: "orders",
      period: "2026-12",
      partition: expect.stringMatching(/^orders_[0-9a-f]{8}_2026_12$/),
      state: "made",
    },
    { table: "orders", period: "2027-01", partition: "orders_2027_01", state: "made" },
    { table: "orders", period: "2027-01", partition: "orders_default", state: "left" },
  ]);

  await daily.rows(part("december", "2026-12-01", "2027-01-01"));
  expect((await made(daily, 2))?.map(({ partition }) => partition)).toEqual([
    "orders_2027_01_01",
    "orders_2027_01_02",
  ]);

  await yearly.rows(part("december", "2026-12-01", "2027-01-01"));
  expect((await made(yearly, 0))?.map(({ partition }) => partition)).toEqual(["orders_2026"]);
  await yearly.rows("insert into orders values ('2026-11-30T23:59:59Z'), ('2026-12-01T00:00:00Z')");
  expect(await yearly.rows("select tableoid::regclass::text from orders order by at")).toEqual([
    ["orders_2026"],
    ["december"],
  ]);
  for (const store of [monthly, daily, yearly]) {
    expect(await made(store, 0)).toEqual([]);
    await store.close();
  }
}, 120_000);

await onSharedServer("partitions of the time to come", (server) => {
  it("are made once by several that start together, beside others of any length, whatever the session's time zone", async () => {
    const { dsn, drop } = await server.namespace();
    const stores = Array.from({ length: 4 }, () => openMigrated(dsn, undefined, tables));
    const [first] = stores;
    if (first === undefined) return expect.unreachable();
    await first.rows(
      "do $$ begin execute format('alter database %I set timezone = ''Pacific/Auckland''', current_database()); end $$",
    );
    await first.close();
    stores[0] = openMigrated(dsn, undefined, tables);
    const [one] = stores;
    await makeTables(one);
    await one.rows(
      `create table before partition of ${named(odd)} for values from (minvalue) to ('2026-12-15T00:00:00Z')`,
    );
    await one.rows(
      `create table spring partition of ${named(odd)} for values from ('2027-02-01T00:00:00Z') to ('2027-05-01T00:00:00Z')`,
    );
    const notes = await Promise.all(stores.map((store) => made(store, 5)));
    expect(
      notes.flat().flatMap((note) => (note?.table === odd ? [`${note.state} ${note.period}`] : [])),
    ).toEqual(["made 2026-12", "made 2027-01", "made 2027-05"]);
    expect((await bounds(one, odd)).map(([, bound]) => bound)).toContain(
      "FOR VALUES FROM ('2026-12-15 00:00:00+00') TO ('2027-01-01 00:00:00+00')",
    );
    expect(await made(one, 5)).toEqual([]);
    await Promise.all(stores.map((store) => store.close()));
    await drop();
  }, 120_000);

  it("wait no longer for a lock than they may, and leave nothing behind", async () => {
    const { dsn, drop } = await server.namespace();
    const [store, other] = [openMigrated(dsn, undefined, tables), openMigrated(dsn)];
    await makeTables(store);
    await other.store.transaction(async (tx) => {
      await tx.raw("lock table odd_default in access share mode");
      await expect(
        migratePartitions(store.store.migrationTarget(), {
          now,
          lock: { timeoutMs: 50, totalMs: 150 },
        }),
      ).rejects.toMatchObject({ kind: "overloaded" });
    });
    expect(await bounds(store, odd)).toEqual([["odd_default", "DEFAULT"]]);
    expect((await made(store, 0))?.map(({ state }) => state)).toEqual(["made", "made"]);
    await store.close();
    await other.close();
    await drop();
  }, 120_000);
});
