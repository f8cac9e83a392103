import { MongoClient, type Collection } from "mongodb";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { FaultProxy } from "../support/fault-proxy.ts";
import {
  item,
  items,
  onPrivateMongo,
  openStore,
  type OpenedMongo,
  proxyTo,
} from "./mongodb-server.ts";
import { until, verdict } from "./suite.ts";

const deadlineMs = 1_500;
/** The product's own rule: a call ends within its deadline and a little. */
const latest = deadlineMs + 250;

await onPrivateMongo("lost replies, cut connections and silence", (server) => {
  let admin: MongoClient;
  let documents: Collection<{ _id: string }>;
  let through: OpenedMongo;
  let proxy: FaultProxy;
  const session = () => through.store.session;

  beforeAll(async () => {
    const { dsn } = await server.namespace();
    proxy = await proxyTo(dsn);
    admin = await new MongoClient(dsn).connect();
    documents = admin.db().collection("items");
    through = openStore(proxy.through(dsn), { deadlineMs, pool: { max: 4 } });
  });
  beforeEach(async () => {
    proxy.clear();
    const up = async () => (await verdict(session().get(items.get, "any"))).kind === "ok";
    expect(await until(8_000, up)).toBeLessThan(8_000);
    await documents.deleteMany({});
  });
  afterAll(async () => {
    proxy.clear();
    await through.close();
    expect([through.lifecycle.inFlight, through.stray]).toEqual([0, []]);
    await admin.close();
    await proxy.stop();
  });

  const losing = (word: string, after: "cut" | "blackhole" = "cut", times = 1) =>
    proxy.add({ kind: "drop_reply", when: ({ text }) => text.startsWith(word), after, times });

  it("F3: a write whose reply is lost is outcome-unknown, applied once and never replayed", async () => {
    for (let round = 0; round < 5; round += 1) {
      const toxic = losing("insert items");
      expect(await verdict(session().insert(items.put, item(`i${round}`)))).toMatchObject({
        kind: "outcome-unknown",
        attempts: 1,
      });
      expect(toxic.hits()).toBe(1);
      toxic.remove();
    }
    expect(await documents.countDocuments()).toBe(5);
    await session().insert(items.put, item("n", 1));
    const toxic = losing("findAndModify items");
    expect(await verdict(session().patch(items.change, "n", { value: 2 }))).toMatchObject({
      kind: "outcome-unknown",
      attempts: 1,
    });
    toxic.remove();
    expect(await documents.findOne({ _id: "n" })).toMatchObject({ value: 2, version: 2 });
  });

  it("F3: a read whose reply is lost is read again", async () => {
    await session().insert(items.put, item("r", 7));
    const toxic = losing("find items");
    expect(await session().get(items.get, "r")).toEqual({ id: "r", value: 7 });
    expect(toxic.hits()).toBe(1);
  });

  it("F3: with an operation id, whichever reply of its transaction is lost, it is applied once and gives its result", async () => {
    for (const [round, word] of [
      "insert items",
      "insert operation",
      "commitTransaction",
    ].entries()) {
      const toxic = losing(word);
      const call = () =>
        session().insert(items.put, item(`k${round}`, 5), { operation: `o${round}` });
      expect([word, await call()]).toEqual([word, { id: `k${round}`, value: 5 }]);
      expect([word, toxic.hits()]).toEqual([word, 1]);
      toxic.remove();
      expect(await call()).toEqual({ id: `k${round}`, value: 5 });
      expect(await documents.countDocuments({ _id: `k${round}` })).toBe(1);
    }
  });

  it("F3: a transaction whose replies are lost before its commit is rolled back and told as not applied", async () => {
    const toxic = losing("insert items");
    const lost = await verdict(
      through.store.transaction(async (tx) => {
        await tx.insert(items.put, item("t1"));
      }),
    );
    expect(lost.kind).toBe("unavailable");
    expect(lost.elapsed).toBeLessThan(latest);
    toxic.remove();
  });

  it("F3: a rerunnable transaction is run again, and is applied once", async () => {
    const toxic = losing("insert items");
    let runs = 0;
    await through.store.transaction(
      async (tx) => {
        runs += 1;
        await tx.insert(items.put, item(`t-${runs}`));
      },
      { rerunnable: true },
    );
    toxic.remove();
    expect(runs).toBe(2);
    expect(await documents.findOne({ _id: "t-2" })).not.toBeNull();
  });

  it("F5: silence ends at the deadline, for a read and for a write, and the pool is whole again after it", async () => {
    await session().insert(items.put, item("s"));
    const toxic = proxy.add({ kind: "blackhole" });
    const ended = await Promise.all([
      verdict(session().get(items.get, "s")),
      verdict(session().insert(items.put, item("u"))),
      verdict(through.store.transaction((tx) => tx.get(items.get, "s"))),
    ]);
    expect(ended.map(({ kind }) => kind)).toEqual([
      expect.stringMatching(/timeout|unavailable|overloaded/),
      "outcome-unknown",
      expect.stringMatching(/timeout|unavailable|overloaded/),
    ]);
    for (const { elapsed } of ended) expect(elapsed).toBeLessThan(latest);
    toxic.remove();
    proxy.cut();
    const up = async () => (await verdict(session().get(items.get, "s"))).kind === "ok";
    expect(await until(5_000, up)).toBeLessThan(5_000);
    // Four at once, the whole pool: no connection is left behind with its lost call.
    const four = Array.from({ length: 4 }, () => verdict(session().get(items.get, "s")));
    for (const { kind } of await Promise.all(four)) expect(kind).toBe("ok");
  });

  it("F5: a half-open connection whose reply never comes is given up, and not used again", async () => {
    await session().insert(items.put, item("h"));
    const toxic = losing("find items", "blackhole");
    const found = await verdict(session().get(items.get, "h"));
    expect(found.elapsed).toBeLessThan(latest);
    toxic.remove();
    const four = Array.from({ length: 8 }, () => verdict(session().get(items.get, "h")));
    for (const { kind, elapsed } of await Promise.all(four)) {
      expect(kind).toBe("ok");
      expect(elapsed).toBeLessThan(latest);
    }
  });

  it("F2: a slow server costs the deadline, not more; the call's own deadline wins", async () => {
    await session().insert(items.put, item("slow"));
    const toxic = proxy.add({ kind: "latency", ms: 600 });
    const [short, own] = await Promise.all([
      verdict(session().get(items.get, "slow", { deadlineMs: 300 })),
      verdict(session().get(items.get, "slow", { deadlineMs: 6_000 })),
    ]);
    expect(short.kind).toBe("timeout");
    expect(short.elapsed).toBeLessThan(300 + 250);
    expect(own.kind).toBe("ok");
    toxic.remove();
  });

  it("F1: a call that is aborted rejects with its reason at once", async () => {
    const toxic = proxy.add({ kind: "latency", ms: 500 });
    const reason = new Error("enough");
    const abort = new AbortController();
    const call = session().get(items.get, "slow", { signal: abort.signal });
    setTimeout(() => abort.abort(reason), 50);
    await expect(call).rejects.toBe(reason);
    toxic.remove();
  });

  it("F4: cut connections are replaced; no acknowledged write is lost or doubled", async () => {
    const acknowledged: string[] = [];
    const doubtful: string[] = [];
    const write = async (id: string): Promise<void> => {
      const { kind } = await verdict(session().insert(items.put, item(id)));
      if (kind === "ok") acknowledged.push(id);
      else doubtful.push(id);
    };
    for (let round = 0; round < 8; round += 1) {
      const writes = Array.from({ length: 6 }, (_, at) => write(`c${round}-${at}`));
      if (round % 2 === 1) proxy.cut();
      await Promise.all(writes);
    }
    const present = new Set((await documents.find().toArray()).map(({ _id }) => _id));
    expect(acknowledged.filter((id) => !present.has(id))).toEqual([]);
    expect([...present].every((id) => acknowledged.includes(id) || doubtful.includes(id))).toBe(
      true,
    );
    expect(acknowledged.length).toBeGreaterThan(20);
  });
});
