import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { Change } from "../../templates/runtime/changes.ts";
import { migrateUp } from "../../templates/runtime/migrate.ts";
import type { FaultProxy } from "../support/fault-proxy.ts";
import { seeded } from "../support/random.ts";
import {
  amend,
  bump,
  get,
  id,
  migrationOf,
  newItem,
  place,
  placeAlone,
  reserve,
} from "../unit/mysql-driver/items.ts";
import { type Opened, openStore } from "../unit/mysql-driver/open-store.ts";
import { onSharedServers, proxyTo } from "./mysql-server.ts";
import { stopwatch } from "../support/stopwatch.ts";

interface Verdict {
  readonly kind: string;
  readonly attempts: number;
}
const verdict = (promise: Promise<unknown>): Promise<Verdict> =>
  promise.then(
    () => ({ kind: "ok", attempts: 0 }),
    (error: Verdict) => error,
  );

await onSharedServers("lost replies and cut connections", (server) => {
  let direct: Opened;
  let through: Opened;
  let proxy: FaultProxy;

  let dsn: string;

  beforeAll(async () => {
    ({ dsn } = await server.namespace());
    proxy = await proxyTo(dsn);
    direct = await openStore(dsn);
    await migrateUp(direct.store.migrationTarget(), [migrationOf(direct.dialect)]);
  });
  beforeEach(async () => {
    proxy.clear();
    for (const table of ["item", "`operation`"]) await direct.store.raw(`delete from ${table}`);
    await direct.store.session.write(place, newItem(0, 1_000));
    // A store of its own for each test, since its retries are counted; its statements are prepared, its connection is there.
    through = await openStore(proxy.through(dsn), { deadlineMs: 10_000 });
    await through.store.session.write(bump, [id(0), 0]);
    await through.store.session.write(reserve, [id(0), 0]);
  });
  afterEach(async () => {
    proxy.clear();
    await through.close();
  });
  afterAll(async () => {
    await direct.close();
    await proxy.stop();
  });

  const stock = async (): Promise<number | undefined> =>
    (await direct.store.session.first(get, [id(0)]))?.count;
  /** A session's settings name the isolation level, in which the word commit is, too. */
  const losing = (text: string): { hits(): number; remove(): void } =>
    proxy.add({
      kind: "drop_reply",
      when: (reply) => (text === "commit" ? reply.text === text : reply.text.includes(text)),
      after: "cut",
    });

  it.each(["update item", "insert into operation", "commit"])(
    "F2: a write with an operation id whose reply to %s is lost is applied once and gives its result",
    async (text) => {
      for (let round = 1; round <= 10; round += 1) {
        const toxic = losing(text);
        const item = await through.store.session.write(reserve, [id(0), -1], {
          operation: `f2-${text}-${round}`,
        });
        expect(item.count).toBe(1_000 - round);
        expect(toxic.hits()).toBe(1);
        toxic.remove();
      }
      expect(await stock()).toBe(990);
    },
  );

  it("F2: without one, what was sent alone is outcome-unknown, and never replayed", async () => {
    let applied = 0;
    for (let round = 1; round <= 10; round += 1) {
      await through.store.session.write(bump, [id(0), 0]);
      const toxic = losing("update item");
      const lost = await verdict(through.store.session.write(bump, [id(0), -1]));
      expect(lost).toMatchObject({ kind: "outcome-unknown", attempts: 1 });
      applied += toxic.hits();
      toxic.remove();
    }
    expect([applied, await stock()]).toEqual([10, 990]);
  });

  it("F2: before its COMMIT a write of several statements is known not to be applied, and is run again", async () => {
    for (let round = 1; round <= 10; round += 1) {
      const toxic = losing("update item");
      expect((await through.store.session.write(reserve, [id(0), -1])).count).toBe(1_000 - round);
      expect(toxic.hits()).toBe(1);
      toxic.remove();
    }
    expect(await stock()).toBe(990);
  });

  it("F2: what was written by itself and cannot be read at once is read again, and not written again", async () => {
    await through.store.session.write(placeAlone, newItem(99));
    for (let round = 1; round <= 5; round += 1) {
      const toxic = losing("select id, tenant");
      const placed = await through.store.session.write(placeAlone, newItem(round));
      expect([placed.id, toxic.hits()]).toEqual([id(round), 1]);
      toxic.remove();
    }
    proxy.add({
      kind: "drop_reply",
      when: ({ text }) => text.includes("select id, tenant"),
      after: "blackhole",
    });
    const late = through.store.session.write(placeAlone, newItem(50), { deadlineMs: 700 });
    expect(await verdict(late)).toMatchObject({ kind: "outcome-unknown", attempts: 1 });
    expect(await direct.store.session.first(get, [id(50)])).toBeDefined();
  });

  it("F2: a COMMIT whose reply is lost is outcome-unknown, even when rerunnable", async () => {
    for (let round = 1; round <= 5; round += 1) {
      const toxic = losing("commit");
      const lost = verdict(through.store.session.write(reserve, [id(0), -1]));
      expect(await lost).toMatchObject({ kind: "outcome-unknown", attempts: 1 });
      toxic.remove();
    }
    let runs = 0;
    const toxic = losing("commit");
    const lost = through.store.transaction(
      (tx) => {
        runs += 1;
        return tx.write(reserve, [id(0), -1]);
      },
      { rerunnable: true },
    );
    expect(await verdict(lost)).toMatchObject({ kind: "outcome-unknown" });
    expect([runs, toxic.hits(), await stock()]).toEqual([1, 1, 994]);
  });

  describe("a write left in doubt is told as a change:", () => {
    const changes: Change[] = [];
    let forget: () => void = () => {};
    beforeEach(() => {
      changes.length = 0;
      forget = through.store.onChanged((change) => void changes.push(change));
    });
    afterEach(() => forget());
    const row = { entity: "Item", keys: [id(0)] };

    it("by its key where that is known, else as any row", async () => {
      losing("commit");
      await verdict(through.store.session.write(reserve, [id(0), -1]));
      expect(changes).toEqual([row]);
      proxy.clear();
      losing("commit");
      await verdict(through.store.session.patch(amend, [id(0)], { note: "x" }));
      expect(changes).toEqual([row, row]);
      proxy.clear();
      losing("commit");
      await verdict(through.store.session.write(place, newItem(1)));
      expect(changes.slice(2)).toEqual([{ entity: "Item", keys: [], all: true }]);
    });

    it("when its COMMIT was lost", async () => {
      losing("commit");
      const lost = through.store.transaction((tx) => tx.write(reserve, [id(0), -1]));
      expect(await verdict(lost)).toMatchObject({ kind: "outcome-unknown" });
      expect(changes).toEqual([row]);
    });

    it.each(["an abort", "a deadline"])(
      "at %s, and again when its reply comes late",
      async (end) => {
        changes.length = 0;
        proxy.add({ kind: "latency", ms: 300 });
        const signal =
          end === "an abort" ? { signal: AbortSignal.timeout(60) } : { deadlineMs: 60 };
        await verdict(through.store.session.write(bump, [id(0), -1], signal));
        expect(changes).toEqual([row]);
        await vi.waitFor(() => expect(changes).toEqual([row, row]), { timeout: 4_000 });
      },
    );
  });

  it("F2: a replay whose connection ends before its operation id is looked up is tried again, and told of no conflict", async () => {
    const operation = { operation: "f2-replayed" };
    await direct.store.session.write(place, newItem(1), operation);
    const toxic = losing("rollback");
    const again = await through.store.session.write(place, newItem(1), operation);
    expect([again.id, toxic.hits()]).toEqual([id(1), 1]);
  });

  it("F2: reads are retried", async () => {
    await through.store.session.first(get, [id(0)]);
    const toxic = losing("from item");
    expect(await through.store.session.first(get, [id(0)])).toMatchObject({ count: 1_000 });
    expect(toxic.hits()).toBe(1);
  });

  it("F1: no write is lost and none doubled while connections are cut", async () => {
    const random = seeded(20_261);
    const outcomes = new Map<number, string>();
    let next = 1;
    const worker = async (): Promise<void> => {
      while (next <= 1_000) {
        const number = next;
        next += 1;
        const keyed = random() < 0.5 ? { operation: `f1-${number}` } : {};
        const { kind } = await verdict(through.store.session.write(place, newItem(number), keyed));
        outcomes.set(number, kind);
        if (outcomes.size % 40 === 0) proxy.cut();
      }
    };
    await Promise.all(Array.from({ length: 8 }, worker));
    const { rows } = await direct.store.raw("select id from item");
    const present = new Set(rows.map(([key]) => key));
    expect(outcomes.size).toBe(1_000);
    for (const [number, kind] of outcomes) {
      const there = present.has(id(number));
      if (kind === "ok") expect(there, `${number} was acknowledged`).toBe(true);
      else if (kind !== "outcome-unknown") expect([kind, there]).toEqual(["unavailable", false]);
    }
    expect([...outcomes.values()].filter((kind) => kind === "ok").length).toBeGreaterThan(500);
  });

  it("F1: no counting with an operation id is lost or doubled while connections are cut", async () => {
    const outcomes: string[] = [];
    let next = 0;
    const worker = async (): Promise<void> => {
      while (next < 200) {
        next += 1;
        const operation = `count-${next}`;
        // The caller does what the error's hint says, until it knows.
        for (let again = 0; again < 20; again += 1) {
          const { kind } = await verdict(
            through.store.session.write(reserve, [id(0), -1], { operation }),
          );
          if (kind !== "ok" && again < 19) continue;
          outcomes.push(kind);
          break;
        }
        if (outcomes.length % 15 === 0) proxy.cut();
      }
    };
    await Promise.all(Array.from({ length: 4 }, worker));
    expect(outcomes.filter((kind) => kind !== "ok")).toEqual([]);
    expect(await stock()).toBe(800);
  });

  it("F5: every call settles within its deadline when the network swallows everything", async () => {
    await through.store.session.first(get, [id(0)]);
    proxy.add({ kind: "blackhole" });
    const began = stopwatch();
    const calls = Array.from({ length: 40 }, (_, at) => {
      const options = { deadlineMs: 300 };
      if (at % 4 === 0) return through.store.session.first(get, [id(0)], options);
      if (at % 4 === 1) return through.store.session.write(bump, [id(0), -1], options);
      if (at % 4 === 2) return through.store.raw("select 1", [], options);
      return through.store.transaction((tx) => tx.first(get, [id(0)]), options);
    });
    const verdicts = await Promise.all(calls.map(verdict));
    expect(began.elapsed()).toBeLessThan(300 + 250);
    for (const { kind } of verdicts) expect(["timeout", "outcome-unknown"]).toContain(kind);
    proxy.clear();
    proxy.cut();
    expect(await verdict(through.store.session.first(get, [id(0)]))).toMatchObject({ kind: "ok" });
  });

  it("F5: a connection that stays silent after a deadline is replaced without help", async () => {
    await through.store.session.first(get, [id(0)]);
    const toxic = proxy.add({ kind: "blackhole" });
    expect(
      await verdict(through.store.session.first(get, [id(0)], { deadlineMs: 100 })),
    ).toMatchObject({ kind: "timeout" });
    toxic.remove();
    const recovered = through.store.session.first(get, [id(0)], { deadlineMs: 4_000 });
    expect(await verdict(recovered)).toMatchObject({ kind: "ok" });
  });

  it("F7: an outage costs few connection attempts, and its end is seen at once", async () => {
    proxy.cut();
    const down = proxy.add({ kind: "down" });
    const before = proxy.counts().refused;
    let calls = 0;
    const until = performance.now() + 600;
    const caller = async (): Promise<void> => {
      while (performance.now() < until) {
        calls += 1;
        const call = through.store.session.first(get, [id(0)], { deadlineMs: 400 });
        expect(["unavailable", "timeout"]).toContain((await verdict(call)).kind);
      }
    };
    await Promise.all(Array.from({ length: 50 }, caller));
    expect(proxy.counts().refused - before).toBeLessThanOrEqual(calls + 20);
    down.remove();
    // What was begun during the outage may still fail, and no retry is left that would hide it.
    const first = (): Promise<Verdict> => verdict(through.store.session.first(get, [id(0)]));
    await vi.waitFor(async () => expect(await first()).toMatchObject({ kind: "ok" }), 1_000);
  });

  it("F14: a slow server is degraded, a silent one is down, and either is up again", async () => {
    expect(await through.store.health()).toMatchObject({ state: "up" });
    const slow = proxy.add({ kind: "latency", ms: 400 });
    expect(await through.store.health()).toMatchObject({
      state: "degraded",
      detail: expect.stringContaining("slow"),
    });
    slow.remove();
    const silent = proxy.add({ kind: "blackhole" });
    expect(await through.store.health()).toMatchObject({ state: "down" });
    silent.remove();
    proxy.cut();
    await vi.waitFor(
      async () => expect(await through.store.health()).toMatchObject({ state: "up" }),
      5_000,
    );
  });

  it("an insert whose row is deleted before it is read was applied, and says so", async () => {
    await through.store.session.write(placeAlone, newItem(99));
    proxy.add({ kind: "latency", ms: 1_000 }, { direction: "down" });
    const placing = verdict(through.store.session.write(placeAlone, newItem(60)));
    // The reply to the insert is on its way.
    await vi.waitFor(
      async () => expect(await direct.store.session.first(get, [id(60)])).toBeDefined(),
      5_000,
    );
    await direct.store.raw("delete from item where id = $1", [id(60)]);
    expect(await placing).toMatchObject({
      kind: "outcome-unknown",
      message:
        "items.placeAlone: it was applied, and its row cannot be read: it was deleted right after",
      hint: "do not repeat the write",
      attempts: 1,
    });
  });

  it("F12: replies cut into small pieces and late are the same", async () => {
    const wide = "select repeat('x\u00e9', 200000), id, count from item";
    const expected = await direct.store.raw(wide);
    proxy.add({ kind: "slicer", bytes: 701 });
    proxy.add({ kind: "latency", ms: 20 });
    expect(await through.store.raw(wide, [], { deadlineMs: 20_000 })).toEqual(expected);
  });

  it("F10: violated constraints cost no connection and are not retried", async () => {
    const before = proxy.counts().accepted;
    const wrong = Array.from({ length: 200 }, (_, at) =>
      verdict(
        at % 2 === 0
          ? through.store.session.write(place, newItem(0))
          : through.store.transaction((tx) => tx.write(reserve, [id(0), -5_000])),
      ),
    );
    const verdicts = await Promise.all(wrong);
    verdicts.forEach(({ kind, attempts }, at) => {
      expect([kind, attempts]).toEqual([at % 2 === 0 ? "conflict" : "constraint", 1]);
    });
    expect(proxy.counts().accepted - before).toBeLessThanOrEqual(12);
  });
});
