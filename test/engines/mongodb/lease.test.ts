/** The lock of MongoDB's migrations: one at a time, whatever the clocks say; who has lost it does nothing more. */
import { setTimeout as sleep } from "node:timers/promises";
import { MongoClient } from "mongodb";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { withLease } from "../../../templates/engines/mongodb/migration-lease.ts";
import { columnOf, isMissing, sharedServer } from "../servers.ts";
import { notProven, proving } from "../../support/closing-table.ts";

const server = await sharedServer("mongodb");
const proof = { port: "migrations", engine: columnOf(server), method: "the lock of a migrator" };
if (isMissing(server)) notProven(proof, [proof.method], server.reason);

describe.skipIf(isMissing(server))("the lock of a migrator", () => {
  let client: MongoClient;
  beforeAll(async () => {
    if (isMissing(server)) return;
    const { dsn } = await server.namespace();
    client = await new MongoClient(dsn).connect();
  });
  afterEach(() => vi.restoreAllMocks());
  afterAll(() => client?.close());

  const held = (work: Parameters<typeof withLease<string>>[1], leaseMs?: number, waitMs = 0) =>
    withLease(client.db(), work, waitMs, "lock", leaseMs);

  test(
    "a clock that is ahead lets nobody in",
    proving(proof, () =>
      held(async () => {
        const now = Date.now();
        vi.spyOn(Date, "now").mockReturnValue(now + 3_600_000);
        await expect(held(async () => "in")).rejects.toMatchObject({ kind: "unavailable" });
        return "done";
      }).then((done) => expect(done).toBe("done")),
    ),
  );

  test(
    "is renewed for as long as its holder works",
    proving(proof, async () => {
      const first = held(async ({ check }) => {
        await sleep(3_500);
        check();
        return "done";
      }, 2_000);
      await sleep(100);
      await expect(held(async () => "in", 2_000, 1_000)).rejects.toMatchObject({
        kind: "unavailable",
      });
      expect(await first).toBe("done");
      expect(await held(async () => "next")).toBe("next");
    }),
  );

  test(
    "whoever could not renew it is stopped",
    proving(proof, async () => {
      const work = held(async ({ check }) => {
        await client.db().collection("lock").deleteMany({});
        check();
        await sleep(2_600);
        check();
        return "done";
      }, 2_000);
      await expect(work).rejects.toMatchObject({ kind: "unavailable" });
    }),
  );
});
