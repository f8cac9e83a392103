import { createServer } from "node:tls";
import { setTimeout as sleep } from "node:timers/promises";
import type { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { makeCertificate } from "../support/certificate.ts";
import { bare, onPrivateRedis, openStore, type OpenedRedis } from "./redis-server.ts";
import { until, verdict } from "./suite.ts";

const password = "right word";

await onPrivateRedis(
  "refusals, overload, killed and restarted servers",
  (server) => {
    let admin: Redis;
    let opened: OpenedRedis;

    beforeAll(() => {
      admin = bare(server.dsn);
      opened = openStore(server.dsn, { deadlineMs: 2_000 });
    });
    afterEach(async () => {
      await admin.replicaof("NO", "ONE");
      for (const [name, value] of [
        ["maxmemory", "0"],
        ["maxclients", "10000"],
      ] as const)
        await admin.config("SET", name, value);
    });
    afterAll(async () => {
      await opened.close();
      admin.disconnect();
    });
    /** Connections that the server has. */
    const clients = async (): Promise<number> =>
      Number(/connected_clients:(\d+)/.exec(await admin.info("clients"))?.[1]);
    const kindOf = async (command: string, ...args: readonly string[]) => {
      const { kind, attempts, code } = await verdict(opened.store.command(command, args));
      return [kind, attempts, code];
    };

    it("E1: what the server refuses is told by kind, and only what may pass is tried again", async () => {
      await admin.set("text", "x");
      expect(await kindOf("lpush", "text", "y")).toEqual(["programming", 1, "WRONGTYPE"]);
      expect(await kindOf("nonsense")).toEqual(["programming", 1, "ERR"]);
      expect(await kindOf("incr", "text")).toEqual(["programming", 1, "ERR"]);
      expect(await kindOf("evalsha", "0".repeat(40), "0")).toEqual(["conflict", 1, "NOSCRIPT"]);
    });

    it("E1: no memory left is overloaded", async () => {
      await admin.config("SET", "maxmemory", "1mb");
      expect(await kindOf("set", "large", "x".repeat(100))).toEqual(["overloaded", 1, "OOM"]);
      await admin.config("SET", "maxmemory", "0");
      expect(await kindOf("set", "large", "x")).toEqual(["ok", 0, undefined]);
    });

    it("E1: a replica is unavailable for writes, and the connection is made anew", async () => {
      await admin.config("SET", "masterauth", password);
      await admin.replicaof("127.0.0.1", "1");
      expect(await kindOf("set", "k", "v")).toEqual(["unavailable", 3, "READONLY"]);
      const state = async () => (await opened.store.health()).state;
      await expect.poll(state, { timeout: 3_000 }).toBe("degraded");
      const many = Array.from({ length: 200 }, () => verdict(opened.store.command("incr", ["k"])));
      const kinds = new Set((await Promise.all(many)).map(({ kind }) => kind));
      expect(kinds).toEqual(new Set(["unavailable"]));
      await admin.replicaof("NO", "ONE");
      expect(await kindOf("set", "k", "v")).toEqual(["ok", 0, undefined]);
    });

    it("F6: a server that runs a long script is overloaded for all of 1,000 callers, in time", async () => {
      await admin.config("SET", "busy-reply-threshold", "50");
      const endless = bare(server.dsn);
      const loop = endless.eval("while true do end", 0).catch(() => undefined);
      await sleep(200);
      const calls = Array.from({ length: 1_000 }, (_, at) =>
        verdict(
          at % 2 === 0
            ? opened.store.command("set", ["k", "v"], { deadlineMs: 600 })
            : opened.store.read("get", ["k"], { retry: "never" }),
        ),
      );
      for (const { kind, code, elapsed } of await Promise.all(calls)) {
        expect([kind, code]).toEqual(["overloaded", "BUSY"]);
        expect(elapsed).toBeLessThan(850);
      }
      await admin.script("KILL");
      await loop;
      endless.disconnect();
      expect(await kindOf("set", "k", "v")).toEqual(["ok", 0, undefined]);
    });

    it("F6: a server that takes no more clients is told to 1,000 callers in time, and served again", async () => {
      await until(1_000, async () => (await clients()) === 2);
      const connected = await clients();
      await admin.config("SET", "maxclients", String(connected));
      const late = openStore(server.dsn, { deadlineMs: 1_000 });
      const calls = Array.from({ length: 1_000 }, (_, at) =>
        verdict(at % 2 === 0 ? late.store.read("ping") : late.store.command("incr", ["f6"])),
      );
      const verdicts = await Promise.all(calls);
      // The server resets the connection together with its word, so that often only the reset arrives.
      for (const { kind } of verdicts) expect(["overloaded", "unavailable"]).toContain(kind);
      expect(Math.max(...verdicts.map(({ elapsed }) => elapsed))).toBeLessThan(1_250);
      await admin.config("SET", "maxclients", "10000");
      const took = await until(
        3_000,
        async () => (await verdict(late.store.read("ping"))).kind === "ok",
      );
      expect(took).toBeLessThan(3_000);
      await late.close();
    });

    it("F6: 1,000 callers of a healthy server share one connection", async () => {
      const before = await clients();
      const calls = Array.from({ length: 1_000 }, () => opened.store.command("incr", ["many"]));
      expect(Math.max(...(await Promise.all(calls)).map(Number))).toBe(1_000);
      expect(await clients()).toBe(before);
    });

    it("F15: wrong or missing credentials are an auth error, not retried, told without the password", async () => {
      const wrong = server.dsn.replace(encodeURIComponent(password), "sentinel-secret");
      const missing = server.dsn.replace(/:[^/@]*@/, "@").replace("//@", "//");
      for (const dsn of [wrong, missing]) {
        const refused = openStore(dsn);
        const call = refused.store.command("set", ["k", "v"]);
        const error: unknown = await call.then(
          () => undefined,
          (reason: unknown) => reason,
        );
        expect(error).toMatchObject({ kind: "auth", attempts: 1 });
        const told = `${String(error)}${JSON.stringify(error)}${String((error as Error).cause)}`;
        expect(told).not.toContain("sentinel");
        expect(await refused.store.health()).toMatchObject({
          state: "down",
          detail: expect.stringContaining("auth"),
        });
        await refused.close();
      }
    });

    it("F15: a certificate that nobody vouches for is an auth error, not retried", async () => {
      const { keyPem, certPem } = makeCertificate();
      const listener = createServer({ key: keyPem, cert: certPem });
      listener.on("tlsClientError", () => undefined);
      await new Promise<void>((done) => listener.listen(0, "127.0.0.1", done));
      const address = listener.address();
      const port = address !== null && typeof address === "object" ? address.port : 0;
      const secure = openStore(`rediss://127.0.0.1:${port}`);
      expect(await verdict(secure.store.read("ping"))).toMatchObject({ kind: "auth", attempts: 1 });
      await secure.close();
      await new Promise((done) => listener.close(done));
    });

    it("F4: works again within three seconds of a restart; callers hear of it, nobody else", async () => {
      const uncaught: unknown[] = [];
      const note = (error: unknown): void => void uncaught.push(error);
      process.on("unhandledRejection", note);
      for (let round = 0; round < 3; round += 1) {
        let running = true;
        const kinds = new Set<string>();
        let served = 0;
        const writer = async (): Promise<void> => {
          while (running) {
            const call = opened.store.command("incr", ["f4"], { deadlineMs: 500 });
            const { kind, elapsed } = await verdict(call);
            kinds.add(kind);
            expect(elapsed).toBeLessThan(750);
            if (kind === "ok") served += 1;
            else await sleep(20);
          }
        };
        const writers = Array.from({ length: 4 }, writer);
        await sleep(150);
        await server.kill9();
        expect(await opened.store.health()).toMatchObject({ state: "down" });
        await server.restart();
        const before = served;
        const took = await until(5_000, () => served > before);
        running = false;
        await Promise.all(writers);
        expect(took).toBeLessThan(3_000);
        expect(
          [...kinds].every((kind) =>
            ["ok", "unavailable", "timeout", "outcome-unknown"].includes(kind),
          ),
        ).toBe(true);
      }
      process.off("unhandledRejection", note);
      expect(uncaught).toEqual([]);
      await until(2_000, async () => admin.status === "ready" && (await clients()) <= 2);
      expect(await clients()).toBeLessThanOrEqual(2);
    });
  },
  { password },
);
