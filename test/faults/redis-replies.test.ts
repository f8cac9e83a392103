import { setTimeout as sleep } from "node:timers/promises";
import type { Redis } from "ioredis";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { FaultProxy } from "../support/fault-proxy.ts";
import { seeded } from "../support/random.ts";
import { bare, onPrivateRedis, openStore, type OpenedRedis, proxyTo } from "./redis-server.ts";
import { until, verdict } from "./suite.ts";

await onPrivateRedis("lost replies, cut connections and silence", (server) => {
  let admin: Redis;
  let through: OpenedRedis;
  let proxy: FaultProxy;

  beforeAll(async () => {
    proxy = await proxyTo(server.dsn);
    admin = bare(server.dsn);
    through = openStore(proxy.through(server.dsn), { deadlineMs: 3_000 });
  });
  beforeEach(async () => {
    proxy.clear();
    await admin.flushall();
    await until(3_000, async () => (await verdict(through.store.read("ping"))).kind === "ok");
  });
  afterAll(async () => {
    proxy.clear();
    await through.close();
    expect([through.lifecycle.inFlight, through.stray]).toEqual([0, []]);
    admin.disconnect();
    await proxy.stop();
  });

  const losing = (word: string) =>
    proxy.add({
      kind: "drop_reply",
      when: ({ text }) => text.toLowerCase().startsWith(word),
      after: "cut",
    });

  it("F3: INCR and LPUSH whose reply is lost are outcome-unknown and never replayed", async () => {
    for (let round = 1; round <= 10; round += 1) {
      for (const [command, ...args] of [
        ["incr", "n"],
        ["lpush", "list", "x"],
      ] as const) {
        const toxic = losing(command);
        expect(await verdict(through.store.command(command, args))).toMatchObject({
          kind: "outcome-unknown",
          attempts: 1,
        });
        expect(toxic.hits()).toBe(1);
        toxic.remove();
      }
    }
    expect([await admin.get("n"), await admin.llen("list")]).toEqual(["10", 10]);
  });

  it("F3: with an operation id they are applied once and give their result", async () => {
    await through.store.command("incr", ["warm"], { operation: "warm" });
    for (let round = 1; round <= 10; round += 1) {
      const toxic = losing("evalsha");
      const count = await through.store.command("incr", ["n"], { operation: `f3-${round}` });
      expect([count, toxic.hits()]).toEqual([round, 1]);
      toxic.remove();
      expect(await through.store.command("incr", ["n"], { operation: `f3-${round}` })).toBe(round);
    }
    const other = through.store.command("incr", ["m"], { operation: "f3-1" });
    expect(await verdict(other)).toMatchObject({ kind: "conflict" });
    expect([await admin.get("n"), await admin.get("m")]).toEqual(["10", null]);
  });

  it("F3: a replay gives the very reply that was first, of whatever shape", async () => {
    await admin.mset("sum", "123456789012345", "far", "9007199254740990", "bytes", "\u00ff\u0000");
    await admin.hset("hash", { b: "1" });
    await admin.rpush("list", "x", "y");
    const commands: readonly (readonly [string, ...string[]])[] = [
      ["incrby", "sum", "1"],
      ["decrby", "far", "1"],
      ["set", "text", "x"],
      ["getdel", "nothing"],
      ["getset", "bytes", "x"],
      ["hmget", "hash", "a", "b", "c"],
      ["lrange", "empty", "0", "-1"],
      ["lmpop", "1", "list", "left"],
      ["bitfield", "far", "get", "i64", "0", "set", "u8", "#1", "7"],
    ];
    for (const [name, ...args] of commands) {
      const options = { operation: `shape-${name}` };
      const first = await through.store.command(name, args, options);
      expect([name, await through.store.command(name, args, options)]).toEqual([name, first]);
    }
    expect(await admin.get("sum")).toBe("123456789012346");
    const again = { operation: "shape-incrby" };
    expect(await through.store.command("incrby", ["sum", "1"], again)).toBe(123_456_789_012_346);
  });

  it("F3: reads are retried", async () => {
    await admin.set("k", "v");
    const toxic = losing("get");
    expect(await through.store.read("get", ["k"])).toBe("v");
    expect(toxic.hits()).toBe(1);
  });

  it("F1: while connections are cut, a counter never exceeds successes and unknowns", async () => {
    const random = seeded(7);
    const kinds: string[] = [];
    const keyed: Promise<unknown>[] = [];
    const cutter = setInterval(() => proxy.cut(), 60);
    let next = 0;
    const worker = async (): Promise<void> => {
      while (next < 600) {
        const number = (next += 1);
        if (random() < 0.5) kinds.push((await verdict(through.store.command("incr", ["n"]))).kind);
        else {
          const call = through.store.command("incr", ["once"], { operation: `f1-${number}` });
          keyed.push(call);
          await verdict(call);
        }
      }
    };
    await Promise.all(Array.from({ length: 8 }, worker));
    clearInterval(cutter);
    const count = (kind: string): number => kinds.filter((one) => one === kind).length;
    const value = Number(await admin.get("n"));
    expect(value).toBeGreaterThanOrEqual(count("ok"));
    expect(value).toBeLessThanOrEqual(count("ok") + count("outcome-unknown"));
    expect(kinds.every((kind) => ["ok", "outcome-unknown", "unavailable"].includes(kind))).toBe(
      true,
    );
    const settled = await Promise.allSettled(keyed);
    const applied = settled.filter(({ status }) => status === "fulfilled").length;
    const once = Number(await admin.get("once"));
    expect(once).toBeGreaterThanOrEqual(applied);
    expect(once).toBeLessThanOrEqual(keyed.length);
    const values = settled.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    expect(new Set(values).size).toBe(values.length);
  });

  it("F5: a script that the server has forgotten is sent anew within the same deadline", async () => {
    await through.store.command("incr", ["n"], { operation: "known" });
    await admin.script("FLUSH");
    proxy.add({ kind: "latency", ms: 200 });
    const call = through.store.command("incr", ["n"], { operation: "slow", deadlineMs: 500 });
    const { kind, elapsed } = await verdict(call);
    expect(kind).toBe("outcome-unknown");
    expect(elapsed).toBeLessThan(500 + 250);
  });

  it("F5: every call settles within its deadline when the network swallows everything", async () => {
    proxy.add({ kind: "blackhole" });
    const options = { deadlineMs: 300 };
    const calls = Array.from({ length: 60 }, (_, at) => {
      if (at % 3 === 0) return through.store.read("get", ["k"], options);
      if (at % 3 === 1) return through.store.command("incr", ["n"], options);
      return through.store.command("incr", ["n"], { ...options, operation: `f5-${at}` });
    });
    const verdicts = await Promise.all(calls.map(verdict));
    for (const { kind, elapsed } of verdicts) {
      expect(["timeout", "outcome-unknown"]).toContain(kind);
      expect(elapsed).toBeLessThan(300 + 250);
    }
    expect(through.lifecycle.inFlight).toBe(0);
    const health = await through.store.health();
    expect([health.state, health.latencyMs < 1_250]).toEqual(["down", true]);
  });

  it("F5: a connection that died unnoticed while idle is replaced without help", async () => {
    const toxic = proxy.add({ kind: "blackhole" });
    await sleep(50);
    const first = await verdict(through.store.read("get", ["k"], { deadlineMs: 200 }));
    expect(first).toMatchObject({ kind: "timeout" });
    toxic.remove();
    const took = await until(
      4_000,
      async () =>
        (await verdict(through.store.read("get", ["k"], { deadlineMs: 400 }))).kind === "ok",
    );
    expect(took).toBeLessThan(3_000);
  });

  it("F5: a connection that dies while it is being made is replaced, too", async () => {
    const toxic = proxy.add({ kind: "blackhole" });
    const late = openStore(proxy.through(server.dsn));
    expect(await verdict(late.store.read("ping", [], { deadlineMs: 300 }))).toMatchObject({
      kind: "timeout",
    });
    toxic.remove();
    const took = await until(
      4_000,
      async () => (await verdict(late.store.read("ping", [], { deadlineMs: 400 }))).kind === "ok",
    );
    expect(took).toBeLessThan(3_000);
    await late.close();
  });

  it("F7: an outage costs few connection attempts, and its end is seen soon", async () => {
    const down = proxy.add({ kind: "down" });
    proxy.cut();
    const before = proxy.counts().refused;
    const end = performance.now() + 600;
    const caller = async (): Promise<void> => {
      while (performance.now() < end) {
        const { kind } = await verdict(through.store.read("get", ["k"], { deadlineMs: 400 }));
        expect(["unavailable", "timeout"]).toContain(kind);
      }
    };
    await Promise.all(Array.from({ length: 50 }, caller));
    expect(proxy.counts().refused - before).toBeLessThan(60);
    down.remove();
    expect(await verdict(through.store.read("get", ["k"]))).toMatchObject({ kind: "ok" });
  });

  it("F12: replies cut into small pieces and late are the same", async () => {
    const value = "x\u00e9".repeat(50_000);
    await admin.set("wide", value);
    proxy.add({ kind: "slicer", bytes: 701 });
    proxy.add({ kind: "latency", ms: 20 });
    expect(await through.store.read("get", ["wide"], { deadlineMs: 20_000 })).toBe(value);
  });

  it("F13: what is in flight at close ends, what comes later is refused, and no socket stays", async () => {
    const own = await proxyTo(server.dsn);
    const closing = openStore(own.through(server.dsn));
    await closing.store.read("ping");
    own.add({ kind: "latency", ms: 40 });
    const calls = Array.from({ length: 100 }, (_, at) =>
      verdict(closing.store.command("set", [`closing-${at}`, "1"])),
    );
    const closed = closing.close();
    expect(await verdict(closing.store.read("ping"))).toMatchObject({ kind: "unavailable" });
    await closed;
    expect((await Promise.all(calls)).every(({ kind }) => kind === "ok")).toBe(true);
    expect((await admin.keys("closing-*")).length).toBe(100);
    expect(await verdict(closing.store.read("ping"))).toMatchObject({ kind: "programming" });
    expect(closing.lifecycle.inFlight).toBe(0);
    await until(1_000, () => own.counts().open === 0);
    expect(own.counts().open).toBe(0);
    await own.stop();
  });
});
