import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { Change } from "../../templates/runtime/changes.ts";
import { migrateUp } from "../../templates/runtime/migrate.ts";
import type { FaultProxy } from "../support/fault-proxy.ts";
import { seeded } from "../support/random.ts";
import {
  amend,
  get,
  id,
  migration,
  newItem,
  place,
  reserve,
} from "../unit/postgres-driver/items.ts";
import { type Opened, openStore } from "../unit/postgres-driver/open-store.ts";
import { onSharedServer, proxyTo } from "./postgres-server.ts";
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

await onSharedServer("lost replies and cut connections", (server) => {
  let direct: Opened;
  let through: Opened;
  let proxy: FaultProxy;

  beforeAll(async () => {
    const { dsn } = await server.namespace();
    proxy = await proxyTo(dsn);
    direct = await openStore(dsn);
    through = await openStore(proxy.through(dsn), { deadlineMs: 3_000 });
    await migrateUp(direct.store.migrationTarget(), [migration]);
  });
  beforeEach(async () => {
    proxy.clear();
    await direct.store.raw("truncate item, operation");
    await direct.store.session.write(place, newItem(0, 1_000));
  });
  afterAll(async () => {
    proxy.clear();
    await through.close();
    await direct.close();
    await proxy.stop();
  });

  const stock = async (): Promise<number | undefined> =>
    (await direct.store.session.first(get, [id(0)]))?.count;

  it("F2: a write with an operation id whose reply is lost is applied once and gives its result", async () => {
    for (let round = 1; round <= 10; round += 1) {
      const toxic = proxy.add({
        kind: "drop_reply",
        when: ({ text }) => text.includes("update item"),
        after: "cut",
      });
      const item = await through.store.session.write(reserve, [id(0), "-1"], {
        operation: `f2-${round}`,
      });
      expect(item.count).toBe(1_000 - round);
      expect(toxic.hits()).toBe(1);
      toxic.remove();
    }
    expect(await stock()).toBe(990);
  });

  it("F2: without one it is outcome-unknown, and never replayed", async () => {
    for (let round = 1; round <= 10; round += 1) {
      const toxic = proxy.add({
        kind: "drop_reply",
        when: ({ text }) => text.includes("update item"),
        after: "cut",
      });
      expect(await verdict(through.store.session.write(reserve, [id(0), "-1"]))).toMatchObject({
        kind: "outcome-unknown",
        attempts: 1,
      });
      toxic.remove();
    }
    expect(await stock()).toBe(990);
  });

  it("F2: a COMMIT whose reply is lost is outcome-unknown, even when rerunnable", async () => {
    let runs = 0;
    const toxic = proxy.add({
      kind: "drop_reply",
      when: ({ text }) => text === "commit",
      after: "cut",
    });
    const lost = through.store.transaction(
      (tx) => {
        runs += 1;
        return tx.write(reserve, [id(0), "-1"]);
      },
      { rerunnable: true },
    );
    expect(await verdict(lost)).toMatchObject({ kind: "outcome-unknown" });
    expect([runs, toxic.hits(), await stock()]).toEqual([1, 1, 999]);
  });

  describe("a write left in doubt is told as a change:", () => {
    const changes: Change[] = [];
    let forget: () => void = () => {};
    beforeEach(() => {
      changes.length = 0;
      forget = through.store.onChanged((change) => void changes.push(change));
    });
    afterEach(() => forget());
    const losing = (text: string): void =>
      void proxy.add({
        kind: "drop_reply",
        when: (reply) => reply.text.includes(text),
        after: "cut",
      });
    const row = { entity: "Item", keys: [id(0)] };

    it("by its key where that is known, else as any row", async () => {
      losing("update item");
      await verdict(through.store.session.write(reserve, [id(0), "-1"]));
      expect(changes).toEqual([row]);
      await verdict(through.store.session.patch(amend, [id(0)], { note: "x" }));
      expect(changes).toEqual([row, row]);
      losing("insert into item");
      await verdict(through.store.session.write(place, newItem(1)));
      expect(changes.slice(2)).toEqual([{ entity: "Item", keys: [], all: true }]);
    });

    it("when its COMMIT was lost", async () => {
      losing("commit");
      const lost = through.store.transaction((tx) => tx.write(reserve, [id(0), "-1"]));
      expect(await verdict(lost)).toMatchObject({ kind: "outcome-unknown" });
      expect(changes).toEqual([row]);
    });

    it.each(["an abort", "a deadline"])(
      "at %s, and again when its reply comes late",
      async (end) => {
        await through.store.session.write(reserve, [id(0), "0"]);
        changes.length = 0;
        proxy.add({ kind: "latency", ms: 300 });
        const signal =
          end === "an abort" ? { signal: AbortSignal.timeout(60) } : { deadlineMs: 60 };
        await verdict(through.store.session.write(reserve, [id(0), "-1"], signal));
        expect(changes).toEqual([row]);
        await vi.waitFor(() => expect(changes).toEqual([row, row]), { timeout: 2_000 });
      },
    );
  });

  it("F2: reads are retried", async () => {
    const toxic = proxy.add({
      kind: "drop_reply",
      when: ({ text }) => text.includes("from item"),
      after: "cut",
    });
    expect(await through.store.session.first(get, [id(0)])).toMatchObject({ count: 1_000 });
    expect(toxic.hits()).toBe(1);
  });

  it("F1: no write is lost and none doubled while connections are cut", async () => {
    const random = seeded(20_261);
    const outcomes = new Map<number, string>();
    const cutter = setInterval(() => proxy.cut(), 60);
    let next = 1;
    const worker = async (): Promise<void> => {
      while (next <= 400) {
        const number = next;
        next += 1;
        const keyed = random() < 0.5 ? { operation: `f1-${number}` } : {};
        const { kind } = await verdict(through.store.session.write(place, newItem(number), keyed));
        outcomes.set(number, kind);
      }
    };
    await Promise.all(Array.from({ length: 8 }, worker));
    clearInterval(cutter);
    const { rows } = await direct.store.raw("select id from item");
    const present = new Set(rows.map(([key]) => key));
    expect(outcomes.size).toBe(400);
    for (const [number, kind] of outcomes) {
      const there = present.has(id(number));
      if (kind === "ok") expect(there, `${number} was acknowledged`).toBe(true);
      else if (kind !== "outcome-unknown") expect([kind, there]).toEqual(["unavailable", false]);
    }
    expect([...outcomes.values()].filter((kind) => kind === "ok").length).toBeGreaterThan(200);
  });

  it("F5: every call settles within its deadline when the network swallows everything", async () => {
    await through.store.session.first(get, [id(0)]);
    proxy.add({ kind: "blackhole" });
    const began = stopwatch();
    const calls = Array.from({ length: 40 }, (_, at) => {
      const options = { deadlineMs: 300 };
      if (at % 4 === 0) return through.store.session.first(get, [id(0)], options);
      if (at % 4 === 1) return through.store.session.write(reserve, [id(0), "-1"], options);
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
    expect(proxy.counts().refused - before).toBeLessThan(60);
    down.remove();
    expect(await verdict(through.store.session.first(get, [id(0)]))).toMatchObject({ kind: "ok" });
  });

  it("F12: replies cut into small pieces and late are the same", async () => {
    const wide =
      "select repeat('x\u00e9', 200000), array_agg(n)::text from generate_series(1, 20000) n";
    const expected = await direct.store.raw(wide);
    proxy.add({ kind: "slicer", bytes: 701 });
    proxy.add({ kind: "latency", ms: 20 });
    expect(await through.store.raw(wide, [], { deadlineMs: 20_000 })).toEqual(expected);
  });

  it("F10: violated constraints cost no connection and are not retried", async () => {
    const before = proxy.counts().accepted;
    const wrong = Array.from({ length: 400 }, (_, at) =>
      verdict(
        at % 2 === 0
          ? through.store.session.write(place, newItem(0))
          : through.store.transaction((tx) => tx.write(reserve, [id(0), "-5000"])),
      ),
    );
    const verdicts = await Promise.all(wrong);
    verdicts.forEach(({ kind, attempts }, at) => {
      expect([kind, attempts]).toEqual([at % 2 === 0 ? "conflict" : "constraint", 1]);
    });
    expect(proxy.counts().accepted - before).toBeLessThanOrEqual(12);
  });
});
