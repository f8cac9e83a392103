import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Redis } from "ioredis";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { PrivateServer } from "../engines/servers.ts";
import type { FaultProxy } from "../support/fault-proxy.ts";
import { seeded } from "../support/random.ts";
import { counters } from "./redis-records.ts";
import { bare, onPrivateRedis, openStore, type OpenedRedis, proxyTo } from "./redis-server.ts";
import { until, verdict } from "./suite.ts";

const persistent = { settings: { appendonly: "yes", appendfsync: "always" } };
const name = "records under lost replies, cuts, silence and kills";

const suite = (server: PrivateServer): void => {
  let admin: Redis;
  let through: OpenedRedis;
  let proxy: FaultProxy;
  let records: ReturnType<typeof counters>;

  beforeAll(async () => {
    proxy = await proxyTo(server.dsn);
    admin = bare(server.dsn);
    through = openStore(proxy.through(server.dsn), { deadlineMs: 3_000 }, { authority: true });
    records = counters(through.store.session());
  });
  beforeEach(async () => {
    proxy.clear();
    await admin.flushall();
    await until(3_000, async () => (await verdict(through.store.read("ping"))).kind === "ok");
    const warm = await records.add({ label: "warm", count: 0 });
    await records.raise(warm.id, 1);
    await records.drop(warm.id);
  });
  afterAll(async () => {
    proxy.clear();
    await through.close();
    expect(through.lifecycle.inFlight).toBe(0);
    admin.disconnect();
    await proxy.stop();
  });

  const losing = () =>
    proxy.add({
      kind: "drop_reply",
      when: ({ text }) => text.toLowerCase().startsWith("evalsha"),
      after: "cut",
    });

  it("F2: a keyed write whose reply is lost is applied once, and gives its result", async () => {
    // Fifteen lost replies: more at once would use up what the store pays retries from.
    for (let round = 0; round < 5; round += 1) {
      const lost = losing();
      const made = await records.add({ label: "one", count: 0 }, { operation: `add-${round}` });
      expect([made.version, lost.hits()]).toEqual([1, 1]);
      lost.remove();
      const again = losing();
      const raised = await records.raise(made.id, 5, { operation: `raise-${round}` });
      expect([raised.count, raised.version, again.hits()]).toEqual([5, 2, 1]);
      again.remove();
      const gone = losing();
      await records.drop(made.id, { operation: `drop-${round}` });
      expect(gone.hits()).toBe(1);
      gone.remove();
      expect(await records.get(made.id)).toBeUndefined();
    }
    const left = await admin.keys("faults:counters:*");
    expect(left.filter((key) => !key.includes(":operation:"))).toEqual([]);
  });

  it("F2: without an operation id it is outcome-unknown and was sent once", async () => {
    const { id } = await records.add({ label: "one", count: 0 });
    for (let round = 1; round <= 10; round += 1) {
      const lost = losing();
      expect(await verdict(records.raise(id, 1))).toMatchObject({
        kind: "outcome-unknown",
        attempts: 1,
      });
      lost.remove();
    }
    expect((await records.get(id))?.count).toBe(10);
  });

  it("F1: while connections are cut, keyed writes are neither lost nor doubled", async () => {
    const random = seeded(11);
    const { id } = await records.add({ label: "sum", count: 0 });
    const cutter = setInterval(() => proxy.cut(), 70);
    const sent: { readonly operation: string; readonly by: number; kind: string }[] = [];
    const worker = async (): Promise<void> => {
      while (sent.length < 400) {
        const by = Math.floor(random() * 9) + 1;
        const call = { operation: `f1-${sent.length}`, by, kind: "" };
        sent.push(call);
        call.kind = (await verdict(records.raise(id, by, { operation: call.operation }))).kind;
      }
    };
    await Promise.all(Array.from({ length: 8 }, worker));
    clearInterval(cutter);
    proxy.clear();
    // What was left in doubt is asked again under its id: each counts once, however often it was sent.
    for (const call of sent)
      if (call.kind !== "ok") await records.raise(id, call.by, { operation: call.operation });
    const sum = sent.reduce((total, { by }) => total + by, 0);
    expect(await records.get(id)).toMatchObject({ count: sum, version: sent.length + 1 });
    expect(new Set(sent.map(({ kind }) => kind)).has("conflict")).toBe(false);
  });

  it("F5: a server that says nothing costs the deadline, of reads and of writes", async () => {
    const { id } = await records.add({ label: "one", count: 0 });
    proxy.add({ kind: "blackhole" });
    const calls = [records.get(id), records.getMany([id, randomUUID()]), records.raise(id, 1)];
    const ended = await Promise.all(calls.map((call) => verdict(call)));
    for (const { elapsed } of ended) expect(elapsed).toBeLessThan(3_250);
    expect(ended.map(({ kind }) => kind)).toEqual(["timeout", "timeout", "outcome-unknown"]);
  });

  it("F4: killed and restarted with its append-only file, what was acknowledged is there", async () => {
    const acknowledged: string[] = [];
    let going = true;
    const worker = async (): Promise<void> => {
      while (going) {
        const id = randomUUID();
        const ended = await verdict(records.add({ id, label: "x", count: 1 }, { operation: id }));
        if (ended.kind === "ok") acknowledged.push(id);
        else await sleep(10);
      }
    };
    const workers = Array.from({ length: 4 }, worker);
    await until(20_000, () => acknowledged.length > 200);
    await server.kill9();
    going = false;
    await Promise.all(workers);
    await server.restart();
    admin.disconnect();
    admin = bare(server.dsn);
    const back = async () => (await verdict(through.store.read("ping"))).kind === "ok";
    expect(await until(10_000, back)).toBeLessThan(10_000);
    expect(acknowledged.length).toBeGreaterThan(200);
    const read = await records.getMany(acknowledged);
    expect(read.map(({ id, count, version }) => [id, count, version])).toEqual(
      acknowledged.map((id) => [id, 1, 1]),
    );
  });

  it("E1: a server that evicts is refused before anything is written; health says why", async () => {
    await admin.config("SET", "maxmemory-policy", "allkeys-lru");
    const opened = openStore(server.dsn, { deadlineMs: 2_000 }, { authority: true });
    const refused = verdict(counters(opened.store.session()).add({ label: "x", count: 1 }));
    expect(await refused).toMatchObject({ kind: "programming", code: "EVICTION" });
    expect(await opened.store.health()).toMatchObject({
      state: "down",
      detail: expect.stringContaining("allkeys-lru"),
    });
    const cache = openStore(server.dsn);
    expect((await cache.store.health()).state).toBe("up");
    await cache.close();
    await admin.config("SET", "maxmemory-policy", "noeviction");
    const { kind } = await verdict(counters(opened.store.session()).add({ label: "x", count: 1 }));
    expect(kind).toBe("ok");
    await opened.close();
  });

  it("E1: an increment that the server refuses is told as every other write, not as a limit", async () => {
    const { id } = await records.add({ label: "one", count: 0 });
    const refusals: readonly (readonly [string, string, string, string, string])[] = [
      ["min-replicas-to-write", "1", "0", "unavailable", "NOREPLICAS"],
      ["maxmemory", "1mb", "0", "overloaded", "OOM"],
    ];
    for (const [name, value, before, kind, code] of refusals) {
      await admin.config("SET", name, value);
      const ended = [
        verdict(records.raise(id, 1)),
        verdict(records.raise(id, 1, { operation: name })),
      ];
      for (const end of await Promise.all(ended)) expect(end).toMatchObject({ kind, code });
      await admin.config("SET", name, before);
    }
    await admin.replicaof("127.0.0.1", "1");
    const replica = await verdict(records.raise(id, 1));
    await admin.replicaof("NO", "ONE");
    expect(replica).toMatchObject({ kind: "unavailable", code: "READONLY" });
    expect((await records.raise(id, 1)).count).toBe(1);
  });

  it("F14: health of records without an append-only file, or nearly full, is degraded", async () => {
    await admin.config("SET", "appendonly", "no");
    const opened = openStore(server.dsn, {}, { authority: true });
    expect(await opened.store.health()).toMatchObject({
      state: "degraded",
      detail: expect.stringContaining("appendonly"),
    });
    await admin.config("SET", "appendonly", "yes");
    expect((await opened.store.health()).state).toBe("up");
    const used = Number(/^used_memory:(\d+)/m.exec(await admin.info("memory"))?.[1]);
    await admin.config("SET", "maxmemory", String(Math.ceil(used * 1.05)));
    expect(await opened.store.health()).toMatchObject({ state: "degraded" });
    await admin.config("SET", "maxmemory", "1mb");
    const full = verdict(counters(opened.store.session()).add({ label: "x", count: 1 }));
    expect(await full).toMatchObject({ kind: "overloaded", code: "OOM", attempts: 1 });
    await admin.config("SET", "maxmemory", "0");
    await opened.close();
  });
};

await onPrivateRedis(name, suite, persistent);
