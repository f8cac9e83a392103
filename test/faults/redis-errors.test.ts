// E1: error replies as a real server gives them, with the kind that each is told as. Those of a cluster: redis-cluster-errors.test.ts.
import { rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Redis } from "ioredis";
import { afterAll, beforeAll, expect, it } from "vitest";
import { bare, onPrivateRedis, openStore, type OpenedRedis } from "./redis-server.ts";
import { until, verdict } from "./suite.ts";

const password = "right word";

await onPrivateRedis(
  "E1: codes of the server",
  (server) => {
    let admin: Redis;
    let opened: OpenedRedis;

    beforeAll(async () => {
      admin = bare(server.dsn);
      opened = openStore(server.dsn, { deadlineMs: 2_000 });
      await admin.set("text", "x");
      await admin.xgroup("CREATE", "stream", "known", "$", "MKSTREAM");
    });
    afterAll(async () => {
      await opened.close();
      admin.disconnect();
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
    const withSettings = async (
      settings: Readonly<Record<string, string>>,
      body: () => Promise<void>,
    ): Promise<void> => {
      const before = new Map<string, string>();
      for (const [name, value] of Object.entries(settings)) {
        const [, was = ""] = (await admin.config("GET", name)) as string[];
        before.set(name, was);
        await admin.config("SET", name, value);
      }
      try {
        await body();
      } finally {
        for (const [name, value] of before) await admin.config("SET", name, value);
      }
    };
    /** The store's DSN with another user, or with none. */
    const as = (user: string, secret: string): OpenedRedis => {
      const url = new URL(server.dsn);
      url.username = user;
      url.password = secret;
      return openStore(url.href, { deadlineMs: 2_000 });
    };

    const commands: readonly (readonly [string, string, string, ...string[]])[] = [
      ["WRONGTYPE", "programming", "lpush", "text", "y"],
      ["ERR", "programming", "nonsense"],
      ["NOSCRIPT", "conflict", "evalsha", "0".repeat(40), "0"],
      ["NOGROUP", "programming", "xreadgroup", "group", "g", "me", "streams", "stream", ">"],
      ["BUSYGROUP", "conflict", "xgroup", "create", "stream", "known", "$"],
      ["BUSYKEY", "constraint", "restore", "text", "0", "x"],
    ];
    it.each(commands)("%s is %s, once", async (code, kind, command, ...args) => {
      expect(await told(opened, command, args)).toEqual([kind, code, "once"]);
    });

    it("NOAUTH, WRONGPASS, NOPERM: who may not is told at once", async () => {
      const refused = [
        [as("", ""), "NOAUTH"],
        [as("", "wrong"), "WRONGPASS"],
        [as("nobody", "p"), "WRONGPASS"],
      ] as const;
      for (const [stranger, code] of refused) {
        expect(await told(stranger, "get", ["text"])).toEqual(["auth", code, "once"]);
        await stranger.close();
      }
      await admin.acl("SETUSER", "reader", "on", ">p", "~*", "+@read", "+@connection", "+info");
      const reader = as("reader", "p");
      expect(await told(reader, "get", ["text"])).toEqual(["ok", undefined, "once"]);
      expect(await told(reader, "set", ["text", "y"])).toEqual(["auth", "NOPERM", "once"]);
      await reader.close();
    });

    it("a password that the server does not ask for keeps nobody out", () =>
      withSettings({ requirepass: "" }, async () => {
        const eager = as("", "any");
        expect(await told(eager, "get", ["text"])).toEqual(["ok", undefined, "once"]);
        await eager.close();
      }));

    it("OOM is overload, once: waiting frees no memory", () =>
      withSettings({ maxmemory: "1mb" }, async () => {
        expect(await told(opened, "set", ["k", "x".repeat(100)])).toEqual([
          "overloaded",
          "OOM",
          "once",
        ]);
      }));

    it("NOREPLICAS is unavailable, tried again", () =>
      withSettings({ "min-replicas-to-write": "1" }, async () => {
        expect(await told(opened, "set", ["k", "v"])).toEqual([
          "unavailable",
          "NOREPLICAS",
          "again",
        ]);
      }));

    it("READONLY and MASTERDOWN: a replica is unavailable", async () => {
      await withSettings({ "replica-serve-stale-data": "no", masterauth: password }, async () => {
        await admin.replicaof("127.0.0.1", "1");
        try {
          expect(await told(opened, "get", ["text"])).toEqual([
            "unavailable",
            "MASTERDOWN",
            "again",
          ]);
          await admin.config("SET", "replica-serve-stale-data", "yes");
          expect(await told(opened, "set", ["k", "v"])).toEqual([
            "unavailable",
            "READONLY",
            "again",
          ]);
        } finally {
          await admin.replicaof("NO", "ONE");
        }
      });
      expect(await told(opened, "set", ["k", "v"])).toEqual(["ok", undefined, "once"]);
    });

    it("BUSY is overload, tried again", () =>
      withSettings({ "busy-reply-threshold": "50" }, async () => {
        const looping = bare(server.dsn);
        const loop = looping.eval("while true do end", 0).catch(() => undefined);
        await sleep(200);
        expect(await told(opened, "set", ["k", "v"])).toEqual(["overloaded", "BUSY", "again"]);
        await admin.script("KILL");
        await loop;
        looping.disconnect();
      }));

    it("UNBLOCKED is tried again", async () => {
      const waiting = told(opened, "blpop", ["nowhere", "1"]);
      const blocked = async (): Promise<string | undefined> =>
        /id=(\d+) [^\n]*cmd=blpop/.exec(String(await admin.client("LIST")))?.[1];
      await until(1_000, async () => (await blocked()) !== undefined);
      await admin.call("client", "unblock", String(await blocked()), "error");
      const [kind, code] = await waiting;
      // Tried again, it waits its second in vain, which is an answer.
      expect([kind, code]).toEqual(["ok", undefined]);
    });

    it("clients beyond the limit are overload, tried again", () =>
      withSettings({ maxclients: "3" }, async () => {
        const more = [bare(server.dsn), bare(server.dsn), bare(server.dsn)];
        await sleep(100);
        const late = as("default", password);
        const [kind, , tries] = await told(late, "get", ["text"]);
        expect(["overloaded", "unavailable"]).toContain(kind);
        expect(tries).toBe("again");
        await late.close();
        for (const client of more) client.disconnect();
      }));

    it("MISCONF: a server that cannot save takes no write", async () => {
      const [, folder = ""] = (await admin.config("GET", "dir")) as string[];
      await admin.config("SET", "save", "3600 1");
      rmSync(folder, { recursive: true });
      await admin.call("bgsave");
      const failed = async (): Promise<boolean> =>
        (await admin.info("persistence")).includes("rdb_last_bgsave_status:err");
      await until(5_000, failed);
      expect(await told(opened, "set", ["k", "v"])).toEqual(["overloaded", "MISCONF", "once"]);
    });
  },
  { password },
);
