import { randomUUID } from "node:crypto";
import { Redis } from "ioredis";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { PrivateServer } from "../engines/servers.ts";
import { slotOf } from "../../templates/engines/redis/slot.ts";
import { counters } from "./redis-records.ts";
import {
  connectNodes,
  membersOf,
  onPrivateCluster,
  openCluster,
  ownerOf,
} from "./redis-cluster-server.ts";
import { type OpenedRedis } from "./redis-server.ts";
import { until, verdict } from "./suite.ts";

const suite = (server: PrivateServer): void => {
  let nodes: readonly Redis[];
  let opened: OpenedRedis;
  let records: ReturnType<typeof counters>;

  beforeAll(async () => {
    nodes = await connectNodes(server.dsn);
    opened = openCluster(server.dsn, { deadlineMs: 3_000 }, true);
    records = counters(opened.store.session());
  });
  afterAll(async () => {
    await opened.close();
    expect(opened.lifecycle.inFlight).toBe(0);
    for (const node of nodes) node.disconnect();
  });

  const idOf = async (node: Redis): Promise<string> => String(await node.call("cluster", "myid"));
  const other = (node: Redis): Redis => nodes.find((one) => one !== node) ?? node;

  /** Moves a slot as resharding does, with a pause between keys for what the test wants to see meanwhile. */
  async function migrate(
    slot: number,
    from: Redis,
    to: Redis,
    half?: () => Promise<void>,
  ): Promise<void> {
    const [source, target] = [await idOf(from), await idOf(to)];
    await to.call("cluster", "setslot", slot, "importing", source);
    await from.call("cluster", "setslot", slot, "migrating", target);
    const keys = (await from.call("cluster", "getkeysinslot", slot, 1_000)) as readonly string[];
    const move = async (some: readonly string[]): Promise<void> => {
      if (some.length > 0)
        await from.call(
          "migrate",
          "127.0.0.1",
          String(to.options.port),
          "",
          0,
          5_000,
          "keys",
          ...some,
        );
    };
    await move(keys.slice(0, Math.ceil(keys.length / 2)));
    await half?.();
    await move((await from.call("cluster", "getkeysinslot", slot, 1_000)) as readonly string[]);
    for (const node of nodes) await node.call("cluster", "setslot", slot, "node", target);
  }

  it("the slot of a key is the server's, hash tags and any text included", async () => {
    const [node] = nodes;
    for (const key of [
      "",
      "a",
      "{a}b",
      "a{}b",
      "{}",
      "{}}",
      "{}{a}",
      "{{a}}",
      "}{",
      "é🐘{ü}",
      randomUUID(),
    ])
      expect(slotOf(key), key).toBe(await node?.call("cluster", "keyslot", key));
  });

  it("MOVED: a slot that has gone elsewhere is followed in the same attempt", async () => {
    const { id } = await records.add({ label: "moved", count: 1 });
    const key = `faults:counters:{${id}}`;
    const from = await ownerOf(nodes, key);
    await migrate(slotOf(key), from, other(from));
    expect(await records.raise(id, 1)).toMatchObject({ count: 2, version: 2 });
    expect((await records.get(id))?.count).toBe(2);
    expect(await ownerOf(nodes, key)).toBe(other(from));
  });

  it("ASK: while a slot is on its way, what has left it is found, what has not too, and new keys are made", async () => {
    const tag = randomUUID();
    const keys = Array.from({ length: 6 }, (_, at) => `faults:raw:{${tag}}:${at}`);
    for (const key of keys) await opened.store.command("set", [key, key]);
    const from = await ownerOf(nodes, keys[0] ?? "");
    const asked = async (node: Redis): Promise<number> =>
      Number(/errorstat_ASK:count=(\d+)/.exec(await node.info("errorstats"))?.[1] ?? 0);
    const before = await asked(from);
    await migrate(slotOf(keys[0] ?? ""), from, other(from), async () => {
      for (const key of keys) expect(await opened.store.read("get", [key])).toBe(key);
      await opened.store.command("set", [`faults:raw:{${tag}}:new`, "new"]);
      const both = opened.store.read("mget", [keys[0] ?? "", keys[5] ?? ""]);
      // Keys on both sides: the server asks for patience, the deadline ends it.
      expect(await verdict(both)).toMatchObject({ kind: "conflict", code: "TRYAGAIN" });
    });
    expect(await asked(from)).toBeGreaterThan(before);
    for (const key of keys) expect(await opened.store.read("get", [key])).toBe(key);
    expect(await opened.store.read("get", [`faults:raw:{${tag}}:new`])).toBe("new");
  });

  it("a keyed write during resharding is applied once, its operation id moves with its record", async () => {
    const { id } = await records.add({ label: "once", count: 0 });
    const key = `faults:counters:{${id}}`;
    const from = await ownerOf(nodes, key);
    await records.raise(id, 7, { operation: "before" });
    await migrate(slotOf(key), from, other(from));
    expect(await records.raise(id, 7, { operation: "before" })).toMatchObject({
      count: 7,
      version: 2,
    });
    expect((await records.get(id))?.count).toBe(7);
  });

  it("keys of every slot are asked for where they lie", async () => {
    const made = await Promise.all(
      Array.from({ length: 60 }, (_, count) => records.add({ label: "many", count })),
    );
    const read = await records.getMany(made.map(({ id }) => id));
    expect(read.map(({ count }) => count)).toEqual(made.map(({ count }) => count));
    const servers = new Set(
      await Promise.all(
        made.map(async ({ id }) => (await ownerOf(nodes, `faults:counters:{${id}}`)).options.port),
      ),
    );
    expect(servers.size).toBe(3);
  });

  it("a command over two slots is refused as a mistake; an operation id needs no second slot", async () => {
    const crossing = opened.store.command("mset", ["faults:a", "1", "faults:b", "2"]);
    expect(await verdict(crossing)).toMatchObject({ kind: "programming", code: "CROSSSLOT" });
    expect(await opened.store.command("incr", ["faults:n"], { operation: "n" })).toBe(1);
    expect(await opened.store.command("incr", ["faults:n"], { operation: "n" })).toBe(1);
    const tagless = opened.store.command("incr", ["a}b"], { operation: "t" });
    expect(await verdict(tagless)).toMatchObject({ kind: "programming" });
  });

  it("scripts that a node has forgotten are sent to it anew", async () => {
    for (const node of nodes) await node.script("FLUSH");
    const made = await Promise.all(
      Array.from({ length: 12 }, (_, count) => records.add({ label: "script", count })),
    );
    expect(made.map(({ version }) => version)).toEqual(made.map(() => 1));
  });

  it("CLUSTERDOWN: with a slot that nobody holds every call is unavailable in time, and back afterwards", async () => {
    const [first] = nodes;
    if (first === undefined) throw new Error("no node");
    const slot = 0;
    const holder = (await membersOf(first)).length > 0 ? await ownerOfSlot(slot) : first;
    const id = await idOf(holder);
    for (const node of nodes) await node.call("cluster", "delslots", slot);
    const down = async () => (await verdict(opened.store.read("get", ["faults:x"]))).code;
    await until(10_000, async () => (await down()) === "CLUSTERDOWN");
    const ended = await verdict(opened.store.command("incr", ["faults:x"]));
    expect(ended).toMatchObject({ kind: "unavailable", code: "CLUSTERDOWN" });
    expect(ended.elapsed).toBeLessThan(3_250);
    await holder.call("cluster", "addslots", slot);
    for (const node of nodes)
      await node.call("cluster", "setslot", slot, "node", id).catch(() => 0);
    const back = async () => (await verdict(opened.store.read("get", ["faults:x"]))).kind === "ok";
    expect(await until(15_000, back)).toBeLessThan(15_000);
  });

  async function ownerOfSlot(slot: number): Promise<Redis> {
    const slots = (await nodes[0]?.call("cluster", "slots")) as readonly (readonly [
      number,
      number,
      readonly [string, number],
    ])[];
    const port = slots.find(([from, to]) => from <= slot && slot <= to)?.[2][1];
    const found = nodes.find(({ options }) => options.port === port);
    if (found === undefined) throw new Error(`nobody holds slot ${slot}`);
    return found;
  }
};

await onPrivateCluster("slots that move, that are missing, that a command crosses", suite);
