import { afterAll, beforeAll, expect, it } from "vitest";
import { migrateUp } from "../../templates/runtime/migrate.ts";
import { get, id, migrationOf, newItem, place } from "../unit/mysql-driver/items.ts";
import { type Opened, openStore } from "../unit/mysql-driver/open-store.ts";
import { onPrivateServers } from "./mysql-server.ts";
import { stopwatch } from "../support/stopwatch.ts";

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

await onPrivateServers(
  "killed and restarted servers, wrong credentials",
  (server) => {
    let opened: Opened;
    let dsn: string;

    beforeAll(async () => {
      ({ dsn } = await server.namespace());
      opened = await openStore(dsn, { deadlineMs: 1_000 });
      await migrateUp(opened.store.migrationTarget(), [migrationOf(opened.dialect)]);
    });
    afterAll(() => opened.close());

    it("F4: works again within three seconds of a restart, and no acknowledged row is lost", async () => {
      const acknowledged: string[] = [];
      let number = 0;
      for (let round = 0; round < 3; round += 1) {
        let running = true;
        const writer = async (): Promise<void> => {
          while (running) {
            const key = (number += 1);
            await opened.store.session.write(place, newItem(key)).then(
              () => acknowledged.push(id(key)),
              () => sleep(20),
            );
          }
        };
        const writers = Array.from({ length: 4 }, writer);
        await sleep(200);
        await server.kill9();
        expect(await opened.store.health()).toMatchObject({ state: "down" });
        await server.restart();
        const ready = stopwatch();
        const before = acknowledged.length;
        while (acknowledged.length === before && ready.elapsed() < 5_000) {
          await sleep(20);
        }
        expect(ready.elapsed()).toBeLessThan(3_000);
        running = false;
        await Promise.all(writers);
      }
      const { rows } = await opened.store.raw("select id from item");
      const present = new Set(rows.map(([key]) => key));
      expect(acknowledged.filter((key) => !present.has(key))).toEqual([]);
      expect(acknowledged.length).toBeGreaterThan(10);
      expect(await opened.store.health()).toMatchObject({ state: "up" });
    }, 120_000);

    it("F5: a server that is frozen costs each call its deadline and no more", async () => {
      const whole = "select count(*) from item";
      await opened.store.raw(whole);
      await server.freeze();
      try {
        await sleep(50);
        const began = stopwatch();
        const calls = Array.from({ length: 30 }, () =>
          opened.store.session.first(get, [id(1)], { deadlineMs: 300 }),
        );
        for (const { status } of await Promise.allSettled(calls)) expect(status).toBe("rejected");
        expect(began.elapsed()).toBeLessThan(300 + 250);
      } finally {
        await server.thaw();
      }
      expect((await opened.store.raw(whole, [], { deadlineMs: 5_000 })).rows).toHaveLength(1);
    });

    it("F11: what was the primary and is read-only now costs its connections, and is told apart from a mistake", async () => {
      const admin = await openStore(dsn);
      const login = "'writer'@'127.0.0.1'";
      await admin.store.raw(`create user ${login} identified by 'w'`);
      await admin.store.raw(
        `grant select, insert, update, delete on ${new URL(dsn).pathname.slice(1)}.* to ${login}`,
      );
      const user = new URL(dsn);
      user.username = "writer";
      user.password = "w";
      const writer = await openStore(user.href, { deadlineMs: 1_500 });
      const connection = async (): Promise<unknown> =>
        (await writer.store.raw("select connection_id()")).rows[0]?.[0];
      const before = await connection();
      await admin.store.raw("set global read_only = 1");
      await expect(writer.store.session.write(place, newItem(90_001))).rejects.toMatchObject({
        kind: "unavailable",
        code: "1290",
      });
      expect(await connection()).not.toBe(before);
      expect(await writer.store.health()).toMatchObject({ state: "degraded" });
      const strict = await openStore(`${user.href}?target_session_attrs=read-write`, {
        deadlineMs: 1_000,
      });
      await expect(strict.store.raw("select 1")).rejects.toMatchObject({ kind: "unavailable" });
      await strict.close();
      // The pauses between three attempts are random and may be over in a few milliseconds: then the caller asks again.
      const written = async (calls: number): Promise<unknown> => {
        try {
          return await writer.store.session.write(place, newItem(90_002), { deadlineMs: 5_000 });
        } catch (error) {
          expect(error).toMatchObject({ kind: "unavailable", code: "1290" });
          if (calls === 0) throw error;
          return sleep(10).then(() => written(calls - 1));
        }
      };
      const writes = written(200);
      await sleep(20);
      await admin.store.raw("set global read_only = 0");
      expect(await writes).toMatchObject({ id: id(90_002) });
      await writer.close();
      await admin.close();
    });

    it("F15: wrong credentials are an auth error, not retried, and told without the password", async () => {
      const wrong = await openStore(dsn.replace(/:[^:@/]+@/, ":sentinel-secret@"));
      const calls = [
        wrong.store.session.first(get, [id(1)]),
        wrong.store.raw("select 1"),
        wrong.store.transaction((tx) => tx.first(get, [id(1)])),
      ];
      for (const settled of await Promise.allSettled(calls)) {
        const error: unknown = settled.status === "rejected" ? settled.reason : undefined;
        expect(error).toMatchObject({ kind: "auth", code: "1045", attempts: 1 });
        expect(
          `${String(error)}${JSON.stringify(error)}${String((error as Error).cause)}`,
        ).not.toContain("sentinel");
      }
      expect(await wrong.store.health()).toMatchObject({
        state: "down",
        detail: expect.stringContaining("auth"),
      });
      await wrong.close();
    });
  },
  { password: "right word" },
);
