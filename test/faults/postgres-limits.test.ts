import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dsn as rules } from "../../src/engines/postgres/dsn.ts";
import { operationSecurity } from "../../src/engines/postgres/ddl/rls.ts";
import { secure } from "../../src/engines/postgres/schema/render.ts";
import { ask } from "../../templates/engines/postgres/ask.ts";
import { purgeOperations } from "../../templates/engines/postgres/operation-purge.ts";
import { serverTransport } from "../../templates/engines/postgres/server-transport.ts";
import { keyedRead, write } from "../../templates/engines/postgres/statement.ts";
import { parseDsn } from "../../templates/runtime/dsn.ts";
import { migrateUp } from "../../templates/runtime/migrate.ts";
import {
  amend,
  get,
  id,
  migration,
  newItem,
  place,
  reserve,
  tenantA,
} from "../unit/postgres-driver/items.ts";
import { type Opened, openStore } from "../unit/postgres-driver/open-store.ts";
import { seeded } from "../support/random.ts";
import { onSharedServer } from "./postgres-server.ts";
import { stopwatch } from "../support/stopwatch.ts";

const kindOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => "ok",
    (error: { readonly kind: string }) => error.kind,
  );
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

await onSharedServer("deadlines, locks and limits", (server) => {
  let dsn: string;
  let opened: Opened;

  beforeAll(async () => {
    ({ dsn } = await server.namespace());
    opened = await openStore(dsn);
    await migrateUp(opened.store.migrationTarget(), [migration]);
    for (let number = 0; number < 8; number += 1) {
      await opened.store.session.write(place, newItem(number, 1_000));
    }
  });
  afterAll(() => opened.close());

  it("F6: whoever waits too long for the pool is told so, first come first served, and no slot is lost", async () => {
    const waits = 900;
    const small = await openStore(dsn, {
      pool: { max: 3, acquireTimeoutMs: waits },
      deadlineMs: 5_000,
    });
    const each = <T>(call: () => Promise<T>): Promise<readonly T[]> =>
      Promise.all(Array.from({ length: 3 }, call));
    // How long a busy machine takes to open connections is no part of the wait for one.
    await each(() => small.store.raw("select pg_sleep(0.05)"));
    const served: number[] = [];
    const began = stopwatch();
    const calls = Array.from({ length: 60 }, async (_, at) => {
      const kind = await kindOf(small.store.raw("select pg_sleep(0.15)"));
      if (kind === "ok") served.push(at);
      return { kind, elapsed: began.elapsed() };
    });
    const results = await Promise.all(calls);
    const refused = results.filter(({ kind }) => kind !== "ok");
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.filter(({ kind }) => kind !== "overloaded")).toEqual([]);
    expect(refused.filter(({ elapsed }) => elapsed >= waits + 250)).toEqual([]);
    expect(served.length).toBeGreaterThanOrEqual(6);
    expect(Math.max(...served)).toBe(served.length - 1);
    await each(() => small.store.raw("select 1"));
    await small.close();
  });

  it("idle connections are closed, and make room for new ones", async () => {
    const pool = { max: 2, idleTimeoutMs: 40, acquireTimeoutMs: 500 };
    const idle = await openStore(`${dsn}?application_name=idle-pool`, { pool });
    for (let round = 0; round < 4; round += 1) {
      await Promise.all([idle.store.raw("select 1"), idle.store.raw("select 2")]);
      await sleep(150);
      const open = "select count(*) from pg_stat_activity where application_name = 'idle-pool'";
      expect((await opened.store.raw(open)).rows).toEqual([["0"]]);
    }
    await idle.close();
  });

  describe("a deadline", () => {
    it("ends the statement on the server, too", async () => {
      expect(
        await kindOf(opened.store.raw("select pg_sleep(20) /* ends */", [], { deadlineMs: 150 })),
      ).toBe("outcome-unknown");
      await sleep(300);
      const { rows } = await opened.store.raw(
        "select count(*) from pg_stat_activity where query like '%ends */' and pid <> pg_backend_pid() and state = 'active'",
      );
      expect(rows).toEqual([["0"]]);
    });

    it("harms no neighbour on the same connection", async () => {
      const lock = opened.store.transaction(async (tx) => {
        await tx.raw("select 1 from item where id = $1::uuid for update", [id(1)]);
        await sleep(500);
      });
      await sleep(50);
      const blocked = kindOf(
        opened.store.session.write(reserve, [id(1), "-1"], { deadlineMs: 290 }),
      );
      const neighbours = Array.from({ length: 50 }, () =>
        opened.store.session.write(reserve, [id(2), "-1"]),
      );
      expect(await blocked).toBe("conflict");
      await Promise.all(neighbours);
      await lock;
      expect(await opened.store.session.first(get, [id(1)])).toMatchObject({ count: 1_000 });
      expect(await opened.store.session.first(get, [id(2)])).toMatchObject({ count: 950 });
    });

    it("in a storm of cancelled statements no neighbour is lost or doubled", async () => {
      const slow = write({
        ...reserve,
        name: "items.slow",
        text: "update item set count = count from (select pg_sleep(5)) as s where id = $1::uuid returning id, tenant, count, note, version",
      });
      const before = (await opened.store.session.first(get, [id(5)]))?.count ?? 0;
      let applied = 0;
      let storm = true;
      const neighbour = async (): Promise<void> => {
        while (storm) {
          await opened.store.session.write(reserve, [id(5), "1"]);
          applied += 1;
        }
      };
      const neighbours = Array.from({ length: 8 }, neighbour);
      for (let round = 0; round < 25; round += 1) {
        const call = opened.store.session.write(slow, [id(6)], { deadlineMs: 5 + round });
        expect(await kindOf(call)).toBe("outcome-unknown");
      }
      storm = false;
      await Promise.all(neighbours);
      expect(applied).toBeGreaterThan(25);
      expect(await opened.store.session.first(get, [id(5)])).toMatchObject({
        count: before + applied,
      });
    });

    it("ends a transaction, its locks and its connection's use", async () => {
      const late = opened.store.transaction(
        async (tx) => {
          await tx.write(reserve, [id(3), "-1"]);
          await sleep(400);
          await tx.write(reserve, [id(3), "-1"]);
        },
        { deadlineMs: 150 },
      );
      expect(await kindOf(late)).toBe("timeout");
      expect(
        await kindOf(opened.store.session.write(reserve, [id(3), "-1"], { deadlineMs: 1_000 })),
      ).toBe("ok");
      expect(await opened.store.session.first(get, [id(3)])).toMatchObject({ count: 999 });
    });

    it("an abort rejects with the caller's reason", async () => {
      const controller = new AbortController();
      const call = opened.store.raw("select pg_sleep(5)", [], { signal: controller.signal });
      setTimeout(() => controller.abort(new Error("changed my mind")), 50);
      await expect(call).rejects.toThrow("changed my mind");
    });
  });

  describe("prepared statements", () => {
    it("survive DEALLOCATE and a changed result type", async () => {
      const reader = await openStore(dsn);
      await reader.store.session.first(get, [id(4)]);
      await opened.store.raw("alter table item alter column count type bigint");
      const several = Array.from({ length: 20 }, () => reader.store.session.first(get, [id(4)]));
      expect((await Promise.all(several)).every((item) => item?.count === 1_000)).toBe(true);
      await opened.store.raw("alter table item alter column count type integer");
      expect(await reader.store.session.first(get, [id(4)])).toMatchObject({ count: 1_000 });
      await reader.close();
    });

    it("a name whose first Parse failed works once the cause is gone", async () => {
      const reader = await openStore(dsn);
      await opened.store.raw("alter table item rename to hidden");
      const failing = Array.from({ length: 10 }, () =>
        kindOf(reader.store.session.first(get, [id(4)])),
      );
      expect(new Set(await Promise.all(failing))).toEqual(new Set(["programming"]));
      await opened.store.raw("alter table hidden rename to item");
      expect(await reader.store.session.first(get, [id(4)])).toMatchObject({ id: id(4) });
      await reader.close();
    });
  });

  describe("a lock", () => {
    const holding = async (text: string, ms: number): Promise<{ readonly done: Promise<void> }> => {
      let held: () => void = () => {};
      const isHeld = new Promise<void>((resolve) => (held = resolve));
      const done = opened.store.transaction(async (tx) => {
        await tx.raw(text);
        held();
        await sleep(ms);
      });
      await isHeld;
      return { done };
    };
    const rowLock = `select 1 from item where id = '${id(1)}' for update`;
    const timed = async (call: Promise<unknown>): Promise<number> => {
      const began = stopwatch();
      await call;
      return began.elapsed();
    };

    it("on a row delays whoever wants that row, and nobody else", async () => {
      const tenant = opened.store.forTenant(tenantA).session;
      await Promise.all([tenant.first(get, [id(2)]), opened.store.session.first(get, [id(2)])]);
      const { done } = await holding(rowLock, 1_000);
      const waiting = [
        timed(opened.store.session.write(reserve, [id(1), "1"])),
        timed(tenant.write(reserve, [id(1), "-1"])),
      ];
      const others = Array.from({ length: 20 }, (_, at) =>
        timed((at % 2 === 0 ? tenant : opened.store.session).write(reserve, [id(2), "0"])),
      );
      expect(Math.max(...(await Promise.all(others)))).toBeLessThan(600);
      expect(Math.min(...(await Promise.all(waiting)))).toBeGreaterThan(600);
      await done;
      expect(await opened.store.session.first(get, [id(1)])).toMatchObject({ count: 1_000 });
    });

    it("that outlasts the deadline is known to have stopped the write", async () => {
      const { done } = await holding(rowLock, 900);
      for (const session of [opened.store.session, opened.store.forTenant(tenantA).session]) {
        const began = stopwatch();
        await expect(
          session.write(reserve, [id(1), "-1"], { deadlineMs: 400 }),
        ).rejects.toMatchObject({ kind: "conflict", code: "55P03", attempts: 1 });
        expect(began.elapsed()).toBeLessThan(400 + 250);
      }
      await done;
      expect(await opened.store.session.first(get, [id(1)])).toMatchObject({ count: 1_000 });
    });

    it("on a table delays its readers, but no other read and no health probe", async () => {
      const other = keyedRead({
        name: "servers.get",
        collection: "pg_database",
        text: "select datname from pg_database where oid = $1::oid",
        row: (row) => row[0],
      });
      const { done } = await holding("lock table item in access exclusive mode", 900);
      const reader = timed(opened.store.session.first(get, [id(1)]));
      const probe = opened.store.health();
      expect(await timed(opened.store.session.first(other, ["1"]))).toBeLessThan(500);
      expect(await probe).toMatchObject({ state: "up" });
      expect(await reader).toBeGreaterThan(500);
      await done;
    });
  });

  it("operation ids older than 7 days are purged by a login that owns nothing, of every tenant, to the last", async () => {
    const { dsn: scoped } = await server.namespace();
    const owner = await openStore(scoped);
    await migrateUp(owner.store.migrationTarget(), [migration]);
    const login = `purger_${process.pid}`;
    const policies = operationSecurity({ tenantScoped: true });
    for (const text of secure({ name: "operation", ...policies })) await owner.store.raw(text);
    await owner.store.raw(`create role ${login} login in role shop_app`);
    await owner.store.raw(
      `insert into operation select case when n <= 2500 then $1 else '' end, 'items.place', n::text, 'f', '[]',
        now() - case when n % 1000 = 0 then interval '1 day' else interval '30 days' end from generate_series(1, 5000) n`,
      [tenantA],
    );
    const url = new URL(scoped);
    url.username = login;
    const dsnOf = parseDsn(url.toString(), rules);
    const transport = serverTransport("main", { dsn: dsnOf }, () => {});
    const seen = ask(transport.lanes.pooled, "select count(*) from operation where tenant <> ''");
    expect(await seen).toEqual([["0"]]);
    await purgeOperations(transport.lanes.pooled);
    await transport.close();
    const left = "select tenant, count(*) from operation group by 1 order by 1";
    expect((await owner.store.raw(left)).rows).toEqual([
      ["", "3"],
      [tenantA, "2"],
    ]);
    await owner.store.raw(`drop role ${login}`);
    await owner.close();
  });

  it("F9: transactions that fight for the same rows are run again until they are through, and the sum is exact", async () => {
    let runs = 0;
    const move = (one: number, other: number): Promise<unknown> =>
      opened.store.transaction(
        async (tx) => {
          runs += 1;
          await tx.write(reserve, [id(Math.min(one, other)), one < other ? "-1" : "1"]);
          await tx.write(reserve, [id(Math.max(one, other)), one < other ? "1" : "-1"]);
        },
        { isolation: "serializable", rerunnable: true },
      );
    const before = await opened.store.raw("select sum(count) from item");
    const random = seeded(9);
    const kinds: string[] = [];
    const mover = async (): Promise<void> => {
      for (let turn = 0; turn < 40; turn += 1) {
        const one = Math.floor(random() * 8);
        kinds.push(await kindOf(move(one, (one + 1 + Math.floor(random() * 7)) % 8)));
      }
    };
    await Promise.all(Array.from({ length: 6 }, mover));
    expect((await opened.store.raw("select sum(count) from item")).rows).toEqual(before.rows);
    expect(runs).toBeGreaterThan(kinds.length);
    expect(kinds.filter((kind) => kind === "ok").length).toBeGreaterThanOrEqual(0.99 * 240);
  });

  it("M1: of eight migrators that start together one applies each step, and the others find it done", async () => {
    const empty = (await server.namespace()).dsn;
    const starters = await Promise.all(Array.from({ length: 8 }, () => openStore(empty)));
    const applied = await Promise.all(
      starters.map(({ store }) => migrateUp(store.migrationTarget(), [migration])),
    );
    expect(applied.flat()).toEqual(["0001-initial"]);
    await Promise.all(starters.map((starter) => starter.close()));
  });

  it("a failed migration leaves nothing behind", async () => {
    const fresh = await openStore((await server.namespace()).dsn);
    const broken = { ...migration, up: "create table half (n int); create table half (n int);" };
    await expect(migrateUp(fresh.store.migrationTarget(), [broken])).rejects.toMatchObject({
      message: expect.stringContaining(migration.file),
    });
    expect((await fresh.store.raw("select to_regclass('half')::text")).rows).toEqual([[null]]);
    expect(await fresh.store.migrationTarget().ledger()).toEqual([]);
    await fresh.close();
  });

  it("several hosts: one that is down is passed over, one that is read-only refused", async () => {
    const { port, hostname } = new URL(dsn);
    const both = await openStore(
      dsn.replace(`${hostname}:${port}`, `127.0.0.1:9,${hostname}:${port}`),
    );
    expect(await both.store.raw("select 1")).toMatchObject({ rows: [["1"]] });
    await both.close();
    const { dsn: frozen, name } = await server.namespace();
    const writer = await openStore(frozen);
    await writer.store.raw(
      `alter database "${new URL(frozen).pathname.slice(1)}" set default_transaction_read_only = on`,
    );
    await writer.close();
    const reader = await openStore(`${frozen}?target_session_attrs=read-write`, {
      deadlineMs: 1_000,
    });
    expect([name, await kindOf(reader.store.raw("select 1"))]).toEqual([name, "unavailable"]);
    await reader.close();
    const replica = await openStore(frozen);
    expect(await replica.store.health()).toMatchObject({ state: "degraded" });
    expect(await kindOf(replica.store.raw("create table x (n int)"))).toBe("unavailable");
    await replica.close();
  });

  it("F13: close drains what is in flight; a second close is the same; later calls are refused", async () => {
    const closing = await openStore(dsn);
    const calls = Array.from({ length: 100 }, (_, at) =>
      at % 2 === 0
        ? closing.store.session.patch(amend, [id(at % 8)], { note: "closing" })
        : closing.store.raw("select pg_sleep(0.02)"),
    );
    const began = stopwatch();
    const closed = closing.close();
    expect(new Set(await Promise.all(calls.map(kindOf)))).toEqual(new Set(["ok"]));
    await closed;
    await closing.store.close();
    expect(began.elapsed()).toBeLessThan(5_000);
    expect(await kindOf(closing.store.session.first(get, [id(1)]))).toBe("programming");
    const { rows } = await opened.store.raw(
      "select count(*) from pg_stat_activity where datname = current_database() and state = 'active' and pid <> pg_backend_pid()",
    );
    expect(rows).toEqual([["0"]]);
  });
});
