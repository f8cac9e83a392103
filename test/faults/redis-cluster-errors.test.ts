// E1 on a cluster: error replies as its nodes give them, with the kind that each is told as. MOVED, ASK and CLUSTERDOWN: redis-cluster-slots.test.ts.
import { setTimeout as sleep } from "node:timers/promises";
import type { Redis } from "ioredis";
import { afterAll, beforeAll, expect, it } from "vitest";
import { slotOf } from "../../templates/engines/redis/slot.ts";
import type { PrivateServer } from "../engines/servers.ts";
import { connectNodes, onPrivateCluster, openCluster, ownerOf } from "./redis-cluster-server.ts";
import { bare, type OpenedRedis } from "./redis-server.ts";
import { until, verdict } from "./suite.ts";

/** Of one slot, so that one node answers for all of them. */
const key = (name: string): string => `{errors}${name}`;

const suite = (server: PrivateServer): void => {
  let nodes: readonly Redis[];
  let owner: Redis;
  let opened: OpenedRedis;

  beforeAll(async () => {
    nodes = await connectNodes(server.dsn);
    owner = await ownerOf(nodes, key("text"));
    opened = openCluster(server.dsn, { deadlineMs: 2_000 });
    await owner.set(key("text"), "x");
    await owner.xgroup("CREATE", key("stream"), "known", "$", "MKSTREAM");
  });
  afterAll(async () => {
    await opened.close();
    for (const node of nodes) node.disconnect();
  });

  /** How a command ends: kind, code, and whether it was tried again. */
  const told = async (
    { store }: OpenedRedis,
    command: string,
    args: readonly string[],
  ): Promise<readonly unknown[]> => {
    const { kind, code, attempts } = await verdict(store.command(command, args));
    return [kind, code, attempts > 1 ? "again" : "once"];
  };
  const withSetting = async (
    name: string,
    value: string,
    body: () => Promise<void>,
  ): Promise<void> => {
    const [, before = ""] = (await owner.config("GET", name)) as string[];
    await owner.config("SET", name, value);
    try {
      await body();
    } finally {
      await owner.config("SET", name, before);
    }
  };
  /** The cluster's DSN, which names several hosts, with another user. */
  const as = (user: string, secret: string): OpenedRedis =>
    openCluster(server.dsn.replace("redis://", `redis://${user}:${secret}@`), {
      deadlineMs: 2_000,
    });

  const commands: readonly (readonly [string, string, string, ...string[]])[] = [
    ["WRONGTYPE", "programming", "lpush", key("text"), "y"],
    ["ERR", "programming", "set", key("text"), "y", "nonsense"],
    ["NOSCRIPT", "conflict", "evalsha", "0".repeat(40), "1", key("text")],
    ["NOGROUP", "programming", "xreadgroup", "group", "g", "me", "streams", key("stream"), ">"],
    ["BUSYGROUP", "conflict", "xgroup", "create", key("stream"), "known", "$"],
    ["BUSYKEY", "constraint", "restore", key("text"), "0", "x"],
  ];
  it.each(commands)("%s is %s, once", async (code, kind, command, ...args) => {
    expect(await told(opened, command, args)).toEqual([kind, code, "once"]);
  });

  it("WRONGPASS, NOPERM: who may not is told at once", async () => {
    const stranger = as("nobody", "p");
    expect(await told(stranger, "get", [key("text")])).toEqual(["auth", "WRONGPASS", "once"]);
    await stranger.close();
    const rights = ["on", ">p", "~*", "+@read", "+@connection", "+info", "+cluster"];
    for (const node of nodes) await node.acl("SETUSER", "reader", ...rights);
    const reader = as("reader", "p");
    expect(await told(reader, "get", [key("text")])).toEqual(["ok", undefined, "once"]);
    expect(await told(reader, "set", [key("text"), "y"])).toEqual(["auth", "NOPERM", "once"]);
    await reader.close();
  });

  it("OOM is overload, once: waiting frees no memory", () =>
    withSetting("maxmemory", "1mb", async () => {
      const ended = await told(opened, "set", [key("k"), "x".repeat(100)]);
      expect(ended).toEqual(["overloaded", "OOM", "once"]);
    }));

  it("NOREPLICAS is unavailable, tried again", () =>
    withSetting("min-replicas-to-write", "1", async () => {
      const ended = await told(opened, "set", [key("k"), "v"]);
      expect(ended).toEqual(["unavailable", "NOREPLICAS", "again"]);
    }));

  it("BUSY is overload, tried again", () =>
    withSetting("busy-reply-threshold", "50", async () => {
      const looping = bare(`redis://127.0.0.1:${owner.options.port}`);
      const loop = looping.eval("while true do end", 0).catch(() => undefined);
      await sleep(200);
      expect(await told(opened, "set", [key("k"), "v"])).toEqual(["overloaded", "BUSY", "again"]);
      await owner.script("KILL");
      await loop;
      looping.disconnect();
    }));

  it("UNBLOCKED is tried again", async () => {
    const waiting = told(opened, "blpop", [key("nowhere"), "1"]);
    const blocked = async (): Promise<string | undefined> =>
      /id=(\d+) [^\n]*cmd=blpop/.exec(String(await owner.client("LIST")))?.[1];
    await until(1_000, async () => (await blocked()) !== undefined);
    await owner.call("client", "unblock", String(await blocked()), "error");
    // Tried again, it waits its second in vain, which is an answer.
    expect((await waiting).slice(0, 2)).toEqual(["ok", undefined]);
  });

  it("CROSSSLOT is a mistake, once", async () => {
    expect(await told(opened, "mset", [key("a"), "1", "elsewhere", "2"])).toEqual([
      "programming",
      "CROSSSLOT",
      "once",
    ]);
  });

  it("TRYAGAIN is tried again: keys of one command while some of them are on their way", async () => {
    const slot = slotOf(key("a"));
    const target = nodes.find((node) => node !== owner) ?? owner;
    const [from, to] = await Promise.all(
      [owner, target].map(async (node) => String(await node.call("cluster", "myid"))),
    );
    await owner.mset(key("a"), "1", key("b"), "2");
    await target.call("cluster", "setslot", slot, "importing", String(from));
    await owner.call("cluster", "setslot", slot, "migrating", String(to));
    const port = String(target.options.port);
    await owner.call("migrate", "127.0.0.1", port, key("a"), 0, 5_000);
    try {
      const ended = await told(opened, "mget", [key("a"), key("b")]);
      expect(ended).toEqual(["conflict", "TRYAGAIN", "again"]);
    } finally {
      await target.call("asking");
      await target.call("del", key("a"));
      await target.call("cluster", "setslot", slot, "stable");
      await owner.call("cluster", "setslot", slot, "stable");
    }
  });

  it("NOAUTH: a password that is asked for and not given is told at once", async () => {
    const stranger = openCluster(server.dsn, { deadlineMs: 2_000 });
    for (const node of nodes) await node.config("SET", "requirepass", "right");
    try {
      expect(await told(stranger, "get", [key("text")])).toEqual(["auth", "NOAUTH", "once"]);
    } finally {
      for (const node of nodes) await node.config("SET", "requirepass", "");
      await stranger.close();
    }
  });

  it("clients beyond the limit are overload, tried again", async () => {
    for (const node of nodes) await node.config("SET", "maxclients", "1");
    const late = openCluster(server.dsn, { deadlineMs: 2_000 });
    const [kind, , tries] = await told(late, "get", [key("text")]);
    for (const node of nodes) await node.config("SET", "maxclients", "10000");
    expect(["overloaded", "unavailable"]).toContain(kind);
    expect(tries).toBe("again");
    await late.close();
  });
};

await onPrivateCluster("E1: codes of the nodes", suite);
