import { afterAll, beforeAll, expect, it } from "vitest";
import { migrateUp } from "../../templates/runtime/migrate.ts";
import { get, id, migration, newItem, place } from "../unit/postgres-driver/items.ts";
import { type Opened, openStore } from "../unit/postgres-driver/open-store.ts";
import { onPrivateServer } from "./postgres-server.ts";
import { stopwatch } from "../support/stopwatch.ts";

await onPrivateServer(
  "killed and restarted servers, wrong credentials",
  (server) => {
    let opened: Opened;
    let dsn: string;

    beforeAll(async () => {
      ({ dsn } = await server.namespace());
      opened = await openStore(dsn, { deadlineMs: 1_000 });
      await migrateUp(opened.store.migrationTarget(), [migration]);
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
              () => new Promise((resolve) => setTimeout(resolve, 20)),
            );
          }
        };
        const writers = Array.from({ length: 4 }, writer);
        await new Promise((resolve) => setTimeout(resolve, 200));
        await server.kill9();
        expect(await opened.store.health()).toMatchObject({ state: "down" });
        await server.restart();
        const ready = stopwatch();
        const before = acknowledged.length;
        while (acknowledged.length === before && ready.elapsed() < 5_000) {
          await new Promise((resolve) => setTimeout(resolve, 20));
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
        expect(error).toMatchObject({ kind: "auth", attempts: 1 });
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
