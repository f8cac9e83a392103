/** The network and the server at their worst: every call settles in its time, no keyed row is lost or doubled, no old one comes back. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { asker } from "../../templates/engines/milvus/collections.ts";
import type { ViewWriter } from "../../templates/runtime/view.ts";
import {
  filled,
  nearestOf,
  type Note,
  note,
  noteView,
  openStore,
  type OpenedMilvus,
} from "../engines/milvus/opened.ts";
import { type FaultProxy, startFaultProxy } from "../support/fault-proxy.ts";
import { answered, grace, onPrivate, verdict } from "./suite.ts";
import { stopwatch } from "../support/stopwatch.ts";

await onPrivate("milvus", "cut connections, silence and a killed server", (server) => {
  const view = noteView("faults");
  let proxy: FaultProxy;
  let direct: OpenedMilvus;
  let through: OpenedMilvus;
  let writer: ViewWriter<Note>;

  beforeAll(async () => {
    proxy = await startFaultProxy({ target: server.dsn });
    direct = openStore(server.dsn);
    await direct.store.channel.load();
    through = openStore(proxy.through(server.dsn), { deadlineMs: 2_000 });
    await through.store.channel.load();
    await (await direct.store.session.target(view).begin()).publish();
    writer = through.store.session.target(view).live();
  }, 60_000);
  beforeEach(async () => {
    proxy.clear();
    await answered(15_000, () => near(through));
  });
  afterAll(async () => {
    proxy.clear();
    expect(through.lifecycle.inFlight).toBe(0);
    expect([through.stray, direct.stray]).toEqual([[], []]);
    await through.close();
    await direct.close();
    await proxy.stop();
  });

  const near = (of: OpenedMilvus, options: object = {}) =>
    of.store.session.nearest(nearestOf(view), filled(0), [], { limit: 1_000, ...options });

  const change = (number: number, revision: bigint) => ({
    kind: "upsert" as const,
    key: String(number),
    revision,
    item: note(number),
  });

  it("F5: a blackhole, in flight and idle: every call settles by its deadline, and the next one goes on", async () => {
    for (const round of [1, 2]) {
      const toxic = proxy.add({ kind: "blackhole" });
      const began = stopwatch();
      const calls = await Promise.all(
        Array.from({ length: 20 }, () => verdict(near(through, { deadlineMs: 400 }))),
      );
      const elapsed = began.elapsed();
      expect(new Set(calls.map(({ kind }) => kind)), `round ${round}`).toEqual(
        new Set(["timeout"]),
      );
      expect(elapsed).toBeLessThan(400 + grace);
      toxic.remove();
      await answered(15_000, () => near(through));
    }
  });

  it("a read on a cut connection is tried again; a server that refuses is unavailable", async () => {
    proxy.cut();
    expect(await verdict(near(through))).toMatchObject({ kind: "ok" });
    const down = proxy.add({ kind: "down" });
    expect(["unavailable", "timeout"]).toContain((await verdict(near(through))).kind);
    down.remove();
    await answered(15_000, () => near(through));
  });

  it("a slow server is a timeout of the caller, not an answer that comes late", async () => {
    proxy.add({ kind: "latency", ms: 700 }, { direction: "down" });
    const began = stopwatch();
    expect((await verdict(near(through, { deadlineMs: 300 }))).kind).toBe("timeout");
    expect(began.elapsed()).toBeLessThan(300 + grace);
    proxy.clear();
  });

  it("one byte at a time is as good as any other way", async () => {
    await writer.write([change(7_001, 1n)]);
    proxy.add({ kind: "slicer", bytes: 1 });
    const found = await near(through, { deadlineMs: 20_000 });
    expect(found.some(({ item }) => item.number === 7_001)).toBe(true);
    proxy.clear();
  });

  it("F1, short: rows written through cuts are there once, with the last revision that was told to be written", async () => {
    const told = new Map<number, bigint>();
    let writing = true;
    const cutting = (async () => {
      while (writing) {
        await sleep(120);
        proxy.cut();
      }
    })();
    const worker = async (first: number): Promise<void> => {
      for (let round = 1n; round <= 6n; round += 1n) {
        for (let number = first; number < first + 5; number += 1) {
          const result = await verdict(writer.write([change(number, round)]));
          if (result.kind === "ok") told.set(number, round);
        }
      }
    };
    await Promise.all([0, 100, 200, 300].map(worker));
    writing = false;
    await cutting;
    proxy.clear();
    const rows = (await near(direct)).filter(({ item }) => item.number < 400);
    const numbers = rows.map(({ item }) => item.number);
    expect(new Set(numbers).size).toBe(numbers.length);
    for (const number of told.keys()) expect(numbers).toContain(number);
    // A revision that was told to be written is there: writing it again is stale.
    const again = await direct.store.session
      .target(view)
      .live()
      .write([...told].map(([number, revision]) => change(number, revision)));
    expect(new Set(again.map(({ kind }) => kind))).toEqual(new Set(["stale"]));
    expect(told.size).toBe(20);
  }, 60_000);

  it("F4: the server is killed and started again: typed errors meanwhile, then answers; what was flushed is there", async () => {
    await direct.store.session
      .target(view)
      .live()
      .write([change(9_001, 1n)]);
    // The small build keeps what it was told in memory until then; a server has its log.
    const ask = asker(direct.store, undefined, true);
    await ask("Flush", { collection_names: [view.definition.alias] });
    // It builds indexes after that, and a file that it is killed over stays empty: no later start can read it.
    await server.atRest();
    await server.kill9();
    for (let call = 0; call < 5; call += 1) {
      const began = stopwatch();
      expect(["unavailable", "timeout"]).toContain(
        (await verdict(near(direct, { deadlineMs: 500 }))).kind,
      );
      expect(began.elapsed()).toBeLessThan(500 + grace);
    }
    expect((await direct.store.health()).state).toBe("down");
    await server.restart();
    const ready = stopwatch();
    await answered(15_000, () => near(direct));
    expect(ready.elapsed()).toBeLessThan(3_000);
    expect((await near(direct)).some(({ item }) => item.number === 9_001)).toBe(true);
    expect((await direct.store.health()).state).toBe("up");
  }, 90_000);

  it("F13: close ends what is in flight, and a closed store takes no call", async () => {
    const closing = openStore(proxy.through(server.dsn), { deadlineMs: 2_000 });
    await closing.store.channel.load();
    await near(closing);
    proxy.add({ kind: "latency", ms: 300 });
    const calls = Array.from({ length: 20 }, () => verdict(near(closing)));
    await closing.lifecycle.close();
    await closing.close();
    for (const { kind } of await Promise.all(calls))
      expect(["ok", "unavailable", "timeout"]).toContain(kind);
    expect((await verdict(near(closing))).kind).toBe("programming");
    proxy.clear();
  });
});
