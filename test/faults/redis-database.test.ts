// E1: a database that the server does not have. The driver goes on in database 0 then, where somebody else's keys may be.
import { type AddressInfo, connect, createServer } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { isMissing, privateServer } from "../engines/servers.ts";
import { bare, onPrivateRedis, openStore } from "./redis-server.ts";
import { counters } from "./redis-records.ts";
import { until, verdict } from "./suite.ts";

const at = (dsn: string, database: string): string => {
  const url = new URL(dsn);
  url.pathname = `/${database}`;
  return url.href;
};

/** One address before servers that follow each other, as a server that is restarted with another configuration has it. */
async function address(first: string): Promise<{
  readonly dsn: string;
  lead(to: string): void;
  close(): void;
}> {
  let target = new URL(first);
  const open = new Set<{ destroy(): unknown }>();
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      open.add(one);
      one.on("error", () => {});
      one.on("close", () => other.destroy());
      one.pipe(other);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const cut = (): void => {
    for (const socket of open) socket.destroy();
    open.clear();
  };
  return {
    dsn: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`,
    lead: (to) => {
      target = new URL(to);
      cut();
    },
    close: () => {
      cut();
      server.close();
    },
  };
}

await onPrivateRedis(
  "E1: a database that the server does not have",
  (server) => {
    const admin = bare(server.dsn);
    beforeAll(async () => {
      await admin.set("other", "application");
    });
    afterAll(() => admin.disconnect());

    it.each([false, true])(
      "is refused at every use, and nothing is sent (%s)",
      async (authority) => {
        const opened = openStore(at(server.dsn, "99"), { deadlineMs: 2_000 }, { authority });
        const { store } = opened;
        const uses: Readonly<Record<string, () => Promise<unknown>>> = {
          command: () => store.command("set", ["k", "v"]),
          replayable: () => store.command("set", ["k", "v"], { operation: "one" }),
          read: () => store.read("get", ["other"]),
          record: () => counters(store.session()).add({ label: "x", count: 1 }),
          fill: () => store.tier("widgets").put("a", "1", 1_000, []),
          invalidate: () => store.tier("widgets").invalidate({ all: true }),
          clear: () => store.clear(),
        };
        for (const [name, use] of Object.entries(uses)) {
          const error = await use().then(
            () => undefined,
            (reason: unknown) => reason,
          );
          expect(error, name).toMatchObject({
            kind: "programming",
            code: "DATABASE",
            store: "cache",
            attempts: 1,
            message: expect.stringContaining("the server has no database 99, which the DSN names"),
            hint: expect.stringMatching(/another number.*databases.*redis\.conf/),
          });
        }
        expect(await store.health()).toMatchObject({
          state: "down",
          detail: expect.stringMatching(/: the server has no database 99, .*redis\.conf/),
        });
        expect(await admin.keys("*")).toEqual(["other"]);
        await opened.close();
        expect(opened.stray).toEqual([]);
      },
    );

    it("is used where the server has it", async () => {
      const opened = openStore(at(server.dsn, "15"), { deadlineMs: 2_000 });
      expect(await opened.store.command("set", ["k", "v"])).toBe("OK");
      expect((await opened.store.health()).state).toBe("up");
      const there = bare(at(server.dsn, "15"));
      expect(await there.get("k")).toBe("v");
      there.disconnect();
      expect(await admin.keys("*")).toEqual(["other"]);
      await opened.close();
    });

    it("is refused by a login that may not choose one", async () => {
      await admin.acl("SETUSER", "narrow", "on", ">p", "~*", "&*", "+@all", "-select");
      const url = new URL(at(server.dsn, "15"));
      url.username = "narrow";
      url.password = "p";
      const opened = openStore(url.href, { deadlineMs: 2_000 });
      expect(await verdict(opened.store.command("set", ["k", "v"]))).toMatchObject({
        kind: "auth",
        code: "NOPERM",
      });
      expect(await admin.keys("*")).toEqual(["other"]);
      await opened.close();
    });

    it("is refused when the server is back with fewer", async () => {
      const before = await privateServer("redis", { settings: { databases: "128" } });
      if (isMissing(before)) throw new Error(before.reason);
      const place = await address(before.dsn);
      const opened = openStore(at(place.dsn, "99"), { deadlineMs: 2_000 });
      try {
        expect(await opened.store.command("set", ["k", "v"])).toBe("OK");
        place.lead(server.dsn);
        await until(5_000, async () => {
          const { code } = await verdict(opened.store.command("set", ["k", "v"]));
          return code === "DATABASE";
        });
        expect((await opened.store.health()).state).toBe("down");
        expect(await admin.keys("*")).toEqual(["other"]);
        place.lead(before.dsn);
        await until(5_000, async () => {
          const { kind } = await verdict(opened.store.command("set", ["k", "v"]));
          return kind === "ok";
        });
        expect(await admin.keys("*")).toEqual(["other"]);
      } finally {
        await opened.close();
        place.close();
        await before.stop();
      }
    });
  },
  { settings: { databases: "16" } },
);
