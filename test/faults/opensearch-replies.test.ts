// The network between adapter and server at its worst: every call settles in its time, no revision is lost, none comes back, none is doubled.
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { ViewTarget, ViewWriter } from "../../templates/runtime/view.ts";
import { viewTarget } from "../../templates/engines/opensearch/view-target.ts";
import {
  findIn,
  note,
  type Note,
  noteView,
  type OpenedSearch,
  openStore,
  place,
  request,
  upsert,
} from "../engines/opensearch/opened.ts";
import type { FaultProxy } from "../support/fault-proxy.ts";
import { onSharedServer, proxyTo } from "./opensearch-server.ts";
import { grace, until, verdict } from "./suite.ts";

const view = noteView("notes");
const all = findIn(view);

await onSharedServer("lost replies, cut connections, silence", (server) => {
  let proxy: FaultProxy;
  let direct: OpenedSearch;
  let through: OpenedSearch;
  let target: ViewTarget<Note>;
  let writer: ViewWriter<Note>;

  const find = (of: OpenedSearch, options: object = {}): Promise<readonly Note[]> =>
    of.store.session.list(all, "note", () => [], options);
  const answers = async (): Promise<boolean> => (await verdict(find(through))).kind === "ok";

  beforeAll(async () => {
    const { dsn } = await server.namespace();
    proxy = await proxyTo(dsn);
    direct = openStore(dsn, { deadlineMs: 20_000 });
    through = openStore(proxy.through(dsn), { deadlineMs: 4_000 });
    target = await place(direct, view);
    writer = viewTarget(through.store, view.declared).live();
  });
  beforeEach(async () => {
    proxy.clear();
    await until(15_000, answers);
  });
  afterAll(async () => {
    proxy.clear();
    expect(through.lifecycle.inFlight).toBe(0);
    expect([through.stray, direct.stray]).toEqual([[], []]);
    await through.close();
    await direct.close();
    await proxy.stop();
  });

  /** Writes that reached the primary, replays included: what was refused as stale counts too. */
  const versionOf = async (key: string): Promise<unknown> => {
    const path = `/${direct.store.prefix}notes/_doc/${key}`;
    const found = await request(direct, (attempt) =>
      direct.store.http.send({ method: "GET", path }, attempt),
    );
    return found["_version"];
  };
  const losing = (path: string) =>
    proxy.add({ kind: "drop_reply", when: ({ text }) => text.includes(path), after: "cut" });

  it("F2: a write whose reply is lost is replayed, applied once, and told apart from nothing", async () => {
    for (let round = 1; round <= 10; round += 1) {
      const toxic = losing("_bulk");
      const [outcome] = await writer.write([upsert(note(round), 7n)]);
      expect(toxic.hits()).toBe(1);
      // The replay finds its own revision: there, and no newer one.
      expect(outcome?.kind).toBe("stale");
      expect(await versionOf(String(round))).toBe(7);
      toxic.remove();
    }
  });

  it("F2: of a bulk whose reply is lost every change is decided", async () => {
    const toxic = losing("_bulk");
    const changes = Array.from({ length: 50 }, (_, at) => upsert(note(100 + at), 1n));
    const outcomes = await writer.write(changes);
    expect(toxic.hits()).toBe(1);
    expect(outcomes).toHaveLength(50);
    expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(["stale"]));
    expect(await versionOf("149")).toBe(1);
  });

  it("F2: a write whose replies are all lost is outcome-unknown, and a search's is unavailable", async () => {
    const toxic = proxy.add({
      kind: "drop_reply",
      when: ({ text }) => text.includes("_bulk") || text.includes("_search"),
      after: "cut",
      times: 100,
    });
    const lost = await verdict(writer.write([upsert(note(200), 1n)]));
    expect(lost).toMatchObject({
      kind: "outcome-unknown",
      attempts: 3,
      hint: expect.stringContaining("write the same changes again"),
    });
    expect(await verdict(find(through))).toMatchObject({ kind: "unavailable", attempts: 3 });
    expect(toxic.hits()).toBe(6);
    expect(await versionOf("200")).toBe(1);
  });

  it("F2: a reply that is cut in its middle is a lost one", async () => {
    const limited = proxy.add({ kind: "limit_data", bytes: 120 }, { direction: "down" });
    proxy.cut();
    expect(await verdict(find(through, { deadlineMs: 2_000 }))).toMatchObject({
      kind: "unavailable",
      attempts: 3,
    });
    expect((await verdict(writer.write([upsert(note(201), 1n)]))).kind).toBe("outcome-unknown");
    limited.remove();
    proxy.cut();
    await until(15_000, answers);
    expect(await versionOf("201")).toBe(1);
  });

  it("F1: what was told to be written is there through cuts, no revision comes back, no key is there twice", async () => {
    const told = new Map<number, { readonly revision: bigint; readonly gone: boolean }>();
    /** The last revision that may be there: what is unavailable was not applied. */
    const tried = new Map<number, bigint>();
    let writing = true;
    const cutting = (async () => {
      while (writing) {
        await sleep(150);
        proxy.cut();
      }
    })();
    const worker = async (first: number): Promise<void> => {
      for (let revision = 1n; revision <= 12n; revision += 1n) {
        for (let number = first; number < first + 5; number += 1) {
          const gone = Number(revision) % 4 === number % 4;
          const change = gone
            ? ({ kind: "delete", key: String(number), revision } as const)
            : upsert(note(number, `a note of ${revision}`), revision);
          const { kind } = await verdict(writer.write([change]));
          expect(["ok", "outcome-unknown", "unavailable"]).toContain(kind);
          if (kind === "ok") told.set(number, { revision, gone });
          if (kind !== "unavailable") tried.set(number, revision);
        }
      }
    };
    await Promise.all([1_000, 1_100, 1_200, 1_300].map(worker));
    writing = false;
    await cutting;
    proxy.clear();
    await direct.settle();
    const found = (await find(direct)).filter(({ number }) => number >= 1_000);
    const numbers = found.map(({ number }) => number);
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(told.size).toBe(20);
    for (const [number, { revision, gone }] of told) {
      const version = BigInt(Number(await versionOf(String(number))));
      expect(version >= revision, `${number}: ${revision} was told, ${version} is there`).toBe(
        true,
      );
      expect(version <= (tried.get(number) ?? 0n)).toBe(true);
      if (version === revision) expect(numbers.includes(number)).toBe(!gone);
    }
    // An older change that comes late is stale, whatever it is.
    const late = await target
      .live()
      .write([...told.keys()].map((number) => upsert(note(number, "an old note"), 0n)));
    expect(new Set(late.map(({ kind }) => kind))).toEqual(new Set(["stale"]));
  }, 60_000);

  it("F5: every call settles within its deadline when the network swallows everything", async () => {
    await find(through);
    proxy.add({ kind: "blackhole" });
    const began = performance.now();
    const options = { deadlineMs: 400 };
    const verdicts = await Promise.all(
      Array.from({ length: 40 }, (_, at) =>
        verdict(
          at % 2 === 0
            ? find(through, options)
            : writer.write([upsert(note(300 + at), 1n)], options),
        ),
      ),
    );
    expect(performance.now() - began).toBeLessThan(400 + grace);
    expect(new Set(verdicts.map(({ kind }, at) => `${at % 2} ${kind}`))).toEqual(
      new Set(["0 timeout", "1 outcome-unknown"]),
    );
    proxy.clear();
    proxy.cut();
    expect(await answers()).toBe(true);
  });

  it("F5: a connection that stays silent after a deadline is replaced without help", async () => {
    await find(through);
    const toxic = proxy.add({ kind: "blackhole" });
    expect((await verdict(find(through, { deadlineMs: 100 }))).kind).toBe("timeout");
    toxic.remove();
    expect(await verdict(find(through, { deadlineMs: 3_000 }))).toMatchObject({ kind: "ok" });
  });

  it("F5: a slow server is a timeout of the caller, and its socket is not used again", async () => {
    const slow = proxy.add({ kind: "latency", ms: 700 }, { direction: "down" });
    const late = await verdict(find(through, { deadlineMs: 300 }));
    expect(late.kind).toBe("timeout");
    expect(late.elapsed).toBeLessThan(300 + grace);
    slow.remove();
    // The answer of the call before never becomes the answer of this one.
    const [found] = await writer.write([upsert(note(400), 1n)]);
    expect(found?.kind).toBe("written");
    expect(through.store.http.poolState().used).toBe(0);
  });

  it("F7: an outage costs few attempts, is told at once, and its end is seen at once", async () => {
    proxy.cut();
    const down = proxy.add({ kind: "down" });
    const before = proxy.counts().refused;
    let calls = 0;
    const end = performance.now() + 600;
    const caller = async (): Promise<void> => {
      while (performance.now() < end) {
        calls += 1;
        expect(["unavailable", "timeout"]).toContain(
          (await verdict(find(through, { deadlineMs: 400 }))).kind,
        );
      }
    };
    await Promise.all(Array.from({ length: 20 }, caller));
    expect(proxy.counts().refused - before).toBeLessThanOrEqual(calls + 20);
    down.remove();
    expect(await until(15_000, answers)).toBeLessThan(3_000);
  });

  it("F12: an answer cut into single bytes is the same answer", async () => {
    await writer.write([upsert(note(500, "one at a time"), 1n)]);
    await direct.settle();
    proxy.add({ kind: "slicer", bytes: 1 }, { direction: "down" });
    const found = await through.store.session.list(all, "one at a time", () => [], {
      deadlineMs: 20_000,
    });
    expect(found).toEqual([note(500, "one at a time")]);
  });

  it("F13: close waits for what is in flight, and a closed store takes no call", async () => {
    const closing = openStore(proxy.through(direct.dsn), { deadlineMs: 3_000 });
    await find(closing);
    proxy.add({ kind: "latency", ms: 200 });
    const calls = Array.from({ length: 20 }, () => verdict(find(closing)));
    await closing.close();
    for (const { kind } of await Promise.all(calls)) expect(kind).toBe("ok");
    expect((await verdict(find(closing))).kind).toBe("programming");
  });

  it("F14: a silent server is down within a second, and up again after it", async () => {
    expect((await through.store.health()).state).toBe("up");
    const silent = proxy.add({ kind: "blackhole" });
    const health = await through.store.health();
    expect(health).toMatchObject({ state: "down", detail: expect.stringContaining("timeout") });
    silent.remove();
    proxy.cut();
    await until(15_000, async () => (await through.store.health()).state === "up");
  });
});
