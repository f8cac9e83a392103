import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { migrateUp } from "../../templates/runtime/migrate.ts";
import { seeded } from "../support/random.ts";
import {
  amend,
  bump,
  get,
  id,
  migrationOf,
  newItem,
  place,
  reserve,
} from "../unit/mysql-driver/items.ts";
import { type Opened, openStore } from "../unit/mysql-driver/open-store.ts";
import { onSharedServers } from "./mysql-server.ts";
import { stopwatch } from "../support/stopwatch.ts";

const kindOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => "ok",
    (error: { readonly kind: string }) => error.kind,
  );
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

await onSharedServers("deadlines, locks and limits", (server) => {
  let dsn: string;
  let opened: Opened;

  beforeAll(async () => {
    ({ dsn } = await server.namespace());
    opened = await openStore(dsn);
    await migrateUp(opened.store.migrationTarget(), [migrationOf(opened.dialect)]);
    for (let number = 0; number < 8; number += 1) {
      await opened.store.session.write(place, newItem(number, 1_000));
    }
  });
  afterAll(() => opened.close());

  const running = async (mark: string): Promise<number> => {
    const text = `select count(*) from information_schema.processlist
      where info like '%${mark}%' and info not like '%processlist%'`;
    return Number((await opened.store.raw(text)).rows[0]?.[0]);
  };

  it("F6: whoever waits too long for the pool is told so, first come first served, and no slot is lost", async () => {
    const small = await openStore(dsn, {
      pool: { max: 3, acquireTimeoutMs: 400 },
      deadlineMs: 3_000,
    });
    const served: number[] = [];
    const began = stopwatch();
    const calls = Array.from({ length: 60 }, async (_, at) => {
      const kind = await kindOf(small.store.raw("select sleep(0.15)"));
      if (kind === "ok") served.push(at);
      return { kind, elapsed: began.elapsed() };
    });
    const results = await Promise.all(calls);
    const refused = results.filter(({ kind }) => kind !== "ok");
    expect(refused.length).toBeGreaterThan(0);
    for (const { kind, elapsed } of refused) {
      expect(kind).toBe("overloaded");
      expect(elapsed).toBeLessThan(400 + 250);
    }
    expect(Math.max(...served)).toBe(served.length - 1);
    await Promise.all(Array.from({ length: 3 }, () => small.store.raw("select 1")));
    const busy = Array.from({ length: 3 }, () => small.store.raw("select sleep(0.9)"));
    expect(await small.store.health()).toMatchObject({
      state: "degraded",
      detail: "every connection is in use",
    });
    await Promise.all(busy);
    expect(await small.store.health()).toMatchObject({ state: "up" });
    await small.close();
  });

  it("idle connections are closed, and make room for new ones", async () => {
    const pool = { max: 2, idleTimeoutMs: 40, acquireTimeoutMs: 1_000 };
    const idle = await openStore(dsn, { pool });
    const id = "select connection_id(), sleep(0.1)";
    const seen = new Set<unknown>();
    for (let round = 0; round < 4; round += 1) {
      const both = await Promise.all([idle.store.raw(id), idle.store.raw(id)]);
      for (const { rows } of both) seen.add(rows[0]?.[0]);
      await sleep(150);
    }
    expect(seen.size).toBe(8);
    await idle.close();
  });

  describe("a deadline", () => {
    it("ends the statement on the server, too", async () => {
      const call = opened.store.raw("select sleep(20) /* ends */", [], { deadlineMs: 150 });
      expect(await kindOf(call)).toBe("outcome-unknown");
      await sleep(500);
      expect(await running("ends")).toBe(0);
    });

    it("in a storm of killed statements no neighbour is hit", async () => {
      const before = (await opened.store.session.first(get, [id(5)]))?.count ?? 0;
      let applied = 0;
      let storm = true;
      const neighbour = async (): Promise<void> => {
        while (storm) {
          await opened.store.session.write(reserve, [id(5), 1]);
          applied += 1;
        }
      };
      const neighbours = Array.from({ length: 4 }, neighbour);
      for (let round = 0; round < 25; round += 1) {
        const call = opened.store.raw("do sleep(5)", [], { deadlineMs: 5 + round });
        expect(["outcome-unknown", "timeout"]).toContain(await kindOf(call));
      }
      storm = false;
      await Promise.all(neighbours);
      expect(applied).toBeGreaterThan(10);
      // The connections that kill go when they have nothing left to kill.
      const open = async (): Promise<number> => {
        const text = "select count(*) from information_schema.processlist where db = database()";
        return Number((await opened.store.raw(text)).rows[0]?.[0]);
      };
      await vi.waitFor(async () => expect(await open()).toBeLessThanOrEqual(10), {
        timeout: 5_000,
        interval: 100,
      });
      expect(await opened.store.session.first(get, [id(5)])).toMatchObject({
        count: before + applied,
      });
    });

    it("ends a transaction, its locks and its connection's use", async () => {
      const late = opened.store.transaction(
        async (tx) => {
          await tx.write(reserve, [id(3), -1]);
          await sleep(400);
          await tx.write(reserve, [id(3), -1]);
        },
        { deadlineMs: 150 },
      );
      expect(await kindOf(late)).toBe("timeout");
      const next = opened.store.session.write(reserve, [id(3), -1], { deadlineMs: 1_500 });
      expect(await kindOf(next)).toBe("ok");
      expect(await opened.store.session.first(get, [id(3)])).toMatchObject({ count: 999 });
    });

    it("an abort rejects with the caller's reason", async () => {
      const controller = new AbortController();
      const call = opened.store.raw("select sleep(5)", [], { signal: controller.signal });
      setTimeout(() => controller.abort(new Error("changed my mind")), 50);
      await expect(call).rejects.toThrow("changed my mind");
    });
  });

  it("prepared statements survive a changed table, and one that was gone", async () => {
    const reader = await openStore(dsn);
    await reader.store.session.first(get, [id(4)]);
    await opened.store.raw("alter table item modify count bigint not null");
    expect(await reader.store.session.first(get, [id(4)])).toMatchObject({ count: 1_000 });
    await opened.store.raw("rename table item to hidden");
    await expect(reader.store.session.first(get, [id(4)])).rejects.toMatchObject({
      kind: "programming",
      code: "1146",
      hint: expect.stringContaining("migrate status"),
    });
    await opened.store.raw("rename table hidden to item");
    await opened.store.raw("alter table item modify count int not null");
    expect(await reader.store.session.first(get, [id(4)])).toMatchObject({ count: 1_000 });
    await reader.close();
  });

  it("prepared statements are bounded per connection", async () => {
    const one = await openStore(dsn, { pool: { max: 1 } });
    for (let number = 0; number < 600; number += 1) {
      await one.store.raw(`select ${number} from item where id = $1`, [id(1)]);
    }
    const { rows } = await one.store.raw("show session status like 'Com_stmt_%'");
    const count = (name: string): number =>
      Number(rows.find(([variable]) => variable === name)?.[1]);
    expect(count("Com_stmt_prepare") - count("Com_stmt_close")).toBeLessThanOrEqual(257);
    expect(count("Com_stmt_prepare")).toBeGreaterThan(599);
    await one.close();
  });

  describe("a lock", () => {
    const holding = async (ms: number): Promise<{ readonly done: Promise<void> }> => {
      let held: () => void = () => {};
      const isHeld = new Promise<void>((resolve) => (held = resolve));
      const done = opened.store.transaction(async (tx) => {
        await tx.raw("select 1 from item where id = $1 for update", [id(1)]);
        held();
        await sleep(ms);
      });
      await isHeld;
      return { done };
    };

    it("that outlasts the deadline is known to have stopped the write", async () => {
      const patient = await openStore(dsn, { deadlineMs: 2_000 });
      const { done } = await holding(2_500);
      const calls: readonly Promise<unknown>[] = [
        patient.store.session.write(bump, [id(1), -1]),
        patient.store.session.write(reserve, [id(1), -1]),
      ];
      const stopped = { kind: "conflict", code: "1205", attempts: 1 };
      await Promise.all(calls.map((call) => expect(call).rejects.toMatchObject(stopped)));
      await done;
      expect(await opened.store.session.first(get, [id(1)])).toMatchObject({ count: 1_000 });
      await patient.close();
    });

    it("1205 rolls back only its statement: the transaction is rolled back by us, whatever the callback does", async () => {
      const patient = await openStore(dsn, { deadlineMs: 2_000 });
      const { done } = await holding(1_600);
      const swallowed = patient.store.transaction(async (tx) => {
        await tx.write(reserve, [id(2), -1]);
        await tx.write(reserve, [id(1), -1]).catch(() => {});
      });
      expect(await kindOf(swallowed)).toBe("programming");
      await done;
      expect(await opened.store.session.first(get, [id(2)])).toMatchObject({ count: 1_000 });
      await patient.close();
    });
  });

  it("1213: a deadlock's victim is run again as a whole, and nothing of its first run is left", async () => {
    let runs = 0;
    const cross = (one: number, other: number): Promise<unknown> =>
      opened.store.transaction(
        async (tx) => {
          runs += 1;
          await tx.write(reserve, [id(one), -1]);
          await sleep(80);
          await tx.write(reserve, [id(other), 1]);
        },
        { rerunnable: true },
      );
    const before = await opened.store.raw("select sum(count) from item");
    await Promise.all([cross(6, 7), cross(7, 6)]);
    expect(runs).toBeGreaterThan(2);
    expect((await opened.store.raw("select sum(count) from item")).rows).toEqual(before.rows);
    const once = await Promise.allSettled(
      [6, 7].map((one) =>
        opened.store.transaction(async (tx) => {
          await tx.write(reserve, [id(one), -1]);
          await sleep(80);
          await tx.write(reserve, [id(13 - one), 1]);
        }),
      ),
    );
    const failed = once.find(({ status }) => status === "rejected");
    expect(failed).toMatchObject({ reason: { kind: "conflict", code: "1213" } });
  });

  it("F9: transactions that fight for the same rows are run again until they are through, and the sum is exact", async () => {
    const move = (one: number, other: number): Promise<unknown> =>
      opened.store.transaction(
        async (tx) => {
          await tx.write(reserve, [id(one), -1]);
          await tx.write(reserve, [id(other), 1]);
        },
        { isolation: "serializable", rerunnable: true },
      );
    const before = await opened.store.raw("select sum(count) from item");
    const random = seeded(9);
    const kinds: string[] = [];
    const mover = async (): Promise<void> => {
      for (let turn = 0; turn < 25; turn += 1) {
        const one = Math.floor(random() * 8);
        kinds.push(await kindOf(move(one, (one + 1 + Math.floor(random() * 7)) % 8)));
      }
    };
    await Promise.all(Array.from({ length: 6 }, mover));
    expect((await opened.store.raw("select sum(count) from item")).rows).toEqual(before.rows);
    expect(kinds.filter((kind) => kind === "ok").length).toBeGreaterThanOrEqual(0.99 * 150);
  });

  it("a connection that the server closed for idleness is told of, and replaced without a failed call", async () => {
    const one = await openStore(dsn, { pool: { max: 1 } });
    await opened.store.raw("set global wait_timeout = 1");
    await one.store.raw("select 1");
    await opened.store.raw("set global wait_timeout = default");
    await vi.waitFor(() => expect(one.stray).toHaveLength(1), { timeout: 5_000, interval: 50 });
    expect(await one.store.session.first(get, [id(4)])).toBeDefined();
    await one.close();
  });

  it("several hosts: one that is down is passed over", async () => {
    const { port, hostname } = new URL(dsn);
    const at = `${hostname}:${port}`;
    const both = await openStore(dsn.replace(at, `127.0.0.1:9,${at}`));
    expect(await both.store.raw("select count(*) from item")).toMatchObject({ rows: [["8"]] });
    await both.close();
  });

  it("a server of the other kind is refused, saying so", async () => {
    const other = await openStore(dsn, {}, opened.dialect === "mysql" ? "mariadb" : "mysql");
    await expect(other.store.raw("select 1")).rejects.toMatchObject({
      kind: "programming",
      hint: expect.stringContaining("change the engine"),
    });
    await other.close();
  });

  it("F13: close drains what is in flight; a second close is the same; later calls are refused", async () => {
    const closing = await openStore(dsn);
    const calls = Array.from({ length: 60 }, (_, at) =>
      at % 2 === 0
        ? closing.store.session.patch(amend, [id(at % 8)], { note: "closing" })
        : closing.store.session.first(get, [id(at % 8)]),
    );
    const settled = Promise.all(calls.map(kindOf));
    const closed = closing.close();
    expect(new Set(await settled)).toEqual(new Set(["ok"]));
    await closed;
    await closing.store.close();
    expect(await kindOf(closing.store.session.first(get, [id(1)]))).toBe("programming");
    expect(closing.stray).toEqual([]);
  });
});
